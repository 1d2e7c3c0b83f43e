#include "synfer/run/coin_flip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

using testing::HasSubstr;

// Choices among two that an animal always makes at the place of the input; one weight that is 1 at first.
Estimation estimation_with(double weight) {
  EncodedSession session;
  session.animal = session.name = "owl";
  session.offers = 2;
  session.inputs = 1;
  for (int t = 0; t < 10; ++t) {
    session.x.insert(session.x.end(), {1.0, 0.0});
    session.choice.push_back(0);
    session.r.push_back(0.0);
    session.learns.push_back(0);
  }
  const Objective objective({network_without_hidden_layer(1), TaylorRule({Term{.x = 1, .r = 1}})}, {session},
                            {Matrix::Constant(1, 1, weight)}, {});
  Estimation estimation{.objective = objective,
                        .fit = {},
                        .data_scale = {},
                        .in_scale = objective,
                        .scale = ParameterScale(objective, {}),
                        .frozen = {},
                        .bounds = {},
                        .search = {},
                        .aliases = {}};
  estimation.fit.best.parameters = {0.0};
  return estimation;
}

TEST(CoinFlip, IsBetterThanAFitThatSaysTheOppositeOfWhatWasChosen) {
  const auto warning = coin_flip_warning(estimation_with(-2.0));
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, HasSubstr("worse than a coin flip"));
  EXPECT_NEAR(against_coin(estimation_with(-2.0))->fit, std::log1p(std::exp(2.0)), 1e-12);
  EXPECT_NEAR(against_coin(estimation_with(-2.0))->coin, std::log(2.0), 1e-12);
}

TEST(CoinFlip, IsNoBetterThanAFitThatKnowsOrDoesNotCare) {
  EXPECT_FALSE(coin_flip_warning(estimation_with(2.0)));
  EXPECT_FALSE(coin_flip_warning(estimation_with(-1e-5)));
}

}  // namespace
}  // namespace synfer
