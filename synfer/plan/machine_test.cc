#include "synfer/plan/machine.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
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

// From Python two threads may fit at once; what one asks for is not to change the other's numbers.
TEST(Machine, ARunOnAnotherInstructionSetWaitsForThoseThatAreUnderWay) {
  const std::vector<std::string> all = instruction_sets();
  if (all.size() < 2) GTEST_SKIP() << "this machine has but one set";
  std::atomic<bool> began = false;
  std::thread other;
  {
    const InstructionSetLimit best(std::nullopt);
    const InstructionSetLimit beside(std::nullopt);  // does not wait
    other = std::thread([&] {
      const InstructionSetLimit last(all.back());
      EXPECT_EQ(instruction_sets().front(), all.back());
      began = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_FALSE(began);
    EXPECT_EQ(instruction_sets(), all);
  }
  other.join();
  EXPECT_TRUE(began);
  EXPECT_EQ(instruction_sets(), all);
}

TEST(Machine, ARunThatWaitsCanBeStopped) {
  const InstructionSetLimit under_way(std::nullopt);
  const StopAsked always = [] { return true; };
  const StopScope scope(&always);
  EXPECT_THROW(InstructionSetLimit(instruction_sets().back()), Stopped);
}

}  // namespace
}  // namespace synfer
