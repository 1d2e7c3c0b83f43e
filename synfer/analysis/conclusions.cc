#include "synfer/analysis/conclusions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

#include "synfer/analysis/mlp_reading.h"
#include "synfer/analysis/rivals.h"
#include "synfer/analysis/verdict.h"
#include "synfer/base/text.h"
#include "synfer/evaluation/behaviour.h"

namespace synfer {
namespace {

// A gain that is sure and smaller than this, in nats a step, is none to speak of: a coin flip has .69.
constexpr double kTinyGain = 1e-3;

std::string gain_with_error(const PairedComparison& paired, double sign) {
  const std::string gain = fmt::format("{:.3g}", sign * paired.mean);
  return std::isnan(paired.standard_error) ? gain : fmt::format("{} +- {:.2g}", gain, paired.standard_error);
}

std::string some_of(std::size_t some, std::size_t all, const char* what) {
  return fmt::format("{} of {}", some, counted(all, what));
}

void conclude_from_group(const ScoreGroup& group, const std::vector<std::string>& models, RunResult& result) {
  const std::size_t sessions = group.scores.size();
  const std::string fold = group.name.empty() ? "" : " (" + group.name + ")";
  std::vector<std::string> better;
  std::vector<std::string> open;
  std::vector<std::string> beaten;
  for (const std::string& rival : models) {
    if (rival == kFit) continue;
    const PairedComparison paired = compare(group.scores, kFit, rival);
    if (paired.lost_by_model > 0) {
      add_note(result, "lost_held_out",
               {{"sessions", some_of(paired.lost_by_model, sessions, "held-out session")}, {"fold", fold}});
      return;
    }
    const std::string name = (rival == "own_rate" ? "own_rate, an oracle" : rival) + fold;
    if (paired.lost_by_rival > 0) {
      add_note(result, "rival_lost",
               {{"rival", name}, {"sessions", some_of(paired.lost_by_rival, sessions, "held-out session")}});
    } else if (paired.worse() && -paired.mean >= kTinyGain) {
      if (rival == "coin_flip") {
        add_note(result, "worse_than_coin_flip",
                 {{"sample", "held out" + fold},
                  {"nats", fmt::format("{:.3g}", paired.model_nats)},
                  {"coin", fmt::format("{:.3g}", paired.rival_nats)}});
      }
      better.push_back(fmt::format("{} by {}", name, gain_with_error(paired, -1)));
    } else {
      (paired.better() ? beaten : open).push_back(fmt::format("{} ({})", name, gain_with_error(paired, 1)));
    }
  }
  if (!better.empty()) {
    add_note(result, "rival_better",
             {{"what", better.size() == 1 ? "a rival" : "rivals"}, {"rivals", join(better, "; ")}});
  }
  if (!open.empty()) {
    const bool one = open.size() == 1;
    add_note(result, "rival_not_beaten",
             {{"rivals", join(open, ", ")},
              {"these", one ? "this model" : "these models"},
              {"s", one ? "s" : ""}});
  }
  if (!beaten.empty()) {
    add_note(result, "rivals_beaten",
             {{"rivals", join(beaten, ", ")}, {"each", beaten.size() == 1 ? "" : "each "}});
  }
}

bool has(const std::optional<Scores>& scores) { return scores && !scores->percent_deviance.empty(); }

// Nulls that explain as much as the rule where it was not fitted. With a cross-validation rivals say it.
void conclude_from_nulls(const Scores& scores, RunResult& result) {
  std::vector<std::string> nulls;
  for (const auto& [null, percent] : scores.percent_deviance) {
    if (percent.median <= 0.0) nulls.push_back(fmt::format("{} ({:.3g} %)", null, percent.median));
  }
  if (!nulls.empty()) add_note(result, "nulls_as_good", {{"nulls", join(nulls, ", ")}});
}

// Of the nulls that ask most, how much of their deviance the rule explains.
void conclude_from_deviance(const Scores& scores, RunResult& result) {
  std::vector<std::string> percents;
  for (const char* null : {"without_plasticity", "history_only", "own_rate"}) {
    const auto at = scores.percent_deviance.find(null);
    if (at == scores.percent_deviance.end() || std::isnan(at->second.median)) continue;
    const double median = at->second.median;
    const std::string percent =
        std::abs(median) < 1000 ? fmt::format("{:.1f}", median) : fmt::format("{:.2g}", median);
    percents.push_back(fmt::format("{} % of {}", percent, null));
  }
  if (percents.empty()) return;
  add_note(
      result, "explains",
      {{"sample", scores.sample}, {"prediction", scores.prediction}, {"percents", join(percents, ", ")}});
}

// "accept rate of 0" as "accept rate of stimulus 0"; simulated stimuli are odours.
std::string with_stimulus_named(const RunResult& result, const std::string& statistic) {
  constexpr std::string_view kOf = " of ";
  const std::size_t of = statistic.rfind(kOf);
  if (of == std::string::npos || !std::isdigit(static_cast<unsigned char>(statistic.back())))
    return statistic;
  const std::size_t at = of + kOf.size();
  if (statistic.find_first_not_of("0123456789", at) != std::string::npos) return statistic;
  return statistic.substr(0, at) + (result.command == "recover" ? "odour " : "stimulus ") +
         statistic.substr(at);
}

void conclude_from_belief(const BeliefCheck& check, RunResult& result) {
  if (check.two_humped > 0) {
    add_note(result, "two_humped",
             {{"some", std::to_string(check.two_humped)}, {"sessions", counted(check.sessions, "session")}});
  }
  // of one session there is no error
  if (std::abs(check.nats_apart) > 1.0 && !(std::abs(check.nats_apart) <= 3.0 * check.nats_error))
    add_note(result, "not_gaussian", {{"nats", fmt::format("{:.1f}", check.nats_apart)}});
  if (!check.bias) return;
  const BiasVerdict verdict = verdict_of(*check.bias);
  if (verdict == BiasVerdict::kBiased) {
    const ParameterBias& most = most_biased(*check.bias);
    add_note(result, "filter_biased",
             {{"parameter", most.parameter},
              {"bias", fmt::format("{:+.1f}", most.bias)},
              {"error", fmt::format("{:.1f}", most.error)}});
  } else if (verdict == BiasVerdict::kNotResolved) {
    add_note(result, "filter_not_resolved",
             {{"looked", check.bias->parameters.empty() ? "no session could be looked at"
                                                        : "its Monte Carlo error is above 0.3"}});
  }
}

void conclude_from_checks(RunResult& result) {
  if (result.belief_check) conclude_from_belief(*result.belief_check, result);
  add_reading_notes(result);
  if (const auto& check = result.predictive_check) {
    if (check->overflown > 0) {
      add_note(
          result, "simulated_overflow",
          {{"sessions", some_of(check->overflown, check->draws * check->sessions, "simulated session")}});
    }
    add_note(result, "paid_so", {{"how", in_words(check->baiting)}});
    if (check->piece > 0) add_note(result, "pieces_for_blocks", {{"trials", std::to_string(check->piece)}});
    std::vector<std::string> outside;
    for (const PredictedStatistic& one : check->statistics) {
      if (!one.all.inside() && !one.name.starts_with(kCurve))
        outside.push_back(with_stimulus_named(result, one.name));
    }
    if (!outside.empty()) add_note(result, "does_otherwise", {{"statistics", join(outside, ", ")}});
  }
  if (!result.assumptions) return;
  std::vector<std::string> fall;
  for (const Conclusion& one : result.assumptions->conclusions) {
    if (!one.otherwise.empty()) fall.push_back(one.of);
  }
  if (!fall.empty()) add_note(result, "depends_on_settings", {{"terms", join(fall, ", ")}});
}

void conclude_from_structures(const Structures& found, RunResult& result) {
  std::vector<std::string> hold;
  std::vector<std::string> fall;
  for (const StructureConclusion& one : found.conclusions) {
    const bool decided = one.as_chosen == "above 0" || one.as_chosen == "below 0";
    if (!one.otherwise.empty()) fall.push_back(one.of);
    if (one.otherwise.empty() && decided) hold.push_back(one.of + " " + one.as_chosen);
  }
  std::vector<std::string> allowed;
  for (const TriedStructure& one : found.tried) {
    if (one.standing == "allowed") allowed.push_back(one.name);
  }
  if (!hold.empty()) {
    add_note(result, "structure_holds",
             {{"allowed", std::to_string(allowed.size() + 1)},
              {"tried", std::to_string(found.tried.size())},
              {"terms", join(hold, ", ")}});
  }
  if (!fall.empty()) add_note(result, "structure_decides", {{"terms", join(fall, ", ")}});
  if (!allowed.empty()) {
    add_note(
        result, "structures_allowed",
        {{"structures", allowed.size() == 1 ? "another structure predicts"
                                            : fmt::format("{} other structures predict", allowed.size())},
         {"names", join(allowed, "; ")}});
  }
  const std::string parts = found.scheme == "leave_one_out" || found.scheme == "grouped"
                                ? counted(found.parts, "animal")
                                : counted(found.parts, "later part");
  if (std::isfinite(found.nested) && found.agreed == found.parts) {
    add_note(result, "nested", {{"parts", parts}});
    return;
  }
  std::string nested;
  if (std::isfinite(found.nested)) {
    nested = fmt::format("; where the others choose for each of {}, {:.4f} nats a choice in place of {:.4f}",
                         parts, found.nested, found.tried[found.chosen].nats);
  }
  add_note(result, "chosen_on_these", {{"nested", nested}});
}

void conclude_from_intervals(RunResult& result) {
  const auto is_alike = [&](const std::string& name) {
    return result.identifiability &&
           std::ranges::any_of(result.identifiability->groups, [&](const std::vector<std::string>& group) {
             return std::ranges::find(group, name) != group.end();
           });
  };
  std::vector<std::string> open;
  std::vector<std::string> alike;
  for (const Estimate& e : result.estimates) {
    if (e.low <= 0.0 && e.high >= 0.0) (is_alike(e.name) ? alike : open).push_back(e.name);
  }
  if (!open.empty()) add_note(result, "zero_in_interval", {{"terms", first_of(open)}});
  if (!alike.empty()) add_note(result, "zero_in_intervals_together", {{"terms", first_of(alike)}});
  if (result.search && result.search->aliases_told_apart && !result.aliases.classes.empty()) {
    add_note(result, "told_apart_by_noise");
  } else if (!result.aliases.classes.empty()) {
    add_note(result, "aliases", {{"terms", counted(result.aliases.classes.size(), "term")}});
  }
  if (result.intervals.note.empty()) {
    add_note(result, "no_intervals");
  } else {
    add_note(result, "intervals", {{"note", result.intervals.note}});
  }
}

std::string data_in_words(std::size_t choices, std::size_t values) {
  if (values == 0) return counted(choices, "choice");
  const std::string recorded = counted(values, "recorded value");
  return choices == 0 ? recorded : counted(choices, "choice") + " and " + recorded;
}

void conclude_what_was_found(RunResult& result) {
  if (result.search && result.command != "evaluate") {
    add_note(result, "chosen",
             {{"terms", counted(result.search->near.front().terms.size(), "term")},
              {"candidates", std::to_string(result.search->candidates)}});
  }
  if (!result.truth.empty()) add_note(result, "truth", {{"rule", result.truth}});
  for (const auto* scores : {&result.simulated, &result.held_out, &result.in_sample}) {
    if (const auto& some = *scores; some && has(some)) conclude_from_deviance(*some, result);
  }
  if (result.simulated && result.simulated->r2_weights) {
    const double r2 = result.simulated->r2_weights->median;
    if (r2 < 0.0) add_note(result, "weights_do_not_follow");
    if (r2 >= 0.0) add_note(result, "weights_follow", {{"r2", fmt::format("{:.3f}", r2)}});
  }
  const Inventory& data = result.inventory;
  const std::string sessions = counted(data.sessions, "session");
  const std::string animals = counted(data.animals, "animal");
  if (result.command == "evaluate") {
    add_note(result, "scored",
             {{"data", data_in_words(result.observations, 0)},
              {"sessions", sessions},
              {"animals", animals},
              {"sample", result.held_out ? result.held_out->sample : std::string("nothing")}});
    return;
  }
  const std::string later =
      result.held_out_choices == 0
          ? ""
          : fmt::format("; {} held out", counted(result.held_out_choices, "later choice"));
  add_note(result, "fitted",
           {{"data", data_in_words(result.fitted_choices, result.observations - result.fitted_choices)},
            {"sessions", sessions},
            {"animals", animals},
            {"held_out", later}});
}

constexpr double kForgotten = 0.2;  // of a weight, that one decay leaves

// What stands against taking the rule for what the animal does.
void conclude_on_mechanism(RunResult& result) {
  const auto has_note = [&](const char* id) {
    return std::ranges::find(result.notes, id, &Note::id) != result.notes.end();
  };
  std::vector<std::string> reasons;
  if (has_note("rival_better") || has_note("rival_not_beaten"))
    reasons.emplace_back("rivals predict as well");
  if (has_note("does_otherwise")) reasons.emplace_back("simulated, it does otherwise than the animals");
  if (has_note("structure_decides")) reasons.emplace_back("its terms depend on the structure");
  const auto decay = std::ranges::find(result.estimates, "w", &Estimate::name);
  if (decay != result.estimates.end() && decay->value < 0.0 && std::abs(decay->effect - 1.0) < kForgotten)
    reasons.emplace_back(
        "its weights forget a step within the next one, so that a rule of the last trial (win-stay, "
        "lose-shift) says the same");
  if (!reasons.empty()) add_note(result, "mechanism_open", {{"reasons", join(reasons, ", ")}});
}

}  // namespace

void conclude_from(const CrossValidation& found, RunResult& result) {
  for (const ScoreGroup& group : groups_of(found)) conclude_from_group(group, found.models, result);
}

void add_conclusions(RunResult& result) {
  judge_state(result);
  judge_scores(result);
  if (result.cross_validation) conclude_from(*result.cross_validation, result);
  const auto& unseen = result.simulated ? result.simulated : result.held_out;
  if (unseen && has(unseen) && !result.cross_validation) conclude_from_nulls(*unseen, result);
  if (result.structures) conclude_from_structures(*result.structures, result);
  conclude_from_checks(result);
  if (result.cross_validation) conclude_on_mechanism(result);
  const bool finished = result.state != to_string(FitState::kInterrupted);
  if (result.command == "fit" && finished) {
    if (!result.cross_validation && !has(result.held_out)) add_note(result, "nothing_held_out");
    if (!result.cross_validation) add_note(result, "no_rival");
    if (result.inventory.animals == 1) add_note(result, "one_animal");
  }
  if (result.command != "evaluate") conclude_from_intervals(result);
  conclude_what_was_found(result);
  result.notes = in_order(std::move(result.notes));
}

}  // namespace synfer
