#include "synfer/run/commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "synfer/analysis/analysis.h"
#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/files/checksum.h"
#include "synfer/formats/write.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/machine.h"
#include "synfer/report/page.h"
#include "synfer/results/checked_json_private.h"
#include "synfer/results/result_files.h"
#include "synfer/run/data_check.h"
#include "synfer/run/interruption.h"
#include "synfer/run/output_file.h"
#include "synfer/run/progress.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/run_origin.h"
#include "synfer/run/state_saver.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_reader.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

using Json = CheckedJson::Json;

SetKeys all_keys() {
  Configuration any;
  SetKeys keys;
  for (const Setting& setting : settings_of(any)) keys.insert(setting.key);
  return keys;
}

// Last of all, since the page is made from the other files.
void write_report(RunFolder& folder, const ReplayTables& replays) {
  if (!replays.trajectories.empty()) folder.write(kTrajectoriesFile, replays.trajectories);
  if (!replays.rule_shape.empty()) folder.write(kRuleShapeFile, replays.rule_shape);
  folder.write(kReportFile, report_page(std::vector<std::string>{folder.path()}));
}

// A run that fits: what it was asked for, its folder, which is made once all is checked, and where it stands.
class FitRun {
 public:
  RunProgress progress;
  std::function<void()> clear_line = [] {};  // of progress, before a warning

  /// @param given   settings as the user gave them, not resolved
  /// @param origin  what the run was asked for; `text` of a resumed run, whose folder holds it
  FitRun(Configuration given, RunOrigin origin, std::function<RunFolder()> open,
         const std::optional<std::string>& text = {})
      : given_(std::move(given)),
        origin_(std::move(origin)),
        open_(std::move(open)),
        resumed_(text.has_value()),
        saver_(given_.run.checkpoint_seconds, sha256(text.value_or(to_json(origin_))),
               [this](const std::string& reason) { warn(reason); }) {}

  [[nodiscard]] const Configuration& given() const { return given_; }
  [[nodiscard]] RunFolder& folder() { return *folder_; }

  /// Work begins.
  void begin() {
    if (folder_) return;
    folder_ = std::make_unique<RunFolder>(open_());
    if (!resumed_) write_origin(*folder_, origin_, given_);
  }

  /// A fit begins with these settings.
  void begin(const Configuration& resolved) {
    begin();
    const std::string text = configuration_text(origin_, resolved);
    if (resumed_ && folder_->has(kConfigurationFile)) {
      const std::string found = folder_->read(kConfigurationFile);
      if (found == text) return;
      // The settings as they were given stand there until then.
      const std::string changed = changed_setting(found, origin_, resolved);
      if (!changed.empty() && !changed_setting(found, origin_, given_).empty())
        throw ConfigurationError(kConfigurationFile, changed);
    }
    folder_->write(kConfigurationFile, text);
  }

  [[nodiscard]] bool is_due() const { return saver_.is_due(); }
  void save() { saver_.save(*folder_, progress); }

  /// What `work` finds; where it was stopped, how far it came is saved.
  RunResult unless_stopped(const std::function<RunResult()>& work) {
    try {
      return work();
    } catch (const Stopped&) {
      clear_line = [] {};
      if (!folder_ && !resumed_) throw;
      if (folder_) {
        save();
        folder_->stay();
      }
      return halted("its state is saved");
    }
  }

  /// A run without a result as yet.
  [[nodiscard]] RunResult halted(const std::string& where) const {
    RunResult nothing;
    nothing.command = origin_.command;
    nothing.state = to_string(FitState::kInterrupted);
    nothing.advice = where + "; resume the run to go on";
    return nothing;
  }

 private:
  void warn(const std::string& reason) const {
    clear_line();
    std::fputs(fmt::format("synfer: warning: {}; the run goes on, and is not saved\n", reason).c_str(),
               stderr);
  }

  Configuration given_;
  RunOrigin origin_;
  std::function<RunFolder()> open_;
  bool resumed_;
  StateSaver saver_;
  std::unique_ptr<RunFolder> folder_;
};

