#include "synfer/data/long_name.h"

#include <fmt/format.h>

#include "synfer/data/session.h"

namespace synfer {

std::optional<std::string> fault_of_name(std::string_view name) {
  if (name.size() <= kLongestName) return std::nullopt;
  return fmt::format("found a name of {} bytes, expected {} at most; give it a shorter one", name.size(),
                     kLongestName);
}

}  // namespace synfer
