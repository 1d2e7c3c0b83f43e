// The replay and its adjoint in single precision: as in double up to rounding, on every instruction set, with
// the same bits at any number of threads, and refused where no kernels are there for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/model/instruction_set_for_test.h"
#include "synfer/replay/cases_for_test.h"
#include "synfer/replay/replay.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::OnlyOn;
using for_test::Problem;
using ::testing::Field;
using ::testing::Throws;

struct Found {
  SessionLoss loss;
  std::vector<double> theta_bar, initial_bar;
};

Found in(Precision precision, const Problem& problem) {
  const auto& [model, session, theta, initial] = problem;
  Found found{
      {}, std::vector<double>(theta.size()), std::vector<double>(static_cast<std::size_t>(initial.size()))};
  found.loss = session_loss_and_gradient(model, theta, session, initial, {}, found.theta_bar,
                                         found.initial_bar, {}, {}, precision);
  return found;
}

double largest(std::span<const double> values) {
  double most = 0.0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

// Relative to the largest entry.
void expect_near(std::span<const double> a, std::span<const double> b, double tolerance) {
  for (std::size_t n = 0; n < a.size(); ++n) EXPECT_NEAR(a[n], b[n], tolerance * (1e-300 + largest(b)));
}

void expect_near(const Found& a, const Found& b, double tolerance) {
  EXPECT_NEAR(a.loss.choice_nll, b.loss.choice_nll, tolerance * b.loss.choice_nll);
  EXPECT_NEAR(a.loss.squared_error, b.loss.squared_error, tolerance * b.loss.squared_error);
  EXPECT_EQ(a.loss.choices, b.loss.choices);
  EXPECT_EQ(a.loss.recorded, b.loss.recorded);
  expect_near(a.theta_bar, b.theta_bar, tolerance);
  expect_near(a.initial_bar, b.initial_bar, tolerance);
}

// A case whose rule has kernels in single precision.
std::vector<Case> cases() {
  std::vector<Case> all = for_test::cases();
  std::erase_if(all, [](const Case& c) {
    return c.rule.columns_in_single(std::vector<double>(c.rule.parameters())) == nullptr;
  });
  return all;
}

class SinglePrecision : public testing::TestWithParam<Case> {};

TEST_P(SinglePrecision, IsDoubleUpToRoundingOnEveryInstructionSet) {
  const Problem problem(GetParam());
  const Found expected = in(Precision::kDouble, problem);
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(set));
    const OnlyOn only(set);
    expect_near(in(Precision::kSingle, problem), expected, 2e-5);
  }
}

TEST_P(SinglePrecision, ValueAloneIsThatBesideTheGradient) {
  const Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  const SessionLoss alone = session_loss(model, theta, session, initial, {}, Precision::kSingle);
  const SessionLoss beside = in(Precision::kSingle, problem).loss;
  EXPECT_EQ(alone.choice_nll, beside.choice_nll);
  EXPECT_EQ(alone.squared_error, beside.squared_error);
}

INSTANTIATE_TEST_SUITE_P(EveryRuleLikelihoodAndNetwork, SinglePrecision, testing::ValuesIn(cases()),
                         for_test::name_of);

// A layer of several blocks, each of several stretches, of which the weights between are computed again.
Case large_layer() {
  return {.name = "large layer",
          .rule = TaylorRule(dense_terms(std::vector<std::string>{"x", "y", "w"}, 2)),
          .activation = {for_test::Kind::kLinear},
          .inputs = 60,
          .neurons = 150,
          .steps = 400,
          .choices = false,
          .recordings = true,
          .weight_scale = 0.05,
          .theta_scale = 1e-4};
}

TEST(SinglePrecisionReplay, HasTheSameBitsAtAnyNumberOfThreads) {
  const Problem problem(large_layer());
  const Found alone = [&] {
    const ThreadLimit one(1);
    return in(Precision::kSingle, problem);
  }();
  for (const std::size_t threads : {2, 3, 4}) {
    SCOPED_TRACE(threads);
    const ThreadLimit limit(threads);
    const Found found = in(Precision::kSingle, problem);
    EXPECT_EQ(found.loss.squared_error, alone.loss.squared_error);
    EXPECT_EQ(found.theta_bar, alone.theta_bar);
    EXPECT_EQ(found.initial_bar, alone.initial_bar);
  }
}

// Sums over 3.6 million synapse-steps: what is gathered in double does not lose its digits.
TEST(SinglePrecisionReplay, KeepsItsDigitsOverManySynapsesAndSteps) {
  const Problem taylor(large_layer());
  expect_near(in(Precision::kSingle, taylor), in(Precision::kDouble, taylor), 1e-5);
  Case c = large_layer();
  c.rule = for_test::mlp(for_test::Kind::kTanh, for_test::Kind::kLinear);
  c.theta_scale = 0.02;
  const Problem mlp(c);
  expect_near(in(Precision::kSingle, mlp), in(Precision::kDouble, mlp), 1e-5);
}

TEST(SinglePrecisionReplay, RefusesARuleWithoutKernelsForIt) {
  for (const Case& c : for_test::cases()) {
    if (c.name != "a user's own rule" && c.name != "MLP squareplus, two layers") continue;
    SCOPED_TRACE(c.name);
    EXPECT_THAT(([&] { in(Precision::kSingle, Problem(c)); }),
                Throws<ConfigurationError>(Field(&ConfigurationError::key, "run.precision")));
  }
}

TEST(SinglePrecisionReplay, NamesTheStepAtWhichItOverflowsThoughDoubleWouldGoOn) {
  Case c{.name = "growing weights", .rule = TaylorRule({{0, 0, 1, 0}}), .steps = 60};
  Problem problem(c);
  problem.theta = {100.0};  // a weight grows 34-fold a change
  problem.model.network.activation = {for_test::Kind::kLinear};
  problem.model.network.readout.assign(problem.model.network.readout.size(), 1e-6);
  std::ranges::fill(problem.session.learns, static_cast<char>(1));
  std::ranges::fill(problem.session.choice, 1);
  EXPECT_TRUE(std::isfinite(in(Precision::kDouble, problem).loss.choice_nll));
  try {
    in(Precision::kSingle, problem);
    FAIL();
  } catch (const NonFiniteError& error) {
    // 34^26 is beyond 3.4e38, 34^24 is not.
    EXPECT_NEAR(static_cast<double>(error.step), 25.0, 2.0);
    EXPECT_EQ(error.term, "w");
  }
}

}  // namespace
}  // namespace synfer
