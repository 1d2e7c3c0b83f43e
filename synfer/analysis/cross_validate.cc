#include "synfer/analysis/cross_validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "synfer/analysis/rivals.h"
#include "synfer/base/error.h"
#include "synfer/data/inventory.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/replay/belief.h"

namespace synfer {
std::size_t count_animals(const std::vector<Session>& sessions) {
  std::set<std::string> animals;
  for (const Session& session : sessions) animals.insert(session.animal);
  return animals.size();
}

std::vector<Fold> folds_of(const Configuration& c, const std::string& scheme,
                           const std::vector<Session>& recorded,
                           const std::vector<EncodedSession>& replayed) {
  std::vector<std::string> animals;
  std::vector<std::size_t> steps;
  for (const EncodedSession& session : replayed) {
    animals.push_back(session.animal);
    steps.push_back(session.steps());
  }
  if (scheme == "forward") return forward_chaining(trial_starts(c, recorded), steps, cuts_of(c));
  if (count_animals(recorded) < 2) {
    throw ConfigurationError(
        "evaluation.cross_validate",
        fmt::format("found {}, but the data hold one animal, and none is left to fit; use "
                    "forward or none",
                    scheme));
  }
  if (scheme == "leave_one_out") return leave_one_out(animals, steps);
  return grouped_folds(animals, steps, static_cast<std::size_t>(c.evaluation.folds), c.seed);
}

std::string scheme_of(const Configuration& c, const std::vector<Session>& sessions) {
  if (c.evaluation.cross_validate != "automatic") return c.evaluation.cross_validate;
  const bool has_choices = take_inventory(sessions).choices > 0;
  if (fit_method(c) != "fisher" || c.fit.observe == "neural" || !has_choices) return "none";
  const std::size_t animals = count_animals(sessions);
  return animals < 3 ? "none" : animals <= 20 ? "leave_one_out" : "grouped";
}

CrossValidation cross_validate(const Configuration& c, const std::vector<Session>& sessions,
                               const CrossValidationHooks& hooks) {
  CrossValidation found;
  found.scheme = scheme_of(c, sessions);
  const RivalData data{sessions, replayed_sessions(c, sessions)};
  const std::vector<Fold> folds = folds_of(c, found.scheme, sessions, data.replayed);
  const bool filtered = learns_from_choices(belief_options(c, DataOrigin::recorded),
                                            static_cast<std::size_t>(data.replayed.front().offers));
  found.prediction = filtered ? "one step ahead" : "open loop";
  found.models = models_of(c);
  for (const Fold& fold : folds) found.folds.push_back(fold.name);
  found.rules.resize(folds.size());
  std::mutex one_at_a_time;
  long done = 0;
  const FitAndScore of_fold = [&](std::size_t n, const auto&, const auto&) {
    FoldScores scores = fit_and_score(c, data, folds[n], hooks.interrupted);
    found.rules[n] = scores.rule;
    const std::lock_guard lock(one_at_a_time);
    hooks.after_fold(++done, static_cast<long>(folds.size()));
    return scores.nll;
  };
  found.scores = cross_validate(folds, data.replayed, of_fold);
  return found;
}

}  // namespace synfer
