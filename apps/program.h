// The program: runs the command line, and turns what went wrong into a sentence and an exit code. 0 done,
// 2 usage, configuration or output, 3 data, 4 a fit that did not converge, 130 interrupted.
//
// Apart from main(), since the Python package's `synfer` calls it too: a second executable would double the
// wheel.
#pragma once

namespace synfer {

/// Signals are taken to be those of a program, as the system gives them.
/// @return the exit code
int run_program(int argc, const char* const* argv);

}  // namespace synfer
