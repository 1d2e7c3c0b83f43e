#include "synfer/analysis/analysis.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <sstream>

#include "synfer/analysis/animal_model.h"
#include "synfer/analysis/assumptions.h"
#include "synfer/analysis/certainty.h"
#include "synfer/analysis/conclusions.h"
#include "synfer/analysis/cross_validate.h"
#include "synfer/analysis/history_result.h"
#include "synfer/analysis/mlp_reading.h"
#include "synfer/analysis/predictive_check.h"
#include "synfer/analysis/result_check.h"
#include "synfer/analysis/reward_notes.h"
#include "synfer/analysis/sample.h"
#include "synfer/analysis/scoring.h"
#include "synfer/analysis/structure_conclusions.h"
#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/inventory.h"
#include "synfer/evaluation/deviance.h"
#include "synfer/files/table.h"
#include "synfer/plan/carried_sessions.h"
#include "synfer/plan/fit_data.h"
#include "synfer/plan/machine.h"
#include "synfer/plan/parameter_settings.h"
#include "synfer/settings/reading_settings.h"

namespace synfer {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<SimulatedSession> simulated(const Configuration& c, const TrueRule& truth, int count,
                                        const std::string& prefix) {
  try {
    return simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, count, prefix);
  } catch (const NonFiniteError& error) {
    throw ConfigurationError("truth.rule", error.what());
  }
}

std::vector<Session> recorded_part(const std::vector<SimulatedSession>& simulated) {
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulated) sessions.push_back(one.session);
  return sessions;
}

std::string trace_csv(const Estimation& estimation) {
  const FitSummary& summary = estimation.fit;
  std::ostringstream head;
  TableWriter names(head);
  names.text("start").text("done").text("loss");
  for (const std::string& name : estimation.objective.parameter_names()) names.text(name);
  names.end_row();
  std::string text = head.str();
  // A start under which weights overflow has a loss that no table can hold: a missing one.
  const auto cell = [](double v) { return std::isfinite(v) ? shortest(v) : std::string(); };
  const auto add = [&](std::size_t start, const OptimiserState& state) {
    for (const TraceRow& row : state.trace) {
      text += fmt::format("{},{},{}", start, row.done, cell(row.loss));
      for (const double v : estimation.scale.in_unit(row.parameters)) text += fmt::format(",{}", cell(v));
      text += "\n";
    }
  };
  for (std::size_t n = 0; n < summary.progress.finished.size(); ++n) add(n, summary.progress.finished[n].at);
  if (summary.progress.current) add(summary.progress.start, *summary.progress.current);
  return text;
}

