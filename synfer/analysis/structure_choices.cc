#include "synfer/analysis/structure_choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "synfer/base/text.h"
#include "synfer/data/inventory.h"
#include "synfer/data/session_order.h"
#include "synfer/model/history.h"

namespace synfer {
namespace {

constexpr double kWalk = 0.1;     // from which an estimate of the drift starts
constexpr int kHidden = 10;       // a hidden layer counts more than all else together
constexpr int kMostFiltered = 2;  // offers for which the filter follows weights

using Options = std::vector<StructureOption>;

bool suits_a_search(const Configuration& c, const std::vector<Session>& sessions) {
  const bool wanted =
      c.structures.search == "always" || (c.structures.search == "automatic" && !c.rule.terms);
  return wanted && c.rule.kind == "taylor" && c.fit.observe == "behavior" && fit_method(c) == "fisher" &&
         penalty_kind(c) == "none" && take_inventory(sessions).choices > 0;
}

// In the order in which they were, so that the one before is known.
bool sessions_follow(const std::vector<Session>& sessions) {
  const SessionOrder order = order_of_sessions(sessions);
  return order.several && order.reversed.empty();
}

StructureOption expected_reward(const std::string& name, const std::string& baseline, int complexity) {
  return {name, "reward_term.baseline=" + baseline, complexity,
          [baseline](Configuration& c) { c.reward_term.baseline = baseline; }};
}

StructureOption exponential(double rate) {
  return {fmt::format("E[R] exponential {}", shortest(rate)),
          fmt::format("reward_term.baseline=exponential reward_term.rate={}", shortest(rate)), 2,
          [rate](Configuration& c) {
            c.reward_term.baseline = "exponential";
            c.reward_term.rate = rate;
          }};
}

Options covariates_of(const std::vector<Session>& sessions) {
  const auto option = [](const char* name, const Strings& covariates, int complexity) {
    return StructureOption{name, fmt::format("history.covariates=[{}]", join(covariates, ", ")), complexity,
                           [covariates](Configuration& c) { c.history.covariates = covariates; }};
  };
  const bool named = std::ranges::none_of(sessions, [](const Session& s) { return s.stimulus.empty(); });
  const bool goes_on = std::ranges::any_of(
      sessions, [](const Session& s) { return std::ranges::adjacent_find(s.trial) != s.trial.end(); });
  return {option("no covariates", {}, 0), option("bias", {"bias"}, 1),
          option("all covariates", usual_covariates(sessions.front().offers, named, goes_on), 2)};
}

StructureOption drift() {
  return {"drift",
          fmt::format("stimulus.in_fit=filtered stimulus.noise_sd=0 belief.walk_sd={} "
                      "belief.estimate_walk_sd=true",
                      shortest(kWalk)),
          2, [](Configuration& c) {
            c.stimulus.in_fit = "filtered";
            c.stimulus.noise_sd = 0.0;
            c.belief.walk_sd = kWalk;
            c.belief.estimate_walk_sd = true;
          }};
}

StructureOption carried(bool carries) {
  return {carries ? "weights carried" : "weights anew", fmt::format("data.carry_weights={}", carries),
          carries ? 1 : 0, [carries](Configuration& c) { c.data.carry_weights = carries; }};
}

StructureOption hidden_layer(int neurons) {
  return {neurons == 0 ? "no hidden layer" : fmt::format("{} hidden", neurons),
          fmt::format("network.hidden={}", neurons), neurons == 0 ? 0 : kHidden,
          [neurons](Configuration& c) { c.network.hidden = neurons; }};
}

}  // namespace

std::vector<StructureChoice> structure_choices(const Configuration& c, const SetKeys& given,
                                               const std::vector<Session>& sessions) {
  std::vector<StructureChoice> choices;
  if (!suits_a_search(c, sessions)) return choices;
  const auto is_open = [&](const std::vector<std::string>& keys) {
    return std::ranges::none_of(given, [&](const std::string& key) {
      return std::ranges::any_of(keys, [&](const std::string& of) { return key.starts_with(of); });
    });
  };
  if (is_open({"reward_term.baseline", "reward_term.window", "reward_term.rate"})) {
    choices.push_back({"expected_reward",
                       {expected_reward("E[R] none", "none", 0),
                        expected_reward("E[R] moving average", "moving_average", 1), exponential(0.03),
                        exponential(0.1), exponential(0.3)}});
  }
  if (is_open({"history."})) choices.push_back({"covariates", covariates_of(sessions)});
  if (is_open({"belief.", "stimulus.in_fit", "stimulus.noise_sd", "network.initial_weights"}) &&
      sessions.front().offers <= kMostFiltered) {
    choices.push_back({"drift", {{"no drift", "", 0, [](Configuration&) {}}, drift()}});
  }
  if (is_open({"data.carry_weights"}) && sessions_follow(sessions))
    choices.push_back({"carry", {carried(false), carried(true)}});
  if (is_open({"network.hidden", "network.activation", "network.readout", "network.initial_weights"}))
    choices.push_back({kHiddenChoice, {hidden_layer(0), hidden_layer(std::max(c.network.hidden, 1))}});
  return choices;
}

Configuration settings_of(const Structure& structure, const std::vector<StructureChoice>& choices,
                          Configuration c) {
  for (std::size_t n = 0; n < choices.size(); ++n) choices[n].options[structure.options[n]].apply(c);
  return c;
}

std::string name_of(const Structure& structure, const std::vector<StructureChoice>& choices) {
  std::vector<std::string> differs;
  for (std::size_t n = 0; n < choices.size(); ++n) {
    if (structure.options[n] > 0) differs.push_back(choices[n].options[structure.options[n]].name);
  }
  return differs.empty() ? "simplest" : join(differs, " + ");
}

std::string settings_in_words(const Structure& structure, const std::vector<StructureChoice>& choices) {
  std::vector<std::string> all;
  for (std::size_t n = 0; n < choices.size(); ++n) {
    const std::string& one = choices[n].options[structure.options[n]].settings;
    if (!one.empty()) all.push_back(one);
  }
  return join(all, " ");
}

int complexity_of(const Structure& structure, const std::vector<StructureChoice>& choices) {
  int sum = 0;
  for (std::size_t n = 0; n < choices.size(); ++n) sum += choices[n].options[structure.options[n]].complexity;
  return sum;
}

}  // namespace synfer
