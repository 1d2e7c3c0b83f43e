#include "synfer/run/run_origin.h"

#include <fmt/format.h>

#include <filesystem>

#include "synfer/base/error.h"
#include "synfer/results/checked_json_private.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_reader.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

using Json = CheckedJson::Json;

constexpr long kVersion = 1;

}  // namespace

DataSet read_for(const Configuration& c, const std::vector<std::string>& paths) {
  return read_data(paths, {c.data.format, c.data.columns, c.data.coding, c.data.activity});
}

void write_origin(RunFolder& folder, const RunOrigin& origin, const Configuration& c) {
  folder.write(kRunFile, to_json(origin));
  folder.write(kConfigurationFile, configuration_text(origin, c));
}

std::string to_json(const RunOrigin& origin) {
  Json json = {{"schema_version", kVersion},
               {"command", origin.command},
               {"data", Json::array()},
               {"as_given", origin.data},
               {"files", Json::array()}};
  for (const std::string& path : origin.data)
    json["data"].push_back(std::filesystem::absolute(path).string());
  for (const DataFile& file : origin.files) {
    json["files"].push_back(
        {{"path", std::filesystem::absolute(file.path).string()}, {"sha256", file.sha256}});
  }
  if (origin.given) json["given"] = *origin.given;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunOrigin origin_in(const std::string& text) {
  const Json json = CheckedJson::parse(kRunFile, text);
  const CheckedJson whole(kRunFile, json);
  whole.want_version(kVersion);
  RunOrigin origin;
  origin.command = whole.at("command").text();
  origin.data = whole.at("data").texts();
  const auto as_given = whole.find("as_given");
  const std::vector<std::string> given = as_given ? as_given->texts() : origin.data;
  if (as_given && given.size() != origin.data.size())
    as_given->refuse(fmt::format("found {} paths, expected {}", given.size(), origin.data.size()));
  // From the same working folder results name the data as they did.
  for (std::size_t n = 0; n < given.size(); ++n) {
    if (std::filesystem::absolute(given[n]) == origin.data[n]) origin.data[n] = given[n];
  }
  for (const CheckedJson& file : whole.at("files").list())
    origin.files.push_back({file.at("path").text(), file.at("sha256").text()});
  if (const auto settings = whole.find("given")) origin.given = settings->text();
  return origin;
}

std::string configuration_text(const RunOrigin& origin, const Configuration& c) {
  return to_yaml(c, origin.data.empty() ? SetKeys{} : simulated_only());
}

std::string changed_setting(const std::string& text, const RunOrigin& origin, const Configuration& c) {
  ConfigurationReader found;
  found.read_text(text, kConfigurationFile);
  ConfigurationReader expected;
  expected.read_text(configuration_text(origin, c), kConfigurationFile);
  Configuration a = found.configuration();
  Configuration b = expected.configuration();
  const std::vector<Setting> changed = settings_of(a);
  const std::vector<Setting> own = settings_of(b);
  for (std::size_t n = 0; n < own.size(); ++n) {
    if (value_text(changed[n]) == value_text(own[n])) continue;
    return fmt::format("{}: found {}, expected {} as the run began; start a new run to change a setting",
                       own[n].key, value_text(changed[n]), value_text(own[n]));
  }
  return "";
}

void want_same_data(const RunOrigin& origin, const std::vector<DataFile>& files) {
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (n >= origin.files.size() || origin.files[n].sha256 != files[n].sha256)
      throw DataError(files[n].path, 0, "", "has changed since the run began; start a new run");
  }
  if (files.size() < origin.files.size())
    throw DataError(origin.files[files.size()].path, 0, "", "is no longer read; start a new run");
}

}  // namespace synfer
