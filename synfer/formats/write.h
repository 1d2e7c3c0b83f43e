// A data set as the bytes of files in one of the formats that read.h reads; who puts them on a disk is for
// the caller. A new format is a function from sessions to bytes, and one line in write.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// The formats that can be written; the first is the one for `automatic`.
std::vector<std::string> written_format_names();

/// Whether write_data may give a file this name.
bool is_written_data(const std::string& name);

/// Gives one file with all sessions, or one a session, and returns their names: sessions.csv, sessions.npz,
/// sessions/fly1.nwb. read_data of all of them, in this order, gives sessions equal to these.
/// @param put  gets each file once it is whole
/// @throws ConfigurationError for a format that is unknown or only read, std::invalid_argument where sessions
///   are too unlike for one table.
std::vector<std::string> write_data(
    const std::vector<Session>& sessions, const std::string& format,
    const std::function<void(const std::string& name, std::string_view bytes)>& put);

}  // namespace synfer
