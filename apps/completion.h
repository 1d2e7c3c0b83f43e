// Completion of commands, options, settings and their values, as a script for a shell.
//
// The whole listing is written into the script: a key press starts no program.
#pragma once

#include <string>
#include <vector>

#include "listing.h"

namespace synfer {

std::vector<std::string> completion_shells();

/// @param shell  one of completion_shells(); ConfigurationError otherwise
std::string completion_script(const std::vector<ListedCommand>& commands,
                              const std::vector<ListedSetting>& settings, const std::string& shell);

}  // namespace synfer
