// Over the table of rules, likelihoods and networks: slopes against central differences of the information.
#include "synfer/replay/weight_information.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "synfer/replay/cases_for_test.h"

namespace synfer {
namespace {

using for_test::Case;

constexpr std::size_t kOffsetLanes = 2;

// Any symmetric matrix stands for the inverse of an information.
Matrix symmetric(const Case& c, const char* purpose, Eigen::Index size) {
  const std::vector<double> drawn = for_test::draw(c, purpose, static_cast<std::size_t>(size * size), 1.0);
  const Matrix m = Eigen::Map<const Matrix>(drawn.data(), size, size);
  return m + m.transpose();
}

class WeightInformation : public testing::TestWithParam<Case> {};

TEST_P(WeightInformation, MovesWithParametersAndWeightsAsCentralDifferencesSay) {
  const Case& c = GetParam();
  if (!c.rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  for_test::Problem problem(c);
  auto& [model, session, theta, initial] = problem;
  if (initial.size() > 40) GTEST_SKIP() << "too large for differences";
  for_test::Offsets offsets;
  const auto with = [&] {
    offsets.make(session);
    return BeliefSession{model, theta, session, initial, {}, &offsets.offsets};
  };
  const Eigen::Index cells = initial.size();
  const Matrix choices_by = symmetric(c, "choices by", cells);
  const Matrix recordings_by = symmetric(c, "recordings by", cells);
  const auto trace = [&] {
    const SessionCurvature curvature = session_curvature(with(), {.offset = kOffsetLanes, .initial = true});
    return choices_by.cwiseProduct(curvature.choice_information.bottomRightCorner(cells, cells)).sum() +
           recordings_by.cwiseProduct(curvature.squared_error_information.bottomRightCorner(cells, cells))
               .sum();
  };
  const Vector slopes = weight_information_slopes(with(), kOffsetLanes, choices_by, recordings_by);
  std::vector<double*> variables;
  std::vector<double> steps;
  const auto add = [&](double& variable, double h) {
    variables.push_back(&variable);
    steps.push_back(h * c.step_scale);
  };
  for (double& value : theta) add(value, 1e-4 * std::max(c.theta_scale, 1e-3));
  for (double& value : offsets.coefficients) add(value, 1e-3);
  for (Eigen::Index n = 0; n < cells; ++n) add(initial.data()[n], 1e-4);
  ASSERT_EQ(slopes.size(), static_cast<Eigen::Index>(variables.size()));
  const double tolerance = 1e-6 * std::max(1e-2, slopes.cwiseAbs().maxCoeff());
  for (std::size_t n = 0; n < variables.size(); ++n) {
    EXPECT_NEAR(slopes[static_cast<Eigen::Index>(n)], for_test::difference(*variables[n], steps[n], trace),
                tolerance)
        << "variable " << n << " of " << variables.size();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, WeightInformation, testing::ValuesIn(for_test::cases()), for_test::name_of);

}  // namespace
}  // namespace synfer
