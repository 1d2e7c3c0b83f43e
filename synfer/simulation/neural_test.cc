// A layer driven by Gaussian input, and the recorder.
#include "synfer/simulation/neural.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

SimulationOptions options_of(const NeuralTask& task) {
  SimulationOptions options;
  options.task = task;
  return options;
}

TEST(Neural, InputHasTheMeanAndVarianceOfTheTask) {
  const SimulatedSession simulated =
      for_test::constant(5).session(options_of({.steps = 2000, .input_mean = 0.4, .input_variance = 0.1}));
  const double n = 10000.0;
  ASSERT_EQ(simulated.x.size(), 10000U);
  EXPECT_EQ(simulated.x, simulated.session.x);
  double sum = 0.0;
  double squares = 0.0;
  for (const double x : simulated.x) {
    sum += x - 0.4;
    squares += (x - 0.4) * (x - 0.4);
  }
  EXPECT_LT(std::abs(sum) / std::sqrt(0.1 * n), for_test::kSurprising);
  EXPECT_LT(std::abs(squares / 0.1 - n) / std::sqrt(2.0 * n), for_test::kSurprising);
}

TEST(Neural, LearnsAtEveryStepWithoutChoiceOrReward) {
  const Session session = for_test::learner().session(options_of({})).session;
  ASSERT_EQ(session.steps(), 50U);
  EXPECT_EQ(std::ranges::count(session.learns, true), 50);
  EXPECT_EQ(std::ranges::count(session.choice, kNoChoice), 50);
  EXPECT_TRUE(std::ranges::all_of(session.reward, [](double r) { return std::isnan(r); }));
  EXPECT_TRUE(session.stimuli.empty());
  EXPECT_EQ(session.trial.back(), 49);
}

TEST(Neural, OjasRuleFindsTheDirectionOfLargestVariance) {
  // Input of mean m along (1, 1): the second moment's leading eigenvector is (1, 1) / sqrt(2).
  SimulationOptions options = options_of({.steps = 4000, .input_mean = 1.0, .input_variance = 0.01});
  options.record = true;
  options.given_weights = Matrix{{0.1}, {0.0}};
  Network network = network_without_hidden_layer(2);
  network.eta = 0.05;
  const Session session = for_test::Truth(network, "x*y - y^2*w").session(options).session;
  // w = (1, 1) / sqrt(2) gives y = (x0 + x1) / sqrt(2).
  const std::size_t last = session.steps() - 1;
  const double expected = (session.x[2 * last] + session.x[2 * last + 1]) / std::sqrt(2.0);
  EXPECT_NEAR(session.recordings[last], expected, 0.02);
}

TEST(Recorder, RecordsARandomSubsetOfTheNeurons) {
  SimulationOptions options = options_of({.steps = 1});
  options.record = true;
  const auto recorded = [&](double fraction, const std::string& session) {
    options.recorded_fraction = fraction;
    const for_test::Truth truth = for_test::learner();
    return simulate_session(options, truth.model, truth.theta, "fly", session).session.recorded_neurons;
  };
  std::set<std::vector<int>> subsets;
  for (const char* session : {"a", "b", "c", "d"}) {
    const std::vector<int> half = recorded(0.5, session);
    EXPECT_EQ(half.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(half));
    EXPECT_EQ(std::set(half.begin(), half.end()).size(), 5U);
    subsets.insert(half);
  }
  EXPECT_GT(subsets.size(), 1U);
  EXPECT_EQ(recorded(0.26, "a").size(), 3U);
  EXPECT_EQ(recorded(0.01, "a").size(), 1U);
  EXPECT_EQ(recorded(0.0, "a").size(), 0U);
  EXPECT_EQ(recorded(1.0, "a"), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Recorder, AddsMeasurementNoiseAndChangesNothingElse) {
  SimulationOptions options;
  options.record = true;
  options.recorded_fraction = 0.5;
  Session clean = for_test::learner().session(options).session;
  options.measurement_noise_sd = 0.2;
  Session noisy = for_test::learner().session(options).session;
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t k = 0; k < clean.recordings.size(); ++k) {
    const double noise = (noisy.recordings[k] - clean.recordings[k]) / 0.2;
    sum += noise;
    squares += noise * noise;
  }
  const auto n = static_cast<double>(5 * clean.steps());
  ASSERT_EQ(static_cast<double>(clean.recordings.size()), n);
  EXPECT_LT(std::abs(sum) / std::sqrt(n), for_test::kSurprising);
  EXPECT_LT(std::abs(squares - n) / std::sqrt(2.0 * n), for_test::kSurprising);
  clean.recordings = noisy.recordings = {};
  EXPECT_TRUE(for_test::equal(clean, noisy));
}

}  // namespace
}  // namespace synfer
