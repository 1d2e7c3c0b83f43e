// Text from files, before it goes to a terminal: names may hold control characters, which would move its
// cursor, colour it or write to its title.
#pragma once

#include <string>
#include <string_view>

namespace synfer {

/// With a question mark for every control character but tabs and ends of lines.
std::string printable(std::string_view text);

}  // namespace synfer