RunResult result_of(const Configuration& c, DataOrigin origin, const std::string& command,
                    const Estimation& estimation, const std::function<bool()>& interrupted) {
  const Objective& objective = estimation.objective;
  const FitSummary& summary = estimation.fit;
  const std::optional<TermSearch>& search = estimation.search;
  RunResult result;
  result.command = command;
  result.instruction_set = instruction_sets().front();
  result.precision = c.run.precision;
  result.state = to_string(summary.state);
  result.advice = summary.advice;
  result.rule_kind = c.rule.kind;
  result.reward_term = reward_term_in_words(c);
  result.search = search;
  result.aliases = estimation.aliases;
  for (const Term& term : estimation.unseen) result.unseen.push_back(to_string(term));
  const std::vector<double>& parameters = summary.best.parameters;
  const std::vector<std::string> names = objective.parameter_names();
  for (std::size_t p = 0; p < objective.rule_parameters(); ++p) {
    result.estimates.push_back({.name = names[p], .value = parameters[p]});
  }
  for (std::size_t p = objective.rule_parameters(); p < names.size() && names[p].starts_with("log "); ++p) {
    const std::string name = names[p].substr(4);
    const bool of_weights = name != "noise_sd";  // as settings mean it, of one weight
    const double alike = of_weights ? std::sqrt(neurons_in_one(c, origin)) : 1.0;
    result.others.push_back({.name = name, .value = std::exp(parameters[p]) * alike});
  }
  add_history(objective, parameters, result);
  if (const MlpRule* mlp = mlp_of(objective.model().rule)) result.input_scale = mlp->options().input_scale;
  if (search) result.advice = fmt::format("terms selected by {} fits; {}", search->fits, summary.advice);
  result.loss = summary.best.loss;
  result.observations = objective.observations();
  result.start_losses = summary.start_losses;
  result.best_start = summary.best_start;
  if (summary.reached > 0) {
    const std::size_t starts = summary.start_losses.size();
    result.optimum = {starts, summary.reached, {}, summary.has_steps};
    for (const Optimum& other : summary.others) {
      const std::span values = std::span(other.parameters).first(objective.rule_parameters());
      result.optimum->others.push_back({{values.begin(), values.end()}, other.nats, other.starts});
    }
    if (starts > 1) result.advice += fmt::format("; {} of {} starts ended here", summary.reached, starts);
  }
  if (c.fit.observe != "behavior" && summary.state != FitState::kDiverged)
    result.sigma = objective.sigma(parameters);
  using InitialWeights = ObjectiveOptions::InitialWeights;
  if (objective.options().initial_weights != InitialWeights::kFixed) {
    const bool own = objective.options().initial_weights == InitialWeights::kEstimatedPerSession;
    const std::size_t count = own ? objective.sessions() : 1;
    for (std::size_t s = 0; s < count; ++s)
      result.initial_weights.push_back(objective.initial_weights(parameters, s));
  }
  if (summary.state != FitState::kInterrupted && summary.state != FitState::kDiverged &&
      !state_certainty(c, origin, estimation, interrupted, result)) {
    result.state = to_string(FitState::kInterrupted);
    result.advice = "interrupted before its intervals were known; resume the run to go on";
  }
  return result;
}

std::size_t scored_choices(const std::vector<EncodedSession>& sessions) {
  std::size_t choices = 0;
  for (const EncodedSession& session : sessions) choices += session.scored_choices();
  return choices;
}

// What is wrong with starts and bounds shows before anything runs.
void check_rule(const Configuration& c, DataOrigin origin) {
  const Rule rule = fitted_rule(c);
  starts_of(c, rule);
  bounds_of(c, rule, origin, c.stimulus.mean);
}

// Scores on what refits never saw.
void add_cross_validation(const Configuration& c, const std::vector<Session>& sessions,
                          const AnalysisHooks& hooks, RunResult& result) {
  CrossValidationHooks during;
  during.interrupted = hooks.during.interrupted;
  during.after_fold = [&](long done, long total) { hooks.after_fold(done, total, result.loss); };
  CrossValidation found = cross_validate(c, sessions, during);
  if (!hooks.during.interrupted()) result.cross_validation = std::move(found);
}

void add_predictive_check(const Configuration& c, const std::vector<Session>& sessions, int draws,
                          const AnalysisHooks& hooks, RunResult& result) {
  if (result.state == to_string(FitState::kDiverged)) return;
  PredictiveCheck check = predictive_check(c, result, sessions, draws, hooks.during.interrupted);
  if (!hooks.during.interrupted()) result.predictive_check = std::move(check);
}

void add_assumptions(const Configuration& c, const std::vector<Session>& sessions, const AnalysisHooks& hooks,
                     RunResult& result) {
  Assumptions found = check_assumptions(c, result, sessions, hooks.during.interrupted);
  if (!hooks.during.interrupted()) result.assumptions = std::move(found);
}

// All that is asked of a fit beside its scores; interrupted, the whole run is.
void add_checks(const Configuration& c, const std::vector<Session>& sessions, const AnalysisHooks& hooks,
                const std::optional<SearchedStructures>& structures, RunResult& result) {
  const auto interrupted = [&](const char* what) {
    if (!hooks.during.interrupted()) return false;
    result.state = to_string(FitState::kInterrupted);
    result.advice = fmt::format("the rule is fitted, but {} was interrupted; resume the run to go on", what);
    return true;
  };
  if (structures) result.structures = *structures;
  if (structures && result.state != to_string(FitState::kDiverged)) {
    conclude_structures(result, sessions, hooks.during.interrupted, structures->settings, *result.structures);
    if (interrupted("its comparison among structures")) return;
  }
  if (scheme_of(c, sessions) != "none") {
    add_cross_validation(c, sessions, hooks, result);
    if (interrupted("cross-validation")) return;
  }
  if (const int draws = c.evaluation.predictive_draws.value_or(0); draws > 0) {
    add_predictive_check(c, sessions, draws, hooks, result);
    if (interrupted("its predictive check")) return;
  }
  if (c.evaluation.assumptions) {
    add_assumptions(c, sessions, hooks, result);
    interrupted("the same under other assumptions");
  }
}

