// Sessions: made of arrays by the rules of a table, or of what a pickle kept; arrays out as views of their
// memory.
//
// Shapes: T steps, K offers a step, N inputs, R recorded neurons.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <type_traits>

#include "arrays.h"
#include "module.h"
#include "synfer/data/reward_values.h"
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

// What a pickle keeps of a session: all of it.
template <typename S, typename Visit>
void visit_fields(S& session, const Visit& visit) {
  visit("animal", session.animal);
  visit("name", session.name);
  visit("start", session.start);
  visit("offers", session.offers);
  visit("inputs", session.inputs);
  visit("stimuli", session.stimuli);
  visit("stimulus", session.stimulus);
  visit("x", session.x);
  visit("trial", session.trial);
  visit("block", session.block);
  visit("choice", session.choice);
  visit("reward", session.reward);
  visit("time", session.time);
  visit("learns", session.learns);
  visit("scored", session.scored);
  visit("recorded_neurons", session.recorded_neurons);
  visit("recordings", session.recordings);
}

// Numbers of steps as arrays, all else as Python has it.
template <typename T>
constexpr bool kIsArray = std::is_same_v<T, std::vector<int>> || std::is_same_v<T, std::vector<double>>;

nb::dict state_of(const Session& session) {
  nb::dict state;
  visit_fields(session, [&]<typename T>(const char* name, const T& value) {
    if constexpr (kIsArray<T>) {
      state[name] = array_of(value, {value.size()});
    } else {
      state[name] = value;
    }
  });
  return state;
}

// Nothing is checked, since it was a session before.
Session session_of(const nb::dict& state) {
  Session session;
  visit_fields(session, [&]<typename T>(const char* name, T& value) {
    if constexpr (kIsArray<T>) {
      value = values_of(nb::cast<Array<typename T::value_type>>(state[name]));
    } else {
      value = nb::cast<T>(state[name]);
    }
  });
  return session;
}

// A reward above this is one: what is paid where there is none, or 0 where nothing tells what that is.
double no_reward(const std::vector<Session>& sessions) {
  return reward_values(sessions).nothing.value_or(0.0);
}

}  // namespace

void bind_sessions(nb::module_& m) {
  m.def("no_reward", &no_reward, nb::arg("sessions"));
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
