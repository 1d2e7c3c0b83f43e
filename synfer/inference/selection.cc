#include "synfer/inference/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/inference/fitted_sets.h"
#include "synfer/inference/selection_stability.h"
#include "synfer/inference/starts.h"
#include "synfer/inference/term_scores.h"

namespace synfer {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNearZero = 1e-5;
constexpr double kProbes[] = {0.5, -0.5, 0.05, -0.05};
constexpr std::size_t kProbedSizes = 2;  // from here on terms are judged by their scores alone
constexpr double kUnpolished = 4.0;      // in the criterion, that the end of a quick fit may be worth
constexpr double kHopeless = 100.0;      // nats behind the best of its size: no way up from there
constexpr double kEarlyShare = 0.25;     // of the trials, that a first search sees
constexpr double kCollinear = 0.8;       // correlation of slopes at which terms are swapped

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

// Three numbers a term, as they are recorded: which one, its score, and where one step would take it.
std::vector<double> numbers_of(const std::vector<TermScore>& scores) {
  std::vector<double> numbers;
  for (const TermScore& one : scores)
    numbers.insert(numbers.end(), {static_cast<double>(one.term), one.score, one.step});
  return numbers;
}

class Search {
 public:
  Search(const SelectionProblem& problem, const SelectionOptions& options, const SelectionHooks& hooks,
         RecordedWork& work)
      : problem_(problem),
        options_(options),
        hooks_(hooks),
        work_(work),
        all_(all_terms(problem.candidates)),
        everything_(problem.likelihood(all_)),
        sets_(problem, options, hooks, work, everything_->observations()) {}

  SelectionSummary run() {
    SelectionSummary summary;
    TermSet base = problem_.always;
    std::ranges::sort(base);
    std::vector<double> start(base.size(), 0.0);
    start.insert(start.end(), problem_.others.begin(), problem_.others.end());
    sets_.fit({{base, start}});
    if (!sets_.best_of(base.size())) {
      summary.state = FitState::kDiverged;
      summary.advice = "weights overflow even without a term to choose";
      summary.best = {base, start, kInfinite, kInfinite};
      return summary;
    }
    try {
      sets_.begin_search();
      seed();
      drop_from_named(base);
      search(base.size());
      swap(base);
      let_stand_in(base);
      polish_near();
    } catch (const FittedSets::CutShort&) {
      summary.state = FitState::kInterrupted;
    }
    finish(summary);
    return summary;
  }

 private:
  void search(std::size_t smallest) {
    std::size_t poor = 0;  // sizes in a row that did not lower the criterion; two end the search
    const auto most =
        std::min<std::size_t>(static_cast<std::size_t>(options_.most_terms), problem_.candidates);
    for (std::size_t size = smallest; size < most && poor < 2; ++size) {
      sets_.ask();
      grow(size, size < smallest + kProbedSizes);
      if (!sets_.best_of(size + 1)) break;
      sets_.polish(size + 1);
      start_anew(size + 1);
      shrink_from(size + 1, smallest);
      hooks_.after(*sets_.best_of(size + 1), options_.most_terms);
      poor = sets_.best_of(size + 1)->criterion > sets_.best().criterion ? poor + 1 : 0;
    }
  }

  // The sets that a search through the first trials found.
  void seed() {
    if (!problem_.early) return;
    SelectionProblem early = problem_;
    early.early = {};
    early.stand_ins.clear();
    early.likelihood = [this](std::span<const std::size_t> set) { return problem_.early(set, kEarlyShare); };
    SelectionOptions options = options_;
    options.draws = 0;
    SelectionHooks hooks;
    hooks.interrupted = hooks_.interrupted;
    const SelectionSummary found = Search(early, options, hooks, work_).run();
    if (found.state == FitState::kInterrupted) throw FittedSets::CutShort{};
    sets_.count(found.fits);
    std::vector<SetTrial> trials;
    for (const auto& sets : {found.by_size, found.near}) {
      for (const FittedSet& set : sets) {
        if (!sets_.contains(set.terms)) trials.push_back({set.terms, set.parameters});
      }
    }
    sets_.fit(trials);
  }