Analysis ended(RunResult result, const Estimation& estimation, ReplayTables replays,
               Clock::time_point began) {
  add_conclusions(result);
  result.seconds = seconds_since(began);
  return {std::move(result), estimation.fit.progress, trace_csv(estimation), std::move(replays)};
}

}  // namespace

Simulation simulate_sessions(const Configuration& c, const std::string& prefix) {
  const MachineLimits limits(c);
  TrueRule truth = true_rule(c);
  std::vector<SimulatedSession> sessions = simulated(c, truth, c.data.sessions, prefix);
  std::string text = truth_text(c, truth);
  return {std::move(sessions), std::move(truth), std::move(text)};
}

Analysis recover_rule(const Configuration& c, FitProgress progress, const AnalysisHooks& hooks) {
  const Clock::time_point began = Clock::now();
  const MachineLimits limits(c);
  refuse_format(c);
  const TrueRule truth = true_rule(c);
  check_rule(c, DataOrigin::simulated);
  const std::vector<SimulatedSession> training = simulated(c, truth, c.data.sessions, "training");
  const std::vector<SimulatedSession> fresh = simulated(c, truth, c.data.evaluation_sessions, "evaluation");
  ReplayData data = as_in_fit(c, training);
  std::vector<double> shares;
  if (has_choices(data.sessions)) shares = choice_shares(data.sessions).probability;
  const std::size_t fitted_choices = scored_choices(data.sessions);
  const Objective objective = objective_of(c, DataOrigin::simulated, std::move(data));
  check_uncertainty(c, DataOrigin::simulated, objective.data());

  hooks.before_fit();
  const Estimation estimation =
      estimate(c, DataOrigin::simulated, objective, std::move(progress), hooks.during);
  hooks.during.after_step(estimation.fit.progress, 0);
  RunResult result = result_of(c, DataOrigin::simulated, "recover", estimation, hooks.during.interrupted);
  result.training_shares = shares;
  result.fitted_choices = fitted_choices;
  result.truth = truth_text(c, truth);
  result.inventory = inspect(recorded_part(training));
  for (const SimulatedSession& one : training) result.trials_at_limit += one.trials_at_limit;
  ReplayTables replays;
  if (result.state != to_string(FitState::kInterrupted)) {
    result.simulated = recovery_scores(c, truth, result, fresh);
    result.simulated->sample = "fresh simulated sessions";
    judge_reading(c, DataOrigin::simulated, as_in_fit(c, training), kFittedSample, true, result);
    judge_reading(c, DataOrigin::simulated, as_in_fit(c, fresh), "fresh", false, result);
    judge_reading(c, truth, as_simulated(c, fresh), result);
    replays = replay_tables(c, DataOrigin::simulated, result, recorded_part(training), as_in_fit(c, training),
                            true);
  }
  return ended(std::move(result), estimation, std::move(replays), began);
}

