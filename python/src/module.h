// The parts of the extension module synfer._core, each bound in the file of its name.
//
// The extension is private: it moves values between Python and the rooms and does nothing else. What users
// meet is python/synfer.
#pragma once

#include <nanobind/nanobind.h>

namespace synfer::python {

namespace nb = nanobind;

void bind_errors(nb::module_& m);
void bind_sessions(nb::module_& m);
void bind_program(nb::module_& m);
void bind_reading(nb::module_& m);
void bind_settings(nb::module_& m);
void bind_rules(nb::module_& m);
void bind_runs(nb::module_& m);

}  // namespace synfer::python
