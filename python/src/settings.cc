#include "settings.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <tuple>
#include <variant>

#include "hooks.h"
#include "module.h"
#include "synfer/report/page.h"
#include "synfer/results/result.h"
#include "synfer/results/result_shape.h"
#include "synfer/run/run_folder.h"
#include "synfer/settings/reading_settings.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_reader.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer::python {
namespace {

using Row = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>;

// Key, default in YAML, what is allowed, unit, meaning, and what holds where it is not set.
std::vector<Row> settings() {
  Configuration defaults;
  std::vector<Row> rows;
  for (const Setting& one : settings_of(defaults)) {
    rows.emplace_back(one.key, value_text(one), allowed_text(one), one.unit, one.documentation,
                      one.when_absent);
  }
  return rows;
}

// How the data of a run were read: the settings that say it, where they are not as by default, by their keys.
nb::dict reading_settings(const std::string& yaml) {
  ConfigurationReader reader;
  reader.read_text(yaml, kConfigurationFile);
  Configuration c = reader.configuration();
  nb::dict found;
  for (const Setting& one : given_for_reading(c)) {
    found[one.key.c_str()] = std::visit([](const auto* value) { return nb::cast(*value); }, one.field);
  }
  return found;
}

// A run folder with these files, whole or not at all; and its report, which is made from them.
void save(const std::string& path, bool overwrite,
          const std::vector<std::tuple<std::string, std::string>>& files) {
  RunFolder folder = RunFolder::create(path, overwrite);
  for (const auto& [name, text] : files) folder.write(name, text);
  folder.keep();
  if (folder.has(kResultFile)) {
    folder.write(kReportFile,
                 Hooks().released([&] { return report_page(std::vector<std::string>{folder.path()}); }));
  }
}

// The texts of result.json and configuration.yaml, once they are known to be those of a run.
std::tuple<std::string, std::string> read_run(const std::string& path) {
  const RunFolder folder = RunFolder::open_existing(path, {kResultFile, kConfigurationFile});
  std::string result = folder.read(kResultFile);
  check_result(result, (std::filesystem::path(folder.path()) / kResultFile).string());
  std::string configuration = folder.read(kConfigurationFile);
  ConfigurationReader().read_text(configuration, kConfigurationFile);
  return {std::move(result), std::move(configuration)};
}

}  // namespace

Configuration configuration_of(const GivenSettings& given, DataOrigin origin, SetKeys* keys) {
  ConfigurationReader reader;
  if (!given.yaml.empty()) reader.read_text(given.yaml, kConfigurationFile);
  for (const std::string& assignment : given.overrides) reader.override_with(assignment);
  validate(reader.configuration(), origin, given.yaml.empty() ? reader.set_keys() : SetKeys{});
  if (keys != nullptr) *keys = reader.set_keys();
  return reader.configuration();
}

std::string yaml_of(const Configuration& c, DataOrigin origin) {
  return to_yaml(c, origin == DataOrigin::recorded ? simulated_only() : SetKeys{});
}

void bind_settings(nb::module_& m) {
  m.def("settings", &settings);
  m.def("read_run", &read_run, nb::arg("path"));
  m.def("reading_settings", &reading_settings, nb::arg("yaml"));
  m.def("save", &save, nb::arg("path"), nb::arg("overwrite"), nb::arg("files"));
}

}  // namespace synfer::python
