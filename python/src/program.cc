// The command line, for the script `synfer` of the package.
#include "program.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <vector>

#include "module.h"

namespace synfer::python {

void bind_program(nb::module_& m) {
  m.def(
      "run_program",
      [](const std::vector<std::string>& words) {
        std::vector<const char*> argv;
        for (const std::string& word : words) argv.push_back(word.c_str());
        argv.push_back(nullptr);
        return run_program(static_cast<int>(words.size()), argv.data());
      },
      nb::arg("words"), nb::call_guard<nb::gil_scoped_release>(),
      "Runs the command line; words are those of a shell, the program's name first. Returns the exit code.");
}

}  // namespace synfer::python