  // The set that is named, and what is left of it as the term that is missed least is dropped, one after the
  // other.
  void drop_from_named(const TermSet& base) {
    if (!problem_.early) return;
    TermSet set;
    std::ranges::set_union(problem_.named, base, std::back_inserter(set));
    if (set.size() == base.size()) return;
    started_.insert(set);
    fit_from_own_starts({set});
    for (const FittedSet* from = sets_.find(set); from != nullptr && set.size() > base.size() + 1;
         from = sets_.find(set)) {
      std::vector<SetTrial> trials;
      for (std::size_t n = 0; n < set.size(); ++n) {
        if (!std::ranges::binary_search(base, set[n])) trials.push_back(trial_without(*from, n));
      }
      sets_.fit(trials);
      double least = kInfinite;
      for (const SetTrial& trial : trials) {
        const FittedSet* smaller = sets_.find(trial.terms);
        if (smaller == nullptr || !(smaller->nll < least)) continue;
        least = smaller->nll;
        set = trial.terms;
      }
      if (!std::isfinite(least)) return;
    }
  }

  // The best sets of a size from starts of their own.
  void start_anew(std::size_t size) {
    if (!problem_.early) return;
    std::vector<TermSet> chosen;
    for (const FittedSet* set : sets_.of_size(size)) {
      if (chosen.size() == static_cast<std::size_t>(options_.started)) break;
      if (started_.insert(set->terms).second) chosen.push_back(set->terms);
    }
    fit_from_own_starts(chosen);
  }

  void fit_from_own_starts(const std::vector<TermSet>& chosen) {
    const auto parameters = [&](std::size_t n) { return chosen[n].size() + problem_.others.size(); };
    const auto starts_of = [&](std::size_t n) {
      StartProblem problem;
      problem.early = [&](double share) { return problem_.early(chosen[n], share); };
      problem.near_zero.assign(chosen[n].size(), kNearZero);
      problem.near_zero.insert(problem.near_zero.end(), problem_.others.begin(), problem_.others.end());
      problem.coefficients = chosen[n].size();
      problem.size = problem_.usual_coefficient;
      problem.bounds = problem_.bounds_of(chosen[n]);
      std::vector<double> numbers;
      for (const std::vector<double>& start : promising_starts(problem, {}, hooks_.interrupted))
        numbers.insert(numbers.end(), start.begin(), start.end());
      sets_.ask();
      return numbers;
    };
    const auto possible = [&](std::size_t n, const std::vector<double>& numbers) {
      return numbers.size() % parameters(n) == 0 && all_finite(numbers);
    };
    const std::vector<std::vector<double>> starts = work_.next(chosen.size(), starts_of, possible);
    std::vector<SetTrial> trials;
    for (std::size_t n = 0; n < chosen.size(); ++n) {
      for (auto from = starts[n].begin(); from != starts[n].end(); from += index(parameters(n)))
        trials.push_back({chosen[n], {from, from + index(parameters(n))}});
    }
    sets_.fit(trials, kThoroughFit);
  }

  void grow(std::size_t size, bool probing) {
    std::vector<SetTrial> trials;
    std::vector<const FittedSet*> sets = sets_.of_size(size);
    if (sets.size() > static_cast<std::size_t>(options_.beam))
      sets.resize(static_cast<std::size_t>(options_.beam));
    std::erase_if(sets,
                  [best = sets.front()->nll](const FittedSet* set) { return set->nll > best + kHopeless; });
    for (const FittedSet* set : sets) {
      std::vector<std::pair<double, SetTrial>> scored = by_score(*set);
      add_most(scored, trials);
      if (!probing) continue;
      std::vector<std::pair<double, SetTrial>> probed = by_value(*set);
      add_most(probed, trials);
    }
    sets_.fit(trials);
  }

