// Sessions side by side are the sessions by themselves.
#include "synfer/replay/belief_block.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/replay/cases_for_test.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::Problem;
using Stimuli = BeliefOptions::Stimuli;
using Covariance = BeliefOptions::Covariance;
using Order = BeliefOptions::Order;

constexpr double kNeuronsInOne = 4.0;  // where a network has one

// Sessions of several lengths that learn at steps of their own, from weights of their own.
struct Sessions {
  explicit Sessions(const Case& c, std::size_t count) : first(c) {
    for (std::size_t n = 0; n < count; ++n) {
      Case another = c;
      another.name += std::to_string(n);
      another.steps = c.steps + 3 * n;
      Problem problem(another);
      data.push_back(problem.session);
      initial.push_back(problem.initial);
      LogitOffsets of;
      for (std::size_t t = 0; t < another.steps; ++t) {
        of.value.push_back(0.1 * std::sin(static_cast<double>(t + n)));
        of.slopes.insert(of.slopes.end(), {0.5, std::cos(static_cast<double>(t))});
      }
      offsets.push_back(of);
    }
  }

  [[nodiscard]] std::vector<BeliefSession> with(const BeliefOptions& options) const {
    std::vector<BeliefSession> all;
    for (std::size_t n = 0; n < data.size(); ++n) {
      all.push_back({first.model, first.theta, data[n], initial[n], options, &offsets[n]});
    }
    return all;
  }

  Problem first;
  std::vector<EncodedSession> data;
  std::vector<Matrix> initial;
  std::vector<LogitOffsets> offsets;
};

void expect_near(const SessionCurvature& found, const SessionCurvature& expected) {
  EXPECT_NEAR(found.loss.choice_nll, expected.loss.choice_nll, 1e-11 * (1.0 + expected.loss.choice_nll));
  EXPECT_EQ(found.loss.choices, expected.loss.choices);
  EXPECT_EQ(found.held, expected.held);
  const auto near = [](const auto& a, const auto& b) {
    ASSERT_EQ(a.size(), b.size());
    EXPECT_LE((a - b).cwiseAbs().maxCoeff(), 1e-10 * (1e-300 + b.cwiseAbs().maxCoeff()));
  };
  near(found.choice_gradient, expected.choice_gradient);
  near(found.choice_information, expected.choice_information);
}

class SideBySide : public testing::TestWithParam<Case> {};

TEST_P(SideBySide, SessionsAreWhatTheyAreAlone) {
  const Case& c = GetParam();
  const BeliefLanes lanes = {.any = true,
                             .noise_sd = true,
                             .walk_sd = true,
                             .initial_sd = true,
                             .offset = 2,
                             .initial = c.neurons < 3};
  for (const std::size_t count : {std::size_t{2}, std::size_t{5}, kLanes}) {
    const Sessions sessions(c, count);
    for (const auto& [covariance, order] : {std::pair{Covariance::kCommon, Order::kFirst},
                                            {Covariance::kCommon, Order::kSecond},
                                            {Covariance::kDense, Order::kSecond}}) {
      // Beside the line of weights that run away there is nothing but rounding.
      if (order == Order::kSecond && c.weight_scale > 1.0) continue;
      const std::vector<BeliefSession> of =
          sessions.with({Stimuli::kFiltered, 0.3, 0.2, 0.05, covariance, order, kNeuronsInOne});
      ASSERT_EQ(sessions_at_once(of.front(), {}), kLanes);
      const std::vector<SessionLoss> losses = session_losses(of);
      for (std::size_t n = 0; n < count; ++n) {
        const SessionLoss alone = session_loss(of[n]);
        EXPECT_NEAR(losses[n].choice_nll, alone.choice_nll, 1e-11 * (1.0 + alone.choice_nll));
        EXPECT_EQ(losses[n].choices, alone.choices);
      }
      if (sessions_at_once(of.front(), lanes) != kLanes) continue;
      const std::vector<SessionCurvature> curvatures = session_curvatures(of, lanes);
      for (std::size_t n = 0; n < count; ++n) expect_near(curvatures[n], session_curvature(of[n], lanes));
    }
  }
}

TEST_P(SideBySide, EveryInstructionSetGivesTheSame) {
  const Sessions sessions(GetParam(), kLanes);
  const std::vector<BeliefSession> of =
      sessions.with({Stimuli::kFiltered, 0.3, 0.2, 0.05, Covariance::kCommon, Order::kSecond, kNeuronsInOne});
  const BeliefLanes lanes = {.any = true, .noise_sd = true};
  if (sessions_at_once(of.front(), lanes) != kLanes)
    GTEST_SKIP() << "too many parameters for sessions in lanes";
  const std::vector<SessionCurvature> best = session_curvatures(of, lanes);
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(set));
    hwy::SetSupportedTargetsForTest(set);
    const std::vector<SessionCurvature> found = session_curvatures(of, lanes);
    hwy::SetSupportedTargetsForTest(0);
    for (std::size_t n = 0; n < of.size(); ++n) expect_near(found[n], best[n]);
  }
}

