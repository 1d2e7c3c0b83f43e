#include "synfer/analysis/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <string>

#include "synfer/analysis/verdict.h"
#include "synfer/base/text.h"
#include "synfer/model/expression.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

// Variables that an MLP does not see.
std::vector<std::string> not_given(const Configuration& c) {
  std::vector<std::string> missing;
  if (c.rule.kind != "mlp") return missing;
  for (const char* variable : {"x", "y", "w", "r"}) {
    if (std::ranges::find(c.rule.inputs, variable) == c.rule.inputs.end()) missing.emplace_back(variable);
  }
  return missing;
}

void about_settings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                    RunResult& result) {
  const std::string in_fit = stimulus_in_fit(c, origin);
  const BeliefOptions belief = belief_options(c, origin);
  const auto offers = static_cast<std::size_t>(estimation.objective.data().front().offers);
  if (in_fit == "filtered" && !learns_from_choices(belief, offers)) add_note(result, "no_filter_of_so_many");
  if (origin == DataOrigin::simulated && (in_fit == "mean" || in_fit == "resampled") &&
      c.stimulus.noise_sd > 0 && c.task.kind != "neural") {
    add_note(result, "noise_taken_for_known",
             {{"in_fit", in_fit}, {"better", c.fit.observe == "behavior" ? "filtered" : "true"}});
  }
  if (const std::vector<std::string> missing = not_given(c); !missing.empty())
    add_note(result, "mlp_not_given", {{"variables", join(missing, ", ")}});
  const std::string& method = c.uncertainty.method;
  const bool by_likelihood = method == "information" || method == "profile";
  if (c.fit.observe == "both" && c.fit.recording_weight != 1.0 && by_likelihood &&
      fit_method(c) == "fisher") {
    add_note(result, "recording_weight",
             {{"weight", shortest(c.fit.recording_weight)},
              {"method", method == "profile" ? "profile" : "information"}});
  }
}

bool is_initial_weight(const std::string& name) { return name.starts_with("w0_"); }

// Of many weights that nobody named one by one their number is enough.
std::vector<std::string> with_weights_counted(const std::vector<std::string>& names) {
  std::vector<std::string> others;
  std::ranges::copy_if(names, std::back_inserter(others), std::not_fn(is_initial_weight));
  const std::size_t weights = names.size() - others.size();
  if (weights > 0) others.push_back(counted(weights, "initial weight"));
  return others;
}

void about_identifiability(const Identifiability& found, RunResult& result) {
  std::size_t groups = 0;
  std::size_t weights = 0;
  for (const std::vector<std::string>& group : found.groups) {
    if (std::ranges::all_of(group, is_initial_weight)) {
      ++groups;
      weights += group.size();
    } else {
      add_note(result, "terms_alike", {{"terms", first_of(with_weights_counted(group))}});
    }
  }
  if (groups > 0) {
    add_note(result, "initial_weights_alike",
             {{"weights", counted(weights, "initial weight")}, {"groups", counted(groups, "group")}});
  }
  if (!found.never_varied.empty())
    add_note(result, "never_varied", {{"terms", first_of(with_weights_counted(found.never_varied))}});
}

void about_search(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const TermSearch& search, RunResult& result) {
  if (origin == DataOrigin::recorded && stimulus_in_fit(c, origin) != "filtered")
    add_note(result, "selected_as_if_known");
  if (search.near.size() > 1)
    add_note(result, "sets_as_good", {{"sets", counted(search.near.size() - 1, "other set")}});
  const std::vector<std::size_t> animals = animals_of(estimation.objective.data());
  if (std::ranges::count(animals, animals.front()) == std::ssize(animals))
    add_note(result, "one_animal_selected");
  for (const Estimate& e : result.estimates) {
    const auto chosen = search.stability.find(e.name);
    if (chosen == search.stability.end() || chosen->second >= 0.8) continue;
    add_note(result, "chosen_seldom",
             {{"term", e.name}, {"percent", fmt::format("{:.0f}", 100 * chosen->second)}});
  }
}

void about_optimum(const OptimumSearch& found, RunResult& result) {
  std::vector<std::string> others;
  for (OptimumSearch::Other other : found.others) {
    for (double& value : other.values) value = std::stod(fmt::format("{:.3g}", value));
    others.push_back(fmt::format("{} ({:.2g} nats)", rule_of(result, other), other.nats));
  }
  if (!others.empty()) add_note(result, "other_optima", {{"rules", first_of(others)}});
  if (found.has_steps) add_note(result, "likelihood_has_steps");
}

std::string in_words(const std::vector<Term>& terms) {
  std::vector<std::string> names;
  for (const Term& term : terms) names.push_back(to_string(term));
  return first_of(names);
}

// What choices cannot see, and what became of it.
void about_common_changes(const Estimation& estimation, RunResult& result) {
  if (!estimation.unseen.empty()) {
    add_note(result, estimation.search ? "unseen_candidates" : "unseen_terms",
             {{"terms", in_words(estimation.unseen)}});
  }
  if (estimation.common_changes == CommonChanges::kUnseen && result.reading)
    add_note(result, "unseen_part_of_mlp");
  if (estimation.common_changes != CommonChanges::kSeenByNoiseAlone) return;
  const auto* taylor = estimation.objective.model().rule.as<TaylorRule>();
  if (taylor == nullptr) return;
  const std::vector<Term> by_noise = hidden_common_terms(taylor->terms());
  if (!by_noise.empty()) add_note(result, "seen_by_noise_alone", {{"terms", in_words(by_noise)}});
}

}  // namespace

void add_warnings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const Curvature* curvature, RunResult& result) {
  judge_estimates(estimation, curvature, result);
  about_settings(c, origin, estimation, result);
  about_common_changes(estimation, result);
  if (result.identifiability) about_identifiability(*result.identifiability, result);
  for (const Estimate& e : result.others) {
    if (e.status != kNoneFound) continue;
    add_note(result, "none_found",
             {{"what", e.name == "walk_sd" ? "drift" : "spread of initial weights"}, {"name", e.name}});
  }
  if (result.optimum) about_optimum(*result.optimum, result);
  if (estimation.search) about_search(c, origin, estimation, *estimation.search, result);
}

}  // namespace synfer