Analysis fit_sessions(const Configuration& c, const std::vector<Session>& sessions, FitProgress progress,
                      const AnalysisHooks& hooks, const std::optional<SearchedStructures>& structures) {
  const Clock::time_point began = Clock::now();
  const MachineLimits limits(c);
  check_rule(c, DataOrigin::recorded);
  check_session_order(c, sessions);
  RecordedData data = split_recorded(c, sessions);
  std::vector<double> shares;
  if (has_choices(data.training.sessions)) shares = choice_shares(data.training.sessions).probability;
  const Objective objective = objective_of(c, DataOrigin::recorded, data.training);
  check_uncertainty(c, DataOrigin::recorded, objective.data());

  hooks.before_fit();
  const Estimation estimation =
      estimate(c, DataOrigin::recorded, objective, std::move(progress), hooks.during);
  hooks.during.after_step(estimation.fit.progress, 0);
  RunResult result = result_of(c, DataOrigin::recorded, "fit", estimation, hooks.during.interrupted);
  result.training_shares = std::move(shares);
  result.inventory = inspect(sessions);
  if (!c.data.carry_weights && result.inventory.animals < result.inventory.sessions) {
    add_note(result, "weights_start_anew");
  }
  if (const auto& unusual = result.inventory.unusual; !unusual.empty()) {
    add_note(result, "unusual_data",
             {{"things", unusual.size() == 1 ? "one thing is" : fmt::format("{} things are", unusual.size())},
              {"first", unusual.front()}});
  }
  if (const auto far = far_rewards(c, sessions)) {
    add_note(result, "far_rewards",
             {{"mean", fmt::format("{:.3g}", far->mean)}, {"sd", fmt::format("{:.2g}", far->sd)}});
  }
  ReplayTables replays;
  if (result.state != to_string(FitState::kInterrupted)) {
    const ReplayData& whole = data.held_out.sessions.empty() ? data.training : data.held_out;
    replays = replay_tables(c, DataOrigin::recorded, result, sessions, whole, true);
    result.fitted_choices = scored_choices(data.training.sessions);
    result.held_out_choices = scored_choices(data.held_out.sessions);
    result.fitted_sessions = fitted_sessions(sessions);
    judge_reading(c, DataOrigin::recorded, data.training, kFittedSample, true, result);
    judge_reading(c, DataOrigin::recorded, data.held_out, "held out in time", true, result);
    result.in_sample = deviance_scores(c, DataOrigin::recorded, result, std::move(data.training), true);
    result.in_sample->sample = "in sample";
    if (!data.held_out.sessions.empty()) {
      result.held_out = deviance_scores(c, DataOrigin::recorded, result, std::move(data.held_out), true);
      result.held_out->sample = "held out in time";
    }
    add_checks(c, sessions, hooks, structures, result);
  }
  return ended(std::move(result), estimation, std::move(replays), began);
}

Analysis evaluate_sessions(const Configuration& c, RunResult fitted, const std::string& name,
                           const std::vector<Session>& sessions, std::vector<DataFile> files) {
  const Clock::time_point began = Clock::now();
  const MachineLimits limits(c);
  if (fitted.state == to_string(FitState::kInterrupted)) {
    throw ConfigurationError(name, "its fit was interrupted; resume it first");
  }
  rule_of(c, fitted);  // whether the settings describe it
  check_fitted(c, DataOrigin::recorded, fitted, sessions.front().offers);
  check_order_alone(c, sessions);
  RunResult result = std::move(fitted);
  result.held_out = deviance_scores(c, DataOrigin::recorded, result, unseen(c, sessions), false);
  result.held_out->sample = "sessions given to it";
  if (result.held_out->percent_deviance.empty()) {
    throw ConfigurationError("fit.observe", "the data or the run hold no choices to score");
  }
  const Sample sample = sample_of(result.fitted_sessions, sessions);
  if (!result.fitted_sessions.empty()) result.held_out->sample = in_words(sample);
  result.advice = fmt::format("the rule of {} on {}", name, counted(sessions.size(), "session"));
  if (sample.fitted > 0) {
    add_note(result, "evaluated_fitted",
             {{"sessions", fmt::format("{} of {}", sample.fitted, counted(sessions.size(), "session"))}});
  }
  result.files = std::move(files);
  result.command = "evaluate";
  result.instruction_set = instruction_sets().front();
  result.precision = c.run.precision;
  result.inventory = inspect(sessions);
  result.observations = scored_choices(unseen(c, sessions).sessions);
  add_conclusions(result);
  ReplayTables replays = replay_tables(c, DataOrigin::recorded, result, sessions, unseen(c, sessions), false);
  result.seconds = seconds_since(began);
  return {std::move(result), {}, {}, std::move(replays)};
}

}  // namespace synfer
