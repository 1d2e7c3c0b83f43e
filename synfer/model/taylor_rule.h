// The Taylor rule: g = sum_p theta_p x^a y^b w^c r^d over chosen terms p.
//
// Source: Mehta et al., Model-Based Inference of Synaptic Plasticity Rules (NeurIPS 2024), eq. 3,
// there with every power from 0 to 2. A term is a factor x^a r^d of the data and one y^b w^c of the
// state; many terms share each, so that each is computed once. Linear in theta; with many correlated terms it
// needs a penalty or a selection of terms.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/expression.h"
#include "synfer/model/rule.h"
#include "synfer/model/term.h"

namespace synfer {

class TaylorRule {
 public:
  /// @throws ConfigurationError where a term appears twice or there is none.
  explicit TaylorRule(std::vector<Term> terms);

  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }
  [[nodiscard]] std::vector<std::string> parameter_names() const;
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const;
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const;
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta, const ThetaSlopes& out) const;
  Slopes spread_slopes(const Synapse& at, const Spread& by, std::span<const double> theta,
                       std::span<double> out) const;
  [[nodiscard]] SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta) const {
    return second_slopes(at, theta, {});
  }

  /// Many synapses at a time: taylor_columns.cc.
  [[nodiscard]] std::unique_ptr<ColumnRule> columns(std::span<const double> theta) const;
  [[nodiscard]] std::unique_ptr<ColumnRuleOf<float>> columns_in_single(std::span<const double> theta) const;
  /// Eight at a time, with their second slopes: taylor_lanes.cc.
  [[nodiscard]] std::unique_ptr<LaneRule> lanes(std::span<const double> theta) const;

 private:
  struct PairOfPowers {
    std::uint8_t first, second;
    friend bool operator==(const PairOfPowers&, const PairOfPowers&) = default;
  };
  struct Highest {
    std::size_t x = 0, y = 0, w = 0, r = 0;
  };
  struct Summand {
    std::size_t data;       // its place among those of x and r
    std::size_t parameter;  // its place among the rule's terms
  };

  // Calls with(summand) for the terms of one state.
  template <typename With>
  void for_each_of(std::size_t state, With&& with) const {
    for (std::size_t n = ends_[state]; n < ends_[state + 1]; ++n) with(summands_[n]);
  }

  std::vector<Term> terms_;
  std::vector<PairOfPowers> data_;   // those of x and r that terms have
  std::vector<PairOfPowers> state_;  // those of y and w
  std::vector<Summand> summands_;    // of every term, state by state
  std::vector<std::size_t> ends_;    // where those of a state begin; behind the last state, where they end
  Highest highest_;
};

/// The rule that an expression names, and its coefficients. The empty expression is the rule 0,
/// written as the term 1 with coefficient 0.
struct TaylorRuleWithNumbers {
  TaylorRule rule;
  std::vector<double> theta;
};
TaylorRuleWithNumbers taylor_rule(const Expression& expression);

/// The rule as an expression, terms with coefficient 0 left out. theta: P.
Expression to_expression(const TaylorRule& rule, std::span<const double> theta);

}  // namespace synfer
