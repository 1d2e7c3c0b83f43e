// Simulating, fitting and evaluating: the functions of synfer/analysis/analysis.h, without the interpreter's
// lock.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>

#include "arrays.h"
#include "hooks.h"
#include "module.h"
#include "settings.h"
#include "synfer/analysis/analysis.h"
#include "synfer/base/error.h"
#include "synfer/data/stimuli.h"
#include "synfer/formats/read.h"
#include "synfer/plan/machine.h"
#include "synfer/results/result_files.h"
#include "synfer/run/data_check.h"
#include "synfer/run/like_command.h"
#include "synfer/settings/reading_settings.h"

namespace synfer::python {
namespace {

using Strings = std::vector<std::string>;
using Files = std::vector<std::tuple<std::string, std::string, std::uint64_t>>;  // path, SHA-256, bytes
using Tables = std::vector<std::tuple<std::string, std::string>>;                // name of the file, CSV
using Run = std::tuple<std::string, std::string, Tables>;  // result.json, configuration.yaml

// Sessions of several sources as one data set, as read_data would give it.
std::vector<Session> together(std::vector<Session> sessions) {
  if (sessions.empty()) throw DataError("sessions", 0, "", "there are none; expected one or more");
  const std::string given = "the sessions given";
  std::vector<Source> sources;
  for (const Session& session : sessions) sources.push_back({&session, &given});
  check_belong_together(sources);
  share_stimuli(sessions);
  return sessions;
}

std::vector<DataFile> data_files(const Files& files) {
  std::vector<DataFile> found;
  for (const auto& [path, sha256, bytes] : files) found.push_back({path, sha256, bytes});
  return found;
}

std::string phase_of(const Configuration& c) {
  const std::string method = fit_method(c);
  return method == "adam" ? "epochs" : method == "lbfgs" ? "evaluations" : "steps";
}

void add_replays(const ReplayTables& replays, Tables& tables) {
  if (!replays.trajectories.empty()) tables.emplace_back(kTrajectoriesFile, replays.trajectories);
  if (!replays.rule_shape.empty()) tables.emplace_back(kRuleShapeFile, replays.rule_shape);
}

Run as_run(const Configuration& c, DataOrigin origin, const Files& files, Analysis found) {
  found.result.files = data_files(files);
  Tables tables = {{"trace.csv", found.trace}};
  for (const auto& [name, csv] : tables_beside(found.result)) tables.emplace_back(name, csv);
  add_replays(found.replays, tables);
  return {to_json(found.result), yaml_of(c, origin), tables};
}

// `how`: what the reader of the sessions said.
Run fit(const std::vector<Session>& sessions, const Files& files, const Strings& how, const Strings& settings,
        nb::object report) {
  SetKeys keys;
  const Configuration given = configuration_of({"", settings}, DataOrigin::recorded, &keys);
  const std::vector<Session> data = together(sessions);
  Hooks hooks(std::move(report));
  Configuration c;
  Analysis found = hooks.released([&]() -> Analysis {
    const MachineLimits limits(given);
    StructureSearch search = search_structures(given, keys, data, hooks.structure_hooks());
    if (search.interrupted) return {};
    c = resolved_for(resolved(search.settings, DataOrigin::recorded), data);
    return fit_sessions(c, data, {}, hooks.hooks(phase_of(c), fit_starts(c)), search.found);
  });
  add_reading(found.result, how);
  return as_run(c, DataOrigin::recorded, files, std::move(found));
}

Run recover(const Strings& settings, nb::object report) {
  const Configuration c =
      resolved(configuration_of({"", settings}, DataOrigin::simulated), DataOrigin::simulated);
  Hooks hooks(std::move(report));
  Analysis found =
      hooks.released([&] { return recover_rule(c, {}, hooks.hooks(phase_of(c), fit_starts(c))); });
  return as_run(c, DataOrigin::simulated, {}, std::move(found));
}

Run evaluate(const std::string& yaml, const std::string& json, const std::string& name,
             const std::vector<Session>& sessions, const Files& files, const Strings& how,
             const Strings& settings) {
  const Configuration c = configuration_of({yaml, settings}, DataOrigin::recorded);
  const std::vector<Session> data = together(sessions);
  Analysis found =
      Hooks().released([&] { return evaluate_sessions(c, from_json(json), name, data, data_files(files)); });
  add_reading(found.result, how);
  Tables tables;
  add_replays(found.replays, tables);
  return {to_json(found.result), yaml_of(c, DataOrigin::recorded), tables};
}

// The printed table, result.json, the table as CSV, configuration.yaml.
using Design = std::tuple<std::string, std::string, std::string, std::string>;

Design design_check(const std::string& yaml, const std::string& json, const std::vector<Session>& sessions,
                    const Strings& settings, nb::object report) {
  const Configuration given = configuration_of({yaml, settings}, DataOrigin::recorded);
  const std::vector<Session> data = together(sessions);
  const Configuration c = resolved_for(resolved(given, DataOrigin::recorded), data);
  Hooks hooks(std::move(report));
  const DesignCheck check =
      hooks.released([&] { return check_design(c, animal_like(c, json, data), data, hooks.design_hooks()); });
  return {table_of(check), to_json(check), to_csv(check), yaml_of(c, DataOrigin::recorded)};
}

nb::dict simulate(const Strings& settings) {
  const Configuration c = configuration_of({"", settings}, DataOrigin::simulated);
  refuse_format(c);
  Simulation simulation = Hooks().released([&] { return simulate_sessions(c); });
  nb::list sessions;
  nb::list weights;
  nb::list seen;
  std::size_t at_limit = 0;
  for (SimulatedSession& one : simulation.sessions) {
    const auto steps = one.session.steps();
    const Matrix& m = one.initial_weights;
    std::vector<double> w;
    for (Eigen::Index i = 0; i < m.rows(); ++i) w.insert(w.end(), m.row(i).begin(), m.row(i).end());
    weights.append(
        array_of(std::move(w), {static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())}));
    seen.append(array_of(std::move(one.x), {steps, static_cast<std::size_t>(one.session.offers),
                                            static_cast<std::size_t>(one.session.inputs)}));
    sessions.append(nb::cast(std::move(one.session)));
    at_limit += one.trials_at_limit;
  }
  nb::dict found;
  found["sessions"] = sessions;
  found["rule"] = simulation.rule;
  found["theta"] = simulation.truth.theta;
  found["initial_weights"] = weights;
  found["x_seen"] = seen;
  found["trials_at_limit"] = at_limit;
  return found;
}

}  // namespace

void bind_runs(nb::module_& m) {
  m.def("fit", &fit, nb::arg("sessions"), nb::arg("files"), nb::arg("how"), nb::arg("settings"),
        nb::arg("report").none());
  m.def("recover", &recover, nb::arg("settings"), nb::arg("report").none());
  m.def("evaluate", &evaluate, nb::arg("yaml"), nb::arg("json"), nb::arg("name"), nb::arg("sessions"),
        nb::arg("files"), nb::arg("how"), nb::arg("settings"));
  m.def("design_check", &design_check, nb::arg("yaml"), nb::arg("json"), nb::arg("sessions"),
        nb::arg("settings"), nb::arg("report").none());
  m.def("simulate", &simulate, nb::arg("settings"));
}

}  // namespace synfer::python
