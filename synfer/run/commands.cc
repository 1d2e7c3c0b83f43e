#include "synfer/run/commands.h"

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/info.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/read.h"
#include "synfer/data/write.h"
#include "synfer/evaluation/deviance.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/run/certainty.h"
#include "synfer/run/checkpoint.h"
#include "synfer/run/cross_validate.h"
#include "synfer/run/estimation.h"
#include "synfer/run/experiment.h"
#include "synfer/run/fit_data.h"
#include "synfer/run/held_out_table.h"
#include "synfer/run/history_result.h"
#include "synfer/run/interruption.h"
#include "synfer/run/progress.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/scoring.h"
#include "synfer/run/yaml_reader.h"
#include "synfer/run/yaml_writer.h"

namespace synfer {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr const char* kRunFile = "run.json";
const SetKeys kSimulatedOnly = {"data.sessions", "data.evaluation_sessions"};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

tbb::global_control threads_of(const Configuration& c) {
  const int threads = c.run.threads.value_or(tbb::info::default_concurrency());
  return {tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)};
}

// What a later command needs to know of a run besides its settings.
void write_origin(RunFolder& folder, const Configuration& c, const std::string& command,
                  const std::vector<DataFile>& files, const std::vector<std::string>& paths) {
  folder.write(kConfigurationFile, to_yaml(c, paths.empty() ? SetKeys{} : kSimulatedOnly));
  Json json = {
      {"schema_version", 1}, {"command", command}, {"data", Json::array()}, {"files", Json::array()}};
  for (const std::string& path : paths) json["data"].push_back(std::filesystem::absolute(path).string());
  for (const DataFile& file : files) {
    json["files"].push_back(
        {{"path", std::filesystem::absolute(file.path).string()}, {"sha256", file.sha256}});
  }
  folder.write(kRunFile, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::vector<SimulatedSession> simulated_sessions(const Configuration& c, const TrueRule& truth, int count,
                                                 const std::string& prefix) {
  try {
    return simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, count, prefix);
  } catch (const NonFiniteError& error) {
    throw ConfigurationError("truth.rule", error.what());
  }
}

std::string truth_text(const Configuration& c, const TrueRule& truth) {
  const auto* taylor = truth.rule.as<TaylorRule>();
  if (taylor != nullptr) return to_string(to_expression(*taylor, truth.theta));
  if (c.truth.kind == "threshold") return "x*h(r) - 0.05*w, h(r) = 0.5 sign(r) where |r| > 0.3, 0 elsewhere";
  return fmt::format("an MLP of {} with random parameters of sd {}", join(c.truth.inputs, ", "), c.truth.sd);
}

Inventory inventory_of(const std::vector<SimulatedSession>& simulated) {
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulated) sessions.push_back(one.session);
  return take_inventory(sessions);
}

std::string trace_csv(const FitSummary& summary, const Objective& objective) {
  std::string text = "start,done,loss";
  for (const std::string& name : objective.parameter_names()) text += fmt::format(",{}", name);
  text += "\n";
  const auto add = [&](std::size_t start, const OptimiserState& state) {
    for (const TraceRow& row : state.trace) {
      text += fmt::format("{},{},{}", start, row.done, shortest(row.loss));
      for (const double v : row.parameters) text += fmt::format(",{}", shortest(v));
      text += "\n";
    }
  };
  for (std::size_t n = 0; n < summary.progress.finished.size(); ++n) add(n, summary.progress.finished[n].at);
  if (summary.progress.current) add(summary.progress.start, *summary.progress.current);
  return text;
}

// The fit with its progress line and its saved states.
Estimation run_fit(const Configuration& c, DataOrigin origin, const Objective& objective, RunFolder& folder,
                   FitProgress progress) {
  ProgressOptions shown;
  shown.show = c.run.progress;
  const std::string method = fit_method(c);
  shown.phase = method == "adam" ? "fit, epoch" : method == "lbfgs" ? "fit, evaluation" : "fit, step";
  Progress line(shown);
  shown.phase = "terms";
  Progress search(shown);
  Clock::time_point saved = Clock::now();
  EstimationHooks hooks;
  hooks.interrupted = interrupted;
  hooks.after_size = [&](std::size_t terms, int most, double value) {
    search.update(static_cast<long>(terms), most, value);
  };
  hooks.after_step = [&](const FitProgress& at, long total) {
    const long done_before = static_cast<long>(at.start) * total;
    line.update(done_before + at.current->done, total * fit_starts(c), at.current->loss);
    if (seconds_since(saved) < c.run.checkpoint_seconds) return;
    folder.write(kCheckpointFile, to_checkpoint(at));
    saved = Clock::now();
  };
  Estimation estimation = estimate(c, origin, objective, std::move(progress), hooks);
  search.finish();
  line.finish();
  return estimation;
}

