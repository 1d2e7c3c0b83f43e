// For tests: kernels on one instruction set of those that this machine has.
#pragma once

#include <hwy/targets.h>

#include <cstdint>

namespace synfer::for_test {

/// While it lives, kernels run on one instruction set.
class OnlyOn {
 public:
  explicit OnlyOn(std::int64_t set) { hwy::SetSupportedTargetsForTest(set); }
  ~OnlyOn() { hwy::SetSupportedTargetsForTest(0); }
  OnlyOn(const OnlyOn&) = delete;
  OnlyOn& operator=(const OnlyOn&) = delete;
};

}  // namespace synfer::for_test
