// All settings for a reader: key, default, what is allowed, unit and meaning.
#pragma once

#include <string>

namespace synfer {

/// For a terminal: `synfer settings`.
std::string settings_as_text();

/// For a page: docs/settings.md is this text.
std::string settings_as_markdown();

}  // namespace synfer