RunResult result_of(const Configuration& c, DataOrigin origin, const std::string& command,
                    const Estimation& estimation) {
  const auto& [objective, summary, frozen, bounds, search, aliases] = estimation;
  RunResult result;
  result.command = command;
  result.state = to_string(summary.state);
  result.advice = summary.advice;
  result.rule_kind = c.rule.kind;
  result.search = search;
  result.aliases = aliases;
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
  if (c.fit.observe != "behavior" && summary.state != FitState::kDiverged)
    result.sigma = objective.sigma(parameters);
  if (c.network.initial_weights.kind == "estimated") {
    const std::size_t count = c.network.initial_weights.per_session ? objective.sessions() : 1;
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

// Writes what a run found. An interrupted run keeps its state; a finished one needs it no more.
void write_result(RunFolder& folder, RunResult& result, const FitSummary& summary, const Objective& objective,
                  Clock::time_point began) {
  const bool cut_short = result.state == to_string(FitState::kInterrupted);
  warn_of_missing_scores(result);
  result.seconds = seconds_since(began);
  folder.write("trace.csv", trace_csv(summary, objective));
  if (cut_short) folder.write(kCheckpointFile, to_checkpoint(summary.progress));
  folder.write(kResultFile, to_json(result));
  if (!cut_short) folder.remove(kCheckpointFile);
  folder.keep();
}

// What is wrong with starts and bounds shows before anything runs.
void check_rule(const Configuration& c, DataOrigin origin) {
  const Rule rule = fitted_rule(c);
  starts_of(c, rule);
  bounds_of(c, rule, origin);
}

RunResult recover_into(const Configuration& c, FitProgress progress,
                       const std::function<RunFolder(const Configuration&)>& open) {
  const Clock::time_point began = Clock::now();
  const tbb::global_control threads = threads_of(c);
  const TrueRule truth = true_rule(c);
  check_rule(c, DataOrigin::simulated);
  const std::vector<SimulatedSession> training = simulated_sessions(c, truth, c.data.sessions, "training");
  const std::vector<SimulatedSession> fresh =
      simulated_sessions(c, truth, c.data.evaluation_sessions, "evaluation");
  ReplayData data = as_in_fit(c, training);
  RunResult result;
  std::vector<double> shares;
  if (has_choices(data.sessions)) shares = choice_shares(data.sessions).probability;
  const Rule rule = fitted_rule(c, DataOrigin::simulated, data.sessions);
  const Objective objective({fitted_network(c, DataOrigin::simulated), rule}, std::move(data.sessions),
                            std::move(data.initial), objective_options(c, DataOrigin::simulated));
  check_uncertainty(c, DataOrigin::simulated, objective.data());

  RunFolder folder = open(c);
  const Estimation estimation = run_fit(c, DataOrigin::simulated, objective, folder, std::move(progress));
  const FitSummary& summary = estimation.fit;
  result = result_of(c, DataOrigin::simulated, "recover", estimation);
  result.training_shares = shares;
  result.truth = truth_text(c, truth);
  result.inventory = inventory_of(training);
  for (const SimulatedSession& one : training) result.trials_at_limit += one.trials_at_limit;
  if (result.state != to_string(FitState::kInterrupted))
    result.simulated = recovery_scores(c, truth, result, fresh);
  write_result(folder, result, summary, estimation.objective, began);
  return result;
}

// Scores on what refits never saw, with a progress line; interrupted, the whole run is.
void add_cross_validation(const Configuration& c, const std::vector<Session>& sessions, FitSummary& summary,
                          RunResult& result) {
  ProgressOptions shown;
  shown.show = c.run.progress;
  shown.phase = "cross-validation, fold";
  Progress line(shown);
  CrossValidationHooks hooks;
  hooks.interrupted = interrupted;
  hooks.after_fold = [&](long done, long total) { line.update(done, total, summary.best.loss); };
  CrossValidation found = cross_validate(c, sessions, hooks);
  line.finish();
  if (!interrupted()) {
    result.cross_validation = std::move(found);
    return;
  }
  summary.state = FitState::kInterrupted;
  result.state = to_string(summary.state);
  result.advice = "the rule is fitted, but cross-validation was interrupted; resume the run to go on";
}

RunResult fit_into(const Configuration& c, const DataSet& set, FitProgress progress,
                   const std::function<RunFolder(const Configuration&)>& open) {
  const Clock::time_point began = Clock::now();
  const tbb::global_control threads = threads_of(c);
  check_rule(c, DataOrigin::recorded);
  RecordedData data = split_recorded(c, set.sessions);
  std::vector<double> shares;
  if (has_choices(data.training.sessions)) shares = choice_shares(data.training.sessions).probability;
  const Rule rule = fitted_rule(c, DataOrigin::recorded, data.training.sessions);
  const Objective objective({fitted_network(c, DataOrigin::recorded), rule}, data.training.sessions,
                            data.training.initial, objective_options(c, DataOrigin::recorded));
  check_uncertainty(c, DataOrigin::recorded, objective.data());

  RunFolder folder = open(c);
  Estimation estimation = run_fit(c, DataOrigin::recorded, objective, folder, std::move(progress));
  FitSummary& summary = estimation.fit;
  RunResult result = result_of(c, DataOrigin::recorded, "fit", estimation);
  result.training_shares = shares;
  result.inventory = take_inventory(set.sessions);
  result.files = set.files;
  if (result.state != to_string(FitState::kInterrupted)) {
    result.in_sample = deviance_scores(c, DataOrigin::recorded, result, std::move(data.training), true);
    if (!data.held_out.sessions.empty()) {
      result.held_out = deviance_scores(c, DataOrigin::recorded, result, std::move(data.held_out), true);
    }
    if (scheme_of(c, set.sessions) != "none") add_cross_validation(c, set.sessions, summary, result);
  }
  if (result.cross_validation) folder.write(kHeldOutFile, to_csv(*result.cross_validation));
  write_result(folder, result, summary, estimation.objective, began);
  return result;
}

DataSet read_for(const Configuration& c, const std::vector<std::string>& paths) {
  return read_data(paths, {c.data.format, c.data.columns, c.data.activity});
}

}  // namespace

Simulation simulate_run(const Configuration& c, const Destination& to) {
  const tbb::global_control threads = threads_of(c);
  const TrueRule truth = true_rule(c);
  const std::vector<SimulatedSession> simulated = simulated_sessions(c, truth, c.data.sessions, "session");
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, c, "simulate", {}, {});

  std::vector<Session> sessions;
  Json weights = Json::object();
  std::size_t at_limit = 0;
  for (const SimulatedSession& one : simulated) {
    sessions.push_back(one.session);
    const Matrix& m = one.initial_weights;
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
      weights[one.session.name].push_back(std::vector<double>(m.row(i).begin(), m.row(i).end()));
    }
    at_limit += one.trials_at_limit;
  }
  const Simulation made = {
      write_data(sessions, c.data.format, [&](const std::string& name) { return folder.claim(name); }),
      at_limit};
  const Json json = {{"schema_version", 1},
                     {"rule", truth_text(c, truth)},
                     {"parameters", truth.theta},
                     {"initial_weights", weights},
                     {"trials_at_limit", at_limit}};
  folder.write("truth.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  folder.keep();
  return made;
}

