// A plasticity rule g(x, y, w, r; theta): how much a synapse changes, given presynaptic activity x,
// postsynaptic activity y, its weight w and the reward term r. The weight moves by eta g.
//
// What a rule must supply is the concept PlasticityRule: its parameters' names, g, and the exact
// slopes of g. `Rule` holds any type that meets it, so a user's own rule works wherever a built-in
// one does (examples/own_rule.cc). A family that can do better than one synapse at a time also supplies
// columns (column_rule.h; TaylorRule does), and columns_in_single where it can in single precision; Rule
// finds and uses them.
#pragma once

#include <algorithm>
#include <concepts>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "synfer/model/column_rule.h"
#include "synfer/model/lane_rule.h"

namespace synfer {

/// The four variables of a rule, at one synapse and one weight change.
struct Synapse {
  double x = 0.0;  // presynaptic activity
  double y = 0.0;  // postsynaptic activity
  double w = 0.0;  // weight before the change
  double r = 0.0;  // reward minus expected reward
};

/// dg/dx, dg/dy, dg/dw at a synapse.
template <typename Number>
struct SlopesOf {
  Number x{}, y{}, w{};
};
using Slopes = SlopesOf<double>;

/// The slopes of g and their own slopes, as the filter over latent weights needs them.
template <typename Number>
struct SecondSlopesOf {
  Number x{}, y{}, w{};     // dg/dx, dg/dy, dg/dw
  Number xx{}, xy{}, xw{};  // d2g/dx2, d2g/dxdy, d2g/dxdw
  Number yy{}, yw{}, ww{};  // d2g/dy2, d2g/dydw, d2g/dw2
};
using SecondSlopes = SecondSlopesOf<double>;

/// What a synapse's variables vary by: the mean of y beyond that at the mean of x and w, and second moments.
/// To second order the mean of g lies above g at the means by
///
///   D g = y g_y + (xx g_xx + yy g_yy + ww g_ww) / 2 + xy g_xy + xw g_xw + yw g_yw.
template <typename Number>
struct SpreadOf {
  Number y{}, xx{}, xy{}, xw{}, yy{}, yw{}, ww{};
};
using Spread = SpreadOf<double>;

/// D g.
inline double mean_above(const SecondSlopes& g, const Spread& by) {
  return by.y * g.y + 0.5 * (by.xx * g.xx + by.yy * g.yy + by.ww * g.ww) + by.xy * g.xy + by.xw * g.xw +
         by.yw * g.yw;
}

/// How g and its slopes move with theta: dg/dtheta, d(dg/dx)/dtheta, ... P each.
struct ThetaSlopes {
  std::span<double> g, x, y, w;
};

template <typename R>
concept PlasticityRule =
    std::copyable<R> && requires(const R& rule, const Synapse& at, std::span<const double> theta,
                                 std::span<double> theta_slopes) {
      // One name a parameter; their number is P.
      { rule.parameter_names() } -> std::convertible_to<std::vector<std::string>>;
      // g at a synapse. theta: P.
      { rule.change(at, theta) } -> std::convertible_to<double>;
      // The slopes of g; writes dg/dtheta to theta_slopes: P.
      { rule.slopes(at, theta, theta_slopes) } -> std::convertible_to<Slopes>;
    };

/// A rule that a belief over weights can be carried through (synfer/replay/belief.h).
template <typename R>
concept CurvedRule = PlasticityRule<R> && requires(const R& rule, const Synapse& at,
                                                   std::span<const double> theta, const ThetaSlopes& out) {
  // Slopes and second slopes of g; overwrites all four of `out`. A rule that can do without the latter
  // at less cost also has second_slopes(at, theta); Rule finds and uses it.
  { rule.second_slopes(at, theta, out) } -> std::convertible_to<SecondSlopes>;
};

/// A rule whose mean over a spread is known to second order with its slopes, which are third slopes of g.
template <typename R>
concept SpreadRule = CurvedRule<R> && requires(const R& rule, const Synapse& at, const Spread& by,
                                               std::span<const double> theta, std::span<double> out) {
  // The slopes of D g at a given spread; adds d(D g)/dtheta to `out`, unless that is empty.
  { rule.spread_slopes(at, by, theta, out) } -> std::convertible_to<Slopes>;
};

template <typename R>
concept ColumnwiseRule = PlasticityRule<R> && requires(const R& rule, std::span<const double> theta) {
  // The rule at theta, over columns.
  { rule.columns(theta) } -> std::convertible_to<std::unique_ptr<ColumnRule>>;
};

template <typename R>
concept SingleColumnwiseRule = ColumnwiseRule<R> && requires(const R& rule, std::span<const double> theta) {
  // The same in single precision; null where this rule of the family has no kernels for it.
  { rule.columns_in_single(theta) } -> std::convertible_to<std::unique_ptr<ColumnRuleOf<float>>>;
};

/// Any rule over columns, one synapse after the other. Refers to the rule.
template <PlasticityRule R>
class SynapseBySynapse final : public OneChangeAtATime {
 public:
  SynapseBySynapse(const R& rule, std::span<const double> theta)
      : rule_(rule),
        theta_(theta.begin(), theta.end()),
        theta_slopes_(theta.size()),
        theta_bar_(theta.size()) {}

