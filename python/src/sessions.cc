// Sessions: NumPy arrays in, copied once and checked; arrays out as views of their memory.
//
// Shapes: T steps, K offers a step, N inputs, R recorded neurons.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "arrays.h"
#include "module.h"
#include "session_check.h"
#include "synfer/data/session.h"

namespace synfer::python {
namespace {

Session session_of(std::string animal, std::string name, int offers, int inputs,
                   std::vector<std::string> stimuli, const Array<int>& stimulus, const Array<double>& x,
                   const Array<int>& trial, const Array<int>& block, const Array<int>& choice,
                   const Array<double>& reward, const Array<bool>& learns, const Array<int>& recorded_neurons,
                   const Array<double>& recordings) {
  Session session;
  session.animal = std::move(animal);
  session.name = std::move(name);
  session.offers = offers;
  session.inputs = inputs;
  session.stimuli = std::move(stimuli);
  session.stimulus = values_of(stimulus);
  session.x = values_of(x);
  session.trial = values_of(trial);
  session.block = values_of(block);
  session.choice = values_of(choice);
  session.reward = values_of(reward);
  session.learns = values_of(learns);
  session.recorded_neurons = values_of(recorded_neurons);
  session.recordings = values_of(recordings);
  check(session);
  return session;
}

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

}  // namespace

void bind_sessions(nb::module_& m) {
  nb::class_<Session>(m, "Session")
      .def(
          "__init__",
          [](Session* self, std::string animal, std::string name, int offers, int inputs,
             std::vector<std::string> stimuli, const Array<int>& stimulus, const Array<double>& x,
             const Array<int>& trial, const Array<int>& block, const Array<int>& choice,
             const Array<double>& reward, const Array<bool>& learns, const Array<int>& recorded_neurons,
             const Array<double>& recordings) {
            new (self) Session(session_of(std::move(animal), std::move(name), offers, inputs,
                                          std::move(stimuli), stimulus, x, trial, block, choice, reward,
                                          learns, recorded_neurons, recordings));
          },
          nb::arg("animal"), nb::arg("name"), nb::arg("offers"), nb::arg("inputs"), nb::arg("stimuli"),
          nb::arg("stimulus"), nb::arg("x"), nb::arg("trial"), nb::arg("block"), nb::arg("choice"),
          nb::arg("reward"), nb::arg("learns"), nb::arg("recorded_neurons"), nb::arg("recordings"))
      .def(nb::init<const Session&>(), nb::arg("other"))
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
      .def_prop_ro("recorded_neurons", view(&Session::recorded_neurons, neurons))
      .def_prop_ro("recordings", view(&Session::recordings, steps_neurons))
      // C++ keeps them a bit each, which no array can show.
      .def_prop_ro("learns", [](const Session& s) { return s.learns; })
      .def("__len__", &Session::steps);
}

}  // namespace synfer::python
