// Settings as Python sends them: YAML text of an earlier run, then key=value as on the command line.
#pragma once

#include <string>
#include <vector>

#include "synfer/settings/configuration.h"

namespace synfer::python {

struct GivenSettings {
  std::string yaml;                    // configuration.yaml of an earlier run, or empty
  std::vector<std::string> overrides;  // dotted key = value in YAML
};

/// Checked as on the command line. @throws ConfigurationError
/// @param keys  filled in with those that were given, where it is not null
Configuration configuration_of(const GivenSettings& given, DataOrigin origin, SetKeys* keys = nullptr);

/// configuration.yaml of a run on data of this origin.
std::string yaml_of(const Configuration& c, DataOrigin origin);

}  // namespace synfer::python
