// The gradient property: the adjoint of every rule, likelihood and network agrees with central
// differences of the loss, at random sizes and at the edges where slopes are easily wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "synfer/replay/cases_for_test.h"
#include "synfer/replay/replay.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::difference;
using for_test::Problem;

class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, AgreesWithCentralDifferences) {
  const Case& c = GetParam();
  Problem problem(c);
  auto& [model, session, theta, initial] = problem;
  const auto cells = static_cast<std::size_t>(initial.size());

  std::vector<double> coefficients = {0.3, -0.2};
  const auto offsets = [&] {
    LogitOffsets made;
    for (std::size_t n = 0; n < session.steps() * static_cast<std::size_t>(session.offers); ++n) {
      const double first = std::sin(static_cast<double>(n));
      const double second = std::cos(2.0 * static_cast<double>(n));
      made.value.push_back(coefficients[0] * first + coefficients[1] * second);
      made.slopes.insert(made.slopes.end(), {first, second});
    }
    return made;
  };
  const LossSlopes slopes{1.3, 0.8};
  const auto total = [&] {
    const SessionLoss loss = session_loss(model, theta, session, initial, offsets());
    return slopes.choice_nll * loss.choice_nll + slopes.squared_error * loss.squared_error;
  };
  std::vector<double> theta_bar(theta.size());
  std::vector<double> initial_bar(cells);
  std::vector<double> offset_bar(2);
  const SessionLoss loss = session_loss_and_gradient(model, theta, session, initial, slopes, theta_bar,
                                                     initial_bar, offsets(), offset_bar);
  const SessionLoss value = session_loss(model, theta, session, initial, offsets());
  EXPECT_EQ(loss.choices, value.choices);
  EXPECT_EQ(loss.recorded, value.recorded);
  EXPECT_GT(loss.choices + loss.recorded, 0u);
  EXPECT_DOUBLE_EQ(loss.choice_nll, value.choice_nll);
  EXPECT_DOUBLE_EQ(loss.squared_error, value.squared_error);

  const auto largest = [](const std::vector<double>& v) {
    return std::abs(*std::ranges::max_element(v, {}, [](double a) { return std::abs(a); }));
  };
  const double tolerance = 1e-6 * std::max(1e-2, largest(theta_bar));
  for (std::size_t p = 0; p < theta.size(); ++p) {
    EXPECT_NEAR(theta_bar[p], difference(theta[p], 1e-4 * std::max(c.theta_scale, 1e-3), total), tolerance)
        << "parameter " << p;
  }
  const double weight_tolerance = 1e-6 * std::max(1e-2, largest(initial_bar));
  for (std::size_t i = 0; i < cells; ++i) {
    EXPECT_NEAR(initial_bar[i], difference(initial.data()[i], 1e-4, total), weight_tolerance)
        << "weight " << i;
  }
  for (std::size_t h = 0; h < coefficients.size(); ++h) {
    EXPECT_NEAR(offset_bar[h], difference(coefficients[h], 1e-4, total), 1e-6) << "offset " << h;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRuleLikelihoodAndNetwork, Gradient, testing::ValuesIn(for_test::cases()),
                         for_test::name_of);

}  // namespace
}  // namespace synfer
