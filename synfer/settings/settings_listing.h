// All settings for a reader: key, default, what is allowed, unit and meaning.
#pragma once

#include <span>
#include <string>

namespace synfer {

struct Setting;

/// The default, or what happens where the setting is not set.
std::string default_text(const Setting& setting);

/// What may be written, with its unit.
std::string allowed_with_unit(const Setting& setting);

/// For a terminal: `synfer settings`. Of those whose key, meaning or allowed words hold all of `words`, in
/// whatever case; empty where there are none.
std::string settings_as_text(std::span<const std::string> words = {});

/// For a page: docs/settings.md is this text.
std::string settings_as_markdown();

}  // namespace synfer
