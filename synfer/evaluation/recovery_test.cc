#include "synfer/evaluation/recovery.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/model/expression.h"
#include "synfer/model/initial_weights.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

Matrix column(std::initializer_list<double> values) {
  Matrix m(static_cast<Eigen::Index>(values.size()), 1);
  Eigen::Index row = 0;
  for (const double value : values) m(row++, 0) = value;
  return m;
}

// scikit-learn 1.9.1: r2_score(multioutput="uniform_average") is 0.9368005266622779 here, its
// columns 0.96543779 and 0.90816327. By hand, column 0: mean 13/6, residual 5/4, variance 217/6,
// so 1 - (5/4) / (217/6); column 1: mean -4/3, residual 3, variance 98/3, so 1 - 9/98.
TEST(R2, IsTheMeanOverColumnsOfOneMinusResidualOverVariance) {
  const Matrix reference{{0.5, 1.0}, {-1.0, 1.0}, {7.0, -6.0}};
  const Matrix candidate{{0.0, 2.0}, {-1.0, 2.0}, {8.0, -5.0}};
  const R2 found = r2(reference, candidate);
  EXPECT_NEAR(found.mean, 0.9368005266622779, 1e-15);
  EXPECT_NEAR(found.mean, 0.5 * ((1.0 - (5.0 / 4.0) / (217.0 / 6.0)) + (1.0 - 9.0 / 98.0)), 1e-15);
  EXPECT_EQ(found.columns, 2U);
  EXPECT_EQ(found.constant, 0U);
}

TEST(R2, IsNegativeWhereTheCandidateIsWorseThanTheMean) {
  // scikit-learn 1.9.1: columns -3 and 21/26, -1.0961538461538463 on average.
  const Matrix reference{{1.0, 2.0}, {2.0, 4.0}, {3.0, 9.0}};
  const Matrix candidate{{3.0, 2.0}, {2.0, 5.0}, {1.0, 7.0}};
  EXPECT_NEAR(r2(reference, candidate).mean, -1.0961538461538463, 1e-14);
}

TEST(R2, OfTheReferenceItselfIsOneAndOfItsMeanZero) {
  const Matrix reference = column({1.0, 2.0, 4.0, 5.0});
  EXPECT_EQ(r2(reference, reference).mean, 1.0);
  EXPECT_EQ(r2(reference, column({3.0, 3.0, 3.0, 3.0})).mean, 0.0);
}

TEST(R2, TellsReferenceFromCandidate) {
  const Matrix small = column({0.0, 1.0});
  const Matrix large = column({0.0, 2.0});
  EXPECT_EQ(r2(small, large).mean, 1.0 - 1.0 / 0.5);
  EXPECT_EQ(r2(large, small).mean, 1.0 - 1.0 / 2.0);
}

TEST(R2, LeavesOutAndCountsColumnsThatNeverVary) {
  const Matrix reference{{7.0, 1.0, 0.0}, {7.0, 2.0, 0.0}, {7.0, 3.0, 0.0}};
  const Matrix candidate{{7.0, 1.0, 5.0}, {7.0, 2.0, 6.0}, {7.0, 2.0, 7.0}};
  const R2 found = r2(reference, candidate);
  EXPECT_EQ(found.mean, 0.5);
  EXPECT_EQ(found.columns, 1U);
  EXPECT_EQ(found.constant, 2U);
}

TEST(R2, AColumnThatVariesByRoundingAloneIsConstant) {
  const double next = std::nextafter(0.3, 1.0);
  EXPECT_EQ(r2(column({0.3, next, 0.3, next}), column({0.0, 0.0, 0.0, 0.0})).constant, 1U);
  EXPECT_EQ(r2(column({0.3, 0.3 + 1e-10, 0.3}), column({0.3, 0.3, 0.3})).columns, 1U);
}

TEST(R2, ManyEqualValuesAreConstantWhateverTheirSumRoundsTo) {
  EXPECT_EQ(r2(Matrix::Constant(100'000, 1, 0.1), Matrix::Zero(100'000, 1)).constant, 1U);
}

TEST(R2, SmallWeightsThatVaryAreNotConstant) {
  const Matrix reference = column({1e-9, 2e-9, 4e-9});
  EXPECT_EQ(r2(reference, reference).columns, 1U);
  EXPECT_EQ(r2(reference, reference).mean, 1.0);
}

TEST(R2, IsNotANumberWhereNothingVaries) {
  const R2 still = r2(column({2.0, 2.0}), column({2.0, 2.0}));
  EXPECT_TRUE(std::isnan(still.mean));
  EXPECT_EQ(still.constant, 1U);
  const R2 no_times = r2(Matrix(0, 3), Matrix(0, 3));
  EXPECT_TRUE(std::isnan(no_times.mean));
  EXPECT_EQ(no_times.constant, 3U);
}

