#include "synfer/inference/selection.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/inference/selection_stability.h"
#include "synfer/inference/starts.h"

namespace synfer {

std::vector<Bounds> SelectionProblem::bounds_of(std::span<const std::size_t> set) const {
  std::vector<Bounds> found;
  for (const std::size_t term : set) {
    if (!bounds.empty()) found.push_back(bounds[term]);
  }
  return found;
}

namespace {

using Set = std::vector<std::size_t>;

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNearZero = 1e-5;
constexpr double kProbes[] = {0.5, -0.5, 0.05, -0.05};
constexpr std::size_t kProbedSizes = 2;  // from here on terms are judged by their scores alone
// Fits that compare sets; the best set of each size is fitted to the end.
constexpr FisherOptions kQuick = {.max_iterations = 15, .tolerance = 1e-2};
constexpr FisherOptions kThorough = {.max_iterations = 100, .tolerance = 1e-6};
constexpr double kUnpolished = 4.0;  // in the criterion, that the end of a quick fit may be worth
constexpr double kHopeless = 100.0;  // nats behind the best of its size: no way up from there
// In the criterion, that a stand-in must explain more than the term it stands in for: strong evidence on the
// scale of Kass and Raftery (JASA 1995), since each term of a set has several to be fooled by.
constexpr double kStandIn = 6.0;
constexpr double kEarlyShare = 0.25;  // of the trials, that a first search sees
constexpr double kCollinear = 0.8;    // correlation of slopes at which terms are swapped

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

Set with(Set set, std::size_t term) {
  set.insert(std::ranges::lower_bound(set, term), term);
  return set;
}
Set without(Set set, std::size_t term) {
  std::erase(set, term);
  return set;
}

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

// A set about to be fitted.
struct Trial {
  Set terms;
  std::vector<double> start;  // of the terms, then the others
};

class Search {
 public:
  Search(const SelectionProblem& problem, const SelectionOptions& options, const SelectionHooks& hooks,
         RecordedWork& work)
      : problem_(problem), options_(options), hooks_(hooks), work_(work), all_(problem.candidates) {
    std::iota(all_.begin(), all_.end(), std::size_t{0});
    everything_ = problem_.likelihood(all_);
  }

  SelectionSummary run() {
    SelectionSummary summary;
    Set base = problem_.always;
    std::ranges::sort(base);
    std::vector<double> start(base.size(), 0.0);
    start.insert(start.end(), problem_.others.begin(), problem_.others.end());
    fit_all({{base, start}});
    if (!best_of(base.size())) {
      summary.state = FitState::kDiverged;
      summary.advice = "weights overflow even without a term to choose";
      summary.best = {base, start, kInfinite, kInfinite};
      return summary;
    }
    try {
      searching_ = true;
      seed();
      drop_from_named(base);
      search(base.size());
      swap(base);
      let_stand_in(base);
      polish_near();
    } catch (const CutShort&) {
      summary.state = FitState::kInterrupted;
    }
    finish(summary);
    return summary;
  }

 private:
  // Ends a search in the midst of its fits.
  struct CutShort {};

  void ask() const {
    if (searching_ && hooks_.interrupted()) throw CutShort{};
  }

