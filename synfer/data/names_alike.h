// Names that are two for a program and one for most people: 'm1' and 'M1', 'm 1', 'm01'; '1' and '1.0'.
#pragma once

#include <string>
#include <vector>

namespace synfer {

/// Of each name that differs from an earlier one (in the order of text) by capital letters, blanks or zeros
/// alone, a question: "animals 'M1' and 'm1' differ in capital letters alone: are they one?".
/// @param what  they are, in the plural
std::vector<std::string> ask_whether_one(const std::vector<std::string>& names, const std::string& what);

/// The name without what such names differ in.
std::string plain_name(const std::string& name);

}  // namespace synfer
