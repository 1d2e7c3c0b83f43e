// Sessions from files, and from columns and arrays in memory by the rules of a table; sessions to a table.
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <map>
#include <sstream>
#include <tuple>

#include "arrays.h"
#include "hooks.h"
#include "module.h"
#include "settings.h"
#include "synfer/base/error.h"
#include "synfer/data/inventory.h"
#include "synfer/data/stimuli.h"
#include "synfer/formats/read.h"
#include "synfer/formats/read_steps.h"
#include "synfer/formats/step_arrays.h"
#include "synfer/formats/write_steps.h"
#include "synfer/plan/carried_sessions.h"
#include "synfer/run/data_check.h"

namespace synfer::python {
namespace {

using Strings = std::vector<std::string>;
using File = std::tuple<std::string, std::string, std::uint64_t>;  // path, SHA-256, bytes

// Name, shape, and its values: text where there is any, numbers otherwise (python/synfer/_cells.py).
using Values = std::tuple<std::string, std::vector<std::size_t>, Array<double>, Strings>;

DataSettings data_settings(const Strings& settings) {
  return configuration_of({"", settings}, DataOrigin::recorded).data;
}

std::vector<NamedArray> named_arrays(const std::vector<Values>& given) {
  std::vector<NamedArray> arrays;
  for (const auto& [name, shape, numbers, text] : given) {
    arrays.push_back({name, {shape, values_of(numbers), text, !text.empty()}});
  }
  return arrays;
}

// `settings`, here and below: those of data.
std::tuple<std::vector<Session>, std::vector<File>, Strings, Strings> read(const Strings& paths,
                                                                           const Strings& settings) {
  const DataSettings data = data_settings(settings);
  DataSet set = Hooks().released(
      [&] { return read_data(paths, {data.format, data.columns, data.coding, data.activity}); });
  std::vector<File> files;
  for (const DataFile& file : set.files) files.emplace_back(file.path, file.sha256, file.bytes);
  return {std::move(set.sessions), std::move(files), std::move(set.left_out), std::move(set.how)};
}

// A table by its columns, `rows` values each; without a column for them, sessions are called like `file`.
std::tuple<std::vector<Session>, Strings> read_columns(const std::string& file, std::size_t rows,
                                                       const std::vector<Values>& given,
                                                       const Strings& settings) {
  const std::vector<NamedArray> arrays = named_arrays(given);
  const DataSettings data = data_settings(settings);
  std::vector<ArrayColumn> columns;
  for (const NamedArray& one : arrays) columns.push_back({one.name, &one.array, 0, 1});
  Reading reading =
      Hooks().released([&] { return read_steps(table_of(file, columns, rows), data.columns, data.coding); });
  return {std::move(reading.sessions), std::move(reading.how)};
}

// One session by its arrays, called as columns are, and how it was understood.
std::tuple<Session, Strings> session_of(const std::string& animal, const std::string& name,
                                        const std::vector<Values>& given, const Strings& settings) {
  std::vector<NamedArray> arrays = named_arrays(given);
  const StepCoding coding = data_settings(settings).coding;
  Reading reading = Hooks().released(
      [&] { return sessions_of("session " + name, std::move(arrays), {}, coding, name, animal); });
  return {std::move(reading.sessions.at(0)), std::move(reading.how)};
}

// Sessions of several sources as one data set, as read_data would give it.
std::vector<Session> together(std::vector<Session> sessions, const Strings& from) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < sessions.size(); ++i) sources.push_back({&sessions[i], &from[i]});
  check_belong_together(sources);
  share_stimuli(sessions);
  return sessions;
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
  DataCheck found{{}, left_out, Hooks().released([&] { return inspect(sessions, how); })};
  for (const auto& [path, sha256, bytes] : files) found.files.push_back({path, sha256, bytes});
  return {table_of(found), to_json(found)};
}

}  // namespace

void bind_reading(nb::module_& m) {
  m.def("read", &read, nb::arg("paths"), nb::arg("settings"));
  m.def("read_columns", &read_columns, nb::arg("file"), nb::arg("rows"), nb::arg("columns"),
        nb::arg("settings"));
  m.def("session_of", &session_of, nb::arg("animal"), nb::arg("name"), nb::arg("arrays"),
        nb::arg("settings"));
  m.def("together", &together, nb::arg("sessions"), nb::arg("sources"));
  m.def("format_names", &format_names);
  m.def("steps_csv", &steps_csv, nb::arg("sessions"));
  m.def("inventory", &inventory, nb::arg("sessions"));
  m.def("check", &check, nb::arg("sessions"), nb::arg("files"), nb::arg("left_out"), nb::arg("how"),
        nb::arg("settings"));
}

}  // namespace synfer::python
