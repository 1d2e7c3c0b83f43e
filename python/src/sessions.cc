// Sessions: made of arrays by the rules of a table, or of what a pickle kept; arrays out as views of their
// memory.
//
// Shapes: T steps, K offers a step, N inputs, R recorded neurons.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "arrays.h"
#include "module.h"
#include "synfer/data/session.h"

namespace synfer::python {
namespace {

using Shape = std::vector<std::size_t>;

std::size_t size(int n) { return static_cast<std::size_t>(n); }

Shape steps(const Session& s) { return {s.steps()}; }
Shape steps_offers(const Session& s) { return {s.steps(), size(s.offers)}; }
Shape steps_offers_inputs(const Session& s) { return {s.steps(), size(s.offers), size(s.inputs)}; }
Shape neurons(const Session& s) { return {s.recorded_neurons.size()}; }
Shape steps_neurons(const Session& s) { return {s.steps(), s.recorded_neurons.size()}; }

// A read-only array of the session's own memory; None where there is nothing in it.
template <typename T>
auto view(std::vector<T> Session::* field, Shape (*shape)(const Session&)) {
  return [field, shape](nb::handle self) -> std::optional<View<T>> {
    const auto& session = nb::cast<const Session&>(self);
    if ((session.*field).empty()) return std::nullopt;
    return view_of(session.*field, shape(session), self);
  };
}

// The same for what every session has.
template <typename T>
auto view_of_all(std::vector<T> Session::* field) {
  return [field](nb::handle self) -> View<T> {
    const auto& session = nb::cast<const Session&>(self);
    return view_of(session.*field, steps(session), self);
  };
}

// A session as a pickle keeps it: nothing is checked, since it was a session before.
nb::dict state_of(const Session& s) {
  nb::dict state;
  state["animal"] = s.animal;
  state["name"] = s.name;
  if (s.start) state["start"] = *s.start;
  state["offers"] = s.offers;
  state["inputs"] = s.inputs;
  state["stimuli"] = s.stimuli;
  state["learns"] = s.learns;
  state["scored"] = s.scored;
  const auto keep = [&](const char* name, const auto& values) {
    state[name] = array_of(values, {values.size()});
  };
  keep("stimulus", s.stimulus);
  keep("x", s.x);
  keep("trial", s.trial);
  keep("block", s.block);
  keep("choice", s.choice);
  keep("reward", s.reward);
  keep("time", s.time);
  keep("recorded_neurons", s.recorded_neurons);
  keep("recordings", s.recordings);
  return state;
}

Session session_of(const nb::dict& state) {
  Session s;
  s.animal = nb::cast<std::string>(state["animal"]);
  s.name = nb::cast<std::string>(state["name"]);
  if (state.contains("start")) s.start = nb::cast<double>(state["start"]);
  s.offers = nb::cast<int>(state["offers"]);
  s.inputs = nb::cast<int>(state["inputs"]);
  s.stimuli = nb::cast<std::vector<std::string>>(state["stimuli"]);
  s.learns = nb::cast<std::vector<bool>>(state["learns"]);
  s.scored = nb::cast<std::vector<bool>>(state["scored"]);
  const auto restore = [&]<typename T>(const char* name, std::vector<T>& values) {
    values = values_of(nb::cast<Array<T>>(state[name]));
  };
  restore("stimulus", s.stimulus);
  restore("x", s.x);
  restore("trial", s.trial);
  restore("block", s.block);
  restore("choice", s.choice);
  restore("reward", s.reward);
  restore("time", s.time);
  restore("recorded_neurons", s.recorded_neurons);
  restore("recordings", s.recordings);
  return s;
}

}  // namespace

void bind_sessions(nb::module_& m) {
  nb::class_<Session>(m, "Session")
      .def(nb::init<const Session&>(), nb::arg("other"))
      .def("__getstate__", &state_of)
      .def("__setstate__",
           [](Session& self, const nb::dict& state) { new (&self) Session(session_of(state)); })
      .def_ro("animal", &Session::animal)
      .def_ro("name", &Session::name)
      .def_ro("offers", &Session::offers)
      .def_ro("inputs", &Session::inputs)
      .def_ro("stimuli", &Session::stimuli)
      .def_prop_ro("stimulus", view(&Session::stimulus, steps_offers))
      .def_prop_ro("x", view(&Session::x, steps_offers_inputs))
      .def_prop_ro("trial", view_of_all(&Session::trial))
      .def_prop_ro("block", view_of_all(&Session::block))
      .def_prop_ro("choice", view_of_all(&Session::choice))
      .def_prop_ro("reward", view_of_all(&Session::reward))
      .def_prop_ro("time", view(&Session::time, steps))
      .def_prop_ro("recorded_neurons", view(&Session::recorded_neurons, neurons))
      .def_prop_ro("recordings", view(&Session::recordings, steps_neurons))
      // C++ keeps them a bit each, which no array can show.
      .def_prop_ro("learns", [](const Session& s) { return s.learns; })
      .def_prop_ro(
          "scored",
          [](const Session& s) { return s.scored.empty() ? std::vector<bool>(s.steps(), true) : s.scored; })
      .def("__len__", &Session::steps);
}

}  // namespace synfer::python
