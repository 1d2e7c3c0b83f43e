#include "synfer/evaluation/deviance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace synfer {
namespace {

// K = 1: reject and accept; K >= 2: the places.
std::size_t alternatives(int offers) { return static_cast<std::size_t>(std::max(offers, 2)); }

// How often each alternative was chosen at scored steps.
std::vector<std::size_t> count_choices(const std::vector<EncodedSession>& sessions) {
  const int offers = sessions.empty() ? 1 : sessions.front().offers;
  std::vector<std::size_t> counts(alternatives(offers));
  for (const EncodedSession& session : sessions) {
    if (session.offers != offers) {
      throw std::invalid_argument(
          fmt::format("session {} has {} offers a step, those before it {}: take shares of each kind apart",
                      session.name, session.offers, offers));
    }
    for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
      const int choice = session.scored_choice(t);
      if (choice != kNoChoice) ++counts[static_cast<std::size_t>(choice)];
    }
  }
  return counts;
}

}  // namespace

ChoiceShares coin_flip(int offers) {
  const std::size_t count = offers == 1 ? 1 : static_cast<std::size_t>(offers);
  return {std::vector<double>(count, 1.0 / static_cast<double>(alternatives(offers)))};
}

ChoiceShares choice_shares(const std::vector<EncodedSession>& sessions) {
  const std::vector<std::size_t> counts = count_choices(sessions);
  double n = 0.0;
  for (const std::size_t count : counts) n += static_cast<double>(count);
  if (n == 0.0) {
    throw std::invalid_argument(
        "found no scored choice, expected at least one: score recordings without a null "
        "of choices");
  }
  const double never = std::min(0.5 / n, 1.0 / static_cast<double>(counts.size()));
  const double left = 1.0 - never * static_cast<double>(std::count(counts.begin(), counts.end(), 0U));
  ChoiceShares shares;
  for (const std::size_t count : counts) {
    shares.probability.push_back(count == 0 ? never : left * static_cast<double>(count) / n);
  }
  if (sessions.front().offers == 1) shares.probability = {shares.probability[1]};
  return shares;
}

double choice_nll(const EncodedSession& session, const ChoiceShares& shares) {
  const std::vector<double>& p = shares.probability;
  if (p.size() != static_cast<std::size_t>(session.offers)) {
    throw std::invalid_argument(
        fmt::format("found {} choice shares, but session {} has {} offers a step: take the "
                    "shares of sessions of its kind",
                    p.size(), session.name, session.offers));
  }
  double nll = 0.0;
  for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
    const int choice = session.scored_choice(t);
    if (choice == kNoChoice) continue;
    if (session.offers == 1) {
      nll -= choice == 1 ? std::log(p[0]) : std::log1p(-p[0]);
    } else {
      nll -= std::log(p[static_cast<std::size_t>(choice)]);
    }
  }
  return nll;
}

double percent_deviance(double model_nll, double null_nll) {
  if (null_nll == 0.0) return std::numeric_limits<double>::quiet_NaN();
  return 100.0 * (1.0 - model_nll / null_nll);
}

}  // namespace synfer
