#include "synfer/settings/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_value.h"

namespace synfer {
namespace {

std::string system_reason() { return std::generic_category().message(errno); }

constexpr std::size_t kMostBytes = 16'000'000;
constexpr std::size_t kMostAliases = 100;  // each may repeat the largest list of the text

std::string read_whole_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigurationError(path, "cannot be opened: " + system_reason());
  std::string bytes;
  std::array<char, 1U << 16U> piece{};
  while (file && bytes.size() <= kMostBytes) {  // and no more: a device never ends
    file.read(piece.data(), piece.size());
    bytes.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad())
    throw ConfigurationError(path, "cannot be read: " + system_reason());  // a directory, for one
  return bytes;
}

// Goes through a text before a tree is made of it, and refuses what yaml-cpp would read without end: at a
// character that can begin no value it begins one document after the other without a step forward.
class Scan : public YAML::EventHandler {
 public:
  explicit Scan(const std::string& name) : name_(name) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0 && mark.pos <= begin_) throw YAML::ParserException(mark, "found no value");
    begin_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    if (++aliases_ > kMostAliases) throw YAML::ParserException(mark, "found more than 100 aliases (*name)");
  }
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

  void run(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(*this)) {
    }
    if (documents_ > 1) {
      throw ConfigurationError(
          name_, fmt::format("found {} YAML documents, expected one; remove the lines ---", documents_));
    }
  }

 private:
  const std::string& name_;
  std::size_t documents_ = 0;
  std::size_t aliases_ = 0;
  int begin_ = 0;  // of the last document
};

YAML::Node parse(const std::string& text, const std::string& name) {
  if (text.size() > kMostBytes) {
    throw ConfigurationError(
        name, "found more than 16 MB, expected settings alone; give data in files of their own");
  }
  try {
    Scan(name).run(text);
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    // rule.terms=[1, x*r] without quotes reaches the program as two words.
    const bool cut = text.find('[') != std::string::npos && text.find(']') == std::string::npos;
    throw ConfigurationError(
        fmt::format("{}, line {}, column {}", name, error.mark.line + 1, error.mark.column + 1),
        fmt::format("not valid YAML: {}{}", error.msg,
                    cut ? "; put quotes around a list in a shell, as in \"rule.terms=[1, x*r]\"" : ""));
  }
}

// One source of settings (a file or an override) walked over the listing.
class Walk {
 public:
  Walk(Configuration& configuration, SetKeys& set, std::string name, bool has_lines)
      : settings_(settings_of(configuration)), set_(set), name_(std::move(name)), has_lines_(has_lines) {}

  void read_section(const std::string& section, const YAML::Node& map) {
    if (map.IsNull()) return;  // a section whose settings are all commented out
    if (!map.IsMap()) refuse_as_section(section, map);
    for (const auto& item : map) {
      if (!item.first.IsScalar()) {
        throw ConfigurationError(section.empty() ? name_ : section,
                                 fmt::format("found {} ({}) where the name of a setting belongs",
                                             describe(item.first), place(item.first)));
      }
      read_key((section.empty() ? "" : section + ".") + item.first.Scalar(), item.first, item.second);
    }
  }

  void read_key(const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    if (!seen_.insert(key).second) {
      throw ConfigurationError(key, fmt::format("given twice ({}); keep one", place(at)));
    }
    const auto setting = std::ranges::find(settings_, key, &Setting::key);
    if (setting != settings_.end()) {
      if (read_value(value, *setting, place(at))) {
        set_.insert(key);
      } else {
        set_.erase(key);
      }
    } else if (is_section(key)) {
      read_section(key, value);
    } else {
      throw ConfigurationError(key, fmt::format("no such setting ({})", place(at)), suggestion(key, value));
    }
  }

 private:
  [[nodiscard]] std::string place(const YAML::Node& node) const {
    return has_lines_ ? fmt::format("{}, line {}", name_, node.Mark().line + 1) : name_;
  }

  [[nodiscard]] bool is_section(const std::string& key) const {
    return std::ranges::any_of(settings_, [&](const Setting& s) { return s.key.starts_with(key + "."); });
  }

  // A mistyped section of a file ends in the section; anything else in a setting.
  [[nodiscard]] std::string suggestion(const std::string& key, const YAML::Node& value) const {
    if (!value.IsMap() && !(has_lines_ && value.IsNull())) return nearest_setting(key, value);
    Strings sections;
    for (const Setting& setting : settings_) {
      for (std::size_t dot = setting.key.find('.'); dot != std::string::npos;
           dot = setting.key.find('.', dot + 1)) {
        const std::string section = setting.key.substr(0, dot);
        if (std::ranges::find(sections, section) == sections.end()) sections.push_back(section);
      }
    }
    const std::string section = key.size() < 3 ? std::string() : nearest(key, sections);
    return section.empty() ? nearest_key(key, settings_) : section;
  }

  // Of two that are near, the one that takes the value.
  [[nodiscard]] std::string nearest_setting(const std::string& key, const YAML::Node& value) const {
    Configuration scratch;
    std::vector<Setting> takers = settings_of(scratch);
    std::erase_if(takers, [&](const Setting& setting) {
      try {
        read_value(value, setting, "");
        return false;
      } catch (const ConfigurationError&) {
        return true;
      }
    });
    const std::string taker = nearest_key(key, takers);
    return taker.empty() ? nearest_key(key, settings_) : taker;
  }

  [[noreturn]] void refuse_as_section(const std::string& section, const YAML::Node& found) const {
    const std::string example = section.empty() ? "fit: {epochs: 10}" : section + ": {...}";
    throw ConfigurationError(section.empty() ? name_ : section,
                             fmt::format("found {} ({}); expected a map of settings, such as {}",
                                         describe(found), place(found), example));
  }

  std::vector<Setting> settings_;
  SetKeys& set_;
  std::string name_;
  bool has_lines_;
  SetKeys seen_;
};

}  // namespace

void ConfigurationReader::read_file(const std::string& path) { read_text(read_whole_file(path), path); }

void ConfigurationReader::read_text(const std::string& text, const std::string& name) {
  Walk(configuration_, set_, name, true).read_section("", parse(text, name));
}

void ConfigurationReader::override_with(const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string key = trimmed(assignment.substr(0, equals));
  if (equals == std::string::npos || key.empty()) {
    throw ConfigurationError(assignment, "expected key=value, such as fit.epochs=10");
  }
  const YAML::Node value = parse(assignment.substr(equals + 1), assignment);
  Walk(configuration_, set_, "override " + assignment, false).read_key(key, value, value);
}

}  // namespace synfer