  void search(std::size_t smallest) {
    std::size_t poor = 0;  // sizes in a row that did not lower the criterion; two end the search
    const auto most =
        std::min<std::size_t>(static_cast<std::size_t>(options_.most_terms), problem_.candidates);
    for (std::size_t size = smallest; size < most && poor < 2; ++size) {
      ask();
      grow(size, size < smallest + kProbedSizes);
      if (!best_of(size + 1)) break;
      polish(size + 1);
      start_anew(size + 1);
      shrink_from(size + 1, smallest);
      hooks_.after(*best_of(size + 1), options_.most_terms);
      poor = best_of(size + 1)->criterion > best().criterion ? poor + 1 : 0;
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
    if (found.state == FitState::kInterrupted) throw CutShort{};
    fits_ += found.fits;
    std::vector<Trial> trials;
    for (const auto& sets : {found.by_size, found.near}) {
      for (const FittedSet& set : sets) {
        if (!known_.contains(set.terms)) trials.push_back({set.terms, set.parameters});
      }
    }
    fit_all(trials);
  }

  // The set that is named, and what is left of it as the term that is missed least is dropped, one after the
  // other.
  void drop_from_named(const Set& base) {
    if (!problem_.early) return;
    Set set;
    std::ranges::set_union(problem_.named, base, std::back_inserter(set));
    if (set.size() == base.size()) return;
    started_.insert(set);
    fit_from_own_starts({set});
    for (auto from = known_.find(set); from != known_.end() && set.size() > base.size() + 1;
         from = known_.find(set)) {
      std::vector<Trial> trials;
      for (std::size_t n = 0; n < set.size(); ++n) {
        if (!std::ranges::binary_search(base, set[n])) trials.push_back(trial_without(from->second, n));
      }
      fit_all(trials);
      double least = kInfinite;
      for (const Trial& trial : trials) {
        const auto smaller = known_.find(trial.terms);
        if (smaller == known_.end() || !(smaller->second.nll < least)) continue;
        least = smaller->second.nll;
        set = trial.terms;
      }
      if (!std::isfinite(least)) return;
    }
  }

  // The best sets of a size from starts of their own.
  void start_anew(std::size_t size) {
    if (!problem_.early) return;
    std::vector<const FittedSet*> sets = of_size(size);
    std::vector<Set> chosen;
    for (const FittedSet* set : sets) {
      if (chosen.size() == static_cast<std::size_t>(options_.started)) break;
      if (started_.insert(set->terms).second) chosen.push_back(set->terms);
    }
    fit_from_own_starts(chosen);
  }

  void fit_from_own_starts(const std::vector<Set>& chosen) {
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
      ask();
      return numbers;
    };
    const auto possible = [&](std::size_t n, const std::vector<double>& numbers) {
      return numbers.size() % parameters(n) == 0 && all_finite(numbers);
    };
    const std::vector<std::vector<double>> starts = work_.next(chosen.size(), starts_of, possible);
    std::vector<Trial> trials;
    for (std::size_t n = 0; n < chosen.size(); ++n) {
      for (auto from = starts[n].begin(); from != starts[n].end(); from += index(parameters(n)))
        trials.push_back({chosen[n], {from, from + index(parameters(n))}});
    }
    fit_all(trials, kThorough);
  }

  [[nodiscard]] double criterion(double nll, const Set& set) const {
    const auto n = static_cast<double>(everything_->observations());
    const auto p = static_cast<double>(std::max<std::size_t>(problem_.candidates, 1));
    return 2.0 * nll +
           static_cast<double>(set.size()) * (std::log(n) + 2.0 * options_.ebic_gamma * std::log(p)) +
           handicap(set);
  }
  [[nodiscard]] double handicap(const Set& set) const {
    return kStandIn * static_cast<double>(std::ranges::count_if(
                          set, [&](std::size_t t) { return t >= problem_.candidates; }));
  }
  [[nodiscard]] double by_data(const FittedSet& set) const { return set.criterion - handicap(set.terms); }

  // The nll, then the parameters; nothing where the fit diverged.
  [[nodiscard]] std::vector<double> fit(const Trial& trial, const FisherOptions& options) const {
    const auto likelihood = problem_.likelihood(trial.terms);
    FisherProblem problem;
    problem.bounds = problem_.bounds_of(trial.terms);
    std::vector<double> found;
    if (likelihood->parameters() == 0) {
      found = {likelihood->nll({}, {})};
    } else {
      OptimiserHooks during;
      if (searching_) during.interrupted = hooks_.interrupted;
      const FisherSummary end =
          minimise_curved(*likelihood, problem, options, {.parameters = trial.start}, during);
      if (end.state == FitState::kInterrupted) throw CutShort{};
      if (end.state == FitState::kDiverged) return {};
      found = {end.curvature.nll};
      found.insert(found.end(), end.at.parameters.begin(), end.at.parameters.end());
    }
    return all_finite(found) ? found : std::vector<double>{};
  }

