#include "synfer/inference/fitted_sets.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace synfer {
namespace {

// In the criterion, that a stand-in must explain more than the term it stands in for: strong evidence on the
// scale of Kass and Raftery (JASA 1995), since each term of a set has several to be fooled by.
constexpr double kStandIn = 6.0;

}  // namespace

std::vector<Bounds> SelectionProblem::bounds_of(std::span<const std::size_t> set) const {
  std::vector<Bounds> found;
  for (const std::size_t term : set) {
    if (!bounds.empty()) found.push_back(bounds[term]);
  }
  return found;
}

TermSet all_terms(std::size_t count) {
  TermSet set(count);
  std::iota(set.begin(), set.end(), std::size_t{0});
  return set;
}

TermSet with(TermSet set, std::size_t term) {
  set.insert(std::ranges::lower_bound(set, term), term);
  return set;
}

TermSet without(TermSet set, std::size_t term) {
  std::erase(set, term);
  return set;
}

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

SetTrial trial_with(const FittedSet& set, std::size_t term, double coefficient) {
  SetTrial trial{with(set.terms, term), set.parameters};
  const auto place = std::ranges::find(trial.terms, term) - trial.terms.begin();
  trial.start.insert(trial.start.begin() + place, coefficient);
  return trial;
}

SetTrial trial_without(const FittedSet& set, std::size_t place) {
  SetTrial trial{without(set.terms, set.terms[place]), set.parameters};
  trial.start.erase(trial.start.begin() + static_cast<std::ptrdiff_t>(place));
  return trial;
}

void FittedSets::ask() const {
  if (searching_ && hooks_.interrupted()) throw CutShort{};
}

const FittedSet* FittedSets::find(const TermSet& set) const {
  const auto place = known_.find(set);
  return place == known_.end() ? nullptr : &place->second;
}

std::vector<const FittedSet*> FittedSets::all() const {
  std::vector<const FittedSet*> sets;
  for (const auto& [terms, set] : known_) sets.push_back(&set);
  return sets;
}

void FittedSets::list(SelectionSummary& summary) const {
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
}

double FittedSets::criterion(double nll, const TermSet& set) const {
  const auto n = static_cast<double>(observations_);
  const auto p = static_cast<double>(std::max<std::size_t>(problem_.candidates, 1));
  return 2.0 * nll +
         static_cast<double>(set.size()) * (std::log(n) + 2.0 * options_.ebic_gamma * std::log(p)) +
         handicap(set);
}

double FittedSets::handicap(const TermSet& set) const {
  return kStandIn * static_cast<double>(
                        std::ranges::count_if(set, [&](std::size_t t) { return t >= problem_.candidates; }));
}

// The nll, then the parameters; nothing where the fit diverged.
std::vector<double> FittedSets::fit_one(const SetTrial& trial, const FisherOptions& options) const {
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

void FittedSets::fit(const std::vector<SetTrial>& trials, const FisherOptions& options) {
  const auto possible = [&](std::size_t n, const std::vector<double>& numbers) {
    return numbers.empty() || (numbers.size() == 1 + trials[n].start.size() && all_finite(numbers));
  };
  const std::vector<std::vector<double>> ends =
      work_.next(trials.size(), [&](std::size_t n) { return fit_one(trials[n], options); }, possible);
  fits_ += trials.size();
  for (std::size_t n = 0; n < trials.size(); ++n) {
    if (ends[n].empty()) continue;
    const TermSet& terms = trials[n].terms;
    const double nll = ends[n].front();
    FittedSet end{terms, {ends[n].begin() + 1, ends[n].end()}, nll, criterion(nll, terms)};
    const auto [at, is_new] = known_.try_emplace(terms, end);
    if (!is_new && nll < at->second.nll) at->second = std::move(end);
  }
}

std::vector<const FittedSet*> FittedSets::of_size(std::size_t size) const {
  std::vector<const FittedSet*> sets;
  for (const auto& [terms, set] : known_) {
    if (terms.size() == size) sets.push_back(&set);
  }
  std::ranges::sort(sets, [](const FittedSet* a, const FittedSet* b) {
    return std::tie(a->nll, a->terms) < std::tie(b->nll, b->terms);
  });
  return sets;
}

const FittedSet* FittedSets::best_of(std::size_t size) const {
  const auto sets = of_size(size);
  return sets.empty() ? nullptr : sets.front();
}

void FittedSets::polish(std::size_t size) {
  const FittedSet* set = best_of(size);
  fit({{set->terms, set->parameters}}, kThoroughFit);
}

const FittedSet& FittedSets::best() const {
  const FittedSet* best = nullptr;
  for (const auto& [terms, set] : known_) {
    if (best == nullptr || set.criterion < best->criterion) best = &set;
  }
  return *best;
}

}  // namespace synfer
