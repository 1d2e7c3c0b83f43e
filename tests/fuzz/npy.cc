// One array in NumPy's format; what is read reads the same after it was written.
#include "synfer/files/npy.h"

#include <cstdlib>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] {
    MemoryBudget budget("a.npy", 100'000'000);
    const Array array = array_from_npy("a.npy", "a", text_of(data, size), budget);
    MemoryBudget again("a.npy", 1'000'000'000);
    if (array_from_npy("a.npy", "a", npy_of(array), again).shape != array.shape) std::abort();
  });
  return 0;
}
