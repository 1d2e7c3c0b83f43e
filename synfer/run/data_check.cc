#include "synfer/run/data_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/session_order.h"
#include "synfer/run/inventory_text.h"
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

void check_order_alone(const Configuration& c, const std::vector<Session>& sessions) {
  if (!c.data.carry_weights) return;
  const SessionOrder order = order_of_sessions(sessions);
  if (order.reversed.empty()) return;
  throw ConfigurationError(
      "data.carry_weights",
      fmt::format(
          "{}; expected an animal's sessions in the order in which they were: sort the rows by session, or "
          "give the files in order",
          join(order.reversed, "; ")));
}

void check_session_order(const Configuration& c, const std::vector<Session>& sessions) {
  if (!c.data.carry_weights) return;
  if (!order_of_sessions(sessions).several) {
    throw ConfigurationError(
        "data.carry_weights",
        "found true, but no animal has more than one session, so that nothing says which sessions are one "
        "animal's; expected a column that does: data.columns.animal=NAME, or leave the setting out");
  }
  check_order_alone(c, sessions);
}

}  // namespace synfer
