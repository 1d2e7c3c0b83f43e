// Where the parameters of an objective stand, what each is called, starts from and means.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "synfer/base/error.h"
#include "synfer/inference/objective.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {

using InitialWeights = ObjectiveOptions::InitialWeights;

std::size_t Objective::parameters() const {
  const auto cells = static_cast<std::size_t>(initial_.front().size());
  const std::size_t others = session_bias_offset() + session_biases();
  switch (options_.initial_weights) {
    case InitialWeights::kFixed:
      return others;
    case InitialWeights::kEstimatedShared:
      return others + cells;
    case InitialWeights::kEstimatedPerSession:
      return others + cells * sessions();
  }
  return others;
}

void Objective::check_history() const {
  for (const EncodedSession& session : data()) {
    check_suits(history(), session);
    if (options_.session_bias && session.offers > 2) {
      throw ConfigurationError(
          "history.session_bias",
          fmt::format("found true, but one bias is not enough among {} offers; set it to "
                      "false and name bias in history.covariates",
                      session.offers));
    }
  }
}

std::size_t Objective::estimated_sds() const {
  return static_cast<std::size_t>(options_.estimate_noise_sd) +
         static_cast<std::size_t>(options_.estimate_walk_sd) +
         static_cast<std::size_t>(options_.estimate_initial_sd);
}

std::size_t Objective::offset_lanes() const {
  return history().lanes() + static_cast<std::size_t>(options_.session_bias);
}

std::size_t Objective::weights_offset(std::size_t session) const {
  const auto cells = static_cast<std::size_t>(initial_.front().size());
  const bool own = options_.initial_weights == InitialWeights::kEstimatedPerSession;
  return session_bias_offset() + session_biases() + (own ? session * cells : 0);
}

std::vector<std::size_t> Objective::places_of(std::size_t s) const {
  std::vector<std::size_t> places(session_bias_offset());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (options_.session_bias) places.push_back(session_bias_offset() + s);
  if (options_.initial_weights == InitialWeights::kFixed) return places;
  for (Eigen::Index n = 0; n < initial_.front().size(); ++n) {
    places.push_back(weights_offset(s) + static_cast<std::size_t>(n));
  }
  return places;
}

BeliefLanes Objective::lanes() const {
  return {.any = true,
          .noise_sd = options_.estimate_noise_sd,
          .walk_sd = options_.estimate_walk_sd,
          .initial_sd = options_.estimate_initial_sd,
          .offset = offset_lanes(),
          .initial = options_.initial_weights != InitialWeights::kFixed};
}

std::vector<std::string> Objective::parameter_names() const {
  std::vector<std::string> names = model_.rule.parameter_names();
  if (options_.estimate_noise_sd) names.emplace_back("log noise_sd");
  if (options_.estimate_walk_sd) names.emplace_back("log walk_sd");
  if (options_.estimate_initial_sd) names.emplace_back("log initial_sd");
  for (const HistoryParameter& p : history().parameters())
    names.push_back(p.is_rate ? "logit " + p.name : p.name);
  for (std::size_t s = 0; s < session_biases(); ++s)
    names.push_back(fmt::format("history.session_bias_{}", s));
  for (std::size_t n = 0; names.size() < parameters(); ++n) names.push_back("w0_" + std::to_string(n));
  return names;
}

std::vector<double> Objective::start_from(std::span<const double> theta) const {
  std::vector<double> all(theta.begin(), theta.end());
  if (options_.estimate_noise_sd) all.push_back(std::log(options_.belief.noise_sd));
  if (options_.estimate_walk_sd) all.push_back(std::log(options_.belief.walk_sd));
  if (options_.estimate_initial_sd) all.push_back(std::log(options_.belief.initial_sd));
  for (const HistoryParameter& p : history().parameters()) all.push_back(p.mean);
  all.resize(all.size() + session_biases(), 0.0);
  for (std::size_t s = 0; all.size() < parameters(); ++s) {
    all.insert(all.end(), initial_[s].data(), initial_[s].data() + initial_[s].size());
  }
  return all;
}

BeliefOptions Objective::belief(std::span<const double> parameters) const {
  BeliefOptions belief = options_.belief;
  std::size_t next = rule_parameters();
  if (options_.estimate_noise_sd) belief.noise_sd = std::exp(parameters[next++]);
  if (options_.estimate_walk_sd) belief.walk_sd = std::exp(parameters[next++]);
  if (options_.estimate_initial_sd) belief.initial_sd = std::exp(parameters[next++]);
  return belief;
}

