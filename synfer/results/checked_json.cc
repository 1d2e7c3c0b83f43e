#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/results/checked_json_private.h"

namespace synfer {
namespace {

constexpr std::array<std::pair<const char*, double>, 3> kNotFinite = {
    {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}}};

}  // namespace

CheckedJson::Json CheckedJson::parse(const std::string& file, const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw ConfigurationError(file, "is not JSON as synfer writes it; it is damaged or of another program");
  }
  return json;
}

CheckedJson CheckedJson::at(const std::string& key) const {
  want(json_->is_object(), "an object");
  const auto found = json_->find(key);
  const std::string whole = key_.empty() ? key : key_ + "/" + key;
  if (found == json_->end()) throw ConfigurationError(file_, whole + " is missing; the file is damaged");
  return {file_, *found, whole};
}

std::optional<CheckedJson> CheckedJson::find(const std::string& key) const {
  want(json_->is_object(), "an object");
  const auto found = json_->find(key);
  if (found == json_->end() || found->is_null()) return std::nullopt;
  return at(key);
}

std::vector<CheckedJson> CheckedJson::list() const {
  want(json_->is_array(), "a list");
  std::vector<CheckedJson> all;
  for (std::size_t n = 0; n < json_->size(); ++n)
    all.push_back(CheckedJson(file_, json_->at(n), fmt::format("{}/{}", key_, n)));
  return all;
}

std::vector<CheckedJson> CheckedJson::list(const std::string& key) const {
  const std::optional<CheckedJson> found = find(key);
  return found ? found->list() : std::vector<CheckedJson>{};
}

std::vector<std::string> CheckedJson::keys() const {
  want(json_->is_object(), "an object");
  std::vector<std::string> all;
  for (const auto& [key, value] : json_->items()) all.push_back(key);
  return all;
}

std::string CheckedJson::text() const {
  want(json_->is_string(), "text");
  return json_->get<std::string>();
}

bool CheckedJson::truth() const {
  want(json_->is_boolean(), "true or false");
  return json_->get<bool>();
}

double CheckedJson::number() const {
  want(json_->is_number() && std::isfinite(json_->get<double>()), "a number");
  return json_->get<double>();
}

long CheckedJson::whole(long low, long high) const {
  want(json_->is_number_integer(), "a whole number");
  const bool fits =
      !json_->is_number_unsigned() ||
      json_->get<unsigned long>() <= static_cast<unsigned long>(std::numeric_limits<long>::max());
  const long value = fits ? json_->get<long>() : std::numeric_limits<long>::max();
  if (!fits || value < low || value > high)
    refuse(fmt::format("found {}, expected a whole number from {} to {}", json_->dump(), low, high));
  return value;
}

std::vector<double> CheckedJson::numbers() const {
  std::vector<double> values;
  for (const CheckedJson& one : list()) values.push_back(one.number());
  return values;
}

std::vector<std::string> CheckedJson::texts() const {
  std::vector<std::string> values;
  for (const CheckedJson& one : list()) values.push_back(one.text());
  return values;
}

CheckedJson::Json CheckedJson::any_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf";
}

CheckedJson::Json CheckedJson::any_numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(any_number(value));
  return list;
}

double CheckedJson::any_number() const {
  for (const auto& [name, value] : kNotFinite) {
    if (*json_ == name) return value;
  }
  return number();
}

std::vector<double> CheckedJson::any_numbers() const {
  std::vector<double> values;
  for (const CheckedJson& one : list()) values.push_back(one.any_number());
  return values;
}

void CheckedJson::want_version(long version) const {
  const long found = at("schema_version").whole(0);
  if (found == version) return;
  throw ConfigurationError(file_,
                           fmt::format("schema_version: found {}, expected {}; it was written by another "
                                       "version of synfer, use that or start the run again",
                                       found, version));
}

void CheckedJson::refuse(const std::string& found_and_expected) const {
  throw ConfigurationError(file_, fmt::format("{}{}; the file is damaged or was changed",
                                              key_.empty() ? "" : key_ + ": ", found_and_expected));
}

void CheckedJson::want(bool is_so, const char* expected) const {
  if (!is_so) refuse(fmt::format("found {}, expected {}", json_->type_name(), expected));
}

}  // namespace synfer
