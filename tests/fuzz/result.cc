// result.json, as a page and as another run read it.
#include "synfer/results/result.h"

#include "fuzz.h"
#include "synfer/results/result_shape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] {
    const std::string text(text_of(data, size));
    check_result(text, "result.json");
    from_json(text);
  });
  return 0;
}
