// Settings as YAML that reads back to equal settings, to the last bit of every number.
#pragma once

#include <string>

#include "synfer/settings/configuration.h"
#include "synfer/settings/schema.h"

namespace synfer {

/// All settings but those of `leave_out` (say, the ones that are errors for recorded data). An
/// optional setting without a value is written as null.
std::string to_yaml(const Configuration& configuration, const SetKeys& leave_out = {});

/// The value of one setting on one line, as it is written in YAML.
std::string value_text(const Setting& setting);

}  // namespace synfer
