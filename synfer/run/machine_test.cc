#include "synfer/run/machine.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <set>

#include "synfer/base/error.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

// Runs a kernel, and says which set it was taken from.
std::size_t set_of_a_kernel() {
  const std::vector<double> one = {1.0};
  std::vector<double> after(1);
  TaylorRule({Term{}}).columns(one)->change({one, one, 0.0, 1.0, one.data()}, after.data());
  EXPECT_EQ(after[0], 2.0);
  return hwy::GetChosenTarget().GetIndex();
}

TEST(Machine, KernelsRunOnTheInstructionSetThatIsForced) {
  const std::vector<std::string> all = instruction_sets();
  std::set<std::size_t> seen;
  for (const std::string& set : all) {
    const InstructionSetLimit limit(set);
    const std::size_t used = set_of_a_kernel();
    seen.insert(used);
    EXPECT_EQ(instruction_sets().front(), set);
    EXPECT_EQ(set_of_a_kernel(), used) << "asking for its name moves nothing";
  }
  EXPECT_EQ(seen.size(), all.size());
  EXPECT_EQ(instruction_sets(), all);
}

TEST(Machine, RefusesAnInstructionSetThatItHasNot) {
  EXPECT_THROW(InstructionSetLimit("ABACUS"), ConfigurationError);
}

}  // namespace
}  // namespace synfer
