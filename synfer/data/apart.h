// Work done in a process of its own, for outside libraries that damage in a file can crash: a crash or an
// endless loop there is an error here, and not the end of the program.
//
// HDF5 1.10 needs this: of 3000 copies of a small NWB file with one flipped bit each, six crashed it and one
// kept it in a loop. Not for work that needs other threads, or that is to change anything but its result.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace synfer {

/// The bytes that `work` gives. Nothing where it ended by a signal or an exception, or used more than
/// `seconds` of processor time. std::runtime_error where no process can be started.
std::optional<std::string> done_apart(const std::function<std::string()>& work, unsigned seconds);

}  // namespace synfer
