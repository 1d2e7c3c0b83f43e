// The saved state of a run.
#include "synfer/run/checkpoint.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] { from_checkpoint(std::string(text_of(data, size)), "run"); });
  return 0;
}
