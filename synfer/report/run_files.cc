#include <cmath>
#include <filesystem>

#include "synfer/base/error.h"
#include "synfer/files/file.h"
#include "synfer/report/run_files_private.h"
#include "synfer/results/result_shape.h"

namespace synfer::report {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code ignored;  // a link may lead anywhere, and is no file of the run
  return fs::is_regular_file(fs::symlink_status(path, ignored));
}

std::string text_of(const fs::path& path) {
  return is_there(path) ? read_file(path.string()) : std::string();
}

std::optional<Table> table_in(const fs::path& folder, const char* name) {
  if (!is_there(folder / name)) return std::nullopt;
  return read_table((folder / name).string());
}

}  // namespace

RunFiles read_run_files(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  RunFiles run;
  run.name = (path.has_filename() ? path : path.parent_path()).filename().string();
  const std::string result = text_of(path / "result.json");
  if (result.empty()) {
    throw ConfigurationError(folder, "holds no result.json; name the --out folder of a run that has ended");
  }
  run.result = Json::parse(result, nullptr, false);
  if (run.result.is_discarded() || !run.result.contains("rule") || !run.result.contains("state")) {
    throw ConfigurationError(folder, "its result.json is not the result of a run");
  }
  check_result(result, (path / "result.json").string());
  run.configuration = text_of(path / "configuration.yaml");
  run.trace = table_in(path, "trace.csv");
  run.trajectories = table_in(path, "trajectories.csv");
  run.rule_shape = table_in(path, "rule_shape.csv");
  return run;
}

double number_at(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at == json.end() || !at->is_number() ? NAN : at->get<double>();
}

double number_at(const Json& json, const char* key, std::size_t n) {
  const auto at = json.find(key);
  const bool is_there = at != json.end() && at->is_array() && n < at->size() && at->at(n).is_number();
  return is_there ? at->at(n).get<double>() : NAN;
}

}  // namespace synfer::report
