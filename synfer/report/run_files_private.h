// What a page is made from: the files of a run's folder, as they lie there.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "synfer/files/table.h"

namespace synfer::report {

using Json = nlohmann::ordered_json;

struct RunFiles {
  std::string name;                   // of the folder
  Json result;                        // result.json
  std::string configuration;          // configuration.yaml; empty where there is none
  std::optional<Table> trace;         // trace.csv
  std::optional<Table> trajectories;  // trajectories.csv
  std::optional<Table> rule_shape;    // rule_shape.csv
};

/// @throws ConfigurationError where the folder holds no result.json, or one that is not the result of a run;
///         DataError where a table is damaged.
RunFiles read_run_files(const std::string& folder);

/// A number of the result, NaN where it is null or missing.
double number_at(const Json& json, const char* key);

/// The same of the n-th in an array, such as an end of an interval.
double number_at(const Json& json, const char* key, std::size_t n);

}  // namespace synfer::report
