// Reading a rule: its projection on a polynomial, where the data went.
//
//   minimise  sum over visits of (g(x, y, w, r) - sum_k c_k t_k(x, y, w, r))^2
//
// over coefficients c of Taylor terms t. R2 is that of g over the visits. A second, short polynomial takes
// the terms one by one, each the one that then fits best (orthogonal least squares: Chen, Billings and Luo
// 1989). What is read this way describes the rule on the visits and nowhere else, and it says nothing of
// how sure the data are of it: for that, refit the terms by likelihood (selection.h).
//
// Where choices cannot see a change that is the same at all inputs (unseen_terms.h) nothing holds a rule to
// one: an MLP's is left over from its start. The mean over inputs is then taken from g and from the terms at
// every change, common terms are left out, and R2 is that of what choices see.
#pragma once

#include <span>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/model/rule.h"
#include "synfer/model/term.h"

namespace synfer {

struct ProjectionOptions {
  std::size_t visits = 20'000;  // synapses looked at, over all sessions
  double enough = 0.95;         // R2 that a polynomial must reach to describe the rule
  double gain = 0.005;          // of R2: a term that adds less is not taken
  std::size_t most_terms = 5;   // of the short polynomial
  /// How many visits that follow one another are the inputs of a neuron at one change, whose mean is left
  /// out; 0: nothing is.
  std::size_t less_mean_of = 0;
};

struct Polynomial {
  std::vector<Term> terms;
  std::vector<double> coefficients;
  double r2 = 0.0;  // of g over the visits; NaN where g never varies
};

struct Projection {
  Polynomial full;                // on every term given; of terms that are alike on the visits one counts
  Polynomial short_one;           // in the order in which its terms were taken
  bool not_a_polynomial = false;  // no short one reaches `enough`: the caller should warn
};

/// @param theta  P of the rule
Projection projection(const Rule& rule, std::span<const double> theta, const Visits& visits,
                      std::span<const Term> terms, const ProjectionOptions& options = {});

/// Over the synapses that the sessions of a fit visit under its parameters; without what choices cannot see.
/// @throws NonFiniteError where a trajectory overflows.
Projection projection(const Objective& objective, std::span<const double> parameters,
                      std::span<const Term> terms, const ProjectionOptions& options = {});

}  // namespace synfer
