#include "synfer/run/data_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synfer/base/text.h"
#include "synfer/plan/carried_sessions.h"
#include "synfer/results/inventory_text.h"
#include "synfer/run/run_origin.h"

namespace synfer {

DataCheck check_data(const Configuration& c, const std::vector<std::string>& paths) {
  DataSet set = read_for(c, paths);
  check_session_order(c, set.sessions);
  return {std::move(set.files), std::move(set.left_out), inspect(set.sessions, set.how)};
}

std::string table_of(const DataCheck& check) {
  const std::size_t files = check.files.size();
  const std::string what = files == 0 ? "sessions" : fmt::format("{} file{}", files, files == 1 ? "" : "s");
  std::string text = table_of(check.inventory, what);
  for (const std::string& path : check.left_out) text += fmt::format("not read: {}\n", path);
  return text;
}

std::string to_json(const DataCheck& check) {
  using Json = nlohmann::ordered_json;
  Json json = Json::parse(to_json(check.inventory));
  json["files"] = Json::array();
  for (const DataFile& file : check.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  json["not_read"] = check.left_out;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace synfer