// A fit with its progress line and its saved states. `analyse` gets the hooks; `files` are those that were
// read.
RunResult run_into(FitRun& run, const Configuration& c, const std::vector<DataFile>& files,
                   const std::function<Analysis(const AnalysisHooks&)>& analyse) {
  ProgressOptions shown;
  shown.show = c.run.progress;
  const std::string method = fit_method(c);
  shown.phase = method == "adam" ? "fit, epoch" : method == "lbfgs" ? "fit, evaluation" : "fit, step";
  Progress line(shown);
  shown.phase = "terms";
  Progress search(shown);
  shown.phase = "cross-validation, fold";
  Progress folds(shown);
  const auto clear = [&] {
    search.finish();
    line.finish();
    folds.finish();
  };
  run.clear_line = clear;
  AnalysisHooks hooks;
  hooks.after_fold = [&](long done, long total, double loss) { folds.update(done, total, loss); };
  hooks.before_fit = [&] { run.begin(c); };
  hooks.during.interrupted = interrupted;
  hooks.during.after_size = [&](std::size_t terms, int most, double value) {
    search.update(static_cast<long>(terms), most, value);
  };
  hooks.during.after_step = [&](const FitProgress& at, long total) {
    if (at.current) {
      const long done_before = static_cast<long>(at.start) * total;
      line.update(done_before + at.current->done, total * fit_starts(c), at.current->loss);
    }
    if (total > 0 && !run.is_due()) return;  // without steps to count, a piece of work has ended
    run.progress.fit = at;
    if (run.is_due()) run.save();
  };
  Analysis found = analyse(hooks);
  clear();
  run.clear_line = [] {};

  // An interrupted run keeps its state; a finished one needs it no more, once all else is there.
  const bool cut_short = found.result.state == to_string(FitState::kInterrupted);
  RunFolder& folder = run.folder();
  run.progress.fit = std::move(found.progress);
  if (cut_short) run.save();
  found.result.files = files;
  folder.write(kTraceFile, found.trace);
  for (const auto& [name, csv] : tables_beside(found.result)) folder.write(name, csv);
  folder.write(kResultFile, to_json(found.result));
  cut_short ? folder.stay() : folder.keep();
  write_report(folder, found.replays);
  if (!cut_short) folder.remove(kCheckpointFile);
  return found.result;
}

RunResult recover_with(FitRun& run) {
  const Configuration c = resolved(run.given(), DataOrigin::simulated);
  return run.unless_stopped([&] {
    return run_into(run, c, {},
                    [&](const AnalysisHooks& hooks) { return recover_rule(c, run.progress.fit, hooks); });
  });
}

StructureSearch search_structures(FitRun& run, const SetKeys& keys, const std::vector<Session>& sessions) {
  const Configuration& c = run.given();
  ProgressOptions shown;
  shown.show = c.run.progress;
  shown.phase = "structures, fit";
  Progress line(shown);
  run.clear_line = [&] { line.finish(); };
  RecordedWork work(run.progress.structures, [&](const WorkRecord& done) {
    run.progress.structures = done;
    if (run.is_due()) run.save();
  });
  StructureHooks hooks;
  hooks.interrupted = interrupted;
  hooks.before = [&] { run.begin(); };
  hooks.after = [&](long done, long total) { line.update(done, total); };
  hooks.work = &work;
  const MachineLimits limits(c);
  StructureSearch search = search_structures(c, keys, sessions, hooks);
  run.progress.structures = work.done();
  run.clear_line = [] {};
  if (search.interrupted) run.save();
  return search;
}

// `keys` are those that the user set.
RunResult fit_whole(FitRun& run, const SetKeys& keys, const DataSet& set) {
  StructureSearch search = search_structures(run, keys, set.sessions);
  if (search.interrupted) return run.halted("structures were being compared");
  const Configuration c = resolved_for(resolved(search.settings, DataOrigin::recorded), set.sessions);
  return run_into(run, c, set.files, [&](const AnalysisHooks& hooks) {
    Analysis found = fit_sessions(c, set.sessions, run.progress.fit, hooks, search.found);
    add_reading(found.result, set.how);
    if (!set.left_out.empty()) {
      add_note(found.result, "other_format", {{"files", join(set.left_out, ", ")}});
    }
    return found;
  });
}

