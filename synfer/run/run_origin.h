// Where a run came from: its settings, its command and its data, as its folder keeps them.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/read.h"
#include "synfer/run/configuration.h"
#include "synfer/run/run_folder.h"

namespace synfer {

inline constexpr const char* kRunFile = "run.json";

/// The data of a command, read as its settings say.
DataSet read_for(const Configuration& c, const std::vector<std::string>& paths);

/// What a later command needs to know of a run: configuration.yaml and run.json.
/// @param paths  of the data as they were given; none where they were simulated
void write_origin(RunFolder& folder, const Configuration& c, const std::string& command,
                  const std::vector<DataFile>& files, const std::vector<std::string>& paths);

}  // namespace synfer
