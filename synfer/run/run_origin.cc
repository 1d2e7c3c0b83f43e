#include "synfer/run/run_origin.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "synfer/run/yaml_writer.h"

namespace synfer {

using Json = nlohmann::ordered_json;

DataSet read_for(const Configuration& c, const std::vector<std::string>& paths) {
  return read_data(paths, {c.data.format, c.data.columns, c.data.coding, c.data.activity});
}

void write_origin(RunFolder& folder, const Configuration& c, const std::string& command,
                  const std::vector<DataFile>& files, const std::vector<std::string>& paths) {
  folder.write(kConfigurationFile, to_yaml(c, paths.empty() ? SetKeys{} : simulated_only()));
  Json json = {
      {"schema_version", 1}, {"command", command}, {"data", Json::array()}, {"files", Json::array()}};
  for (const std::string& path : paths) json["data"].push_back(std::filesystem::absolute(path).string());
  for (const DataFile& file : files) {
    json["files"].push_back(
        {{"path", std::filesystem::absolute(file.path).string()}, {"sha256", file.sha256}});
  }
  folder.write(kRunFile, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace synfer
