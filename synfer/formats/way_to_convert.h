// Files that people have and that are not read: in one sentence, how to make one of them that is.
#pragma once

#include <optional>
#include <string>

namespace synfer {

/// What the file is, by its suffix, and what to do; nothing where the suffix says nothing.
std::optional<std::string> way_to_convert(const std::string& file);

}  // namespace synfer
