#include "synfer/run/machine.h"

#include <gtest/gtest.h>

#include "synfer/base/error.h"

namespace synfer {
namespace {

TEST(Machine, OneInstructionSetCanBeForcedForAWhile) {
  const std::vector<std::string> all = instruction_sets();
  ASSERT_FALSE(all.empty());
  for (const std::string& set : all) {
    const InstructionSetLimit limit(set);
    EXPECT_EQ(instruction_sets().front(), set);
  }
  EXPECT_EQ(instruction_sets(), all);
}

TEST(Machine, RefusesAnInstructionSetThatItHasNot) {
  EXPECT_THROW(InstructionSetLimit("ABACUS"), ConfigurationError);
}

}  // namespace
}  // namespace synfer
