// run.threads as a limit that lasts while it lives.
#pragma once

#include "synfer/base/parallel.h"
#include "synfer/run/configuration.h"

namespace synfer {

inline ThreadLimit threads_of(const Configuration& c) {
  return ThreadLimit(c.run.threads ? std::optional(static_cast<std::size_t>(*c.run.threads)) : std::nullopt);
}

}  // namespace synfer
