// What is compiled for several instruction sets gives the same numbers on each that this machine has.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/random.h"
#include "synfer/model/instruction_set_for_test.h"
#include "synfer/replay/cases_for_test.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/kernels/information.h"
#include "synfer/replay/replay.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::OnlyOn;
using for_test::Problem;
using Stimuli = BeliefOptions::Stimuli;
using Covariance = BeliefOptions::Covariance;

constexpr double kTolerance = 1e-12;

class InstructionSets : public testing::TestWithParam<Case> {};

TEST_P(InstructionSets, GiveTheSameSlopesAndInformation) {
  const Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  const std::vector<std::int64_t> sets = hwy::SupportedAndGeneratedTargets();
  for (const auto& [stimuli, covariance] : {std::pair{Stimuli::kKnown, Covariance::kCommon},
                                            {Stimuli::kAveraged, Covariance::kCommon},
                                            {Stimuli::kFiltered, Covariance::kCommon},
                                            {Stimuli::kFiltered, Covariance::kDense}}) {
    if (stimuli == Stimuli::kFiltered && !model.rule.curved()) continue;
    if (covariance == Covariance::kDense && initial.size() > 40) continue;  // slow, and nothing new
    const auto on = [&](std::int64_t set) {
      const OnlyOn only(set);
      return session_curvature(
          {model,
           theta,
           session,
           initial,
           {stimuli, 0.3, 0.2, 0.05, covariance, BeliefOptions::Order::kSecond, 4.0}},
          {.noise_sd = true, .walk_sd = true, .initial_sd = true, .initial = initial.size() <= 40});
    };
    // The last one has vectors of one number: every lane on its own.
    const SessionCurvature plain = on(sets.back());
    for (const std::int64_t set : sets) {
      SCOPED_TRACE(hwy::TargetName(set));
      const SessionCurvature found = on(set);
      EXPECT_DOUBLE_EQ(found.loss.choice_nll, plain.loss.choice_nll);
      // Where a likelihood has no slope at all (x = 0), what is left of one is rounding.
      const auto near = [](const auto& a, const auto& b) {
        EXPECT_LE((a - b).cwiseAbs().maxCoeff(), 1e-15 + kTolerance * b.cwiseAbs().maxCoeff());
      };
      near(found.choice_gradient, plain.choice_gradient);
      near(found.choice_information, plain.choice_information);
      near(found.squared_error_gradient, plain.squared_error_gradient);
      near(found.squared_error_information, plain.squared_error_information);
    }
  }
}

TEST_P(InstructionSets, GiveTheSameReplayAndAdjoint) {
  Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  struct Found {
    SessionLoss loss;
    std::vector<double> theta_bar, initial_bar;
  };
  const auto on = [&](std::int64_t set) {
    const OnlyOn only(set);
    Found found{
        {}, std::vector<double>(theta.size()), std::vector<double>(static_cast<std::size_t>(initial.size()))};
    found.loss =
        session_loss_and_gradient(model, theta, session, initial, {}, found.theta_bar, found.initial_bar);
    return found;
  };
  const std::vector<std::int64_t> sets = hwy::SupportedAndGeneratedTargets();
  const Found plain = on(sets.back());
  const auto near = [](const std::vector<double>& a, const std::vector<double>& b) {
    const double largest = std::abs(*std::ranges::max_element(b, {}, [](double v) { return std::abs(v); }));
    for (std::size_t n = 0; n < a.size(); ++n) EXPECT_NEAR(a[n], b[n], kTolerance * (1e-300 + largest));
  };
  for (const std::int64_t set : sets) {
    SCOPED_TRACE(hwy::TargetName(set));
    const Found found = on(set);
    EXPECT_NEAR(found.loss.choice_nll, plain.loss.choice_nll, kTolerance * plain.loss.choice_nll);
    EXPECT_NEAR(found.loss.squared_error, plain.loss.squared_error, kTolerance * plain.loss.squared_error);
    EXPECT_EQ(found.loss.choices, plain.loss.choices);
    EXPECT_EQ(found.loss.recorded, plain.loss.recorded);
    near(found.theta_bar, plain.theta_bar);
    near(found.initial_bar, plain.initial_bar);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRuleLikelihoodAndNetwork, InstructionSets, testing::ValuesIn(for_test::cases()),
                         for_test::name_of);

// Against Eigen's product, for lanes that fill blocks and that do not, and for more rows than are
// gathered at once.
TEST(Information, IsTheProductOfTheRowsWithThemselves) {
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    const OnlyOn only(set);
    for (const std::size_t lanes : {1, 8, 9, 27, 81}) {
      for (const std::size_t rows : {0, 1, 31, 32, 75}) {
        SCOPED_TRACE(std::string(hwy::TargetName(set)) + ", " + std::to_string(lanes) + " lanes, " +
                     std::to_string(rows) + " rows");
        Matrix j(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(lanes));
        RandomStream(1, "rows", "").normals({}, static_cast<std::size_t>(j.size()), j.data());
        Information information(lanes);
        LaneArray slopes(lanes, 2);
        for (std::size_t n = 0; n < rows; ++n) {
          for (std::size_t l = 0; l < lanes; ++l) slopes.at(l, 1) = j.data()[n * lanes + l];
          information.add(slopes, 1);
        }
        const Matrix expected = j.transpose() * j;
        EXPECT_LE((information.total() - expected).cwiseAbs().maxCoeff(), 1e-13 * (1.0 + expected.norm()));
      }
    }
  }
}

}  // namespace
}  // namespace synfer
