#include "synfer/analysis/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "synfer/base/text.h"
#include "synfer/model/data_scale.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr double kOpenCovariate = 5.0;  // half the sd of its prior (docs/history.md)

// What a weight change sees: the offers learned from, and their reward terms.
struct LearnedFrom {
  double x = 0.0;       // root mean square of inputs that are not 0
  double inputs = 0.0;  // that are not 0, a step
  double r = 0.0;       // root mean square
};

LearnedFrom learned_from(const std::vector<EncodedSession>& sessions) {
  InputScale inputs;
  double squares = 0.0;  // of reward terms
  double steps = 0.0;
  for (const EncodedSession& session : sessions) {
    const auto n = static_cast<std::size_t>(session.inputs);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.learns[t] == 0) continue;
      const std::size_t offer = t * static_cast<std::size_t>(session.offers) + session.learned_offer(t);
      inputs.add(std::span(session.x).subspan(offer * n, n));
      squares += session.r[t] * session.r[t];
      steps += 1.0;
    }
  }
  if (inputs.count() == 0.0) return {};
  return {inputs.root_mean_square(), inputs.count() / steps, std::sqrt(squares / steps)};
}

// Terms that ran away, the farthest by name, and those that are open otherwise.
void judge_sizes(const std::vector<double>& log_odds, RunResult& result) {
  std::vector<std::string> open;
  std::size_t away = 0;
  std::size_t farthest = 0;
  const auto moved = [&](std::size_t p) { return result.estimates[p].effect; };
  for (std::size_t p = 0; p < log_odds.size(); ++p)
    result.estimates[p].effect = std::abs(result.estimates[p].value) * log_odds[p];
  for (std::size_t p = 0; p < log_odds.size(); ++p) {
    const Estimate& e = result.estimates[p];
    if (moved(p) > moved(farthest)) farthest = p;
    if (moved(p) > kMostPlausible) {
      ++away;
    } else if (e.standard_error * log_odds[p] > kMostPlausible) {
      open.push_back(fmt::format("{} ({:.4g} +- {:.2g})", e.name, e.value, e.standard_error));
    }
  }
  if (away > 0) {
    const std::string others =
        away > 1 ? fmt::format(", and {} with it", counted(away - 1, "other term")) : "";
    add_note(result, "ran_away",
             {{"term", result.estimates[farthest].name},
              {"estimate", fmt::format("{:.4g}", result.estimates[farthest].value)},
              {"others", others},
              {"size", fmt::format("{:.2g}", moved(farthest))}});
  }
  if (!open.empty()) add_note(result, "open", {{"terms", first_of(open)}});
}

void judge_bounds(RunResult& result) {
  for (const Estimate& e : result.estimates) {
    if (e.status != "at bound") continue;
    if (e.value == 0.0) add_note(result, "at_zero_bound", {{"term", e.name}});
    if (e.value != 0.0)
      add_note(result, "at_bound", {{"term", e.name}, {"estimate", fmt::format("{:.4g}", e.value)}});
  }
}

void judge_sample(const std::optional<Scores>& scores, RunResult& result) {
  if (!scores) return;
  std::size_t sessions = 0;
  std::size_t lost = 0;
  std::size_t unscored = 0;
  const auto look_at = [&](const SessionScores& of) {
    const auto count = [&](auto&& is) {
      return static_cast<std::size_t>(std::ranges::count_if(of.sessions, is));
    };
    sessions = std::max(sessions, of.sessions.size());
    lost = std::max(lost, count([](double score) { return std::isinf(score); }));
    unscored = std::max(unscored, count([](double score) { return std::isnan(score); }));
  };
  if (scores->r2_weights) look_at(*scores->r2_weights);
  for (const auto& [null, percent] : scores->percent_deviance) look_at(percent);
  const auto some = [&](std::size_t n) { return fmt::format("{} of {}", n, counted(sessions, "session")); };
  if (lost > 0) add_note(result, "lost_sessions", {{"sessions", some(lost)}, {"sample", scores->sample}});
  if (unscored > 0) add_note(result, "unscored", {{"sessions", some(unscored)}, {"sample", scores->sample}});
  const auto coin = scores->percent_deviance.find("coin_flip");
  if (coin == scores->percent_deviance.end()) return;
  std::vector<double> percents = coin->second.sessions;
  std::erase_if(percents, [](double percent) { return std::isnan(percent); });
  const double mean =
      std::accumulate(percents.begin(), percents.end(), 0.0) / static_cast<double>(percents.size());
  if (!std::isfinite(mean) || mean >= 0.0) return;
  const double nats = std::log(static_cast<double>(std::max<std::size_t>(2, result.training_shares.size())));
  add_note(result, "worse_than_coin_flip",
           {{"sample", scores->sample},
            {"nats", fmt::format("{:.3g}", nats * (1.0 - mean / 100.0))},
            {"coin", fmt::format("{:.3g}", nats)}});
}

}  // namespace

std::vector<double> log_odds_by_term(const Objective& objective) {
  const auto* taylor = objective.model().rule.as<TaylorRule>();
  if (taylor == nullptr) return {};
  const LearnedFrom data = learned_from(objective.data());
  const Network& network = objective.model().network;
  double readout = 0.0;
  for (const double b : network.readout) readout += std::abs(b);
  if (network.readout.empty()) readout = 1.0;
  const double log_odds_a_weight = data.x * data.inputs * readout;
  std::vector<double> sizes;
  for (const Term& term : taylor->terms()) {
    const double change = network.eta * std::pow(data.x, term.x) * std::pow(data.r, term.r);
    sizes.push_back(log_odds_a_weight == 0.0 ? 0.0 : change * std::pow(log_odds_a_weight, 1 - term.w));
  }
  return sizes;
}

void judge_estimates(const Estimation& estimation, const Curvature* curvature, RunResult& result) {
  if (curvature != nullptr && curvature->held) add_note(result, "weights_held");
  judge_sizes(log_odds_by_term(estimation.objective), result);
  judge_bounds(result);
  for (const Estimate& e : result.history) {
    if (e.name.ends_with(" rate") || !(e.standard_error > kOpenCovariate)) continue;
    add_note(result, "covariate_open",
             {{"covariate", e.name},
              {"estimate", fmt::format("{:.3g}", e.value)},
              {"error", fmt::format("{:.2g}", e.standard_error)}});
  }
}

void judge_scores(RunResult& result) {
  judge_sample(result.simulated, result);
  if (result.command != "evaluate") judge_sample(result.in_sample, result);
  judge_sample(result.held_out, result);
}

void judge_state(RunResult& result) {
  for (const char* state : {"diverged", "interrupted", "iteration limit"}) {
    std::string id = state;
    std::ranges::replace(id, ' ', '_');
    if (result.state == state) add_note(result, id);
  }
}

}  // namespace synfer