  // Fits in parallel and keeps the better fit of each set.
  void fit_all(const std::vector<Trial>& trials, const FisherOptions& options = kQuick) {
    const auto possible = [&](std::size_t n, const std::vector<double>& numbers) {
      return numbers.empty() || (numbers.size() == 1 + trials[n].start.size() && all_finite(numbers));
    };
    const std::vector<std::vector<double>> ends =
        work_.next(trials.size(), [&](std::size_t n) { return fit(trials[n], options); }, possible);
    fits_ += trials.size();
    for (std::size_t n = 0; n < trials.size(); ++n) {
      if (ends[n].empty()) continue;
      const Set& terms = trials[n].terms;
      const double nll = ends[n].front();
      FittedSet end{terms, {ends[n].begin() + 1, ends[n].end()}, nll, criterion(nll, terms)};
      const auto [at, is_new] = known_.try_emplace(terms, end);
      if (!is_new && nll < at->second.nll) at->second = std::move(end);
    }
  }

  [[nodiscard]] std::vector<const FittedSet*> of_size(std::size_t size) const {
    std::vector<const FittedSet*> sets;
    for (const auto& [terms, set] : known_) {
      if (terms.size() == size) sets.push_back(&set);
    }
    std::ranges::sort(sets, [](const FittedSet* a, const FittedSet* b) {
      return std::tie(a->nll, a->terms) < std::tie(b->nll, b->terms);
    });
    return sets;
  }
  [[nodiscard]] const FittedSet* best_of(std::size_t size) const {
    const auto sets = of_size(size);
    return sets.empty() ? nullptr : sets.front();
  }
  void polish(std::size_t size) {
    const FittedSet* set = best_of(size);
    fit_all({{set->terms, set->parameters}}, kThorough);
  }
  [[nodiscard]] const FittedSet& best() const {
    const FittedSet* best = nullptr;
    for (const auto& [terms, set] : known_) {
      if (best == nullptr || set.criterion < best->criterion) best = &set;
    }
    return *best;
  }

  // All candidates' coefficients, those of other terms 0, then the others.
  [[nodiscard]] std::vector<double> spread(const FittedSet& set) const {
    std::vector<double> parameters(problem_.candidates, 0.0);
    for (std::size_t n = 0; n < set.terms.size(); ++n) parameters[set.terms[n]] = set.parameters[n];
    parameters.insert(parameters.end(),
                      set.parameters.begin() + static_cast<std::ptrdiff_t>(set.terms.size()),
                      set.parameters.end());
    return parameters;
  }
  [[nodiscard]] Trial trial_with(const FittedSet& set, std::size_t term, double coefficient) const {
    Trial trial{with(set.terms, term), set.parameters};
    const auto place = std::ranges::find(trial.terms, term) - trial.terms.begin();
    trial.start.insert(trial.start.begin() + place, coefficient);
    return trial;
  }
  [[nodiscard]] static Trial trial_without(const FittedSet& set, std::size_t place) {
    Trial trial{without(set.terms, set.terms[place]), set.parameters};
    trial.start.erase(trial.start.begin() + static_cast<std::ptrdiff_t>(place));
    return trial;
  }

  void grow(std::size_t size, bool probing) {
    std::vector<Trial> trials;
    std::vector<const FittedSet*> sets = of_size(size);
    if (sets.size() > static_cast<std::size_t>(options_.beam))
      sets.resize(static_cast<std::size_t>(options_.beam));
    std::erase_if(sets,
                  [best = sets.front()->nll](const FittedSet* set) { return set->nll > best + kHopeless; });
    for (const FittedSet* set : sets) {
      std::vector<std::pair<double, Trial>> scored = by_score(*set);
      add_most(scored, trials);
      if (!probing) continue;
      std::vector<std::pair<double, Trial>> probed = by_value(*set);
      add_most(probed, trials);
    }
    fit_all(trials);
  }

  void add_most(std::vector<std::pair<double, Trial>>& promising, std::vector<Trial>& trials) const {
    std::ranges::sort(promising, [](const auto& a, const auto& b) {
      return std::tie(b.first, a.second.terms) < std::tie(a.first, b.second.terms);
    });
    promising.resize(std::min(promising.size(), static_cast<std::size_t>(options_.tried)));
    for (auto& [promise, trial] : promising) {
      if (!known_.contains(trial.terms)) trials.push_back(std::move(trial));
    }
  }

