#include "synfer/settings/settings_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "synfer/base/text.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

constexpr std::size_t kWidth = 80;  // of a terminal

bool is_about(const Setting& setting, std::span<const std::string> words) {
  const std::string all = lower_case(
      join(std::vector{setting.key, default_text(setting), setting.documentation, allowed_with_unit(setting)},
           "\n"));
  return std::ranges::all_of(
      words, [&](const std::string& w) { return all.find(lower_case(w)) != std::string::npos; });
}

}  // namespace

std::string default_text(const Setting& setting) {
  const std::string value = value_text(setting);
  return value == "null" ? "not set: " + setting.when_absent : value;
}

std::string allowed_with_unit(const Setting& setting) {
  const std::string allowed = allowed_text(setting);
  return setting.unit.empty() ? allowed : fmt::format("{} ({})", allowed, setting.unit);
}

std::string settings_as_text(std::span<const std::string> words) {
  Configuration defaults;
  std::string text;
  for (const Setting& setting : settings_of(defaults)) {
    if (!is_about(setting, words)) continue;
    const std::string line = fmt::format("{} = {}", setting.key, default_text(setting));
    if (line.size() <= kWidth) {
      text += line + "\n";
    } else if (value_text(setting) == "null") {
      text += setting.key + " = not set\n";
      text += wrapped(fmt::format("Unless set: {}.", setting.when_absent), "    ", kWidth);
    } else {
      text += setting.key + " =\n" + wrapped(default_text(setting), "        ", kWidth);
    }
    text += wrapped(setting.documentation, "    ", kWidth);
    text += wrapped("Allowed: " + allowed_with_unit(setting) + ".", "    ", kWidth);
  }
  return text;
}

std::string settings_as_markdown() {
  Configuration defaults;
  std::string text =
      "# Settings\n\n"
      "Every setting with its default. In a YAML file they are nested (`fit: {epochs: 10}`); on the command "
      "line they are dotted keys (`fit.epochs=10`). `null` takes back a setting that is not set by default.\n"
      "\nThis page is the output of `synfer settings --markdown`.\n\n"
      "| setting | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : settings_of(defaults)) {
    const std::string value = value_text(setting);
    const std::string shown = value == "null" ? default_text(setting) : "`" + value + "`";
    text += fmt::format("| `{}` | {} | {} | {} |\n", setting.key, shown, allowed_with_unit(setting),
                        setting.documentation);
  }
  return text;
}

}  // namespace synfer
