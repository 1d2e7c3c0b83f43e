#include "synfer/run/coin_flip.h"

#include <fmt/format.h>

#include <cmath>

namespace synfer {

std::optional<AgainstCoin> against_coin(const Estimation& estimation) {
  const Objective& fitted = estimation.in_scale;
  if (fitted.options().observe != Observe::kBehavior) return std::nullopt;
  double choices = 0.0;
  double coin = 0.0;
  for (const EncodedSession& session : fitted.data()) {
    const auto count = static_cast<double>(session.scored_choices());
    choices += count;
    coin += count * std::log(session.offers == 1 ? 2.0 : session.offers);
  }
  const std::vector<double> parameters = estimation.scale.in_scale(estimation.fit.best.parameters);
  return AgainstCoin{fitted.data_nll(parameters, {}) / choices, coin / choices};
}

std::optional<std::string> coin_flip_warning(const Estimation& estimation) {
  const std::optional<AgainstCoin> found = against_coin(estimation);
  if (!found || !found->is_worse()) return std::nullopt;
  return fmt::format(
      "the fit is worse than a coin flip: {:.3g} nats a choice against {:.3g}, on the choices that it was "
      "fitted "
      "to. Do not use its estimates; look at the data (synfer check), or fit fewer terms from more starts",
      found->fit, found->coin);
}

}  // namespace synfer
