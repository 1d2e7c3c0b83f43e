#include "synfer/settings/schema.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <type_traits>

#include "synfer/base/text.h"
#include "synfer/settings/sections_private.h"

namespace synfer {
namespace {

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

std::string bounds(const Allowed& allowed) {
  const bool below = std::isfinite(allowed.low);
  const bool over = std::isfinite(allowed.high);
  std::string text;
  if (below) text += fmt::format(" {} {}", allowed.low_excluded ? ">" : ">=", shortest(allowed.low));
  if (below && over) text += " and";
  if (over) text += fmt::format(" {} {}", allowed.high_excluded ? "<" : "<=", shortest(allowed.high));
  return text;
}

std::string alternatives(const Strings& words) {
  const std::span<const std::string> all = words;
  return join(all.first(all.size() - 1), ", ") + " or " + words.back();
}

template <typename T>
std::string kind_of_value(const Allowed& allowed) {
  const std::string some = allowed.empty_list ? "" : "one or more ";
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "a whole number from 0 to 18446744073709551615";
  if constexpr (std::is_same_v<T, int>) return "a whole number" + bounds(allowed);
  if constexpr (std::is_same_v<T, double>) return "a number" + bounds(allowed);
  if constexpr (std::is_same_v<T, std::string>)
    return allowed.words.empty() ? "text" : alternatives(allowed.words);
  if constexpr (std::is_same_v<T, std::vector<int>>)
    return "a list of " + some + "whole numbers" + bounds(allowed);
  if constexpr (std::is_same_v<T, std::vector<double>>) return "a number, or a list of " + some + "numbers";
  if constexpr (std::is_same_v<T, std::vector<std::vector<double>>>) {
    return "a list of one or more lists of numbers" + bounds(allowed);
  }
  if constexpr (std::is_same_v<T, Strings>) {
    if (allowed.words.empty()) return "a list of " + some + "names";
    return "a list of " + (some.empty() ? "" : some + "of ") + alternatives(allowed.words);
  }
}

Strings last_parts(const Strings& keys) {
  Strings parts;
  for (const std::string& key : keys) parts.push_back(key.substr(key.rfind('.') + 1));
  return parts;
}

}  // namespace

std::vector<Setting> settings_of(Configuration& configuration) {
  std::vector<Setting> all;
  for (auto* section :
       {data_settings, task_settings, network_settings, history_settings, rule_settings, fit_settings}) {
    std::vector<Setting> some = section(configuration);
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

std::string allowed_text(const Setting& setting) {
  return std::visit(
      [&](auto* field) {
        using T = Unwrapped<std::remove_pointer_t<decltype(field)>>::type;
        return kind_of_value<T>(setting.allowed);
      },
      setting.field);
}

std::string nearest_key(std::string_view unknown, std::span<const Setting> settings) {
  Strings keys;
  for (const Setting& setting : settings) keys.push_back(setting.key);
  std::string whole = nearest(unknown, keys);
  const std::string_view last = unknown.substr(unknown.rfind('.') + 1);
  const Strings parts = last_parts(keys);
  // A key in the wrong section is closer in its last part than in the whole.
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (whole.empty() && parts[i] == last) return keys[i];
  }
  if (!whole.empty() || last.size() < 4) return whole;  // any two short words are close
  const std::string part = nearest(last, parts);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!part.empty() && parts[i] == part) return keys[i];
  }
  return whole;
}

}  // namespace synfer
