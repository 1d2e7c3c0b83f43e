// A table of text, packed or not, as sessions.
#include "fuzz.h"
#include "synfer/formats/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] { read_data({file_of(data, size, ".csv")}); });
  return 0;
}
