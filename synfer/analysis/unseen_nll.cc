#include "synfer/analysis/unseen_nll.h"

#include <algorithm>
#include <optional>

#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

constexpr DataOrigin kOrigin = DataOrigin::recorded;
constexpr int kDraws = 20;  // of resampled stimuli

std::optional<std::size_t> place_of(const Objective& fitted, const EncodedSession& session) {
  const auto& seen = fitted.data();
  const auto at = std::ranges::find_if(seen, [&](const EncodedSession& other) {
    return other.animal == session.animal && other.name == session.name;
  });
  if (at == seen.end()) return std::nullopt;
  return static_cast<std::size_t>(at - seen.begin());
}

Matrix initial_weights(const Objective& fitted, std::span<const double> parameters,
                       const EncodedSession& session) {
  if (const auto place = place_of(fitted, session)) return fitted.initial_weights(parameters, *place);
  Matrix sum = fitted.initial_weights(parameters, 0);
  for (std::size_t s = 1; s < fitted.sessions(); ++s) sum += fitted.initial_weights(parameters, s);
  return sum / static_cast<double>(fitted.sessions());
}

// All but the initial weights, for a single session.
std::vector<double> parameters_for(const Objective& fitted, std::span<const double> parameters,
                                   const EncodedSession& session) {
  const std::size_t biases = fitted.session_bias_offset();
  std::vector<double> own(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(biases));
  if (fitted.session_biases() == 0) return own;
  const auto place = place_of(fitted, session);
  own.push_back(place ? parameters[biases + *place] : 0.0);
  return own;
}

std::vector<double> nll_of(const Model& model, ObjectiveOptions options, std::uint64_t seed,
                           const std::vector<EncodedSession>& sessions, auto&& parameters, auto&& initial) {
  options.observe = Observe::kBehavior;
  options.initial_weights = ObjectiveOptions::InitialWeights::kFixed;
  const int draws = options.resampling_sd > 0 ? kDraws : 1;
  std::vector<double> nll;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    double sum = 0.0;
    for (int n = 0; n < draws; ++n) {
      options.seed = seed + 1 + static_cast<std::uint64_t>(n);
      sum += Objective(model, {sessions[s]}, {initial(s)}, options).data_nll(parameters(s), {});
    }
    nll.push_back(sum / draws);
  }
  return nll;
}

auto initial_for(const Configuration& c, const Objective& fitted, std::span<const double> parameters,
                 const std::vector<EncodedSession>& sessions) {
  const bool estimated = fitted.options().initial_weights != ObjectiveOptions::InitialWeights::kFixed;
  return [=, &fitted, &sessions, assumed = assumed_weights(c, sessions)](std::size_t s) {
    return estimated ? initial_weights(fitted, parameters, sessions[s]) : assumed[s];
  };
}

}  // namespace

std::vector<double> unseen_nll(const Configuration& c, const Objective& fitted,
                               std::span<const double> parameters,
                               const std::vector<EncodedSession>& sessions) {
  const auto own = [&](std::size_t s) { return parameters_for(fitted, parameters, sessions[s]); };
  return nll_of(fitted.model(), objective_options(c, kOrigin), c.seed, sessions, own,
                initial_for(c, fitted, parameters, sessions));
}

std::vector<double> unseen_nll_without_plasticity(const Configuration& c, const Objective& fitted,
                                                  std::span<const double> parameters,
                                                  std::vector<EncodedSession> sessions) {
  for (EncodedSession& session : sessions) std::ranges::fill(session.learns, 0);
  ObjectiveOptions options = objective_options(c, kOrigin);
  options.covariates.clear();
  options.session_bias = false;
  const auto own = [&](std::size_t) { return parameters.first(fitted.history_offset()); };
  return nll_of(fitted.model(), options, c.seed, sessions, own, initial_for(c, fitted, parameters, sessions));
}

std::vector<double> unseen_nll_of_history(const Configuration& c, const HistoryOnly& alone,
                                          const std::vector<EncodedSession>& sessions) {
  const ObjectiveOptions all = objective_options(c, kOrigin);
  const ObjectiveOptions options{.covariates = all.covariates, .session_bias = all.session_bias};
  const auto own = [&](std::size_t s) {
    return parameters_for(alone.objective, alone.parameters, sessions[s]);
  };
  const auto zero = [&](std::size_t) { return alone.objective.initial_weights(alone.parameters, 0); };
  return nll_of(alone.objective.model(), options, c.seed, sessions, own, zero);
}

}  // namespace synfer
