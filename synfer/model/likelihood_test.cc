#include "synfer/model/likelihood.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace synfer {
namespace {

using Logits = std::vector<double>;

double naive_log_softmax(const Logits& logits, int choice) {
  double sum = 0.0;
  for (const double logit : logits) sum += std::exp(logit);
  return std::log(std::exp(logits[static_cast<std::size_t>(choice)]) / sum);
}

const std::vector<Logits>& moderate_logits() {
  static const std::vector<Logits> all = {{0.7},       {-2.0},           {0.0, 0.0},
                                          {1.5, -0.3}, {-1.0, 2.0, 0.5}, {3.0, 1.0, -4.0, 0.2}};
  return all;
}

TEST(SoftplusAndSigmoid, AgreeWithTheirFormulas) {
  for (const double a : {-20.0, -1.0, 0.0, 0.5, 20.0}) {
    EXPECT_NEAR(softplus(a), std::log(1.0 + std::exp(a)), 1e-15 * (1.0 + std::abs(a)));
    EXPECT_DOUBLE_EQ(sigmoid(a), 1.0 / (1.0 + std::exp(-a)));
  }
}

TEST(SoftplusAndSigmoid, NeitherOverflowNorLoseAMissingValue) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(softplus(800.0), 800.0);
  EXPECT_EQ(softplus(-800.0), 0.0);
  EXPECT_EQ(softplus(kInfinite), kInfinite);
  EXPECT_EQ(softplus(-kInfinite), 0.0);
  EXPECT_EQ(sigmoid(800.0), 1.0);
  EXPECT_EQ(sigmoid(-700.0), std::exp(-700.0));
  EXPECT_EQ(sigmoid(-kInfinite), 0.0);
  EXPECT_TRUE(std::isnan(softplus(std::nan(""))));
  EXPECT_TRUE(std::isnan(sigmoid(std::nan(""))));
}

TEST(LogBernoulli, IsTheLogOfTheChanceOfTheChoice) {
  for (const double logit : {-5.0, -0.1, 0.0, 2.0}) {
    const double accept = 1.0 / (1.0 + std::exp(-logit));
    EXPECT_NEAR(log_bernoulli(logit, 1), std::log(accept), 1e-14);
    EXPECT_NEAR(log_bernoulli(logit, 0), std::log(1.0 - accept), 1e-13);
  }
}

TEST(LogBernoulli, IsFiniteForTheMostSurprisingChoice) {
  EXPECT_EQ(log_bernoulli(800.0, 0), -800.0);
  EXPECT_EQ(log_bernoulli(-800.0, 1), -800.0);
  EXPECT_EQ(log_bernoulli(800.0, 1), 0.0);
  EXPECT_EQ(log_bernoulli(-800.0, 0), 0.0);
  EXPECT_DOUBLE_EQ(log_bernoulli(40.0, 1), -std::exp(-40.0));
}

TEST(LogSoftmax, IsTheLogOfTheChanceOfTheChoice) {
  for (const Logits& logits : moderate_logits()) {
    if (logits.size() == 1) continue;
    for (int choice = 0; choice < static_cast<int>(logits.size()); ++choice) {
      EXPECT_NEAR(log_softmax(logits, choice), naive_log_softmax(logits, choice), 1e-14);
    }
  }
}

TEST(LogSoftmax, IsFiniteForTheMostSurprisingChoice) {
  const Logits logits = {800.0, -800.0, 0.0};
  EXPECT_EQ(log_softmax(logits, 0), 0.0);
  EXPECT_EQ(log_softmax(logits, 1), -1600.0);
  EXPECT_EQ(log_softmax(logits, 2), -800.0);
}

