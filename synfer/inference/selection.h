// Which terms does a rule need? A search over sets of candidate terms, each refitted without penalty,
// scored by an information criterion.
//
// Sets grow by forward steps: single terms from starts on both sides of 0, then, beside the best sets of
// a size, the terms that promise most, by their efficient score s^2 / (I_cc - I_cA I_AA^-1 I_Ac) at the
// fit or by the value some way from 0, since a term in y or w may have no slope at 0. After each step
// sets shrink again while a smaller one beats the best of its size (floating search: Pudil, Novovicova,
// Kittler 1994), and at the end each term is swapped for those that it is nearly collinear with, its
// coefficient carried over. The best set of each size is kept.
//
// A candidate may have stand-ins: terms that are one function with it on what was recorded, but not to this
// likelihood. The search leaves them out, and at the end each may take its candidate's place, which
// costs it 6 in the criterion: candidates are the simpler ones. Sets are near by the data alone, without
// that.
//
// The likelihood of whole sessions is rugged, most of all without noise: a fit that starts from another set's
// may end in a false optimum, and the true set goes by. So a search through the first quarter of the trials,
// where it is smoother, says where to look, and the best sets of each size are fitted anew, each from starts
// of its own (starts.h).
//
// A term may help only beside others of which none helps alone, and forward steps pass it by. A set that is
// named, the terms of common learners, is fitted as well, and loses one term after the other.
//
// Criterion: 2 nll + k log n + 2 gamma k log(candidates), gamma = 0 BIC (Schwarz 1978), above 0 in the
// spirit of EBIC (Chen and Chen 2008): with fifty candidates BIC alone lets a term of noise in too often.
// It needs a likelihood that knows of the noise: with weights taken for known wrong sets win, the more
// the better the search. Intervals after selection are those of the chosen set as if it had been given.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "synfer/base/recorded_work.h"
#include "synfer/inference/curvature.h"
#include "synfer/inference/fisher_scoring.h"

namespace synfer {

struct SelectionOptions {
  double ebic_gamma = 0.5;
  int most_terms = 8;
  int beam = 2;       // sets of each size that are grown
  int tried = 6;      // terms fitted beside each of them
  int started = 2;    // sets of each size that are fitted anew from starts of their own
  double near = 2.0;  // sets within so much of the best in the criterion are listed
  int draws = 200;    // bootstrap draws of sessions for stability; 0: none
  std::uint64_t seed = 1;
};

/// A term that may take the place of a candidate: term = factor * candidate, but for noise.
struct StandIn {
  std::size_t candidate = 0;
  double factor = 1.0;
};

/// Candidates are terms 0 .. count - 1, stand-ins the terms after them; a set is a sorted list of terms.
struct SelectionProblem {
  std::size_t candidates = 0;
  std::vector<StandIn> stand_ins = {};
  std::vector<std::size_t> always = {};    // in every set
  std::vector<std::size_t> named = {};     // a set of candidates, ascending, to go down from
  std::vector<Bounds> bounds = {};         // a term each; empty: none
  std::vector<double> others = {};         // start of the parameters that come after the terms
  std::vector<std::size_t> clusters = {};  // animal of each session; empty: each its own
  /// The likelihood of a set: parameters are the set's terms in order, then the others.
  std::function<std::unique_ptr<CurvedLikelihood>(std::span<const std::size_t>)> likelihood;

  /// The same of the first so much of each session, of a share in StartOptions; empty: of whole sessions
  /// alone.
  std::function<std::unique_ptr<CurvedLikelihood>(std::span<const std::size_t>, double share)> early = {};
  double usual_coefficient = 1.0;  // as in starts.h

  [[nodiscard]] std::size_t terms() const { return candidates + stand_ins.size(); }
  [[nodiscard]] std::vector<Bounds> bounds_of(std::span<const std::size_t> set) const;
  /// The candidate that a term is or stands in for, and term / candidate.
  [[nodiscard]] std::size_t candidate_of(std::size_t term) const {
    return term < candidates ? term : stand_ins[term - candidates].candidate;
  }
  [[nodiscard]] double factor_of(std::size_t term) const {
    return term < candidates ? 1.0 : stand_ins[term - candidates].factor;
  }
};

/// A set with its fit.
struct FittedSet {
  std::vector<std::size_t> terms;
  std::vector<double> parameters;  // of the terms, then the others
  double nll = 0.0;
  double criterion = 0.0;
};

struct SelectionSummary {
  FitState state = FitState::kConverged;
  std::string advice;
  FittedSet best;
  std::vector<FittedSet> by_size;  // the best found of each size, from `always` on
  std::vector<FittedSet> near;     // the best, then those within `near` of it by the data; their criterion
                                   // is that of candidates
  std::vector<double> stability;   // a term each: share of bootstrap draws whose best set has it;
                                   // empty for one animal, which does not show how animals differ
  std::size_t fits = 0;
};

struct SelectionHooks {
  std::function<bool()> interrupted = [] { return false; };
  /// Told after each size: its best set, and the most terms.
  std::function<void(const FittedSet&, int most)> after = [](const FittedSet&, int) {};
};

/// @param work  pieces are fits of sets and what says where to look, where they are to be recorded
SelectionSummary select_terms(const SelectionProblem& problem, const SelectionOptions& options,
                              const SelectionHooks& hooks = {}, RecordedWork* work = nullptr);

}  // namespace synfer
