// What this synfer was made of, for --version and for whoever reports a fault.
#pragma once

#include <string>

namespace synfer {

/// The version in a first line of its own; then compiler, kind of build, the instruction set that kernels use
/// on this machine, and the libraries that files and threads depend on.
std::string build_details();

}  // namespace synfer