  void change(const ColumnChange& at, double* w_after) override {
    const std::size_t m = at.y.size();
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      for (std::size_t j = 0; j < m; ++j) {
        const double w = at.w[i * m + j];
        w_after[i * m + j] = w + at.eta * rule_.change({at.x[i], at.y[j], w, at.r}, theta_);
      }
    }
  }
  void pull_back(const ColumnChange& at, double* w_bar, double* y_bar) override {
    const std::size_t m = at.y.size();
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      for (std::size_t j = 0; j < m; ++j) {
        // forward: w_after = w + eta g(x, y, w, r; theta)
        const Slopes s = rule_.slopes({at.x[i], at.y[j], at.w[i * m + j], at.r}, theta_, theta_slopes_);
        const double g_bar = at.eta * w_bar[i * m + j];
        w_bar[i * m + j] += g_bar * s.w;
        y_bar[j] += g_bar * s.y;
        for (std::size_t p = 0; p < theta_.size(); ++p) theta_bar_[p] += g_bar * theta_slopes_[p];
      }
    }
  }
  void add_theta_bar(std::span<double> theta_bar) const override {
    for (std::size_t p = 0; p < theta_.size(); ++p) theta_bar[p] += theta_bar_[p];
  }

 private:
  const R& rule_;
  std::vector<double> theta_, theta_slopes_, theta_bar_;
};

template <typename R>
concept LanewiseRule = PlasticityRule<R> && requires(const R& rule, std::span<const double> theta) {
  // The rule at theta, at eight synapses side by side.
  { rule.lanes(theta) } -> std::convertible_to<std::unique_ptr<LaneRule>>;
};

/// Any rule at eight synapses, one after the other. Refers to the rule.
template <PlasticityRule R>
class LaneByLane final : public LaneRule {
 public:
  LaneByLane(const R& rule, std::span<const double> theta)
      : rule_(rule), theta_(theta.begin(), theta.end()), theta_slopes_(4 * theta.size()) {}

  void change(const SynapseLanes& synapse, Lanes& g) override {
    for (std::size_t l = 0; l < kLanes; ++l) {
      if (synapse.learns.lane[l] != 0.0) g.lane[l] = rule_.change(of_lane(synapse, l), theta_);
    }
  }

  void at(const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes, Lanes* by_theta) override {
    change(synapse, g);
    for (std::size_t l = 0; l < kLanes; ++l) {
      if (synapse.learns.lane[l] == 0.0) continue;
      const SecondSlopes of = second_slopes(of_lane(synapse, l), by_theta != nullptr);
      const std::pair<Lanes*, double> values[] = {
          {&slopes.x, of.x},   {&slopes.y, of.y},   {&slopes.w, of.w},
          {&slopes.xx, of.xx}, {&slopes.xy, of.xy}, {&slopes.xw, of.xw},
          {&slopes.yy, of.yy}, {&slopes.yw, of.yw}, {&slopes.ww, of.ww}};
      for (const auto& [to, value] : values) to->lane[l] = value;
      if (by_theta == nullptr) continue;
      for (std::size_t n = 0; n < theta_slopes_.size(); ++n) by_theta[n].lane[l] = theta_slopes_[n];
    }
  }