TEST(R2, RefusesShapesThatDiffer) {
  EXPECT_THROW(r2(Matrix::Zero(3, 2), Matrix::Zero(2, 2)), std::invalid_argument);
  EXPECT_THROW(r2(Matrix::Zero(3, 2), Matrix::Zero(3, 1)), std::invalid_argument);
}

// An animal in 60 steps of accept or reject, with 4 inputs and 3 neurons.
class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() : initial_(draw_initial_weights({.sd = 0.1}, 4, 3, RandomStream(3, "initial weights"))) {
    const RandomStream stream(3, "recovery test");
    session_.inputs = 4;
    session_.x.resize(std::size_t{60} * 4);
    stream.normals({}, session_.x.size(), session_.x.data());
    for (std::size_t t = 0; t < 60; ++t) {
      const bool accepts = stream.uniform({.step = t, .replicate = 1}) < 0.5;
      session_.choice.push_back(accepts ? 1 : 0);
      session_.learns.push_back(accepts ? 1 : 0);
      session_.r.push_back(accepts ? stream.normal({.step = t, .replicate = 2}) : 0.0);
    }
  }

  [[nodiscard]] Recovery recover(const char* truth, const char* fitted) const {
    const auto [true_rule, true_theta] = taylor_rule(parse_expression(truth));
    const auto [rule, theta] = taylor_rule(parse_expression(fitted));
    return recovery({network_, true_rule}, true_theta, {network_, rule}, theta, session_, initial_);
  }

  Network network_ = network_with_hidden_layer(4, 3, {});
  EncodedSession session_;
  Matrix initial_;
};

TEST_F(RecoveryTest, OfTheTrueRuleIsOne) {
  const Recovery found = recover("x*r - 0.05*w", "x*r - 0.05*w");
  EXPECT_EQ(found.weights.mean, 1.0);
  EXPECT_EQ(found.weights.columns, 12U);
  EXPECT_EQ(found.activity.mean, 1.0);
  EXPECT_EQ(found.activity.columns, 3U);
}

TEST_F(RecoveryTest, OfARuleThatChangesNothingIsNoBetterThanTheMean) {
  const Recovery found = recover("x*r - 0.05*w", "0*x*r");
  EXPECT_LE(found.weights.mean, 0.0);
  EXPECT_LT(found.activity.mean, 1.0);
}

TEST_F(RecoveryTest, FallsAsTheRuleMovesAway) {
  const double near = recover("x*r - 0.05*w", "0.95*x*r - 0.05*w").weights.mean;
  const double far = recover("x*r - 0.05*w", "0.6*x*r").weights.mean;
  EXPECT_LT(near, 1.0);
  EXPECT_LT(far, near);
  EXPECT_GT(near, 0.9);
}

TEST_F(RecoveryTest, ComparesRulesOfDifferentFamiliesAndTerms) {
  const Recovery found = recover("x*r", "1*x*r + 0*x^2*y*w + 0*r");
  EXPECT_NEAR(found.weights.mean, 1.0, 1e-12);
}

TEST_F(RecoveryTest, WeightsThatTheTrueRuleNeverMovesAreLeftOut) {
  for (std::size_t t = 0; t < session_.steps(); ++t) session_.x[t * 4] = 0.0;
  const Recovery found = recover("x*r", "0.5*x*r + 0.1");
  EXPECT_EQ(found.weights.constant, 3U);
  EXPECT_EQ(found.weights.columns, 9U);
}

TEST_F(RecoveryTest, OfASessionWithoutWeightChangesIsNotANumber) {
  session_.learns.assign(session_.steps(), 0);
  const Recovery found = recover("x*r", "0.5*x*r");
  EXPECT_TRUE(std::isnan(found.weights.mean));
  EXPECT_EQ(found.weights.constant, 12U);
  EXPECT_EQ(found.activity.mean, 1.0);
}

TEST_F(RecoveryTest, RefusesAFittedLayerOfAnotherSize) {
  const auto [rule, theta] = taylor_rule(parse_expression("x*r"));
  EXPECT_THROW(
      recovery({network_, rule}, theta, {network_without_hidden_layer(4), rule}, theta, session_, initial_),
      std::invalid_argument);
}

TEST_F(RecoveryTest, SaysWhereTheFittedRuleOverflows) {
  EXPECT_THROW(static_cast<void>(recover("x*r", "1e200*w^4 + 1e200")), NonFiniteError);
}

}  // namespace
}  // namespace synfer