RunResult recover_run(const Configuration& c, const Destination& to) {
  return recover_into(resolved(c, DataOrigin::simulated), {}, [&](const Configuration& settings) {
    RunFolder folder = RunFolder::create(to.folder, to.overwrite);
    write_origin(folder, settings, "recover", {}, {});
    return folder;
  });
}

RunResult fit_run(const Configuration& c, const std::vector<std::string>& data, const Destination& to) {
  const DataSet set = read_for(c, data);
  return fit_into(resolved_for(resolved(c, DataOrigin::recorded), set.sessions), set, {},
                  [&](const Configuration& settings) {
                    RunFolder folder = RunFolder::create(to.folder, to.overwrite);
                    write_origin(folder, settings, "fit", set.files, data);
                    return folder;
                  });
}

RunResult evaluate_run(const Configuration& c, const std::string& run, const std::vector<std::string>& data,
                       const Destination& to) {
  const Clock::time_point began = Clock::now();
  const tbb::global_control threads = threads_of(c);
  RunResult result = from_json(RunFolder::open_existing(run, {kResultFile}).read(kResultFile));
  if (result.state == to_string(FitState::kInterrupted)) {
    throw ConfigurationError(run, "its fit was interrupted; resume it first");
  }
  rule_of(c, result);  // whether the settings describe it
  const DataSet set = read_for(c, data);
  result.held_out = deviance_scores(c, DataOrigin::recorded, result, unseen(c, set.sessions), false);
  if (result.held_out->percent_deviance.empty()) {
    throw ConfigurationError("fit.observe", "the data or the run hold no choices to score");
  }
  result.advice = fmt::format("the rule of {} on {} sessions that it has not seen", run, set.sessions.size());
  result.command = "evaluate";
  result.inventory = take_inventory(set.sessions);
  result.observations = result.inventory.choices;
  result.files = set.files;
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, c, "evaluate", set.files, data);
  result.seconds = seconds_since(began);
  folder.write(kResultFile, to_json(result));
  folder.keep();
  return result;
}

RunResult resume_run(const std::string& run) {
  RunFolder existing = RunFolder::open_existing(run, {kConfigurationFile, kRunFile});
  const Json origin = Json::parse(existing.read(kRunFile));
  if (!existing.has(kCheckpointFile)) {
    throw ConfigurationError(run, existing.has(kResultFile)
                                      ? "this run has ended; there is nothing to go on with"
                                      : "this run left no saved state; start it again");
  }
  FitProgress progress = from_checkpoint(existing.read(kCheckpointFile));
  ConfigurationReader reader;
  reader.read_text(existing.read(kConfigurationFile), kConfigurationFile);
  const Configuration& c = reader.configuration();
  const auto open = [&](const Configuration&) { return RunFolder::open_existing(run); };
  if (origin.at("command") == "recover") return recover_into(c, std::move(progress), open);
  const DataSet set = read_for(c, origin.at("data").get<std::vector<std::string>>());
  for (std::size_t n = 0; n < set.files.size(); ++n) {
    if (n >= origin.at("files").size() || origin["files"][n].at("sha256") != set.files[n].sha256) {
      throw DataError(set.files[n].path, 0, "", "has changed since the run began; start a new run");
    }
  }
  return fit_into(c, set, std::move(progress), open);
}

}  // namespace synfer