  void spread_slopes(const SynapseLanes& synapse, const SpreadOf<Lanes>& by, SlopesOf<Lanes>& slopes,
                     Lanes* by_theta) override {
    if constexpr (SpreadRule<R>) {
      const std::span<double> out(theta_slopes_.data(), by_theta == nullptr ? 0 : theta_.size());
      for (std::size_t l = 0; l < kLanes; ++l) {
        if (synapse.learns.lane[l] == 0.0) continue;
        std::ranges::fill(out, 0.0);
        const Spread of_lane_l = {by.y.lane[l],  by.xx.lane[l], by.xy.lane[l], by.xw.lane[l],
                                  by.yy.lane[l], by.yw.lane[l], by.ww.lane[l]};
        const Slopes of = rule_.spread_slopes(of_lane(synapse, l), of_lane_l, theta_, out);
        slopes.x.lane[l] = of.x;
        slopes.y.lane[l] = of.y;
        slopes.w.lane[l] = of.w;
        for (std::size_t n = 0; n < out.size(); ++n) by_theta[n].lane[l] += out[n];
      }
      return;
    }
    throw std::logic_error("the rule has no third slopes: ask spreads() first");
  }

 private:
  static Synapse of_lane(const SynapseLanes& synapse, std::size_t l) {
    return {synapse.x.lane[l], synapse.y.lane[l], synapse.w.lane[l], synapse.r.lane[l]};
  }

  SecondSlopes second_slopes(const Synapse& at, bool by_theta) {
    if constexpr (requires { rule_.second_slopes(at, theta_); }) {
      if (!by_theta) return rule_.second_slopes(at, theta_);
    }
    if constexpr (CurvedRule<R>) {
      const std::size_t p = theta_.size();
      const std::span<double> all = theta_slopes_;
      return rule_.second_slopes(
          at, theta_, {all.first(p), all.subspan(p, p), all.subspan(2 * p, p), all.subspan(3 * p)});
    }
    throw std::logic_error("the rule has no second slopes: ask curved() first");
  }

  const R& rule_;
  std::vector<double> theta_, theta_slopes_;
};

/// Any plasticity rule. A value; copies share the immutable rule inside.
class Rule {
 public:
  template <typename R>
    requires(!std::same_as<R, Rule> && PlasticityRule<R>)
  Rule(R rule)  // NOLINT(google-explicit-constructor): a rule of any type is a Rule
      : held_(std::make_shared<const Held<R>>(std::move(rule))) {}