std::vector<Case> cases() {
  const Rule few = TaylorRule({{1, 0, 0, 1}, {0, 1, 1, 0}, {2, 2, 0, 1}, {0, 0, 2, 0}, {0, 0, 0, 0}});
  const Rule powers = TaylorRule({{1, 4, 3, 0}, {0, 0, 4, 2}, {3, 1, 0, 1}, {4, 0, 0, 4}});
  const auto mlp = for_test::mlp(Activation::Kind::kTanh, Activation::Kind::kLinear, {2});
  return {
      {.name = "the plain shape", .rule = few, .inputs = 2, .neurons = 1, .steps = 30},
      {.name = "many neurons", .rule = few},
      {.name = "powers up to 4", .rule = powers, .theta_scale = 0.02},
      {.name = "81 terms", .rule = for_test::dense_taylor(), .inputs = 2, .neurons = 1},
      {.name = "MLP", .rule = mlp, .theta_scale = 0.5},
      {.name = "no hidden layer", .rule = few, .neurons = 0, .theta_scale = 0.02},
      {.name = "sigmoid layer", .rule = few, .activation = {Activation::Kind::kSigmoid}},
      {.name = "softplus layer", .rule = few, .activation = {Activation::Kind::kSoftplus}},
      {.name = "w = 0", .rule = few, .inputs = 2, .neurons = 1, .weight_scale = 0.0},
      {.name = "a held-out tail alone is scored",
       .rule = few,
       .edge = [](EncodedSession& s) { s.scored_from = s.steps() / 2; }},
      {.name = "weights out of reach",
       .rule = TaylorRule({{1, 0, 0, 1}, {0, 0, 2, 0}}),
       .inputs = 2,
       .neurons = 1,
       .steps = 40,
       .weight_scale = 5.0,
       .theta_scale = 3.0},
  };
}

INSTANTIATE_TEST_SUITE_P(EveryRuleAndNetwork, SideBySide, testing::ValuesIn(cases()), for_test::name_of);

// Without noise, and with weights known to be 0, nothing moves the logit: the line is a point.
TEST(SideBySide, WithoutNoiseAndCovarianceTheyAreThePlainReplay) {
  const Case c = {.name = "plain", .rule = TaylorRule({{1, 0, 0, 1}, {0, 1, 1, 0}}), .weight_scale = 0.4};
  const Sessions sessions(c, 4);
  const std::vector<BeliefSession> of = sessions.with({Stimuli::kFiltered});
  const std::vector<SessionCurvature> found = session_curvatures(of, {.any = true});
  for (std::size_t n = 0; n < of.size(); ++n) {
    BeliefSession known = of[n];
    known.options.stimuli = Stimuli::kKnown;
    expect_near(found[n], session_curvature(known, {}));
  }
}

// A weight that runs away in one session is held there, and leaves the others alone.
TEST(SideBySide, AWeightOutOfReachIsHeldInItsOwnSession) {
  const Case c = {.name = "far", .rule = TaylorRule({{1, 0, 0, 1}, {0, 0, 2, 0}}), .inputs = 2, .neurons = 1};
  Sessions sessions(c, 3);
  sessions.first.theta = {0.5, 0.2};
  for (Matrix& initial : sessions.initial) initial.setConstant(-0.1);
  sessions.initial[1].setConstant(1e5);
  const std::vector<BeliefSession> of = sessions.with({Stimuli::kFiltered, 0.1, 0.1});
  const std::vector<SessionCurvature> found = session_curvatures(of, {.any = true});
  for (std::size_t n = 0; n < of.size(); ++n) {
    EXPECT_EQ(found[n].held, n == 1);
    expect_near(found[n], session_curvature(of[n], {}));
  }
}

TEST(SideBySide, OverflowIsToldOfTheSessionThatOverflows) {
  Case c = {.name = "overflow", .rule = TaylorRule({{0, 0, 2, 0}, {1, 0, 0, 1}}), .inputs = 2, .neurons = 1};
  Sessions sessions(c, 3);
  sessions.initial[1](0, 0) = NAN;
  try {
    session_losses(sessions.with({Stimuli::kFiltered, 0.1, 0.1}));
    FAIL() << "not refused";
  } catch (const NonFiniteError& error) {
    EXPECT_NE(std::string(error.what()).find("overflow1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace synfer
