// A plasticity rule g(x, y, w, r; theta): how much a synapse changes, given presynaptic activity x,
// postsynaptic activity y, its weight w and the reward term r. The weight moves by eta g.
//
// What a rule must supply is the concept PlasticityRule: its parameters' names, g, and the exact
// slopes of g. `Rule` holds any type that meets it, so a user's own rule works wherever a built-in
// one does (examples/own_rule.cc). A family that can do better than one synapse at a time also
// supplies change_columns and pull_back_columns (TaylorRule does); Rule finds and uses them.
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace synfer {

/// The four variables of a rule, at one synapse and one weight change.
struct Synapse {
  double x = 0.0;  // presynaptic activity
  double y = 0.0;  // postsynaptic activity
  double w = 0.0;  // weight before the change
  double r = 0.0;  // reward minus expected reward
};

/// dg/dx, dg/dy, dg/dw at a synapse.
struct Slopes {
  double x = 0.0;
  double y = 0.0;
  double w = 0.0;
};

/// The slopes of g and their own slopes, as the filter over latent weights needs them.
struct SecondSlopes {
  double x = 0.0, y = 0.0, w = 0.0;     // dg/dx, dg/dy, dg/dw
  double xx = 0.0, xy = 0.0, xw = 0.0;  // d2g/dx2, d2g/dxdy, d2g/dxdw
  double yy = 0.0, yw = 0.0, ww = 0.0;  // d2g/dy2, d2g/dydw, d2g/dw2
};

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

/// One weight change as a block of columns (neurons) of the weight matrix sees it.
/// N inputs, m columns; w is N x m, row-major, before the change.
struct ColumnChange {
  std::span<const double> x;  // N
  std::span<const double> y;  // m
  double r = 0.0;
  double eta = 0.0;
  const double* w = nullptr;  // N x m
};

template <typename R>
concept ColumnwiseRule =
    PlasticityRule<R> && requires(const R& rule, const ColumnChange& at, std::span<const double> theta,
                                  double* out, std::span<double> bar) {
      // out (N x m) = w + eta g
      rule.change_columns(at, theta, out);
      // Given w_bar (N x m) of the weights after the change, makes it that of the weights before,
      // and adds to y_bar (m) and theta_bar (P).
      rule.pull_back_columns(at, theta, out, bar, bar);
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
  void change_columns(const ColumnChange& at, std::span<const double> theta, double* w_after) const {
    held_->change_columns(at, theta, w_after);
  }
  void pull_back_columns(const ColumnChange& at, std::span<const double> theta, double* w_bar,
                         std::span<double> y_bar, std::span<double> theta_bar) const {
    held_->pull_back_columns(at, theta, w_bar, y_bar, theta_bar);
  }

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
    virtual void change_columns(const ColumnChange&, std::span<const double>, double*) const = 0;
    virtual void pull_back_columns(const ColumnChange&, std::span<const double>, double*, std::span<double>,
                                   std::span<double>) const = 0;
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
    void change_columns(const ColumnChange& at, std::span<const double> theta,
                        double* w_after) const override {
      if constexpr (ColumnwiseRule<R>) {
        rule.change_columns(at, theta, w_after);
      } else {
        const std::size_t m = at.y.size();
        for (std::size_t i = 0; i < at.x.size(); ++i) {
          for (std::size_t j = 0; j < m; ++j) {
            const double w = at.w[i * m + j];
            w_after[i * m + j] = w + at.eta * rule.change({at.x[i], at.y[j], w, at.r}, theta);
          }
        }
      }
    }
    void pull_back_columns(const ColumnChange& at, std::span<const double> theta, double* w_bar,
                           std::span<double> y_bar, std::span<double> theta_bar) const override {
      if constexpr (ColumnwiseRule<R>) {
        rule.pull_back_columns(at, theta, w_bar, y_bar, theta_bar);
      } else {
        const std::size_t m = at.y.size();
        std::vector<double> theta_slopes(theta.size());
        for (std::size_t i = 0; i < at.x.size(); ++i) {
          for (std::size_t j = 0; j < m; ++j) {
            // forward: w_after = w + eta g(x, y, w, r; theta)
            const Slopes s = rule.slopes({at.x[i], at.y[j], at.w[i * m + j], at.r}, theta, theta_slopes);
            const double g_bar = at.eta * w_bar[i * m + j];
            w_bar[i * m + j] += g_bar * s.w;
            y_bar[j] += g_bar * s.y;
            for (std::size_t p = 0; p < theta.size(); ++p) theta_bar[p] += g_bar * theta_slopes[p];
          }
        }
      }
    }

    R rule;
  };

  std::shared_ptr<const Interface> held_;
};

}  // namespace synfer