Matrix Objective::initial_weights(std::span<const double> parameters, std::size_t session) const {
  if (options_.initial_weights == InitialWeights::kFixed) return initial_[session];
  const Matrix& shape = initial_.front();
  return Eigen::Map<const Matrix>(parameters.data() + weights_offset(session), shape.rows(), shape.cols());
}

LogitOffsets Objective::offsets(std::span<const double> parameters, std::size_t s) const {
  const std::size_t lanes = offset_lanes();
  if (lanes == 0) return {};
  LogitOffsets offsets =
      history_offsets(history(), parameters.subspan(history_offset(), history().lanes()), data()[s], lanes);
  if (!options_.session_bias) return offsets;
  add_session_bias(offsets, parameters[session_bias_offset() + s], data()[s].offers);
  const std::size_t offers = static_cast<std::size_t>(data()[s].offers);
  for (std::size_t n = offers - 1; n < offsets.value.size(); n += offers)
    offsets.slopes[n * lanes + lanes - 1] = 1.0;
  return offsets;
}

std::vector<Objective::Prior> Objective::priors() const {
  std::vector<Prior> all;
  for (std::size_t h = 0; h < history().lanes(); ++h) {
    const HistoryParameter& p = history().parameters()[h];
    all.push_back({history_offset() + h, p.mean, p.sd, std::nullopt});
  }
  if (std::isfinite(options_.session_bias_sd)) {
    for (std::size_t s = 0; s < session_biases(); ++s)
      all.push_back({session_bias_offset() + s, 0.0, options_.session_bias_sd, s});
  }
  const bool own_weights = options_.initial_weights == InitialWeights::kEstimatedPerSession;
  if (own_weights && std::isfinite(options_.initial_weights_sd)) {
    const auto cells = static_cast<std::size_t>(initial_.front().size());
    for (std::size_t s = 0; s < sessions(); ++s) {
      for (std::size_t n = 0; n < cells; ++n)
        all.push_back({weights_offset(s) + n, 0.0, options_.initial_weights_sd, s});
    }
  }
  return all;
}

Objective Objective::with_rule(Rule rule) const {
  Objective other = *this;
  other.model_.rule = std::move(rule);
  return other;
}

Objective Objective::with_initial_weights(std::vector<Matrix> initial) const {
  Objective other = *this;
  other.initial_ = std::move(initial);
  return other;
}

Objective Objective::with_session_bias_sd(double sd) const {
  Objective other = *this;
  other.options_.session_bias_sd = sd;
  return other;
}

Objective Objective::in_scale(const DataScale& scale) const {
  if (scale == DataScale{}) return *this;
  std::vector<EncodedSession> sessions;
  for (const EncodedSession& session : data()) sessions.push_back(synfer::in_scale(session, scale));
  std::vector<Matrix> initial;
  for (const Matrix& weights : initial_) initial.emplace_back(weights * scale.input);
  ObjectiveOptions options = options_;
  options.resampling_sd /= scale.input;
  options.belief.noise_sd /= scale.input;
  options.belief.initial_sd *= scale.input;
  options.initial_weights_sd *= scale.input;
  options.belief.walk_sd *= scale.input;
  return {{model_.network, synfer::in_scale(model_.rule, scale)},
          std::move(sessions),
          std::move(initial),
          std::move(options)};
}

Objective Objective::first_trials(double share) const {
  std::vector<EncodedSession> sessions;
  std::size_t observed = 0;
  for (const EncodedSession& session : data()) {
    const auto scored = static_cast<double>(session.steps() - session.scored_from);
    std::size_t steps = session.scored_from + static_cast<std::size_t>(std::ceil(share * scored));
    const auto in_trial = [&](std::size_t t) {  // at which a trial goes on
      return t > 0 && t < session.trial.size() && session.trial[t] == session.trial[t - 1];
    };
    while (in_trial(steps)) ++steps;
    sessions.push_back(truncated(session, steps));
    observed += sessions.back().scored_choices();
  }
  if (observed == 0) return *this;
  return {model_, std::move(sessions), initial_, options_};
}

Objective Objective::history_only() const {
  const int inputs = data().front().inputs;
  return {{network_without_hidden_layer(inputs), TaylorRule({Term{}})},
          data(),
          std::vector<Matrix>(sessions(), Matrix::Zero(inputs, 1)),
          {.covariates = options_.covariates,
           .session_bias = options_.session_bias,
           .session_bias_sd = options_.session_bias_sd}};
}

}  // namespace synfer