TEST(LogSoftmax, DependsOnDifferencesOfLogitsAloneHoweverLargeTheyAre) {
  EXPECT_DOUBLE_EQ(log_softmax(Logits{1e15, 1e15}, 0), -std::log(2.0));
  EXPECT_DOUBLE_EQ(log_softmax(Logits{-800.0, -800.0, -802.0}, 2), log_softmax(Logits{2.0, 2.0, 0.0}, 2));
  Logits logit_bar(2);
  pull_back_log_choice(Logits{1e15, 1e15}, 0, 1.0, logit_bar);
  EXPECT_DOUBLE_EQ(logit_bar[0], -0.5);
  EXPECT_DOUBLE_EQ(logit_bar[1], 0.5);
}

TEST(LogChoice, AcceptOrRejectIsAChoiceBetweenTheOfferAndALogitOfZero) {
  for (const double a : {-800.0, -3.0, 0.0, 0.4, 30.0, 800.0}) {
    SCOPED_TRACE(a);
    EXPECT_NEAR(log_choice(Logits{a}, 1), log_choice(Logits{a, 0.0}, 0), 1e-15 * (1.0 + std::abs(a)));
    EXPECT_NEAR(log_choice(Logits{a}, 0), log_choice(Logits{a, 0.0}, 1), 1e-15 * (1.0 + std::abs(a)));
    for (const int accepts : {0, 1}) {
      std::array<double, 1> alone{};
      std::array<double, 2> of_two{};
      pull_back_log_choice(Logits{a}, accepts, 1.0, alone);
      pull_back_log_choice(Logits{a, 0.0}, 1 - accepts, 1.0, of_two);
      EXPECT_NEAR(alone[0], of_two[0], 1e-15);
    }
  }
}

TEST(LogChoice, ChancesOfAllChoicesSumToOne) {
  for (const Logits& logits : moderate_logits()) {
    const int choices = logits.size() == 1 ? 2 : static_cast<int>(logits.size());
    double sum = 0.0;
    for (int choice = 0; choice < choices; ++choice) sum += std::exp(log_choice(logits, choice));
    EXPECT_NEAR(sum, 1.0, 1e-15);
  }
}

TEST(PullBackLogChoice, GivesTheSlopesOfTheNegativeLogLikelihood) {
  for (Logits logits : moderate_logits()) {
    const int choices = logits.size() == 1 ? 2 : static_cast<int>(logits.size());
    for (int choice = 0; choice < choices; ++choice) {
      Logits logit_bar(logits.size());
      pull_back_log_choice(logits, choice, 1.0, logit_bar);
      for (std::size_t k = 0; k < logits.size(); ++k) {
        const double kept = logits[k];
        const double h = 1e-5;
        logits[k] = kept + h;
        const double up = -log_choice(logits, choice);
        logits[k] = kept - h;
        const double down = -log_choice(logits, choice);
        logits[k] = kept;
        EXPECT_NEAR(logit_bar[k], (up - down) / (2 * h), 1e-9);
      }
    }
  }
}

TEST(PullBackLogChoice, AddsItsWeightedSlopesToWhatIsThere) {
  Logits once(3);
  pull_back_log_choice(Logits{0.1, 0.9, -1.0}, 1, 1.0, once);
  Logits added = {10.0, 20.0, 30.0};
  pull_back_log_choice(Logits{0.1, 0.9, -1.0}, 1, 0.25, added);
  for (std::size_t k = 0; k < 3; ++k)
    EXPECT_DOUBLE_EQ(added[k], 10.0 * static_cast<double>(k + 1) + 0.25 * once[k]);
  Logits alone = {10.0};
  pull_back_log_choice(Logits{0.0}, 1, 0.25, alone);
  EXPECT_DOUBLE_EQ(alone[0], 10.0 - 0.125);
}

TEST(PullBackLogChoice, IsFiniteAndBoundedWhereAChoiceIsCertain) {
  Logits logit_bar(2);
  pull_back_log_choice(Logits{800.0, -800.0}, 1, 1.0, logit_bar);
  EXPECT_EQ(logit_bar, (Logits{1.0, -1.0}));
  Logits alone(1);
  pull_back_log_choice(Logits{-800.0}, 1, 1.0, alone);
  EXPECT_EQ(alone[0], -1.0);
}

}  // namespace
}  // namespace synfer
