#include "synfer/analysis/rivals.h"

#include <algorithm>

#include "synfer/analysis/estimation.h"
#include "synfer/analysis/unseen_nll.h"
#include "synfer/data/shuffled_rewards.h"
#include "synfer/evaluation/deviance.h"
#include "synfer/inference/q_learning.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/cross_validation.h"

namespace synfer {
namespace {

constexpr DataOrigin kOrigin = DataOrigin::recorded;

using Scores = std::vector<double>;
using Interrupted = std::function<bool()>;

Estimation estimated(const Configuration& c, const std::vector<EncodedSession>& sessions,
                     const Interrupted& stop) {
  EstimationHooks hooks;
  hooks.interrupted = stop;
  return estimate(c, kOrigin, objective_of(c, kOrigin, {sessions, assumed_weights(c, sessions)}), {}, hooks);
}

Scores scores_of(const Configuration& c, const Estimation& estimation,
                 const std::vector<EncodedSession>& scored) {
  return unseen_nll(c, estimation.objective, estimation.fit.best.parameters, scored);
}

Scores scores_of(const std::vector<EncodedSession>& scored,
                 const std::function<ChoiceShares(const EncodedSession&)>& shares) {
  Scores scores;
  for (const EncodedSession& session : scored) scores.push_back(choice_nll(session, shares(session)));
  return scores;
}

// The same settings for a rule that is 0: all else is fitted as before.
Configuration without_rule(Configuration c) {
  c.rule = {};
  c.rule.terms = {"1"};
  c.rule.frozen = {"1"};
  c.rule.bounds = Strings{};
  c.fit.start = "zeros";
  c.fit.starts = 1;
  c.fit.method = "fisher";
  c.run.precision = "double";
  c.fit.penalty.kind = "none";
  c.fit.max_iterations = FisherOptions{}.max_iterations;
  c.selection.search = "none";
  return c;
}

bool drifts(const Configuration& c) {
  return stimulus_in_fit(c, kOrigin) == "filtered" && (c.belief.walk_sd > 0 || c.belief.estimate_walk_sd);
}

bool wanted(const Configuration& c, const char* rival) {
  return std::ranges::find(c.evaluation.rivals, rival) != c.evaluation.rivals.end();
}

std::vector<EncodedSession> shuffled(const Configuration& c, const RivalData& data, const Fold& fold,
                                     std::uint64_t draw) {
  const std::vector<ReplayPlace> places = replay_places(c, data.recorded);
  std::vector<Session> sessions;
  for (std::size_t s = 0; s < data.recorded.size(); ++s) {
    const StepRange& scored = fold.scored[places[s].session];
    std::vector<std::size_t> cuts;
    for (const std::size_t cut : {scored.from, scored.to}) {
      if (cut > places[s].offset) cuts.push_back(cut - places[s].offset);
    }
    sessions.push_back(shuffled_rewards(data.recorded[s], c.seed, draw, cuts));
  }
  return replayed_sessions(c, sessions);
}

Scores shuffled_scores(const Configuration& c, const RivalData& data, const Fold& fold,
                       const Estimation& estimation, const Interrupted& stop) {
  const Rule& rule = estimation.objective.model().rule;
  std::vector<std::vector<double>> starts = {estimation.scale.in_scale(estimation.fit.best.parameters)};
  Scores sum;
  for (int draw = 0; draw < c.evaluation.shuffles && !stop(); ++draw) {
    const std::vector<EncodedSession> sessions = shuffled(c, data, fold, static_cast<std::uint64_t>(draw));
    std::vector<EncodedSession> fitted = fitted_part(fold, sessions);
    std::vector<Matrix> initial = assumed_weights(c, fitted);
    const Objective objective(estimation.objective.model(), std::move(fitted), std::move(initial),
                              objective_options(c, kOrigin));
    const Objective in_scale = objective.in_scale(estimation.data_scale);
    if (draw == 0 && c.rule.kind == "taylor") {
      std::vector<double> near_zero(rule.parameters(), start_sd(c));
      for (std::size_t p = 0; p < near_zero.size(); ++p) {
        if (estimation.frozen[p] != 0) near_zero[p] = starts.front()[p];
      }
      starts.push_back(in_scale.start_from(near_zero));
    }
    FitHooks hooks;
    hooks.interrupted = stop;
    const FitSummary refit = fit({in_scale, penalty_of(c), estimation.frozen, fit_log_interval(c),
                                  estimation.scale.in_scale(estimation.bounds)},
                                 method_for(c, in_scale), starts, {}, hooks);
    const Scores scores = unseen_nll(c, objective, estimation.scale.in_unit(refit.best.parameters),
                                     scored_part(fold, sessions));
    sum.resize(scores.size());
    for (std::size_t s = 0; s < sum.size(); ++s) sum[s] += scores[s];
  }
  for (double& score : sum) score /= c.evaluation.shuffles;
  return sum;
}

bool has_history(const Configuration& c) {
  return !c.history.covariates.value_or(Strings{}).empty() || c.history.session_bias;
}

// A fit without covariates is to beat those that it could have had.
Scores history_scores(const Configuration& c, const RivalData& data, const Estimation& estimation,
                      const std::vector<EncodedSession>& fitted, const std::vector<EncodedSession>& scored) {
  if (has_history(c)) return unseen_nll_of_history(c, fit_history_only(estimation.objective), scored);
  Configuration all = c;
  all.history.covariates.reset();
  all = resolved_for(all, data.recorded);
  const Objective objective = objective_of(all, kOrigin, {fitted, assumed_weights(all, fitted)});
  return unseen_nll_of_history(all, fit_history_only(objective), scored);
}

// Sessions as Q-learning sees them, those that are replayed as one as one.
std::vector<Session> joined(const Configuration& c, const std::vector<Session>& recorded) {
  const std::vector<ReplayPlace> places = replay_places(c, recorded);
  std::vector<Session> all;
  for (std::size_t s = 0; s < recorded.size(); ++s) {
    if (places[s].session == all.size()) {
      all.push_back(recorded[s]);
      continue;
    }
    append_steps(all[places[s].session], recorded[s]);
  }
  for (Session& session : all) session.recordings.clear();
  return all;
}

Scores q_learning_scores(const Configuration& c, const RivalData& data, const Fold& fold, LearningRate rate,
                         const Interrupted& stop) {
  const std::vector<Session> sessions = joined(c, data.recorded);
  std::vector<ValueSession> fitted;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (fold.fitted[s] > 0) fitted.push_back(value_session(truncated(sessions[s], fold.fitted[s])));
  }
  const QLearning learner(std::move(fitted), rate);
  const FisherSummary fit = fit_q_learning(learner, stop);
  Scores scores;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (fold.scored[s].to == 0) continue;
    const QLearning one({value_session(truncated(sessions[s], fold.scored[s].to), fold.scored[s].from)}, rate,
                        learner.reward_unit());
    if (one.observations() > 0) scores.push_back(one.nll(fit.at.parameters, {}));
  }
  return scores;
}

