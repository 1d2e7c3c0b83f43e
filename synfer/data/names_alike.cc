#include "synfer/data/names_alike.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "synfer/base/text.h"

namespace synfer {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string without_blanks(std::string name) {
  for (const std::string_view blank : {" ", "\t", "\n", "\r", "\u00a0"}) {
    for (std::size_t at = 0; (at = name.find(blank)) != std::string::npos;) name.erase(at, blank.size());
  }
  return name;
}

// Zeros before a whole number and in place of decimals say nothing; those after a point do.
std::string without_idle_zeros(const std::string& name) {
  std::string kept;
  for (std::size_t at = 0; at < name.size();) {
    if (!is_digit(name[at])) {
      kept += name[at++];
      continue;
    }
    const std::size_t end = std::min(name.find_first_not_of("0123456789", at), name.size());
    const bool is_decimal = at >= 2 && name[at - 1] == '.' && is_digit(name[at - 2]);
    const std::size_t zeros = std::min(name.find_first_not_of('0', at), end);
    const bool is_last_part = end == name.size() || name[end] != '.';
    const bool are_idle = is_decimal && zeros == end && is_last_part;
    if (are_idle) {
      kept.pop_back();
    } else {
      kept += name.substr(is_decimal ? at : std::min(zeros, end - 1),
                          end - (is_decimal ? at : std::min(zeros, end - 1)));
    }
    at = end;
  }
  return kept;
}

struct Feature {
  const char* name;
  std::string (*without)(std::string);
};

constexpr std::array kFeatures = {
    Feature{"capital letters", [](std::string name) { return lower_case(std::move(name)); }},
    Feature{"blanks", without_blanks},
    Feature{"zeros", [](std::string name) {  // NOLINT(performance-unnecessary-value-param): as the others
              return without_idle_zeros(name);
            }}};

std::string plain(std::string name, const Feature* but = nullptr) {
  for (const Feature& feature : kFeatures) {
    if (&feature != but) name = feature.without(std::move(name));
  }
  return name;
}

}  // namespace

std::string plain_name(const std::string& name) { return plain(name); }

std::vector<std::string> ask_whether_one(const std::vector<std::string>& names, const std::string& what) {
  const std::set<std::string> all(names.begin(), names.end());
  std::map<std::string, std::string> first;
  std::vector<std::string> found;
  for (const std::string& name : all) {
    const auto [other, is_new] = first.emplace(plain(name), name);
    if (is_new) continue;
    std::vector<std::string> in;
    for (const Feature& feature : kFeatures) {
      if (plain(name, &feature) != plain(other->second, &feature)) in.emplace_back(feature.name);
    }
    found.push_back(fmt::format("{} '{}' and '{}' differ in {} alone: are they one?", what, other->second,
                                name, join(in, " and ")));
  }
  return found;
}

}  // namespace synfer
