#include "module.h"

NB_MODULE(_core, m) {
  namespace py = synfer::python;
  m.doc() = "synfer's C++ half; use the functions of synfer itself.";
  m.attr("version") = SYNFER_VERSION;
  py::bind_errors(m);
  py::bind_sessions(m);
  py::bind_program(m);
  py::bind_reading(m);
  py::bind_settings(m);
  py::bind_rules(m);
  py::bind_runs(m);
}
