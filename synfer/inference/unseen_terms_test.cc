#include "synfer/inference/unseen_terms.h"

#include <gmock/gmock.h>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::bandit_objective;
using for_test::bandit_session;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Term> kCommon = {{0, 0, 0, 0}, {0, 0, 0, 1}, {0, 1, 0, 0}, {0, 2, 0, 1}};  // 1, r, y, y^2*r

// The largest difference in nats between a rule and the same with each common term added.
double difference_by_common_terms(std::vector<Term> terms, const ObjectiveOptions& options = {},
                                  const std::vector<double>& offers = {1.0, 0.0, 0.0, 1.0}) {
  std::vector<double> theta(terms.size(), -0.2);  // weights decay
  terms.insert(terms.end(), kCommon.begin(), kCommon.end());
  theta.resize(terms.size(), 0.0);
  const Objective objective = bandit_objective(TaylorRule(terms), options, bandit_session(offers));
  const double without = objective.nll(theta, {});
  double largest = 0.0;
  for (std::size_t p = terms.size() - kCommon.size(); p < terms.size(); ++p) {
    std::vector<double> with = theta;
    with[p] = 0.1;
    largest = std::max(largest, std::abs(objective.nll(with, {}) - without));
  }
  return largest;
}

constexpr double kFlat = 1e-9;
constexpr double kMoved = 1e-3;

// By brute force, what hidden_common_terms says of rules.
TEST(UnseenTerms, LeaveTheLikelihoodFlatExactlyWhereTheyAreSaidTo) {
  const std::vector<std::vector<Term>> rules = {
      {{1, 0, 0, 1}},                              // x*r
      {{1, 0, 0, 0}, {1, 0, 0, 1}, {0, 0, 1, 0}},  // x, x*r, w
      {{2, 0, 0, 1}, {0, 0, 1, 1}},                // x^2*r, w*r
      {{1, 0, 0, 1}, {1, 0, 1, 0}},                // x*r, x*w
      {{1, 0, 0, 1}, {0, 0, 2, 0}},                // x*r, w^2
      {{1, 0, 0, 1}, {1, 1, 0, 0}},                // x*r, x*y
      {{1, 0, 0, 1}, {0, 1, 1, 0}},                // x*r, y*w
  };
  for (std::size_t n = 0; n < rules.size(); ++n) {
    std::vector<Term> whole = rules[n];
    whole.insert(whole.end(), kCommon.begin(), kCommon.end());
    const bool hidden = n < 3;
    EXPECT_EQ(hidden_common_terms(whole), hidden ? kCommon : std::vector<Term>{}) << "rule " << n;
    const double moved = difference_by_common_terms(rules[n]);
    EXPECT_EQ(moved < kFlat, hidden) << "rule " << n;
    EXPECT_EQ(moved < kMoved, hidden) << "rule " << n;
  }
}

TEST(UnseenTerms, AreSeenWhereTheInputsOfOffersDifferInTheirSum) {
  const std::vector<Term> rule = {{1, 0, 0, 1}, {0, 0, 1, 0}};
  const auto kind = [](const std::vector<double>& offers) {
    return common_changes(bandit_objective(TaylorRule({{1, 0, 0, 1}}), {}, bandit_session(offers)));
  };
  const std::vector<double> equal = {0.3, 0.7, 1.2, -0.2};
  EXPECT_LT(difference_by_common_terms(rule, {}, equal), kFlat);
  EXPECT_EQ(kind(equal), CommonChanges::kUnseen);
  const std::vector<double> unequal = {0.3, 0.7, 1.2, 0.2};
  EXPECT_GT(difference_by_common_terms(rule, {}, unequal), kMoved);
  EXPECT_EQ(kind(unequal), CommonChanges::kSeen);
}

TEST(UnseenTerms, AreSeenByTheNoiseOfStimuliAlone) {
  for (const auto stimuli : {BeliefOptions::Stimuli::kAveraged, BeliefOptions::Stimuli::kFiltered}) {
    for (const double noise : {0.0, 0.3}) {
      ObjectiveOptions options;
      options.belief.stimuli = stimuli;
      options.belief.noise_sd = noise;
      options.belief.initial_sd = 0.1;
      const double moved = difference_by_common_terms({{1, 0, 0, 1}}, options);
      EXPECT_EQ(moved < kFlat, noise == 0.0) << moved;
      EXPECT_EQ(common_changes(bandit_objective(TaylorRule({{1, 0, 0, 1}}), options)),
                noise == 0.0 ? CommonChanges::kUnseen : CommonChanges::kSeenByNoiseAlone);
    }
  }
}

TEST(UnseenTerms, AreSeenToAcceptOrRejectAndByNeuronsThatAreNotLinear) {
  EXPECT_EQ(common_changes(for_test::objective_over(for_test::random_sessions())), CommonChanges::kSeen);
  const EncodedSession session = bandit_session();
  const auto kind = [&](Activation::Kind activation) {
    return common_changes(
        Objective({network_with_hidden_layer(2, 3, {activation}), TaylorRule({{1, 0, 0, 1}})}, {session},
                  {Matrix::Zero(2, 3)}, {}));
  };
  EXPECT_EQ(kind(Activation::Kind::kTanh), CommonChanges::kSeen);
  EXPECT_EQ(kind(Activation::Kind::kLinear), CommonChanges::kUnseen);
}

// Only choices that are scored see anything.
TEST(UnseenTerms, OffersOfForcedChoicesMayDiffer) {
  EncodedSession session = bandit_session();
  session.x[0] = 5.0;
  session.scored.assign(session.steps(), 1);
  EXPECT_EQ(common_changes(bandit_objective(TaylorRule({{1, 0, 0, 1}}), {}, session)), CommonChanges::kSeen);
  session.scored[0] = 0;
  EXPECT_EQ(common_changes(bandit_objective(TaylorRule({{1, 0, 0, 1}}), {}, session)),
            CommonChanges::kUnseen);
}

}  // namespace
}  // namespace synfer