  void add_most(std::vector<std::pair<double, SetTrial>>& promising, std::vector<SetTrial>& trials) const {
    std::ranges::sort(promising, [](const auto& a, const auto& b) {
      return std::tie(b.first, a.second.terms) < std::tie(a.first, b.second.terms);
    });
    promising.resize(std::min(promising.size(), static_cast<std::size_t>(options_.tried)));
    for (auto& [promise, trial] : promising) {
      if (!sets_.contains(trial.terms)) trials.push_back(std::move(trial));
    }
  }

  // Every further term by its efficient score, from where one step would take it.
  [[nodiscard]] std::vector<std::pair<double, SetTrial>> by_score(const FittedSet& set) const {
    const auto is_beside = [&](double number) {
      return std::ranges::any_of(all_, [&](std::size_t term) {
        return number == static_cast<double>(term) && !std::ranges::binary_search(set.terms, term);
      });
    };
    const auto possible = [&](std::size_t, const std::vector<double>& numbers) {
      bool all_beside = numbers.size() % 3 == 0;
      for (std::size_t n = 0; all_beside && n < numbers.size(); n += 3) all_beside = is_beside(numbers[n]);
      return all_beside;
    };
    const std::vector<double> scores =
        work_
            .next(
                1,
                [&](std::size_t) {
                  return numbers_of(efficient_scores(*everything_, set, problem_.candidates));
                },
                possible)
            .front();
    std::vector<std::pair<double, SetTrial>> scored;
    for (std::size_t n = 0; n < scores.size(); n += 3)
      scored.emplace_back(scores[n + 1], trial_with(set, static_cast<std::size_t>(scores[n]), scores[n + 2]));
    return scored;
  }

  // Every further term by how much it lowers the loss some way from 0, from the best of these places.
  [[nodiscard]] std::vector<std::pair<double, SetTrial>> by_value(const FittedSet& set) const {
    const auto best_probe = [&](std::size_t term) {  // its gain, and where
      std::vector<double> best;
      if (std::ranges::binary_search(set.terms, term)) return best;
      sets_.ask();
      const auto likelihood = problem_.likelihood(with(set.terms, term));
      double most = -kInfinite;
      for (const double coefficient : kProbes) {
        const double gain = set.nll - likelihood->nll(trial_with(set, term, coefficient).start, {});
        if (!(gain > most)) continue;
        most = gain;
        best = {gain, coefficient};
      }
      return best;
    };
    const auto possible = [&](std::size_t term, const std::vector<double>& numbers) {
      return numbers.empty() || (numbers.size() == 2 && !std::ranges::binary_search(set.terms, term));
    };
    const std::vector<std::vector<double>> probes = work_.next(problem_.candidates, best_probe, possible);
    std::vector<std::pair<double, SetTrial>> probed;
    for (const std::size_t term : all_) {
      if (!probes[term].empty()) probed.emplace_back(probes[term][0], trial_with(set, term, probes[term][1]));
    }
    return probed;
  }

  // Drops a term while that gives the best set of its size.
  void shrink_from(std::size_t size, std::size_t smallest) {
    for (; size > smallest + 1; --size) {
      const FittedSet from = *sets_.best_of(size);
      const FittedSet* before = sets_.best_of(size - 1);
      const TermSet best_before = before == nullptr ? TermSet{} : before->terms;
      std::vector<SetTrial> trials;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        SetTrial trial = trial_without(from, n);
        if (std::ranges::includes(trial.terms, problem_.always) && !sets_.contains(trial.terms)) {
          trials.push_back(std::move(trial));
        }
      }
      sets_.fit(trials);
      if (sets_.best_of(size - 1) == nullptr || sets_.best_of(size - 1)->terms == best_before) return;
    }
  }

  // A term of a set for another one.
  struct Exchange {
    std::size_t place;  // of the term
    std::size_t other;
    double coefficient;
  };

