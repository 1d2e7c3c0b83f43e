// Names longer than kLongestName (session.h), which no figure, table or file could hold, are refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace synfer {

/// What is wrong with such a name, in words; nothing with a shorter one.
std::optional<std::string> fault_of_name(std::string_view name);

}  // namespace synfer
