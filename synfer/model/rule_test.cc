// Every rule family: its slopes are those of its value, and its columns are its synapses.
#include "synfer/model/rule.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "synfer/base/random.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/model/threshold_rule.h"

namespace synfer {
namespace {

struct Family {
  const char* name;
  Rule rule;
};

// Hebb's rule as a user might write it: with what a PlasticityRule needs, and no more.
struct Hebb {
  [[nodiscard]] std::vector<std::string> parameter_names() const { return {"rate"}; }
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const {
    return theta[0] * at.x * at.y;
  }
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const {
    theta_slopes[0] = at.x * at.y;
    return {.x = theta[0] * at.y, .y = theta[0] * at.x, .w = 0.0};
  }
};

std::vector<Family> families() {
  using Kind = Activation::Kind;
  const std::vector<std::string> all = {"x", "y", "w", "r"};
  const auto mlp = [](std::vector<std::string> inputs, std::vector<int> hidden, Kind units, Kind output) {
    return MlpRule({std::move(inputs), std::move(hidden), {units}, {output}});
  };
  return {{"81 terms", TaylorRule(dense_terms(all, 2))},
          {"625 terms, powers to 4", TaylorRule(dense_terms(all, 4))},
          {"high powers", TaylorRule({{1, 4, 3, 0}, {0, 0, 4, 2}, {3, 1, 0, 1}})},
          {"published MLP", MlpRule({})},
          {"MLP without hidden layers", mlp(all, {}, Kind::kTanh, Kind::kTanh)},
          {"tanh MLP", mlp(all, {6}, Kind::kTanh, Kind::kLinear)},
          {"sigmoid MLP of y and r", mlp({"y", "r"}, {4}, Kind::kSigmoid, Kind::kTanh)},
          {"squareplus MLP", mlp({"x", "y", "w"}, {6}, Kind::kSquareplus, Kind::kTanh)},
          {"leaky MLP of two layers", mlp(all, {5, 4}, Kind::kLeakyRelu, Kind::kTanh)},
          {"softplus MLP of two layers", mlp(all, {5, 3}, Kind::kSoftplus, Kind::kLinear)},
          {"tanh MLP of two layers", mlp(all, {4, 5}, Kind::kTanh, Kind::kTanh)},
          {"rewards that surprise", ThresholdRule(0.3)},
          {"a user's own", Hebb{}}};
}

std::vector<double> draw(std::uint64_t seed, std::size_t count) {
  std::vector<double> values(count);
  RandomStream(seed, "rule test").normals({}, count, values.data());
  return values;
}

// Parameters that leave an MLP's units away from saturation, where nothing would be tested.
std::vector<double> draw_theta(std::uint64_t seed, const Rule& rule) {
  std::vector<double> theta = draw(seed, rule.parameters());
  for (double& parameter : theta) parameter *= 0.5;
  return theta;
}

// Synapses at random, and at the edges, where one variable or all are 0.
std::vector<Synapse> synapses() {
  std::vector<Synapse> drawn;
  for (std::uint64_t seed = 10; seed < 18; ++seed) {
    const std::vector<double> v = draw(seed, 4);
    drawn.push_back({v[0], v[1], v[2], v[3]});
  }
  drawn[3].x = 0.0;
  drawn[4].y = 0.0;
  drawn[5].w = 0.0;
  drawn[6].r = 0.0;
  drawn[7] = {};
  return drawn;
}

std::string to_string(const Synapse& at) {
  return fmt::format("x {} y {} w {} r {}", at.x, at.y, at.w, at.r);
}

// The central difference of f() in a variable that f reads.
template <typename F>
double central(double& variable, const F& f) {
  const double kept = variable;
  const double h = 1e-5;
  variable = kept + h;
  const double up = f();
  variable = kept - h;
  const double down = f();
  variable = kept;
  return (up - down) / (2 * h);
}

// Within 1e-6, relative; below 0.01 the rounding of the difference counts.
void agree(double found, double difference) {
  EXPECT_NEAR(found, difference, 1e-6 * std::max(0.01, std::abs(difference)));
}

TEST(Rule, SlopesAreThoseOfTheChange) {
  for (const auto& [name, rule] : families()) {
    std::vector<double> theta = draw_theta(1, rule);
    std::vector<double> slopes(theta.size());
    for (Synapse at : synapses()) {
      SCOPED_TRACE(name + (" at " + to_string(at)));
      const auto change = [&] { return rule.change(at, theta); };
      const Slopes found = rule.slopes(at, theta, slopes);
      agree(found.x, central(at.x, change));
      agree(found.y, central(at.y, change));
      agree(found.w, central(at.w, change));
      for (std::size_t p = 0; p < theta.size(); ++p) agree(slopes[p], central(theta[p], change));
    }
  }
}

TEST(Rule, OfEightSynapsesSideBySideIsThatOfEach) {
  const std::vector<Synapse> eight = synapses();
  ASSERT_EQ(eight.size(), kLanes);
  SynapseLanes at;
  at.learns.lane.fill(1.0);
  for (std::size_t l = 0; l < kLanes; ++l) {
    at.x.lane[l] = eight[l].x;
    at.y.lane[l] = eight[l].y;
    at.w.lane[l] = eight[l].w;
    at.r.lane[l] = eight[l].r;
  }
  for (const auto& [name, rule] : families()) {
    const std::vector<double> theta = draw_theta(1, rule);
    const std::size_t p = theta.size();
    const std::unique_ptr<LaneRule> lanes = rule.lanes(theta);
    Lanes g;
    lanes->change(at, g);
    const auto near = [&](double a, double b) {
      EXPECT_NEAR(a, b, 1e-12 * std::max(1.0, std::abs(b))) << name;
    };
    for (std::size_t l = 0; l < kLanes; ++l) near(g.lane[l], rule.change(eight[l], theta));

    SecondSlopesOf<Lanes> slopes;
    std::vector<Lanes> by_theta(4 * p);
    if (!rule.curved()) {
      EXPECT_THROW(lanes->at(at, g, slopes, by_theta.data()), std::logic_error);
      continue;
    }
    for (Lanes* wanted : {by_theta.data(), static_cast<Lanes*>(nullptr)}) {
      g = {};
      slopes = {};
      lanes->at(at, g, slopes, wanted);
      for (std::size_t l = 0; l < kLanes; ++l) {
        std::vector<double> of_g(p), of_x(p), of_y(p), of_w(p);
        const SecondSlopes alone = rule.second_slopes(eight[l], theta, {of_g, of_x, of_y, of_w});
        near(g.lane[l], rule.change(eight[l], theta));
        near(slopes.x.lane[l], alone.x);
        near(slopes.y.lane[l], alone.y);
        near(slopes.w.lane[l], alone.w);
        if (wanted == nullptr) continue;
        near(slopes.xx.lane[l], alone.xx);
        near(slopes.xy.lane[l], alone.xy);
        near(slopes.xw.lane[l], alone.xw);
        near(slopes.yy.lane[l], alone.yy);
        near(slopes.yw.lane[l], alone.yw);
        near(slopes.ww.lane[l], alone.ww);
        for (std::size_t n = 0; n < p; ++n) {
          near(by_theta[n].lane[l], of_g[n]);
          near(by_theta[p + n].lane[l], of_x[n]);
          near(by_theta[2 * p + n].lane[l], of_y[n]);
          near(by_theta[3 * p + n].lane[l], of_w[n]);
        }
      }
    }
  }
}

TEST(Rule, SecondSlopesAreThoseOfTheSlopes) {
  for (const auto& [name, rule] : families()) {
    if (!rule.curved()) continue;
    std::vector<double> theta = draw_theta(1, rule);
    std::vector<double> slopes(theta.size());
    for (Synapse at : synapses()) {
      SCOPED_TRACE(name + (" at " + to_string(at)));
      // Filled with NaN: what is not overwritten shows.
      std::vector<double> g(theta.size(), std::nan("")), x(g), y(g), w(g);
      const SecondSlopes found = rule.second_slopes(at, theta, {g, x, y, w});

      const Slopes first = rule.slopes(at, theta, slopes);
      const auto equal = [](double a, double b) { EXPECT_NEAR(a, b, 1e-13 * std::max(1.0, std::abs(b))); };
      equal(found.x, first.x);
      equal(found.y, first.y);
      equal(found.w, first.w);
      for (std::size_t p = 0; p < theta.size(); ++p) equal(g[p], slopes[p]);
      const SecondSlopes alone = rule.second_slopes(at, theta);
      for (const auto part :
           {&SecondSlopes::x, &SecondSlopes::y, &SecondSlopes::w, &SecondSlopes::xx, &SecondSlopes::xy,
            &SecondSlopes::xw, &SecondSlopes::yy, &SecondSlopes::yw, &SecondSlopes::ww}) {
        equal(alone.*part, found.*part);
      }

      const auto in_x = [&] { return rule.slopes(at, theta, slopes).x; };
      const auto in_y = [&] { return rule.slopes(at, theta, slopes).y; };
      const auto in_w = [&] { return rule.slopes(at, theta, slopes).w; };
      agree(found.xx, central(at.x, in_x));
      agree(found.xy, central(at.y, in_x));
      agree(found.xw, central(at.w, in_x));
      agree(found.xy, central(at.x, in_y));
      agree(found.yy, central(at.y, in_y));
      agree(found.yw, central(at.w, in_y));
      agree(found.xw, central(at.x, in_w));
      agree(found.yw, central(at.y, in_w));
      agree(found.ww, central(at.w, in_w));
      for (std::size_t p = 0; p < theta.size(); ++p) {
        agree(x[p], central(theta[p], in_x));
        agree(y[p], central(theta[p], in_y));
        agree(w[p], central(theta[p], in_w));
      }
    }
  }
}

TEST(Rule, SlopesOfTheMeanOverASpreadAreThirdSlopes) {
  const Spread by = {0.3, 0.5, -0.2, 0.1, 0.4, 0.25, 0.6};
  for (const auto& [name, rule] : families()) {
    if (!rule.spreads()) continue;
    const std::vector<double> theta = draw_theta(1, rule);
    for (Synapse at : synapses()) {
      SCOPED_TRACE(name + (" at " + to_string(at)));
      const auto above = [&](std::span<const double> with) {
        return mean_above(rule.second_slopes(at, with), by);
      };
      std::vector<double> by_theta(theta.size());
      const Slopes found = rule.spread_slopes(at, by, theta, by_theta);
      const auto here = [&] { return above(theta); };
      agree(found.x, central(at.x, here));
      agree(found.y, central(at.y, here));
      agree(found.w, central(at.w, here));
      // Linear in theta: one coefficient at a time is exact.
      for (std::size_t p = 0; p < std::min<std::size_t>(theta.size(), 81); ++p) {
        std::vector<double> one(theta.size());
        one[p] = 1.0;
        EXPECT_NEAR(by_theta[p], above(one), 1e-12 * std::max(1.0, std::abs(by_theta[p])));
      }

      SynapseLanes eight;
      SpreadOf<Lanes> spread;
      const std::pair<Lanes*, double> fill[] = {
          {&eight.x, at.x},     {&eight.y, at.y},    {&eight.w, at.w},    {&eight.r, at.r},
          {&eight.learns, 1.0}, {&spread.y, by.y},   {&spread.xx, by.xx}, {&spread.xy, by.xy},
          {&spread.xw, by.xw},  {&spread.yy, by.yy}, {&spread.yw, by.yw}, {&spread.ww, by.ww}};
      for (const auto& [lanes, value] : fill) lanes->lane.fill(value);
      SlopesOf<Lanes> slopes;
      std::vector<Lanes> of_theta(theta.size());
      rule.lanes(theta)->spread_slopes(eight, spread, slopes, of_theta.data());
      for (std::size_t l = 0; l < kLanes; ++l) {
        EXPECT_NEAR(slopes.x.lane[l], found.x, 1e-12 * std::max(1.0, std::abs(found.x)));
        EXPECT_NEAR(slopes.y.lane[l], found.y, 1e-12 * std::max(1.0, std::abs(found.y)));
        EXPECT_NEAR(slopes.w.lane[l], found.w, 1e-12 * std::max(1.0, std::abs(found.w)));
        for (std::size_t p = 0; p < theta.size(); ++p)
          EXPECT_NEAR(of_theta[p].lane[l], by_theta[p], 1e-12 * std::max(1.0, std::abs(by_theta[p])));
      }
    }
  }
}

TEST(Rule, BuiltInFamiliesHaveSecondSlopesAndOneWithoutSaysSo) {
  for (const auto& [name, rule] : families()) {
    EXPECT_EQ(rule.curved(), rule.as<Hebb>() == nullptr) << name;
  }
  const Rule hebb = Hebb{};
  std::vector<double> g(1), x(1), y(1), w(1);
  EXPECT_THROW(hebb.second_slopes({}, std::vector{1.0}, {g, x, y, w}), std::logic_error);
}

TEST(Rule, ColumnsChangeAndPullBackAsTheirSynapsesDo) {
  // One column, a remainder, groups of lanes as they fill; and more inputs than are prepared at once.
  for (const auto& [family, n, m] : [] {
         std::vector<std::tuple<Family, std::size_t, std::size_t>> all;
         for (const Family& one : families()) {
           for (const std::size_t width : {1, 7, 12, 20, 32}) all.emplace_back(one, 3, width);
           all.emplace_back(one, 600, 7);
         }
         return all;
       }()) {
    SCOPED_TRACE(fmt::format("{}, {} inputs, {} columns", family.name, n, m));
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
    const auto columns = family.rule.columns(theta);
    columns->change(at, after.data());
    // A stretch of one row of linear neurons, which goes on from the y at hand.
    std::vector<double> y_of_row = y;
    std::vector<double> slope(m, 1.0);
    std::vector<double> weights = w;  // before and after
    weights.resize(2 * n * m);
    std::vector<double> kept(n * m);
    const ColumnRun run{.first = 0, .end = 1, .learned = 0, .r = 0.3, .learns = true};
    const Stretch stretch{{&run, 1},      {},    0.5,        n, m, x.data(), y_of_row.data(), slope.data(),
                          weights.data(), n * m, kept.data()};
    columns->redo(stretch);
    EXPECT_TRUE(std::ranges::equal(std::span(weights).subspan(n * m), after));
    columns->backward(stretch, y_bar.data(), w_bar.data());
    columns->add_theta_bar(theta_bar);

    std::vector<double> expected_y(m);
    std::vector<double> expected_theta(theta.size());
    std::vector<double> slopes(theta.size());
    const auto agree = [](double a, double b) { EXPECT_NEAR(a, b, 1e-11 * std::max(1.0, std::abs(b))); };
    for (std::size_t k = 0; k < n * m; ++k) {
      const Synapse synapse{x[k / m], y[k % m], w[k], 0.3};
      agree(after[k], w[k] + 0.5 * family.rule.change(synapse, theta));
      const Slopes s = family.rule.slopes(synapse, theta, slopes);
      const double g_bar = 0.5 * after_bar[k];
      // forward: y = x w as well
      agree(w_bar[k], after_bar[k] + g_bar * s.w + x[k / m] * y_bar[k % m]);
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