std::string rule_text(const Estimation& estimation) {
  const auto* taylor = estimation.objective.model().rule.as<TaylorRule>();
  if (taylor == nullptr) return "an MLP";
  return to_string(to_expression(
      *taylor, std::span(estimation.fit.best.parameters).first(estimation.objective.rule_parameters())));
}

}  // namespace

FoldScores fit_and_score(const Configuration& c, const RivalData& data, const Fold& fold,
                         const std::function<bool()>& interrupted) {
  if (interrupted()) return {};
  const std::vector<EncodedSession> fitted = fitted_part(fold, data.replayed);
  const std::vector<EncodedSession> scored = scored_part(fold, data.replayed);
  const Estimation estimation = estimated(c, fitted, interrupted);
  FoldScores found;
  found.rule = rule_text(estimation);
  for (const std::string& model : models_of(c)) {
    Scores& nll = found.nll[model];
    if (model == kFit) nll = scores_of(c, estimation, scored);
    if (model == "coin_flip") nll = scores_of(scored, [](const auto& s) { return coin_flip(s.offers); });
    if (model == "training_rate") {
      const ChoiceShares shares = choice_shares(fitted);
      nll = scores_of(scored, [&](const auto&) -> const ChoiceShares& { return shares; });
    }
    if (model == "own_rate") nll = scores_of(scored, [](const auto& s) { return choice_shares({s}); });
    if (model == "without_plasticity") {
      nll = unseen_nll_without_plasticity(c, estimation.objective, estimation.fit.best.parameters, scored);
    }
    if (model == "history_only") nll = history_scores(c, data, estimation, fitted, scored);
    if (model == "drift_only") {
      const Configuration walk = without_rule(c);
      nll = scores_of(walk, estimated(walk, fitted, interrupted), scored);
    }
    if (model == "shuffled_rewards") nll = shuffled_scores(c, data, fold, estimation, interrupted);
    if (model == "q_learning") nll = q_learning_scores(c, data, fold, LearningRate::kConstant, interrupted);
    if (model == "pearce_hall")
      nll = q_learning_scores(c, data, fold, LearningRate::kAssociability, interrupted);
    if (interrupted()) return {};
  }
  return found;
}

std::vector<std::string> models_of(const Configuration& c) {
  std::vector<std::string> models = {kFit, "coin_flip", "training_rate", "own_rate", "without_plasticity"};
  if (wanted(c, "history_only") && fit_method(c) != "adam") models.emplace_back("history_only");
  if (wanted(c, "drift_only") && drifts(c)) models.emplace_back("drift_only");
  if (wanted(c, "shuffled_rewards")) models.emplace_back("shuffled_rewards");
  if (wanted(c, "q_learning")) models.emplace_back("q_learning");
  if (wanted(c, "pearce_hall")) models.emplace_back("pearce_hall");
  return models;
}

}  // namespace synfer
