// Where a run came from: its settings, its command and its data, as its folder keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synfer/formats/read.h"
#include "synfer/run/run_folder.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// What a run was asked for, as run.json has it.
struct RunOrigin {
  std::string command;
  std::vector<std::string> data = {};     // paths as they were given; none where they were simulated
  std::vector<DataFile> files = {};       // that were read
  std::optional<std::string> given = {};  // settings that the user gave, as YAML; of runs that can be resumed
};

/// The data of a command, read as its settings say.
DataSet read_for(const Configuration& c, const std::vector<std::string>& paths);

/// What a later command needs to know of a run: run.json, and configuration.yaml with these settings.
void write_origin(RunFolder& folder, const RunOrigin& origin, const Configuration& c);

/// run.json as text; by its digest a saved state belongs to a run.
std::string to_json(const RunOrigin& origin);

/// @throws ConfigurationError where the text is not that of a run.
RunOrigin origin_in(const std::string& text);

/// configuration.yaml of a run with this command and data.
std::string configuration_text(const RunOrigin& origin, const Configuration& c);

/// The first setting that configuration.yaml with this text has otherwise, in words; empty where there is
/// none.
std::string changed_setting(const std::string& text, const RunOrigin& origin, const Configuration& c);

/// @throws DataError where a file is not the one that the run began with.
void want_same_data(const RunOrigin& origin, const std::vector<DataFile>& files);

}  // namespace synfer
