// What result.json holds: the kind of each value, key by key. A file that came from disk is held against it
// before anything in it is used.
#pragma once

#include <string>

namespace synfer {

/// @param file  what messages call it
/// @throws ConfigurationError that names the first key that is missing or of another kind.
void check_result(const std::string& text, const std::string& file);

}  // namespace synfer
