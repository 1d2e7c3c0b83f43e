// Whether a fit says less about choices than a coin: then its estimates are not to be used.
#pragma once

#include <optional>
#include <string>

#include "synfer/run/estimation.h"

namespace synfer {

/// Nats a scored choice under a fit, and under equal chances of all that could be chosen.
struct AgainstCoin {
  double fit = 0.0;
  double coin = 0.0;

  /// By more than weights that are drawn, and no rule, would make it.
  [[nodiscard]] bool is_worse() const { return !(fit <= 1.001 * coin); }
};

/// Empty where choices are not what was fitted, or not alone.
std::optional<AgainstCoin> against_coin(const Estimation& estimation);

/// The warning that comes before all others; empty where the fit is no worse.
std::optional<std::string> coin_flip_warning(const Estimation& estimation);

}  // namespace synfer
