#include "synfer/evaluation/cross_validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/evaluation/deviance.h"
#include "synfer/evaluation/summary.h"

namespace synfer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::vector<std::string> in_order_of_coming(std::span<const std::string> animals) {
  std::vector<std::string> distinct;
  for (const std::string& animal : animals) {
    if (std::ranges::find(distinct, animal) == distinct.end()) distinct.push_back(animal);
  }
  if (distinct.size() < 2) {
    throw std::invalid_argument(
        fmt::format("found {} animal, expected at least two to leave one out: hold out later trials instead",
                    distinct.size()));
  }
  return distinct;
}

Fold fold_without(std::span<const std::string> left_out, std::span<const std::string> animals,
                  std::span<const std::size_t> steps) {
  Fold fold;
  for (std::size_t s = 0; s < animals.size(); ++s) {
    const bool scored = std::ranges::find(left_out, animals[s]) != left_out.end();
    fold.fitted.push_back(scored ? 0 : steps[s]);
    fold.scored.push_back(scored ? StepRange{0, steps[s]} : StepRange{});
  }
  return fold;
}

}  // namespace

std::vector<Fold> leave_one_out(std::span<const std::string> animals, std::span<const std::size_t> steps) {
  std::vector<Fold> folds;
  for (const std::string& animal : in_order_of_coming(animals)) {
    folds.push_back(fold_without({&animal, 1}, animals, steps));
    folds.back().name = fmt::format("without {}", animal);
  }
  return folds;
}

std::vector<Fold> grouped_folds(std::span<const std::string> animals, std::span<const std::size_t> steps,
                                std::size_t groups, std::uint64_t seed) {
  std::vector<std::string> order = in_order_of_coming(animals);
  if (groups < 2) throw std::invalid_argument(fmt::format("found {} groups, expected at least two", groups));
  groups = std::min(groups, order.size());
  std::ranges::sort(order, {}, [&](const std::string& animal) {
    return std::pair(RandomStream(seed, "groups of animals", animal).uniform({}), animal);
  });
  std::vector<Fold> folds;
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<std::string> left_out;
    for (std::size_t a = g; a < order.size(); a += groups) left_out.push_back(order[a]);
    folds.push_back(fold_without(left_out, animals, steps));
    folds.back().name = fmt::format("without group {} of {}", g + 1, groups);
  }
  return folds;
}

std::vector<Fold> forward_chaining(std::span<const std::vector<std::size_t>> trial_starts,
                                   std::span<const std::size_t> steps, std::span<const double> cuts) {
  const auto step_at = [&](std::size_t s, double cut) {
    const std::vector<std::size_t>& starts = trial_starts[s];
    const auto trial = static_cast<std::size_t>(std::floor(cut * static_cast<double>(starts.size())));
    return trial < starts.size() ? starts[trial] : steps[s];
  };
  std::vector<Fold> folds;
  for (std::size_t n = 0; n < cuts.size(); ++n) {
    const double next = n + 1 < cuts.size() ? cuts[n + 1] : 1.0;
    Fold fold;
    fold.name = fmt::format("trials {:.4g} to {:.4g} %", 100 * cuts[n], 100 * next);
    for (std::size_t s = 0; s < steps.size(); ++s) {
      fold.fitted.push_back(step_at(s, cuts[n]));
      fold.scored.push_back({step_at(s, cuts[n]), step_at(s, next)});
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

std::vector<EncodedSession> fitted_part(const Fold& fold, const std::vector<EncodedSession>& sessions) {
  std::vector<EncodedSession> part;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (fold.fitted[s] > 0) part.push_back(truncated(sessions[s], fold.fitted[s]));
  }
  return part;
}

std::vector<EncodedSession> scored_part(const Fold& fold, const std::vector<EncodedSession>& sessions) {
  std::vector<EncodedSession> part;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    EncodedSession session = truncated(sessions[s], fold.scored[s].to);
    session.scored_from = fold.scored[s].from;
    if (session.scored_choices() > 0) part.push_back(std::move(session));
  }
  return part;
}

std::vector<HeldOutScore> cross_validate(std::span<const Fold> folds,
                                         const std::vector<EncodedSession>& sessions,
                                         const FitAndScore& fit_and_score) {
  std::vector<std::vector<HeldOutScore>> of_fold(folds.size());
  for_each_index(folds.size(), [&](std::size_t n) {
    const std::vector<EncodedSession> scored = scored_part(folds[n], sessions);
    if (scored.empty()) return;
    const auto by_model = fit_and_score(n, fitted_part(folds[n], sessions), scored);
    for (std::size_t s = 0; s < scored.size(); ++s) {
      HeldOutScore score{folds[n].name, scored[s].animal, scored[s].name, scored[s].scored_choices(), {}};
      for (const auto& [model, nll] : by_model) score.nll[model] = nll.at(s);
      of_fold[n].push_back(std::move(score));
    }
  });
  std::vector<HeldOutScore> all;
  for (const std::vector<HeldOutScore>& fold : of_fold) all.insert(all.end(), fold.begin(), fold.end());
  return all;
}

PairedComparison compare(std::span<const HeldOutScore> scores, const std::string& model,
                         const std::string& rival) {
  PairedComparison found;
  std::vector<std::string> animals;
  for (const HeldOutScore& score : scores) {
    for (const std::string& name : {model, rival}) {
      if (!score.nll.contains(name)) {
        throw std::invalid_argument(
            fmt::format("found no score of {} for session {}, expected one of every "
                        "model compared",
                        name, score.session));
      }
    }
    const double of_model = score.nll.at(model);
    const double of_rival = score.nll.at(rival);
    const auto n = static_cast<double>(score.choices);
    found.gain.push_back((of_rival - of_model) / n);
    found.percent.push_back(of_model == kInfinite ? -kInfinite : percent_deviance(of_model, of_rival));
    found.above_zero += found.gain.back() > 0.0 ? 1 : 0;
    found.lost_by_model += std::isinf(of_model) ? 1 : 0;
    found.lost_by_rival += std::isinf(of_rival) ? 1 : 0;
    found.model_nats += of_model / n;
    found.rival_nats += of_rival / n;
    animals.push_back(score.animal);
  }
  const auto n = static_cast<double>(scores.size());
  found.model_nats /= n;
  found.rival_nats /= n;
  found.mean = std::accumulate(found.gain.begin(), found.gain.end(), 0.0) / n;
  found.median = scores_over_sessions(found.gain).median;
  found.percent_median = scores_over_sessions(found.percent).median;
  found.standard_error = clustered_standard_error(found.gain, animals);
  return found;
}

double clustered_standard_error(std::span<const double> values, std::span<const std::string> clusters) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  std::map<std::string, double> deviation;
  for (std::size_t i = 0; i < values.size(); ++i) deviation[clusters[i]] += values[i] - mean;
  if (deviation.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  double squares = 0.0;
  for (const auto& [cluster, sum] : deviation) squares += sum * sum;
  const auto g = static_cast<double>(deviation.size());
  return std::sqrt(g / (g - 1.0) * squares) / n;
}

}  // namespace synfer