  // Exchanges terms of the best set until none is better.
  template <typename Exchanges>
  void exchange(const TermSet& base, const Exchanges& exchanges) {
    for (int round = 0; round < 5; ++round) {
      const FittedSet from = sets_.best();
      const std::optional<std::vector<Exchange>> found = exchanges(from);
      if (!found) return;
      std::vector<SetTrial> trials;
      for (const Exchange& one : *found) {
        const std::size_t term = from.terms[one.place];
        if (std::ranges::binary_search(base, term) || std::ranges::binary_search(from.terms, one.other))
          continue;
        const FittedSet rest{without(from.terms, term), trial_without(from, one.place).start, 0.0, 0.0};
        SetTrial trial = trial_with(rest, one.other, one.coefficient);
        if (!sets_.contains(trial.terms)) trials.push_back(std::move(trial));
      }
      sets_.fit(trials);
      shrink_from(sets_.best().terms.size(), base.size());
      if (sets_.best().terms == from.terms) return;
    }
  }

  // For those that a term is nearly collinear with.
  void swap(const TermSet& base) {
    exchange(base, [&](const FittedSet& from) -> std::optional<std::vector<Exchange>> {
      Matrix information;
      try {
        information = everything_->curvature(among_candidates(from, problem_.candidates), {}).information;
      } catch (const NonFiniteError&) {
        return std::nullopt;
      }
      std::vector<Exchange> found;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        const Eigen::Index t = index(from.terms[n]);
        for (const std::size_t other : all_) {
          const Eigen::Index o = index(other);
          const double scale = std::sqrt(information(t, t) * information(o, o));
          if (!(scale > 0.0) || std::abs(information(t, o)) < kCollinear * scale) continue;
          found.push_back({n, other, from.parameters[n] * information(t, o) / information(o, o)});
        }
      }
      return found;
    });
  }

  // For those that are one with a term but for noise.
  void let_stand_in(const TermSet& base) {
    if (problem_.stand_ins.empty()) return;
    exchange(base, [&](const FittedSet& from) {
      std::vector<Exchange> found;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        const std::size_t term = from.terms[n];
        for (std::size_t other = 0; other < problem_.terms(); ++other) {
          if (problem_.candidate_of(other) == problem_.candidate_of(term))
            found.push_back(
                {n, other, from.parameters[n] * problem_.factor_of(term) / problem_.factor_of(other)});
        }
      }
      return std::optional(std::move(found));
    });
  }

  // All sets that may be listed as near the best, fitted to the end.
  void polish_near() {
    std::vector<SetTrial> trials;
    const double most = sets_.by_data(sets_.best()) + options_.near + kUnpolished;
    for (const FittedSet* set : sets_.all()) {
      if (sets_.by_data(*set) <= most) trials.push_back({set->terms, set->parameters});
    }
    sets_.fit(trials, kThoroughFit);
  }

  void finish(SelectionSummary& summary) {
    sets_.list(summary);
    if (summary.state == FitState::kInterrupted) {
      summary.advice = "interrupted: the best set so far";
      return;
    }
    if (options_.draws > 0) summary.stability = stability_of(sets_.all(), problem_, options_);
    summary.advice = fmt::format("{} sets of terms fitted; {} within {} of the best in the criterion",
                                 sets_.fits(), summary.near.size(), options_.near);
  }

  const SelectionProblem& problem_;
  const SelectionOptions& options_;
  const SelectionHooks& hooks_;
  RecordedWork& work_;
  TermSet all_;
  std::unique_ptr<CurvedLikelihood> everything_;  // of all candidates
  FittedSets sets_;
  std::set<TermSet> started_;  // sets that were fitted from starts of their own
};

}  // namespace

SelectionSummary select_terms(const SelectionProblem& problem, const SelectionOptions& options,
                              const SelectionHooks& hooks, RecordedWork* work) {
  RecordedWork own;
  return Search(problem, options, hooks, work == nullptr ? own : *work).run();
}

}  // namespace synfer
