#include "synfer/run/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "synfer/base/text.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr std::size_t kMostNamed = 8;
// Change of a weight in the scale of the data; weights of about 1 already decide choices.
constexpr double kRanAway = 10.0;

std::string first_of(const std::vector<std::string>& names) {
  if (names.size() <= kMostNamed) return join(names, ", ");
  return fmt::format("{} and {} others", join(std::span(names).first(kMostNamed - 2), ", "),
                     names.size() - kMostNamed + 2);
}

template <typename Warn>
void about_settings(const Configuration& c, DataOrigin origin, const Estimation& estimation, Warn&& warn) {
  const std::string in_fit = stimulus_in_fit(c, origin);
  if (in_fit == "filtered" && estimation.objective.data().front().offers > 2) {
    warn("with three offers or more choices are averaged over the noise; no filter is known for them");
  }
  if (origin == DataOrigin::simulated && (in_fit == "mean" || in_fit == "resampled") &&
      c.stimulus.noise_sd > 0 && c.task.kind != "neural") {
    warn(fmt::format(
        "stimulus.in_fit {} takes noisy stimuli for known: coefficients are biased, mostly towards "
        "0, and intervals too narrow; use {}",
        in_fit, c.fit.observe == "behavior" ? "filtered" : "true"));
  }
  const std::string& method = c.uncertainty.method;
  const bool by_likelihood = method == "information" || method == "profile";
  if (c.fit.observe == "both" && c.fit.recording_weight != 1.0 && by_likelihood &&
      fit_method(c) == "fisher") {
    warn(fmt::format(
        "fit.recording_weight {} makes the loss no likelihood, so that intervals from the {} do not "
        "cover; use uncertainty.method=clustered or session_bootstrap",
        shortest(c.fit.recording_weight), method == "profile" ? "profile" : "information"));
  }
}

// What choices cannot see, and what became of it.
template <typename Warn>
void about_common_changes(const Estimation& estimation, const RunResult& result, Warn&& warn) {
  // "1 and r change all offers alike"
  const auto alike = [](const std::vector<Term>& terms) {
    std::vector<std::string> names;
    for (const Term& term : terms) names.push_back(to_string(term));
    return fmt::format("{} change{} all offers alike", first_of(names), names.size() == 1 ? "s" : "");
  };
  if (!estimation.unseen.empty()) {
    warn(fmt::format("{}, so that choices among them cannot show it: {}", alike(estimation.unseen),
                     estimation.search ? "no candidates of the selection" : "unidentified, and not fitted"));
  }
  if (estimation.common_changes == CommonChanges::kUnseen && result.reading) {
    warn(
        "choices cannot show what an MLP changes at all inputs alike (1, r, y): its polynomial and R2 are of "
        "the rest");
  }
  if (estimation.common_changes != CommonChanges::kSeenByNoiseAlone) return;
  const auto* taylor = estimation.objective.model().rule.as<TaylorRule>();
  if (taylor == nullptr) return;
  const std::vector<Term> by_noise = hidden_common_terms(taylor->terms());
  if (!by_noise.empty()) {
    warn(fmt::format(
        "{}: choices among them show it by the stimulus noise alone, whose size is a setting; do not "
        "lean on it",
        alike(by_noise)));
  }
}

}  // namespace

void add_warnings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const Curvature* curvature, RunResult& result) {
  const auto warn = [&](std::string sentence) { result.warnings.push_back(std::move(sentence)); };
  about_settings(c, origin, estimation, warn);
  about_common_changes(estimation, result, warn);
  if (result.identifiability) {
    for (const std::vector<std::string>& group : result.identifiability->groups) {
      warn(fmt::format("the data hardly tell {} apart: believe what they do together, not each coefficient",
                       first_of(group)));
    }
    if (!result.identifiability->never_varied.empty()) {
      warn(fmt::format("the data say nothing of {}: it never varied, or had no effect",
                       first_of(result.identifiability->never_varied)));
    }
  }
  if (result.state == to_string(FitState::kIterationLimit) && fit_method(c) == "fisher" &&
      !result.estimates.empty()) {
    const std::vector<double> scaled = estimation.scale.in_scale(estimation.fit.best.parameters);
    const auto largest = std::ranges::max_element(std::span(scaled).first(result.estimates.size()), {},
                                                  [](double v) { return std::abs(v); });
    if (weight_change_rate(c) * std::abs(*largest) > kRanAway) {
      warn(fmt::format(
          "{} ran away: ever larger coefficients explain these data ever better. Give more animals to one "
          "rule, or fewer terms, or fit.method=evidence, whose priors hold them",
          result.estimates[static_cast<std::size_t>(std::distance(scaled.data(), &*largest))].name));
    }
  }
  for (const Estimate& e : result.estimates) {
    if (e.status == "at bound") {
      warn(fmt::format("{} rests at a bound of rule.bounds, so it has no standard error", e.name));
    }
  }
  for (const Estimate& e : result.others) {
    if (e.status != kNoneFound) continue;
    warn(fmt::format("no {} found: {} may as well be 0, and has no interval",
                     e.name == "walk_sd" ? "drift" : "spread of initial weights", e.name));
  }
  if (result.belief_check) {
    const BeliefCheck& check = *result.belief_check;
    if (check.two_humped > 0) {
      warn(fmt::format(
          "in {} of {} sessions looked at the belief over weights has two humps, which the filter "
          "cannot follow: do not trust the intervals",
          check.two_humped, check.sessions));
    }
    // of one session there is no error
    if (std::abs(check.nats_apart) > 1.0 && !(std::abs(check.nats_apart) <= 3.0 * check.nats_error)) {
      warn(fmt::format(
          "a particle filter finds {:.1f} nats a session more than the Gaussian one: the belief is "
          "not Gaussian",
          check.nats_apart));
    }
  }
  if (curvature != nullptr && curvature->held) {
    warn("some weights grew past 1e8 and were held there: from there on nothing tells rules apart");
  }
  if (!estimation.search) return;
  if (origin == DataOrigin::recorded && stimulus_in_fit(c, origin) != "filtered") {
    warn(
        "terms were selected as if weights were known: terms that soak up drift and noise win as well; "
        "stimulus.in_fit=filtered with belief.walk_sd=0.3 belief.estimate_walk_sd=true allows for both");
  }
  if (estimation.search->near.size() > 1) {
    warn(fmt::format("{} other sets of terms explain the data nearly as well (within 2 in the criterion)",
                     estimation.search->near.size() - 1));
  }
  const std::vector<std::size_t> animals = animals_of(estimation.objective.data());
  if (std::ranges::count(animals, animals.front()) == std::ssize(animals)) {
    warn("one animal does not show how stable the choice of terms is: no share of bootstrap draws");
  }
  for (const Estimate& e : result.estimates) {
    const auto chosen = estimation.search->stability.find(e.name);
    if (chosen == estimation.search->stability.end() || chosen->second >= 0.8) continue;
    warn(fmt::format("{} is chosen in only {:.0f} % of bootstrap draws of animals", e.name,
                     100 * chosen->second));
  }
}

}  // namespace synfer
