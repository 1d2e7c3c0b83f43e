// The sections of the listing of settings (schema.h), a file each, and words for what a value may be.
#pragma once

#include <utility>
#include <vector>

#include "synfer/settings/schema.h"

namespace synfer {

std::vector<Setting> data_settings(Configuration& c);
std::vector<Setting> task_settings(Configuration& c);  // and stimuli
std::vector<Setting> network_settings(
    Configuration& c);  // and the belief over its weights, recordings, reward term
std::vector<Setting> history_settings(Configuration& c);  // and structures
std::vector<Setting> rule_settings(Configuration& c);     // and the true one
std::vector<Setting> fit_settings(Configuration& c);      // and what is asked of a fit

inline Allowed anything() { return {}; }
inline Allowed at_least(double low) { return {.low = low}; }
inline Allowed above(double low) { return {.low = low, .low_excluded = true}; }
inline Allowed within(double low, double high) { return {.low = low, .high = high}; }
inline Allowed from_below(double low, double high) {
  return {.low = low, .high = high, .high_excluded = true};
}
inline Allowed one_of(Strings words) { return {.words = std::move(words)}; }

}  // namespace synfer
