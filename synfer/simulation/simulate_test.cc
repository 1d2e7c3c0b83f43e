// What holds for sessions of every task.
#include "synfer/simulation/simulate.h"

#include <gtest/gtest.h>

#include <optional>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/model/encoding.h"
#include "synfer/model/plastic_layer.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

// y of the offer that is recorded, step by step, under the true rule with what the animal saw.
std::vector<double> replayed_activity(const for_test::Truth& truth, const EncodedSession& session,
                                      const Matrix& initial) {
  PlasticLayer layer(truth.model.network, truth.model.rule, truth.theta, initial);
  std::vector<double> activity;
  const auto inputs = static_cast<std::size_t>(session.inputs);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.offers > 1 && session.choice[t] == kNoChoice) {
      activity.insert(activity.end(), static_cast<std::size_t>(initial.cols()), NAN);
      continue;
    }
    const std::size_t offer = t * static_cast<std::size_t>(session.offers) + session.learned_offer(t);
    const auto x = std::span(session.x).subspan(offer * inputs, inputs);
    const auto y = layer.activity(x);
    activity.insert(activity.end(), y.begin(), y.end());
    if (session.learns[t]) layer.change(x, y, session.r[t]);
  }
  return activity;
}

TEST(Simulate, IsTheReplayOfItsOwnChoicesAndRewardsToTheBit) {
  const for_test::Truth truth(network_with_hidden_layer(2, 10, {}), "x*r - 0.05*w + 0.2*x*y");
  using Kind = ExpectedReward::Kind;
  for (SimulationOptions options : for_test::every_task()) {
    for (const Kind kind : {Kind::kNone, Kind::kMovingAverage, Kind::kExponential}) {
      options.expected_reward.kind = kind;
      const SimulatedSession simulated = truth.session(options);
      EncodedSession encoded = encode(simulated.session, 2, 0.0, options.expected_reward);
      encoded.x = simulated.x;
      EXPECT_EQ(for_test::bits(replayed_activity(truth, encoded, simulated.initial_weights)),
                for_test::bits(simulated.session.recordings))
          << "task " << options.task.index();
    }
  }
}

TEST(Simulate, SessionsDoNotDependOnTheirCountOrOnThreads) {
  const for_test::Truth truth = for_test::learner();
  for (const SimulationOptions& options : for_test::every_task()) {
    const auto run = [&](int count, std::size_t threads) {
      const ThreadLimit limit(threads);
      return simulate(options, truth.model, truth.theta, count, "fly");
    };
    const auto five = run(5, 1);
    const auto ten = run(10, 4);
    ASSERT_EQ(ten.size(), 10U);
    for (std::size_t s = 0; s < five.size(); ++s) EXPECT_TRUE(for_test::equal(five[s], ten[s])) << s;
    EXPECT_TRUE(for_test::equal(ten[2], simulate_session(options, truth.model, truth.theta, "fly3", "fly3")));
    EXPECT_NE(ten[0].x, ten[1].x);
    EXPECT_NE(ten[0].initial_weights, ten[1].initial_weights);
  }
}

TEST(Simulate, TheSeedChangesEverySession) {
  for (SimulationOptions options : for_test::every_task()) {
    const SimulatedSession one = for_test::learner().session(options);
    options.seed = 2;
    const SimulatedSession two = for_test::learner().session(options);
    EXPECT_NE(one.x, two.x);
    EXPECT_NE(one.initial_weights, two.initial_weights);
  }
}

TEST(Simulate, AFitsOwnDrawsAreNotThoseOfTheSimulation) {
  const SimulatedSession simulated = for_test::learner().session({});
  const EncodedSession encoded = encode(simulated.session, 2, 0.0, {});
  const EncodedSession drawn = resampled(encoded, SimulationOptions{}.stimulus_noise_sd, 1, 0);
  for (std::size_t i = 0; i < drawn.x.size(); ++i) EXPECT_NE(drawn.x[i], simulated.x[i]);
  const RandomStream of_fit(1, "initial weights", "fly", "fly");
  EXPECT_NE(simulated.initial_weights, draw_initial_weights({}, 2, 10, of_fit));
}

TEST(Simulate, GivenWeightsTakeThePlaceOfADraw) {
  SimulationOptions options;
  options.given_weights = Matrix::Constant(2, 10, 0.3);
  EXPECT_EQ(for_test::learner().session(options).initial_weights, *options.given_weights);
  options.given_weights = Matrix::Constant(10, 2, 0.3);
  EXPECT_THROW((void)for_test::learner().session(options), ConfigurationError);
  options.given_weights = Matrix::Constant(2, 10, NAN);
  EXPECT_THROW((void)for_test::learner().session(options), ConfigurationError);
}

std::optional<NonFiniteError> overflow_of(const for_test::Truth& truth, const SimulationOptions& options) {
  try {
    (void)simulate(options, truth.model, truth.theta, 4, "fly");
  } catch (const NonFiniteError& error) {
    return error;
  }
  return std::nullopt;
}

TEST(Simulate, AnExplodingTruthNamesTheFirstSessionStepAndTerm) {
  const for_test::Truth truth(network_with_hidden_layer(3, 2, for_test::kLinear), "20*x*y - 0.01*w");
  NeuralTask task{.steps = 2000, .input_variance = 1.0};
  SimulationOptions options;
  options.task = task;
  const auto error = overflow_of(truth, options);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->animal, "fly1");
  EXPECT_EQ(error->session, "fly1");
  EXPECT_EQ(error->term, "x*y");
  EXPECT_GT(error->step, 0U);

  const auto steps_of_first = [&](std::size_t steps) {
    task.steps = static_cast<int>(steps);
    options.task = task;
    return simulate_session(options, truth.model, truth.theta, "fly1", "fly1");
  };
  EXPECT_NO_THROW((void)steps_of_first(error->step));
  EXPECT_THROW((void)steps_of_first(error->step + 1), NonFiniteError);
}

// The step is that of the change, though bounded activities would hide it from the logits.
TEST(Simulate, AnOverflowBehindBoundedActivitiesIsFound) {
  const for_test::Truth truth(network_with_hidden_layer(2, 10, {}), "w^2 + w^3 + 1");
  for (const SimulationOptions& options : for_test::every_task()) {
    const auto error = overflow_of(truth, options);
    ASSERT_TRUE(error) << "task " << options.task.index();
    EXPECT_EQ(error->term, "w^3");
  }
}

TEST(Simulate, ALogitThatOverflowsAtOnceIsBlamedOnTheInitialWeights) {
  SimulationOptions options;
  options.given_weights = Matrix::Constant(2, 1, 1e308);
  options.stimulus_mean = 1e3;
  const auto error = overflow_of(for_test::constant(2), options);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->step, 0U);
  EXPECT_EQ(error->term, "initial weights");
}

}  // namespace
}  // namespace synfer
