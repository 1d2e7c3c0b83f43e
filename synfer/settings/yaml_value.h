// One YAML value into the field of one setting, checked against what the setting allows.
#pragma once

#include <string>

#include "synfer/settings/schema.h"

namespace YAML {
class Node;
}

namespace synfer {

/// Reads `node` into the setting's field. `source` says where the value stands, for messages.
/// Returns whether the setting has a value afterwards: null takes the value of an optional setting
/// away. Throws ConfigurationError and leaves the field alone where the value is not allowed.
bool read_value(const YAML::Node& node, const Setting& setting, const std::string& source);

/// A value as found, for a message: short, on one line.
std::string describe(const YAML::Node& node);

}  // namespace synfer
