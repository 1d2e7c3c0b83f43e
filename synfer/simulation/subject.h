// Whom a session is simulated for, and with what: all that the parts of a simulation draw on.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "synfer/base/random.h"
#include "synfer/model/model.h"
#include "synfer/simulation/simulate.h"

namespace synfer {

struct Subject {
  const SimulationOptions& options;
  const Model& model;
  std::span<const double> theta;  // P
  std::string animal;
  std::string session;

  /// Draws of this session for one purpose. None of them is a draw that a fit makes under the same
  /// seed, whatever the fit calls its purpose.
  [[nodiscard]] RandomStream draws(std::string_view purpose) const {
    return {options.seed, "simulation: " + std::string(purpose), animal, session};
  }
};

}  // namespace synfer
