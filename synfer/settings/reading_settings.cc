#include "synfer/settings/reading_settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

constexpr std::string_view kFormat = "data.format";

constexpr auto kOfReading = std::to_array<std::string_view>(
    {kFormat, "data.choice_values", "data.no_choice", "data.arms", "data.rewards_on_rejection", "data.sort"});

}  // namespace

bool is_of_reading(std::string_view key) {
  return key.starts_with("data.columns.") || key.starts_with("data.activity.") ||
         std::ranges::find(kOfReading, key) != kOfReading.end();
}

std::vector<Setting> given_for_reading(Configuration& configuration) {
  Configuration defaults;
  const std::vector<Setting> usual = settings_of(defaults);
  std::vector<Setting> all = settings_of(configuration);
  std::vector<Setting> given;
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (is_of_reading(all[n].key) && value_text(all[n]) != value_text(usual[n]))
      given.push_back(std::move(all[n]));
  }
  return given;
}

void refuse_reading(const Configuration& configuration) {
  Configuration copy = configuration;
  for (const Setting& one : given_for_reading(copy)) {
    if (one.key == kFormat) continue;
    throw ConfigurationError(one.key,
                             "says how data are read, but sessions are simulated and none are read; leave it "
                             "out, or give it where data are");
  }
}

void refuse_format(const Configuration& configuration) {
  if (configuration.data.format == DataSettings().format) return;
  throw ConfigurationError(std::string(kFormat),
                           "says how data are read and written, but sessions are simulated and stay in "
                           "memory; leave it out");
}

}  // namespace synfer