  // Every further term by its efficient score, from where one step would take it.
  [[nodiscard]] std::vector<std::pair<double, Trial>> by_score(const FittedSet& set) const {
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
        work_.next(1, [&](std::size_t) { return scores_beside(set); }, possible).front();
    std::vector<std::pair<double, Trial>> scored;
    for (std::size_t n = 0; n < scores.size(); n += 3)
      scored.emplace_back(scores[n + 1], trial_with(set, static_cast<std::size_t>(scores[n]), scores[n + 2]));
    return scored;
  }

  // Three numbers a term: which one, its score, and where one step would take it.
  [[nodiscard]] std::vector<double> scores_beside(const FittedSet& set) const {
    std::vector<double> scored;
    const std::vector<double> at = spread(set);
    Curvature curvature;
    try {
      curvature = everything_->curvature(at, {});
    } catch (const NonFiniteError&) {
      return scored;  // no slopes to go by
    }
    std::vector<Eigen::Index> inside;
    for (const std::size_t term : set.terms) inside.push_back(index(term));
    for (std::size_t n = problem_.candidates; n < at.size(); ++n) inside.push_back(index(n));
    const Matrix& information = curvature.information;
    const Matrix own = information(inside, inside);
    const Eigen::LDLT<Matrix> factor(own + 1e-12 * Matrix(own.diagonal().asDiagonal()));
    for (const std::size_t term : all_) {
      const Eigen::Index c = index(term);
      if (std::ranges::binary_search(set.terms, term) || !(information(c, c) > 0.0)) continue;
      double left = information(c, c);
      double score = -curvature.gradient[c];
      if (!inside.empty()) {
        const Vector cross = information(inside, c);
        const Vector solved = factor.solve(cross);
        left -= cross.dot(solved);
        score += solved.dot(Vector(curvature.gradient(inside)));
      }
      if (!(left > 1e-8 * information(c, c))) continue;
      scored.insert(scored.end(), {static_cast<double>(term), score * score / left, score / left});
    }
    return scored;
  }

  // Every further term by how much it lowers the loss some way from 0, from the best of these places.
  [[nodiscard]] std::vector<std::pair<double, Trial>> by_value(const FittedSet& set) const {
    const auto best_probe = [&](std::size_t term) {  // its gain, and where
      std::vector<double> best;
      if (std::ranges::binary_search(set.terms, term)) return best;
      ask();
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
    std::vector<std::pair<double, Trial>> probed;
    for (const std::size_t term : all_) {
      if (!probes[term].empty()) probed.emplace_back(probes[term][0], trial_with(set, term, probes[term][1]));
    }
    return probed;
  }

  // Drops a term while that gives the best set of its size.
  void shrink_from(std::size_t size, std::size_t smallest) {
    for (; size > smallest + 1; --size) {
      const FittedSet from = *best_of(size);
      const FittedSet* before = best_of(size - 1);
      const Set best_before = before == nullptr ? Set{} : before->terms;
      std::vector<Trial> trials;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        Trial trial = trial_without(from, n);
        if (std::ranges::includes(trial.terms, problem_.always) && !known_.contains(trial.terms)) {
          trials.push_back(std::move(trial));
        }
      }
      fit_all(trials);
      if (best_of(size - 1) == nullptr || best_of(size - 1)->terms == best_before) return;
    }
  }

  // Each term of the best set for those that it is nearly collinear with, until none is better.
  void swap(const Set& base) {
    for (int round = 0; round < 5; ++round) {
      const FittedSet from = best();
      Matrix information;
      try {
        information = everything_->curvature(spread(from), {}).information;
      } catch (const NonFiniteError&) {
        return;
      }
      std::vector<Trial> trials;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        const std::size_t term = from.terms[n];
        if (std::ranges::binary_search(base, term)) continue;
        const Eigen::Index t = index(term);
        FittedSet rest{without(from.terms, term), trial_without(from, n).start, 0.0, 0.0};
        for (const std::size_t other : all_) {
          const Eigen::Index o = index(other);
          const double scale = std::sqrt(information(t, t) * information(o, o));
          if (std::ranges::binary_search(from.terms, other) || !(scale > 0.0)) continue;
          if (std::abs(information(t, o)) < kCollinear * scale) continue;
          Trial trial = trial_with(rest, other, from.parameters[n] * information(t, o) / information(o, o));
          if (!known_.contains(trial.terms)) trials.push_back(std::move(trial));
        }
      }
      fit_all(trials);
      shrink_from(best().terms.size(), base.size());
      if (best().terms == from.terms) return;
    }
  }

