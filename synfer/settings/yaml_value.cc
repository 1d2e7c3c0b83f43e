#include "synfer/settings/yaml_value.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {
namespace {

// Each read() gives nothing where the node is not of the type or not allowed.

bool in_range(double value, const Allowed& allowed) {
  const bool low = allowed.low_excluded ? value > allowed.low : value >= allowed.low;
  const bool high = allowed.high_excluded ? value < allowed.high : value <= allowed.high;
  return low && high;
}

template <typename Integer>
bool read_whole(const YAML::Node& node, Integer& out) {
  if (!node.IsScalar()) return false;
  const std::string& text = node.Scalar();
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, out);
  return status == std::errc() && stop == end;
}

bool read(const YAML::Node& node, const Allowed&, std::uint64_t& out) { return read_whole(node, out); }

bool read(const YAML::Node& node, const Allowed& allowed, int& out) {
  return read_whole(node, out) && in_range(out, allowed);
}

bool read(const YAML::Node& node, const Allowed& allowed, double& out) {
  if (!node.IsScalar()) return false;
  const std::optional<double> value = parse_number(node.Scalar());
  if (!value || !std::isfinite(*value) || !in_range(*value, allowed)) return false;
  out = *value;
  return true;
}

bool read(const YAML::Node& node, const Allowed&, bool& out) {
  if (!node.IsScalar()) return false;
  const std::string& text = node.Scalar();
  out = text == "true" || text == "True" || text == "TRUE";
  return out || text == "false" || text == "False" || text == "FALSE";
}

bool read(const YAML::Node& node, const Allowed& allowed, std::string& out) {
  if (!node.IsScalar() || node.Scalar().empty()) return false;
  out = node.Scalar();
  return allowed.words.empty() || std::ranges::find(allowed.words, out) != allowed.words.end();
}

template <typename T>
bool read(const YAML::Node& node, const Allowed& allowed, std::vector<T>& out) {
  if constexpr (std::is_same_v<T, std::string>) {  // a single name is a list of one
    if (node.IsScalar() && !node.Scalar().empty()) return read(node, allowed, out.emplace_back());
  }
  if (!node.IsSequence() || (node.size() == 0 && !allowed.empty_list)) return false;
  for (const YAML::Node& item : node) {
    if (!read(item, allowed, out.emplace_back())) return false;
  }
  return true;
}

template <typename T>
bool read(const YAML::Node& node, const Allowed& allowed, std::optional<T>& out) {
  if (node.IsNull()) return true;
  if constexpr (std::is_same_v<T, std::vector<double>>) {
    double number = 0.0;
    if (read(node, allowed, number)) {
      out = T{number};
      return true;
    }
  }
  return read(node, allowed, out.emplace());
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kLongest = 60;
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

template <typename T>
bool has_value(const T&) {
  return true;
}
template <typename T>
bool has_value(const std::optional<T>& value) {
  return value.has_value();
}

}  // namespace

namespace {

std::string described(const YAML::Node& node, int levels) {
  if (!node.IsDefined() || node.IsNull()) return "nothing";
  if (node.IsMap()) return "a map";
  if (node.IsScalar()) return node.Scalar().empty() ? "empty text" : node.Scalar();
  if (levels == 0) return "[...]";  // an alias may make a list contain itself
  Strings items;
  for (const YAML::Node& item : node) items.push_back(described(item, levels - 1));
  return fmt::format("[{}]", join(items, ", "));
}

}  // namespace

std::string describe(const YAML::Node& node) { return shortened(described(node, 2)); }

bool read_value(const YAML::Node& node, const Setting& setting, const std::string& source) {
  return std::visit(
      [&](auto* field) {
        std::remove_pointer_t<decltype(field)> value{};
        if (!read(node, setting.allowed, value)) {
          throw ConfigurationError(setting.key, fmt::format("found {} ({}); expected {}", describe(node),
                                                            source, allowed_text(setting)));
        }
        *field = std::move(value);
        return has_value(*field);
      },
      setting.field);
}

}  // namespace synfer
