// Every rule family: its slopes are those of its value, and its columns are its synapses.
#include "synfer/model/rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/random.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

struct Family {
  const char* name;
  Rule rule;
};

std::vector<Family> families() {
  const std::vector<std::string> all = {"x", "y", "w", "r"};
  MlpRule::Options smooth{all, {5, 3}, {Activation::Kind::kSoftplus}, {Activation::Kind::kLinear}};
  return {{"81 terms", TaylorRule(dense_terms(all, 2))},
          {"high powers", TaylorRule({{1, 4, 3, 0}, {0, 0, 4, 2}, {3, 1, 0, 1}})},
          {"published MLP", MlpRule({})},
          {"smooth MLP", MlpRule(smooth)}};
}

std::vector<double> draw(std::uint64_t seed, std::size_t count) {
  std::vector<double> values(count);
  RandomStream(seed, "rule test").normals({}, count, values.data());
  return values;
}

TEST(Rule, SlopesAreThoseOfTheChange) {
  for (const Family& family : families()) {
    SCOPED_TRACE(family.name);
    std::vector<double> theta = draw(1, family.rule.parameters());
    std::vector<double> at = draw(2, 4);
    std::vector<double> slopes(theta.size());
    const auto value = [&] { return family.rule.change({at[0], at[1], at[2], at[3]}, theta); };
    const Slopes found = family.rule.slopes({at[0], at[1], at[2], at[3]}, theta, slopes);
    const auto central = [&](double& variable) {
      const double kept = variable;
      const double h = 1e-5;
      variable = kept + h;
      const double up = value();
      variable = kept - h;
      const double down = value();
      variable = kept;
      return (up - down) / (2 * h);
    };
    const auto agree = [](double a, double b) { EXPECT_NEAR(a, b, 1e-6 * std::max(1.0, std::abs(b))); };
    agree(found.x, central(at[0]));
    agree(found.y, central(at[1]));
    agree(found.w, central(at[2]));
    for (std::size_t p = 0; p < theta.size(); ++p) agree(slopes[p], central(theta[p]));
  }
}

TEST(Rule, ColumnsChangeAndPullBackAsTheirSynapsesDo) {
  const std::size_t n = 3;
  const std::size_t m = 7;  // one full group of lanes and a remainder
  for (const Family& family : families()) {
    SCOPED_TRACE(family.name);
    const std::vector<double> theta = draw(3, family.rule.parameters());
    const std::vector<double> x = draw(4, n);
    const std::vector<double> y = draw(5, m);
    const std::vector<double> w = draw(6, n * m);
    std::vector<double> after(n * m);
    std::vector<double> w_bar = draw(7, n * m);
    const std::vector<double> after_bar = w_bar;
    std::vector<double> y_bar(m);
    std::vector<double> theta_bar(theta.size());
    const ColumnChange at{x, y, 0.3, 0.5, w.data()};
    family.rule.change_columns(at, theta, after.data());
    family.rule.pull_back_columns(at, theta, w_bar.data(), y_bar, theta_bar);

    std::vector<double> expected_y(m);
    std::vector<double> expected_theta(theta.size());
    std::vector<double> slopes(theta.size());
    const auto agree = [](double a, double b) { EXPECT_NEAR(a, b, 1e-11 * std::max(1.0, std::abs(b))); };
    for (std::size_t k = 0; k < n * m; ++k) {
      const Synapse synapse{x[k / m], y[k % m], w[k], 0.3};
      agree(after[k], w[k] + 0.5 * family.rule.change(synapse, theta));
      const Slopes s = family.rule.slopes(synapse, theta, slopes);
      const double g_bar = 0.5 * after_bar[k];
      agree(w_bar[k], after_bar[k] + g_bar * s.w);
      expected_y[k % m] += g_bar * s.y;
      for (std::size_t p = 0; p < theta.size(); ++p) expected_theta[p] += g_bar * slopes[p];
    }
    for (std::size_t j = 0; j < m; ++j) agree(y_bar[j], expected_y[j]);
    for (std::size_t p = 0; p < theta.size(); ++p) agree(theta_bar[p], expected_theta[p]);
  }
}

TEST(Expression, PrintsBackAsItWasRead) {
  for (const char* text : {"x*r - 0.05*w", "x*y - y^2*w", "-x*r + 2", "1e-07*x^2*y*w^3*r^4"}) {
    EXPECT_EQ(to_string(parse_expression(text)), text);
  }
  EXPECT_EQ(to_string(parse_expression("1.0X1R1W0-0.05X0R0W1")), "x*r - 0.05*w");
  EXPECT_EQ(to_string(parse_expression("X1Y0W0R2", true)), "x^2*r");
}

}  // namespace
}  // namespace synfer
