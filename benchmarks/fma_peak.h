// The fused multiply-adds that this core makes a second with the widest vectors that it has: measured, on the
// thread that asks.
#pragma once

#include "synfer/replay/precision.h"

namespace synfer::benchmarks {

/// The best of several short rounds, by the thread's own time.
double fma_per_second(Precision precision);

/// The instruction set that kernels run on: "AVX2", ...
const char* instruction_set();

}  // namespace synfer::benchmarks
