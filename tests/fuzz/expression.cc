// A rule as people write it, and as it is written back.
#include "synfer/model/expression.h"

#include <cstdlib>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] {
    const std::string once = to_string(parse_expression(text_of(data, size)));
    if (to_string(parse_expression(once)) != once) std::abort();
  });
  return 0;
}
