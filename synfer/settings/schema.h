// The one listing of all settings: dotted key, field, what is allowed, unit, documentation.
//
// Reading, overriding, checking, writing and documenting settings all walk this list, so a new
// setting is one field in configuration.h and one entry in its section (data_settings.cc, task_settings.cc,
// ...).
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "synfer/settings/configuration.h"

namespace synfer {

/// The field of a Configuration that a setting stands for. The optional list of numbers
/// (network.readout) may be written as one number.
using Field = std::variant<std::uint64_t*, int*, double*, bool*, std::string*, Strings*, std::vector<int>*,
                           std::vector<std::vector<double>>*, std::optional<bool>*, std::optional<int>*,
                           std::optional<double>*, std::optional<std::string>*, std::optional<Strings>*,
                           std::optional<std::vector<double>>*>;

/// What a value, or each value of a list, may be. Text is never empty; numbers are always finite.
struct Allowed {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false;
  bool high_excluded = false;
  Strings words = {};  // of text; any where empty
  bool empty_list = false;
};

struct Setting {
  std::string key;
  Field field;
  Allowed allowed = {};
  std::string unit = {};           // empty for words and plain numbers
  std::string documentation = {};  // one sentence
  std::string when_absent = {};    // of an optional setting: what happens where it is not set
};

/// All settings in documented order, bound to the fields of `configuration`. Settings of one
/// section stand together.
std::vector<Setting> settings_of(Configuration& configuration);

/// What may be written for a setting, for a person: "a number >= 0 and < 1", "adam or lbfgs".
std::string allowed_text(const Setting& setting);

/// The known key that a user most likely meant by an unknown one; empty where none is close.
std::string nearest_key(std::string_view unknown, std::span<const Setting> settings);

}  // namespace synfer