RunResult fit_with(FitRun& run, const SetKeys& keys, const DataSet& set) {
  return run.unless_stopped([&] { return fit_whole(run, keys, set); });
}

std::function<RunFolder()> new_folder(const Destination& to) {
  return [to] { return RunFolder::create(to.folder, to.overwrite); };
}

// Whether nothing is left to do. What comes last in a run is its report, and then its saved state goes.
bool has_ended(const RunFolder& folder) {
  if (folder.has(kCheckpointFile) || !folder.has(kResultFile) || !folder.has(kReportFile)) return false;
  const Json json = CheckedJson::parse(kResultFile, folder.read(kResultFile));
  return CheckedJson(kResultFile, json).at("state").text() != to_string(FitState::kInterrupted);
}

}  // namespace

SimulatedFiles simulate_run(const Configuration& c, const Destination& to) {
  const Simulation simulation = simulate_sessions(c);
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, {.command = "simulate"}, c);

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
      write_data(sessions, c.data.format,
                 [&](const std::string& name, std::string_view bytes) { folder.write(name, bytes); }),
      at_limit};
  const Json json = {{"schema_version", 1},
                     {"rule", simulation.rule},
                     {"parameters", simulation.truth.theta},
                     {"initial_weights", weights},
                     {"trials_at_limit", at_limit}};
  folder.write(kTruthFile, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  folder.keep();
  return made;
}

RunResult recover_run(const Configuration& c, const Destination& to) {
  FitRun run(c, {.command = "recover", .given = to_yaml(c)}, new_folder(to));
  return recover_with(run);
}

RunResult fit_run(const Configuration& c, const std::vector<std::string>& data, const Destination& to,
                  const std::optional<SetKeys>& given) {
  const DataSet set = read_for(c, data);
  const SetKeys keys = given.value_or(all_keys());
  SetKeys others = all_keys();
  std::erase_if(others, [&](const std::string& key) { return keys.contains(key); });
  others.merge(simulated_only());
  FitRun run(c, {"fit", data, set.files, to_yaml(c, others)}, new_folder(to));
  return fit_with(run, keys, set);
}

RunResult evaluate_run(const Configuration& c, const std::string& run, const std::vector<std::string>& data,
                       const Destination& to) {
  RunResult fitted = from_json(RunFolder::open_existing(run, {kResultFile}).read(kResultFile));
  const DataSet set = read_for(c, data);
  Analysis found = evaluate_sessions(c, std::move(fitted), run, set.sessions, set.files);
  add_reading(found.result, set.how);
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, {"evaluate", data, set.files}, c);
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

RunResult resume_run(const std::string& path) {
  const RunFolder folder = RunFolder::open_existing(path, {kRunFile});
  const std::string text = folder.read(kRunFile);
  const RunOrigin origin = origin_in(text);
  if (!origin.given) {
    throw ConfigurationError(path,
                             fmt::format("found a run of {}, expected one that fits; start it again with "
                                         "--overwrite",
                                         origin.command));
  }
  if (has_ended(folder)) throw ConfigurationError(path, "this run has ended; there is nothing to go on with");
  remove_abandoned(folder.path());
  ConfigurationReader reader;
  reader.read_text(*origin.given, kRunFile);
  const bool simulated = origin.command == "recover";
  validate(reader.configuration(), simulated ? DataOrigin::simulated : DataOrigin::recorded, {});
  FitRun run(reader.configuration(), origin, [&] { return RunFolder::open_existing(path); }, text);
  if (folder.has(kCheckpointFile)) run.progress = from_checkpoint(folder.read(kCheckpointFile), sha256(text));
  if (simulated) return recover_with(run);
  const DataSet set = read_for(reader.configuration(), origin.data);
  want_same_data(origin, set.files);
  return fit_with(run, reader.set_keys(), set);
}

}  // namespace synfer
