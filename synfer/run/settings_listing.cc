#include "synfer/run/settings_listing.h"

#include <fmt/format.h>

#include "synfer/run/schema.h"
#include "synfer/run/yaml_writer.h"

namespace synfer {
namespace {

std::string default_text(const Setting& setting) {
  const std::string value = value_text(setting);
  return value == "null" ? "not set: " + setting.when_absent : value;
}

std::string allowed_with_unit(const Setting& setting) {
  const std::string allowed = allowed_text(setting);
  return setting.unit.empty() ? allowed : fmt::format("{} ({})", allowed, setting.unit);
}

// Breaks at spaces; every line begins with the indent.
std::string wrapped(const std::string& text, const std::string& indent, std::size_t width) {
  std::string out;
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = text.size();
    if (indent.size() + end - start > width) {
      const std::size_t space = text.rfind(' ', start + width - indent.size());
      if (space != std::string::npos && space > start) end = space;
    }
    out += indent + text.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return out;
}

}  // namespace

std::string settings_as_text() {
  Configuration defaults;
  std::string text;
  for (const Setting& setting : settings_of(defaults)) {
    text += fmt::format("{} = {}\n", setting.key, default_text(setting));
    text += wrapped(setting.documentation, "    ", 100);
    text += wrapped("Allowed: " + allowed_with_unit(setting) + ".", "    ", 100);
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