  // Each term of the best set for those that are one with it but for noise, until none is better.
  void let_stand_in(const Set& base) {
    if (problem_.stand_ins.empty()) return;
    for (int round = 0; round < 5; ++round) {
      const FittedSet from = best();
      std::vector<Trial> trials;
      for (std::size_t n = 0; n < from.terms.size(); ++n) {
        const std::size_t term = from.terms[n];
        if (std::ranges::binary_search(base, term)) continue;
        const FittedSet rest{without(from.terms, term), trial_without(from, n).start, 0.0, 0.0};
        for (std::size_t other = 0; other < problem_.terms(); ++other) {
          if (candidate_of(other) != candidate_of(term) || std::ranges::binary_search(from.terms, other))
            continue;
          Trial trial = trial_with(rest, other, from.parameters[n] * factor_of(term) / factor_of(other));
          if (!known_.contains(trial.terms)) trials.push_back(std::move(trial));
        }
      }
      fit_all(trials);
      shrink_from(best().terms.size(), base.size());
      if (best().terms == from.terms) return;
    }
  }

  [[nodiscard]] std::size_t candidate_of(std::size_t term) const {
    return term < problem_.candidates ? term : problem_.stand_ins[term - problem_.candidates].candidate;
  }
  [[nodiscard]] double factor_of(std::size_t term) const {
    return term < problem_.candidates ? 1.0 : problem_.stand_ins[term - problem_.candidates].factor;
  }

  // All sets that may be listed as near the best, fitted to the end.
  void polish_near() {
    std::vector<Trial> trials;
    const double most = by_data(best()) + options_.near + kUnpolished;
    for (const auto& [terms, set] : known_) {
      if (by_data(set) <= most) trials.push_back({terms, set.parameters});
    }
    fit_all(trials, kThorough);
  }

  void finish(SelectionSummary& summary) {
    summary.best = best();
    summary.fits = fits_;
    for (std::size_t size = 0; size <= problem_.candidates; ++size) {
      if (const FittedSet* set = best_of(size)) summary.by_size.push_back(*set);
    }
    for (const auto& [terms, set] : known_) {
      if (by_data(set) > by_data(summary.best) + options_.near) continue;
      summary.near.push_back(set);
      summary.near.back().criterion = by_data(set);
    }
    std::ranges::sort(summary.near, [&](const FittedSet& a, const FittedSet& b) {
      const bool a_behind = a.terms != summary.best.terms;
      const bool b_behind = b.terms != summary.best.terms;
      return std::tie(a_behind, a.criterion, a.terms) < std::tie(b_behind, b.criterion, b.terms);
    });
    if (summary.state == FitState::kInterrupted) {
      summary.advice = "interrupted: the best set so far";
      return;
    }
    if (options_.draws > 0) {
      std::vector<const FittedSet*> sets;
      for (const auto& [terms, set] : known_) sets.push_back(&set);
      summary.stability = stability_of(std::move(sets), problem_, options_);
    }
    summary.advice = fmt::format("{} sets of terms fitted; {} within {} of the best in the criterion", fits_,
                                 summary.near.size(), options_.near);
  }

  const SelectionProblem& problem_;
  const SelectionOptions& options_;
  const SelectionHooks& hooks_;
  RecordedWork& work_;
  bool searching_ = false;  // the set to start from is always fitted
  Set all_;
  std::unique_ptr<CurvedLikelihood> everything_;  // of all candidates
  std::map<Set, FittedSet> known_;
  std::set<Set> started_;  // sets that were fitted from starts of their own
  std::size_t fits_ = 0;
};

}  // namespace

SelectionSummary select_terms(const SelectionProblem& problem, const SelectionOptions& options,
                              const SelectionHooks& hooks, RecordedWork* work) {
  RecordedWork own;
  return Search(problem, options, hooks, work == nullptr ? own : *work).run();
}

}  // namespace synfer
