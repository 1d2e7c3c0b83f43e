#include "synfer/run/commands.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/write.h"
#include "synfer/report/page.h"
#include "synfer/run/analysis.h"
#include "synfer/run/checkpoint.h"
#include "synfer/run/data_check.h"
#include "synfer/run/experiment.h"
#include "synfer/run/interruption.h"
#include "synfer/run/machine.h"
#include "synfer/run/output_file.h"
#include "synfer/run/progress.h"
#include "synfer/run/result_files.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/run_origin.h"
#include "synfer/run/yaml_reader.h"

namespace synfer {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

// Last of all, since the page is made from the other files.
void write_report(RunFolder& folder, const ReplayTables& replays) {
  if (!replays.trajectories.empty()) folder.write(kTrajectoriesFile, replays.trajectories);
  if (!replays.rule_shape.empty()) folder.write(kRuleShapeFile, replays.rule_shape);
  folder.write(kReportFile, report_page(std::vector<std::string>{folder.path()}));
}

using OpenFolder = std::function<RunFolder(const Configuration&)>;

// A fit with its progress line and its saved states, in a folder that is made once all is checked.
// `analyse` gets the hooks; `files` are those that were read.
RunResult run_into(const Configuration& c, const OpenFolder& open, const std::vector<DataFile>& files,
                   const std::function<Analysis(const AnalysisHooks&)>& analyse) {
  std::unique_ptr<RunFolder> folder;
  ProgressOptions shown;
  shown.show = c.run.progress;
  const std::string method = fit_method(c);
  shown.phase = method == "adam" ? "fit, epoch" : method == "lbfgs" ? "fit, evaluation" : "fit, step";
  Progress line(shown);
  shown.phase = "terms";
  Progress search(shown);
  shown.phase = "cross-validation, fold";
  Progress folds(shown);
  Clock::time_point saved = Clock::now();
  AnalysisHooks hooks;
  hooks.after_fold = [&](long done, long total, double loss) { folds.update(done, total, loss); };
  hooks.before_fit = [&] { folder = std::make_unique<RunFolder>(open(c)); };
  hooks.during.interrupted = interrupted;
  hooks.during.after_size = [&](std::size_t terms, int most, double value) {
    search.update(static_cast<long>(terms), most, value);
  };
  hooks.during.after_step = [&](const FitProgress& at, long total) {
    const long done_before = static_cast<long>(at.start) * total;
    line.update(done_before + at.current->done, total * fit_starts(c), at.current->loss);
    if (std::chrono::duration<double>(Clock::now() - saved).count() < c.run.checkpoint_seconds) return;
    folder->write(kCheckpointFile, to_checkpoint(at));
    saved = Clock::now();
  };
  Analysis found = analyse(hooks);
  search.finish();
  line.finish();
  folds.finish();

  // An interrupted run keeps its state; a finished one needs it no more.
  const bool cut_short = found.result.state == to_string(FitState::kInterrupted);
  found.result.files = files;
  folder->write("trace.csv", found.trace);
  for (const auto& [name, csv] : tables_beside(found.result)) folder->write(name, csv);
  if (cut_short) folder->write(kCheckpointFile, to_checkpoint(found.progress));
  folder->write(kResultFile, to_json(found.result));
  if (!cut_short) folder->remove(kCheckpointFile);
  folder->keep();
  write_report(*folder, found.replays);
  return found.result;
}

RunResult recover_into(const Configuration& c, FitProgress progress, const OpenFolder& open) {
  return run_into(c, open, {},
                  [&](const AnalysisHooks& hooks) { return recover_rule(c, std::move(progress), hooks); });
}

RunResult fit_into(const Configuration& c, const DataSet& set, FitProgress progress,
                   std::optional<Structures> structures, const OpenFolder& open) {
  return run_into(c, open, set.files, [&](const AnalysisHooks& hooks) {
    Analysis found = fit_sessions(c, set.sessions, std::move(progress), hooks, std::move(structures));
    add_reading(found.result, set.how);
    if (!set.left_out.empty()) {
      add_note(found.result, "other_format", {{"files", join(set.left_out, ", ")}});
    }
    return found;
  });
}

}  // namespace

SimulatedFiles simulate_run(const Configuration& c, const Destination& to) {
  const Simulation simulation = simulate_sessions(c);
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, c, "simulate", {}, {});

  std::vector<Session> sessions;
  Json weights = Json::object();
  std::size_t at_limit = 0;
  for (const SimulatedSession& one : simulation.sessions) {
    sessions.push_back(one.session);
    const Matrix& m = one.initial_weights;
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
      weights[one.session.name].push_back(std::vector<double>(m.row(i).begin(), m.row(i).end()));
    }
    at_limit += one.trials_at_limit;
  }
  const SimulatedFiles made = {
      write_data(sessions, c.data.format, [&](const std::string& name) { return folder.claim(name); }),
      at_limit};
  const Json json = {{"schema_version", 1},
                     {"rule", simulation.rule},
                     {"parameters", simulation.truth.theta},
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

RunResult fit_run(const Configuration& c, const std::vector<std::string>& data, const Destination& to,
                  const std::optional<SetKeys>& given) {
  const DataSet set = read_for(c, data);
  StructureSearch search{c, std::nullopt};
  if (given) {
    ProgressOptions shown;
    shown.show = c.run.progress;
    shown.phase = "structures, fit";
    Progress line(shown);
    StructureHooks hooks;
    hooks.interrupted = interrupted;
    hooks.after = [&](long done, long total) { line.update(done, total); };
    const MachineLimits limits(c);
    search = search_structures(c, *given, set.sessions, hooks);
    line.finish();
  }
  if (search.interrupted) {
    RunResult nothing;
    nothing.command = "fit";
    nothing.state = to_string(FitState::kInterrupted);
    nothing.advice = "structures were being compared, and nothing is kept of that; start the run again";
    return nothing;
  }
  return fit_into(resolved_for(resolved(search.settings, DataOrigin::recorded), set.sessions), set, {},
                  std::move(search.found), [&](const Configuration& settings) {
                    RunFolder folder = RunFolder::create(to.folder, to.overwrite);
                    write_origin(folder, settings, "fit", set.files, data);
                    return folder;
                  });
}

RunResult evaluate_run(const Configuration& c, const std::string& run, const std::vector<std::string>& data,
                       const Destination& to) {
  RunResult fitted = from_json(RunFolder::open_existing(run, {kResultFile}).read(kResultFile));
  const DataSet set = read_for(c, data);
  Analysis found = evaluate_sessions(c, std::move(fitted), run, set.sessions, set.files);
  add_reading(found.result, set.how);
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, c, "evaluate", set.files, data);
  folder.write(kResultFile, to_json(found.result));
  folder.keep();
  write_report(folder, found.replays);
  return found.result;
}

std::string report_runs(const std::vector<std::string>& runs, const std::string& page) {
  if (page.empty() && runs.size() > 1) {
    throw ConfigurationError("--out",
                             "several runs need a page of their own; name it: --out comparison.html");
  }
  const std::string path = page.empty() ? (std::filesystem::path(runs.front()) / kReportFile).string() : page;
  write_file(path, report_page(runs));
  return path;
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
  return fit_into(c, set, std::move(progress), std::nullopt, open);
}

}  // namespace synfer
