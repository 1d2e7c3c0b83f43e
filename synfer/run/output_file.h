// A file that appears whole or not at all.
//
// The text goes into a temporary file beside its destination, is flushed to the disk, and takes the
// destination's name in one step. A crash or a full disk leaves the earlier file as it was.
#pragma once

#include <string>
#include <string_view>

namespace synfer {

/// Writes `text` to `path`, in place of any earlier file of that name. Throws OutputError with the
/// system's reason; nothing new is left behind then. A file-size limit is such an error too: its
/// signal is held back.
void write_file(const std::string& path, std::string_view text);

/// Whether a file of this name is one that is about to take another's place.
bool is_temporary(const std::string& name);

/// Removes such files of a folder whose process on this machine has ended.
void remove_abandoned(const std::string& folder);

}  // namespace synfer