  [[nodiscard]] const std::vector<std::string>& parameter_names() const { return held_->names; }
  [[nodiscard]] std::size_t parameters() const { return held_->names.size(); }

  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const {
    return held_->change(at, theta);
  }
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const {
    return held_->slopes(at, theta, theta_slopes);
  }
  /// Whether the rule inside is a CurvedRule.
  [[nodiscard]] bool curved() const { return held_->curved(); }
  /// @throws std::logic_error where it is not.
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta, const ThetaSlopes& out) const {
    return held_->second_slopes(at, theta, out);
  }
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta) const {
    return held_->second_slopes(at, theta);
  }
  /// Whether the rule inside is a SpreadRule.
  [[nodiscard]] bool spreads() const { return held_->spreads(); }
  /// @throws std::logic_error where it is not.
  Slopes spread_slopes(const Synapse& at, const Spread& by, std::span<const double> theta,
                       std::span<double> out) const {
    return held_->spread_slopes(at, by, theta, out);
  }
  /// The rule at theta, over columns. Must not outlive the rule.
  [[nodiscard]] std::unique_ptr<ColumnRule> columns(std::span<const double> theta) const {
    return held_->columns(theta);
  }
  /// The same in single precision; null where the rule inside has no kernels for it.
  [[nodiscard]] std::unique_ptr<ColumnRuleOf<float>> columns_in_single(std::span<const double> theta) const {
    return held_->columns_in_single(theta);
  }
  /// The rule at theta, at eight synapses side by side. Must not outlive the rule.
  [[nodiscard]] std::unique_ptr<LaneRule> lanes(std::span<const double> theta) const {
    return held_->lanes(theta);
  }
  /// Whether the rule inside has kernels for columns: they like a multiple of four.
  [[nodiscard]] bool columnwise() const { return held_->columnwise(); }

  /// The rule inside, where it is an R; null otherwise.
  template <PlasticityRule R>
  [[nodiscard]] const R* as() const {
    const auto* held = dynamic_cast<const Held<R>*>(held_.get());
    return held == nullptr ? nullptr : &held->rule;
  }

 private:
  struct Interface {
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;
    virtual ~Interface() = default;
    virtual double change(const Synapse&, std::span<const double>) const = 0;
    virtual Slopes slopes(const Synapse&, std::span<const double>, std::span<double>) const = 0;
    virtual bool curved() const = 0;
    virtual SecondSlopes second_slopes(const Synapse&, std::span<const double>, const ThetaSlopes&) const = 0;
    virtual SecondSlopes second_slopes(const Synapse&, std::span<const double>) const = 0;
    virtual bool spreads() const = 0;
    virtual Slopes spread_slopes(const Synapse&, const Spread&, std::span<const double>,
                                 std::span<double>) const = 0;
    virtual bool columnwise() const = 0;
    virtual std::unique_ptr<ColumnRule> columns(std::span<const double>) const = 0;
    virtual std::unique_ptr<ColumnRuleOf<float>> columns_in_single(std::span<const double>) const = 0;
    virtual std::unique_ptr<LaneRule> lanes(std::span<const double>) const = 0;
    std::vector<std::string> names;
  };

  template <typename R>
  struct Held final : Interface {
    explicit Held(R held) : rule(std::move(held)) { this->names = rule.parameter_names(); }

    double change(const Synapse& at, std::span<const double> theta) const override {
      return rule.change(at, theta);
    }
    Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> out) const override {
      return rule.slopes(at, theta, out);
    }
    bool curved() const override { return CurvedRule<R>; }
    SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta,
                               const ThetaSlopes& out) const override {
      if constexpr (CurvedRule<R>) return rule.second_slopes(at, theta, out);
      throw std::logic_error("the rule has no second slopes: ask curved() first");
    }
    SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta) const override {
      if constexpr (requires { rule.second_slopes(at, theta); }) {
        return rule.second_slopes(at, theta);
      } else {
        thread_local std::vector<double> scratch;
        const std::size_t p = theta.size();
        scratch.resize(4 * p);
        const std::span<double> all = scratch;
        return second_slopes(at, theta,
                             {all.first(p), all.subspan(p, p), all.subspan(2 * p, p), all.subspan(3 * p)});
      }
    }
    bool spreads() const override { return SpreadRule<R>; }
    Slopes spread_slopes(const Synapse& at, const Spread& by, std::span<const double> theta,
                         std::span<double> out) const override {
      if constexpr (SpreadRule<R>) return rule.spread_slopes(at, by, theta, out);
      throw std::logic_error("the rule has no third slopes: ask spreads() first");
    }
    bool columnwise() const override { return ColumnwiseRule<R>; }
    std::unique_ptr<ColumnRule> columns(std::span<const double> theta) const override {
      if constexpr (ColumnwiseRule<R>) {
        return rule.columns(theta);
      } else {
        return std::make_unique<SynapseBySynapse<R>>(rule, theta);
      }
    }
    std::unique_ptr<ColumnRuleOf<float>> columns_in_single(std::span<const double> theta) const override {
      if constexpr (SingleColumnwiseRule<R>) return rule.columns_in_single(theta);
      return nullptr;
    }
    std::unique_ptr<LaneRule> lanes(std::span<const double> theta) const override {
      if constexpr (LanewiseRule<R>) {
        return rule.lanes(theta);
      } else {
        return std::make_unique<LaneByLane<R>>(rule, theta);
      }
    }

    R rule;
  };

  std::shared_ptr<const Interface> held_;
};

}  // namespace synfer
