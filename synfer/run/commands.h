// The commands of synfer as functions: settings and data in, a run folder out.
//
// Everything is checked before the folder is made; the folder goes again where the run comes to
// nothing, and stays from its first saved state on, whatever ends the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

struct Destination {
  std::string folder;
  bool overwrite = false;
};

struct SimulatedFiles {
  std::vector<std::string> files;   // within the folder, in the order of the sessions
  std::size_t trials_at_limit = 0;  // that ended at task.max_offers
};

/// Sessions of the true rule, in data.format (sessions.csv unless set), and truth.json.
SimulatedFiles simulate_run(const Configuration& c, const Destination& to);

/// Simulates, fits, and evaluates on fresh sessions.
RunResult recover_run(const Configuration& c, const Destination& to);

/// Fits recorded sessions and evaluates in sample and on their held-out tails.
/// @param given  keys that the user set: what others say of the structure is searched (structures.h); without
///               them nothing is
RunResult fit_run(const Configuration& c, const std::vector<std::string>& data, const Destination& to,
                  const std::optional<SetKeys>& given = {});

/// Scores the rule of an earlier run on recorded sessions that it has not seen.
RunResult evaluate_run(const Configuration& c, const std::string& run, const std::vector<std::string>& data,
                       const Destination& to);

/// Writes report.html of one run again, or of several side by side into `page`.
/// @param page  empty: the report in the folder of the one run
/// @return the path of what was written
std::string report_runs(const std::vector<std::string>& runs, const std::string& page);

/// Goes on with an interrupted run in its own folder: from the state that was saved last, or from the
/// beginning. It ends in the same files, to the last bit.
/// @throws ConfigurationError where the run has ended or its settings were changed, DataError where its data
/// were.
RunResult resume_run(const std::string& path);

}  // namespace synfer
