// A moment as NWB writes it: ISO 8601, "2025-05-07T14:00:00.5+02:00".
#pragma once

#include <optional>
#include <string>

namespace synfer {

/// Where no time is known and one must be said: midnight of the first day of a year of round number.
inline constexpr const char* kNoMoment = "2000-01-01T00:00:00+00:00";

/// Seconds after the beginning of 1970; a time without a zone is taken for UTC. Nothing where `text` is no
/// moment, or midnight of the first day of 1900, 1970 or 2000, which programs write where they know none.
std::optional<double> seconds_of_moment(const std::string& text);

/// "2025-05-07 14:00:00", in UTC.
std::string said_moment(double seconds);

}  // namespace synfer
