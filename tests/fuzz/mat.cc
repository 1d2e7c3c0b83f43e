// A MATLAB file of version 5 to 7.2: its variables, and sessions among them.
#include "fuzz.h"
#include "synfer/formats/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] { read_data({file_of(data, size, ".mat")}); });
  return 0;
}
