// Data sets from files, and sessions to a table.
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <sstream>
#include <tuple>

#include "module.h"
#include "settings.h"
#include "synfer/base/error.h"
#include "synfer/data/inventory.h"
#include "synfer/data/read.h"
#include "synfer/data/stimuli.h"
#include "synfer/data/write_steps.h"
#include "synfer/run/data_check.h"

namespace synfer::python {
namespace {

using File = std::tuple<std::string, std::string, std::uint64_t>;  // path, SHA-256, bytes

// `settings`: those of data.
std::tuple<std::vector<Session>, std::vector<File>, std::vector<std::string>, std::vector<std::string>> read(
    const std::vector<std::string>& paths, const std::vector<std::string>& settings) {
  const DataSettings data = configuration_of({"", settings}, DataOrigin::recorded).data;
  DataSet set = read_data(paths, {data.format, data.columns, data.coding, data.activity});
  std::vector<File> files;
  for (const DataFile& file : set.files) files.emplace_back(file.path, file.sha256, file.bytes);
  return {std::move(set.sessions), std::move(files), std::move(set.left_out), std::move(set.how)};
}

std::string steps_csv(const std::vector<Session>& sessions) {
  std::ostringstream csv;
  write_steps(csv, sessions);
  return csv.str();
}

std::map<std::string, std::size_t> inventory(const std::vector<Session>& sessions) {
  const Inventory found = take_inventory(sessions);
  return {{"animals", found.animals},     {"sessions", found.sessions},
          {"steps", found.steps},         {"trials", found.trials},
          {"choices", found.choices},     {"accepted", found.accepted},
          {"omissions", found.omissions}, {"rewards", found.rewards},
          {"recorded", found.recorded},   {"gaps", found.gaps}};
}

// What `synfer check` says of sessions in memory, as text and as JSON.
std::tuple<std::string, std::string> check(std::vector<Session> sessions, const std::vector<File>& files,
                                           const std::vector<std::string>& left_out,
                                           const std::vector<std::string>& how,
                                           const std::vector<std::string>& settings) {
  if (sessions.empty()) throw DataError("sessions", 0, "", "there are none; expected one or more");
  share_stimuli(sessions);
  const Configuration c = configuration_of({"", settings}, DataOrigin::recorded);
  check_session_order(c, sessions);
  DataCheck found{{}, left_out, inspect(sessions, how)};
  for (const auto& [path, sha256, bytes] : files) found.files.push_back({path, sha256, bytes});
  return {table_of(found), to_json(found)};
}

}  // namespace

void bind_reading(nb::module_& m) {
  m.def("read", &read, nb::arg("paths"), nb::arg("settings"), nb::call_guard<nb::gil_scoped_release>());
  m.def("format_names", &format_names);
  m.def("steps_csv", &steps_csv, nb::arg("sessions"));
  m.def("inventory", &inventory, nb::arg("sessions"));
  m.def("check", &check, nb::arg("sessions"), nb::arg("files"), nb::arg("left_out"), nb::arg("how"),
        nb::arg("settings"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace synfer::python
