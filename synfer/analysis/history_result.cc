#include "synfer/analysis/history_result.h"

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/session_bias.h"
#include "synfer/model/likelihood.h"

namespace synfer {
namespace {

// Coefficients as they are, rates as rates.
std::vector<Estimate> history_estimates(const Objective& objective, std::span<const double> parameters) {
  std::vector<Estimate> estimates;
  for (std::size_t h = 0; h < objective.history().lanes(); ++h) {
    const HistoryParameter& p = objective.history().parameters()[h];
    const double value = parameters[objective.history_offset() + h];
    estimates.push_back({.name = p.name, .value = p.is_rate ? sigmoid(value) : value});
  }
  return estimates;
}

std::vector<double> session_biases(const Objective& objective, std::span<const double> parameters) {
  const auto own = parameters.subspan(objective.session_bias_offset(), objective.session_biases());
  return {own.begin(), own.end()};
}

// What covariates with these coefficients add to the logits of sessions: biases those of the fitted sessions,
// or none.
std::vector<LogitOffsets> offsets_of(const Configuration& c, const std::vector<Estimate>& estimates,
                                     const std::vector<double>& biases,
                                     const std::vector<EncodedSession>& sessions) {
  if (estimates.empty() && biases.empty()) return {};
  const auto [history, parameters] = fitted_history(c, estimates, sessions.front().offers);
  std::vector<LogitOffsets> offsets;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    offsets.push_back(history_offsets(history, parameters, sessions[s], history.lanes()));
    if (biases.size() == sessions.size()) add_session_bias(offsets.back(), biases[s], sessions[s].offers);
  }
  return offsets;
}

}  // namespace

FittedHistory fitted_history(const Configuration& c, const std::vector<Estimate>& estimates, int offers) {
  FittedHistory fitted{History(c.history.covariates.value_or(Strings{}), offers), {}};
  const std::vector<HistoryParameter>& expected = fitted.history.parameters();
  for (std::size_t h = 0; h < expected.size(); ++h) {
    if (expected.size() != estimates.size() || estimates[h].name != expected[h].name) {
      throw ConfigurationError("history.covariates",
                               "the settings name other covariates than were fitted; leave them out");
    }
    const double value = estimates[h].value;
    fitted.parameters.push_back(expected[h].is_rate ? std::log(value / (1.0 - value)) : value);
  }
  return fitted;
}

void add_history(const Objective& objective, std::span<const double> parameters, RunResult& result) {
  result.history = history_estimates(objective, parameters);
  result.session_biases = session_biases(objective, parameters);
  if (objective.session_biases() > 0) result.session_bias_sd = objective.session_bias_sd();
  if (result.history.empty() && !result.session_bias_sd) return;
  const HistoryOnly alone = fit_history_only(objective);
  result.history_only = history_estimates(alone.objective, alone.parameters);
  result.history_only_biases = session_biases(alone.objective, alone.parameters);
}

FittedOffsets fitted_offsets(const Configuration& c, const RunResult& result,
                             const std::vector<EncodedSession>& sessions, bool same_sessions) {
  const std::vector<double> none;
  return {offsets_of(c, result.history, same_sessions ? result.session_biases : none, sessions),
          offsets_of(c, result.history_only, same_sessions ? result.history_only_biases : none, sessions)};
}

}  // namespace synfer
