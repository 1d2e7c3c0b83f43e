// Writes a data set in one of the formats that read.h reads, in files that a caller names. A new format is
// one writer and one line in write.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// The formats that can be written; the first is the one for `automatic`.
std::vector<std::string> written_format_names();

/// Whether write_data may give a file this name.
bool is_written_data(const std::string& name);

/// Writes one file with all sessions, or one a session, and returns their names: sessions.csv, sessions.npz,
/// sessions/fly1.nwb. read_data of all of them, in this order, gives sessions equal to these.
/// @param place  where the file of a name goes; its folder must exist
/// @throws ConfigurationError for a format that is unknown or only read, OutputError where a file cannot be
///   written, std::invalid_argument where sessions are too unlike for one table.
std::vector<std::string> write_data(const std::vector<Session>& sessions, const std::string& format,
                                    const std::function<std::string(const std::string& name)>& place);

}  // namespace synfer
