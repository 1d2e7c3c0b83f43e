// A .npz file: the zip, and the arrays in it.
#include "fuzz.h"
#include "synfer/files/npz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] { read_npz(file_of(data, size, ".npz")); });
  return 0;
}
