// Data sets from files, and sessions to a table.
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

#include "module.h"
#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/read.h"
#include "synfer/data/write_steps.h"
#include "synfer/run/schema.h"

namespace synfer::python {
namespace {

// The column names of data.columns, some of them a user's own.
ColumnNames columns_of(const std::map<std::string, std::string>& given) {
  Configuration c;
  const std::vector<Setting> settings = settings_of(c);
  for (const auto& [column, name] : given) {
    const std::string key = "data.columns." + column;
    const auto setting = std::ranges::find(settings, key, &Setting::key);
    if (setting == settings.end())
      throw ConfigurationError(key, "no such column", nearest_key(key, settings));
    *std::get<std::string*>(setting->field) = name;
  }
  return c.data.columns;
}

using File = std::tuple<std::string, std::string, std::uint64_t>;  // path, SHA-256, bytes

std::tuple<std::vector<Session>, std::vector<File>, std::vector<std::string>> read(
    const std::vector<std::string>& paths, const std::string& format,
    const std::map<std::string, std::string>& columns) {
  DataSet set = read_data(paths, {format, columns_of(columns)});
  std::vector<File> files;
  for (const DataFile& file : set.files) files.emplace_back(file.path, file.sha256, file.bytes);
  return {std::move(set.sessions), std::move(files), std::move(set.left_out)};
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

}  // namespace

void bind_reading(nb::module_& m) {
  m.def("read", &read, nb::arg("paths"), nb::arg("format"), nb::arg("columns"),
        nb::call_guard<nb::gil_scoped_release>());
  m.def("format_names", &format_names);
  m.def("steps_csv", &steps_csv, nb::arg("sessions"));
  m.def("inventory", &inventory, nb::arg("sessions"));
}

}  // namespace synfer::python
