// Colours where a person looks: on a terminal, unless NO_COLOR (no-color.org) or a dumb terminal forbids
// them.
#pragma once

#include <cstdio>
#include <string>

namespace synfer {

bool wants_colour(std::FILE* stream);

/// The words that must not be missed: how a fit ended, notes, what lies outside its band.
std::string coloured_result(const std::string& table);

/// The headings of help.
std::string coloured_help(const std::string& help);

/// "synfer:" before what went wrong.
std::string coloured_error(const std::string& message);

}  // namespace synfer
