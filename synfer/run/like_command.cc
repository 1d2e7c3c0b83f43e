#include "synfer/run/like_command.h"

#include "synfer/analysis/result_check.h"
#include "synfer/analysis/scoring.h"
#include "synfer/run/interruption.h"
#include "synfer/run/progress.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/run_origin.h"

namespace synfer {

AnimalModel animal_like(const Configuration& c, const std::string& run,
                        const std::vector<Session>& sessions) {
  if (run.empty()) return named_animal(c);
  const RunResult fitted = from_json(run);
  const DataOrigin origin = fitted.command == "recover" ? DataOrigin::simulated : DataOrigin::recorded;
  rule_of(c, fitted);  // whether the settings describe it
  check_fitted(c, origin, fitted, sessions.front().offers);
  return fitted_animal(c, origin, fitted, sessions.front().offers);
}

DesignCheck recover_like_run(const Configuration& c, const std::vector<std::string>& data,
                             const std::string& run, const Destination& to) {
  const DataSet set = read_for(c, data);
  const Configuration settings = resolved_for(resolved(c, DataOrigin::recorded), set.sessions);
  const std::string fitted =
      run.empty() ? "" : RunFolder::open_existing(run, {kResultFile}).read(kResultFile);
  const AnimalModel animal = animal_like(settings, fitted, set.sessions);
  RunFolder folder = RunFolder::create(to.folder, to.overwrite);
  write_origin(folder, {"recover", data, set.files}, settings);
  ProgressOptions shown;
  shown.show = c.run.progress;
  shown.phase = "experiments";
  Progress line(shown);
  DesignHooks hooks;
  hooks.interrupted = interrupted;
  hooks.after_experiment = [&](long done, long total) { line.update(done, total); };
  DesignCheck check = check_design(settings, animal, set.sessions, hooks);
  line.finish();
  if (check.interrupted) return check;
  folder.write(kDesignFile, to_csv(check));
  folder.write(kResultFile, to_json(check));
  folder.keep();
  return check;
}

}  // namespace synfer
