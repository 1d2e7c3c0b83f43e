#include "synfer/inference/penalty.h"

#include <gmock/gmock.h>

#include <vector>

namespace synfer {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

const std::vector<double> kTheta = {0.5, -2.0, 0.0};

std::vector<double> slope_added_to(std::vector<double> theta_bar, Penalty penalty) {
  penalty.add_slope(kTheta, theta_bar);
  return theta_bar;
}

TEST(Penalty, L1IsLambdaTimesTheSumOfAbsoluteValues) {
  const Penalty l1{Penalty::Kind::kL1, 0.1};
  EXPECT_DOUBLE_EQ(l1.value(kTheta), 0.25);
  EXPECT_THAT(slope_added_to({1.0, 1.0, 1.0}, l1), ElementsAre(DoubleEq(1.1), DoubleEq(0.9), 1.0));
}

TEST(Penalty, L2IsLambdaTimesTheSumOfSquares) {
  const Penalty l2{Penalty::Kind::kL2, 0.1};
  EXPECT_DOUBLE_EQ(l2.value(kTheta), 0.425);
  EXPECT_THAT(slope_added_to({1.0, 1.0, 1.0}, l2), ElementsAre(DoubleEq(1.1), DoubleEq(0.6), 1.0));
}

TEST(Penalty, NoneIsZeroWhateverItsWeight) {
  const Penalty none{Penalty::Kind::kNone, 5.0};
  EXPECT_EQ(none.value(kTheta), 0.0);
  EXPECT_THAT(slope_added_to({1.0, 2.0, 3.0}, none), ElementsAre(1.0, 2.0, 3.0));
}

}  // namespace
}  // namespace synfer
