// All settings for a reader: key, default, what is allowed, unit and meaning.
#pragma once

#include <string>

namespace synfer {

struct Setting;

/// The default, or what happens where the setting is not set.
std::string default_text(const Setting& setting);

/// What may be written, with its unit.
std::string allowed_with_unit(const Setting& setting);

/// For a terminal: `synfer settings`.
std::string settings_as_text();

/// For a page: docs/settings.md is this text.
std::string settings_as_markdown();

}  // namespace synfer
