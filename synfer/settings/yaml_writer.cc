#include "synfer/settings/yaml_writer.h"

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <variant>

#include "synfer/base/text.h"

namespace synfer {
namespace {

YAML::Node node_of(std::uint64_t value) { return YAML::Node(std::to_string(value)); }
YAML::Node node_of(int value) { return YAML::Node(std::to_string(value)); }
YAML::Node node_of(double value) { return YAML::Node(shortest(value)); }
YAML::Node node_of(bool value) { return YAML::Node(value ? "true" : "false"); }
YAML::Node node_of(const std::string& value) { return YAML::Node(value); }

template <typename T>
YAML::Node node_of(const std::vector<T>& values) {
  YAML::Node list(YAML::NodeType::Sequence);
  list.SetStyle(YAML::EmitterStyle::Flow);
  for (const T& value : values) list.push_back(node_of(value));
  return list;
}

template <typename T>
YAML::Node node_of(const std::optional<T>& value) {
  return value ? node_of(*value) : YAML::Node(YAML::NodeType::Null);
}

YAML::Node node_of(const Field& field) {
  return std::visit([](const auto* value) { return node_of(*value); }, field);
}

std::string text_of(const YAML::Node& node) {
  YAML::Emitter emitter;
  emitter.SetNullFormat(YAML::LowerNull);
  emitter << node;
  return emitter.c_str();
}

}  // namespace

std::string to_yaml(const Configuration& configuration, const SetKeys& leave_out) {
  Configuration copy = configuration;
  YAML::Node root(YAML::NodeType::Map);
  for (const Setting& setting : settings_of(copy)) {
    if (leave_out.contains(setting.key)) continue;
    YAML::Node section = root;
    std::size_t start = 0;
    for (std::size_t dot = setting.key.find('.'); dot != std::string::npos;
         dot = setting.key.find('.', start)) {
      section.reset(section[setting.key.substr(start, dot - start)]);
      start = dot + 1;
    }
    section[setting.key.substr(start)] = node_of(setting.field);
  }
  return text_of(root) + "\n";
}

std::string value_text(const Setting& setting) { return text_of(node_of(setting.field)); }

}  // namespace synfer
