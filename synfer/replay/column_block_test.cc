// A block that keeps the weights of a few changes, and computes those between again, goes back as one that
// keeps all.
#include "synfer/replay/column_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "synfer/replay/cases_for_test.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::Problem;

class ColumnBlocks : public testing::TestWithParam<Case> {};

TEST_P(ColumnBlocks, OfShortStretchesGoBackAsThoseThatKeepEveryWeight) {
  const Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  const auto cells = static_cast<std::size_t>(initial.size());
  std::vector<double> logit_bar = for_test::draw(
      GetParam(), "slopes of logits", session.steps() * static_cast<std::size_t>(session.offers), 1.0);
  struct Found {
    std::vector<double> theta_bar, initial_bar;
  };
  const auto keeping = [&](std::size_t stretch) {
    ColumnBlock block(model, theta, session, session.x, initial, 0, static_cast<std::size_t>(initial.cols()));
    block.forward({stretch});
    EXPECT_TRUE(block.finite());
    Found found{std::vector<double>(theta.size()), std::vector<double>(cells)};
    block.backward(logit_bar, 0.5, found.theta_bar, found.initial_bar.data());
    return found;
  };
  const auto near = [](std::span<const double> a, std::span<const double> b) {
    double largest = 0.0;
    for (const double v : b) largest = std::max(largest, std::abs(v));
    for (std::size_t n = 0; n < a.size(); ++n) EXPECT_NEAR(a[n], b[n], 1e-12 * largest);
  };
  const Found all = keeping(KeptWeights::kAll);
  for (const std::size_t stretch : {1, 2, 3, 7}) {
    SCOPED_TRACE(stretch);
    const Found found = keeping(stretch);
    near(found.theta_bar, all.theta_bar);
    near(found.initial_bar, all.initial_bar);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRuleLikelihoodAndNetwork, ColumnBlocks, testing::ValuesIn(for_test::cases()),
                         for_test::name_of);

TEST(ColumnBlock, OfASessionWithoutStepsKeepsItsWeights) {
  const Problem problem(for_test::cases().front());
  const EncodedSession none = truncated(problem.session, 0);
  ColumnBlock block(problem.model, problem.theta, none, none.x, problem.initial, 0,
                    static_cast<std::size_t>(problem.initial.cols()));
  block.forward({KeptWeights::kAll});
  EXPECT_EQ(block.weight(0, 0, 0), problem.initial(0, 0));
}

}  // namespace
}  // namespace synfer
