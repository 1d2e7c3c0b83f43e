// The sets of terms that a selection has fitted so far: each with the best fit that any of its starts led to.
#pragma once

#include <map>
#include <vector>

#include "synfer/base/recorded_work.h"
#include "synfer/inference/selection.h"

namespace synfer {

using TermSet = std::vector<std::size_t>;  // ascending

// Fits that compare sets; the best set of each size is fitted to the end.
inline constexpr FisherOptions kQuickFit = {.max_iterations = 15, .tolerance = 1e-2};
inline constexpr FisherOptions kThoroughFit = {.max_iterations = 100, .tolerance = 1e-6};

TermSet all_terms(std::size_t count);
TermSet with(TermSet set, std::size_t term);
TermSet without(TermSet set, std::size_t term);
bool all_finite(const std::vector<double>& values);

/// A set about to be fitted.
struct SetTrial {
  TermSet terms;
  std::vector<double> start;  // of the terms, then the others
};

/// A fitted set and one term more, at this coefficient, or one term less.
SetTrial trial_with(const FittedSet& set, std::size_t term, double coefficient);
SetTrial trial_without(const FittedSet& set, std::size_t place);

class FittedSets {
 public:
  /// Ends a search in the midst of its fits.
  struct CutShort {};

  /// @param observations  of the likelihood, which the criterion counts
  FittedSets(const SelectionProblem& problem, const SelectionOptions& options, const SelectionHooks& hooks,
             RecordedWork& work, std::size_t observations)
      : problem_(problem), options_(options), hooks_(hooks), work_(work), observations_(observations) {}

  /// From here on interruptions are heard: the set to start from is always fitted.
  void begin_search() { searching_ = true; }
  /// @throws CutShort where the search is interrupted.
  void ask() const;

  /// Fits in parallel and keeps the better fit of each set.
  /// @throws CutShort
  void fit(const std::vector<SetTrial>& trials, const FisherOptions& options = kQuickFit);
  /// The best set of a size, fitted to the end.
  void polish(std::size_t size);

  [[nodiscard]] bool contains(const TermSet& set) const { return known_.contains(set); }
  [[nodiscard]] const FittedSet* find(const TermSet& set) const;  // null where it was not fitted
  [[nodiscard]] std::vector<const FittedSet*> of_size(std::size_t size) const;  // the best first
  [[nodiscard]] const FittedSet* best_of(std::size_t size) const;               // null where there is none
  [[nodiscard]] const FittedSet& best() const;                                  // in the criterion
  [[nodiscard]] std::vector<const FittedSet*> all() const;                      // in the order of their terms
  /// The criterion without what stand-ins pay.
  [[nodiscard]] double by_data(const FittedSet& set) const { return set.criterion - handicap(set.terms); }

  /// The best set, the best of each size, and those near the best.
  void list(SelectionSummary& summary) const;

  [[nodiscard]] std::size_t fits() const { return fits_; }
  void count(std::size_t fits) { fits_ += fits; }  // made elsewhere

 private:
  [[nodiscard]] double criterion(double nll, const TermSet& set) const;
  [[nodiscard]] double handicap(const TermSet& set) const;
  [[nodiscard]] std::vector<double> fit_one(const SetTrial& trial, const FisherOptions& options) const;

  const SelectionProblem& problem_;
  const SelectionOptions& options_;
  const SelectionHooks& hooks_;
  RecordedWork& work_;
  std::size_t observations_;
  bool searching_ = false;
  std::map<TermSet, FittedSet> known_;
  std::size_t fits_ = 0;
};

}  // namespace synfer
