#include "synfer/simulation/odours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/data/stimuli.h"
#include "synfer/simulation/sampling.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

Odours odours_of(const for_test::Truth& truth, const std::string& session, int count,
                 const SimulationOptions& options = {}) {
  return {Subject{options, truth.model, truth.theta, "fly", session}, count};
}

TEST(Odours, ShareTheInputsAsEquallyAsCanBe) {
  const int inputs = 17;
  const int count = 5;
  const for_test::Truth truth = for_test::constant(inputs);
  for (int session = 0; session < 50; ++session) {
    const Odours odours = odours_of(truth, std::to_string(session), count);
    std::vector<int> drives(inputs);
    for (int odour = 0; odour < count; ++odour) {
      const std::vector<double> mean = odours.offer({odour}, 0).mean;
      const auto size = std::ranges::count(mean, 0.75);
      EXPECT_TRUE(size == 3 || size == 4) << size;
      for (std::size_t i = 0; i < mean.size(); ++i) drives[i] += mean[i] == 0.75 ? 1 : 0;
    }
    EXPECT_EQ(drives, std::vector<int>(inputs, 1));
  }
}

TEST(Odours, GetTheirInputsAndTheLargerGroupByChance) {
  const for_test::Truth truth = for_test::constant(5);
  for_test::Surprise larger;
  std::vector<for_test::Surprise> driven(5);
  for (int session = 0; session < 1000; ++session) {
    const std::vector<double> mean = odours_of(truth, std::to_string(session), 2).offer({0}, 0).mean;
    larger.add(std::ranges::count(mean, 0.75) == 3, 0.5);
    for (std::size_t i = 0; i < 5; ++i) driven[i].add(mean[i] == 0.75, 0.5);
  }
  EXPECT_LT(std::abs(larger.value()), for_test::kSurprising);
  for (const auto& input : driven) EXPECT_LT(std::abs(input.value()), for_test::kSurprising);
}

TEST(Odours, PutNeighbouringInputsIntoOneGroupByChance) {
  // Of four inputs in two pairs, the partner of the first is one of three.
  const for_test::Truth truth = for_test::constant(4);
  for_test::Surprise together;
  for (int session = 0; session < 1000; ++session) {
    const std::vector<double> mean = odours_of(truth, std::to_string(session), 2).offer({0}, 0).mean;
    together.add(mean[0] == mean[1], 1.0 / 3.0);
  }
  EXPECT_LT(std::abs(together.value()), for_test::kSurprising);
}

TEST(Odours, AreSeenWithNoiseOfTheirOwnAtEveryOffer) {
  SimulationOptions options;
  options.stimulus_noise_sd = 0.3;
  const for_test::Truth truth = for_test::constant(4);
  const Odours odours = odours_of(truth, "s", 2, options);
  double sum = 0.0;
  double squares = 0.0;
  double between_offers = 0.0;
  double between_steps = 0.0;
  double before[8] = {};
  const std::size_t steps = 5000;
  for (std::size_t t = 0; t < steps; ++t) {
    const Stimulus stimulus = odours.offer({1, 1}, t);
    double noise[8];
    for (std::size_t i = 0; i < 8; ++i) noise[i] = (stimulus.seen[i] - stimulus.mean[i]) / 0.3;
    for (const double value : noise) {
      sum += value;
      squares += value * value;
    }
    for (int i = 0; i < 4; ++i) between_offers += noise[i] * noise[i + 4];
    for (int i = 0; i < 8; ++i) between_steps += noise[i] * std::exchange(before[i], noise[i]);
  }
  const double n = 8.0 * steps;
  EXPECT_LT(std::abs(sum) / std::sqrt(n), for_test::kSurprising);
  EXPECT_LT(std::abs(squares - n) / std::sqrt(2.0 * n), for_test::kSurprising);
  EXPECT_LT(std::abs(between_offers) / std::sqrt(4.0 * steps), for_test::kSurprising);
  EXPECT_LT(std::abs(between_steps) / std::sqrt(n), for_test::kSurprising);
}

TEST(Odours, AreNumberedAsADataSetSortsItsStimuli) {
  const for_test::Truth truth = for_test::constant(12);
  const std::vector<std::string> names = odours_of(truth, "s", 12).names();
  EXPECT_EQ(names[10], "10");
  EXPECT_EQ(names, sorted_stimuli(names));
}

TEST(Odours, NeedAnInputEach) {
  const for_test::Truth truth = for_test::constant(2);
  EXPECT_NO_THROW(odours_of(truth, "s", 2));
  try {
    odours_of(truth, "s", 3);
    FAIL() << "expected a ConfigurationError";
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.key, "network.inputs");
  }
}

TEST(Sampling, OrdersAreAllEquallyLikely) {
  const RandomStream draws(1, "sampling test");
  std::vector<std::vector<int>> orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  std::vector<for_test::Surprise> surprise(orders.size());
  for (std::uint64_t t = 0; t < 6000; ++t) {
    const std::vector<int> found = random_order(3, draws, {.step = t});
    for (std::size_t k = 0; k < orders.size(); ++k) surprise[k].add(found == orders[k], 1.0 / 6.0);
  }
  for (const auto& order : surprise) EXPECT_LT(std::abs(order.value()), for_test::kSurprising);
}

TEST(Sampling, SoftmaxIsAStaircaseOfProbabilitiesAndDoesNotOverflow) {
  // P = 1/8, 2/8, 5/8, whatever is common to the logits.
  for (const double common : {0.0, 800.0, -800.0}) {
    const double logits[] = {common, common + std::log(2.0), common + std::log(5.0)};
    EXPECT_EQ(sample_softmax(logits, 0.124), 0);
    EXPECT_EQ(sample_softmax(logits, 0.126), 1);
    EXPECT_EQ(sample_softmax(logits, 0.374), 1);
    EXPECT_EQ(sample_softmax(logits, 0.376), 2);
    EXPECT_EQ(sample_softmax(logits, 0.9999), 2);
  }
}

}  // namespace
}  // namespace synfer
