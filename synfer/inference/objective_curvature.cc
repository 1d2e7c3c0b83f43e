// The objective as a likelihood with curvature: forward sensitivities session by session, summed in
// their order.

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/inference/objective.h"
#include "synfer/replay/belief_block.h"

namespace synfer {
namespace {

using Stimuli = BeliefOptions::Stimuli;

// Sensitivities (steps x inputs x recorded neurons x parameters) of one session beyond which only
// every n-th neuron enters the information.
constexpr double kMostSensitivities = 5e6;
constexpr std::size_t kNeuronsAtOnce = 8;  // so that their sensitivities stay in cache

double weight_of(std::span<const double> weights, std::size_t session) {
  return weights.empty() ? 1.0 : weights[session];
}

// Some of the recorded neurons as a layer of their own: given the data, columns are independent.
struct Layer {
  /// @param neurons  indices into session.recorded_neurons
  Layer(Model whole, const EncodedSession& of, const Matrix& weights, std::span<const std::size_t> neurons)
      : model(std::move(whole)),
        session(of),
        initial(weights.rows(), static_cast<Eigen::Index>(neurons.size())) {
    const std::size_t recorded = of.recorded_neurons.size();
    model.network.neurons = static_cast<int>(neurons.size());
    model.network.readout.assign(neurons.size(), 0.0);
    session.recorded_neurons.clear();
    session.recordings.clear();
    for (std::size_t n = 0; n < neurons.size(); ++n) {
      session.recorded_neurons.push_back(static_cast<int>(n));
      initial.col(static_cast<Eigen::Index>(n)) = weights.col(of.recorded_neurons[neurons[n]]);
    }
    for (std::size_t t = 0; t < of.steps(); ++t) {
      for (const std::size_t n : neurons) session.recordings.push_back(of.recordings[t * recorded + n]);
    }
  }

  Model model;
  EncodedSession session;
  Matrix initial;
};

// Every so many-th recorded neuron enters the information.
std::size_t neuron_stride(const EncodedSession& session, std::size_t parameters) {
  const double all = static_cast<double>(session.steps()) * session.inputs *
                     static_cast<double>(session.recorded_neurons.size()) * static_cast<double>(parameters);
  return static_cast<std::size_t>(std::max(1.0, std::ceil(all / kMostSensitivities)));
}

// Of recordings alone: the gradient is the adjoint's, the information may be that of every n-th neuron.
SessionCurvature recordings_curvature(const Model& model, std::span<const double> theta,
                                      const EncodedSession& session, const Matrix& initial) {
  SessionCurvature curvature;
  const auto parameters = static_cast<Eigen::Index>(theta.size());
  curvature.choice_gradient = Vector::Zero(parameters);
  curvature.choice_information = Matrix::Zero(parameters, parameters);
  curvature.squared_error_gradient = Vector::Zero(parameters);
  curvature.squared_error_information = Matrix::Zero(parameters, parameters);
  curvature.loss =
      session_loss_and_gradient(model, theta, session, initial, {.choice_nll = 0.0, .squared_error = 1.0},
                                {curvature.squared_error_gradient.data(), theta.size()});

  const std::size_t recorded = session.recorded_neurons.size();
  const std::size_t stride = neuron_stride(session, theta.size());
  std::vector<std::size_t> sample;
  for (std::size_t n = 0; n < recorded; n += stride) sample.push_back(n);
  for (std::size_t first = 0; first < sample.size(); first += kNeuronsAtOnce) {
    const std::size_t count = std::min(kNeuronsAtOnce, sample.size() - first);
    const Layer layer(model, session, initial, std::span(sample).subspan(first, count));
    curvature.squared_error_information +=
        session_curvature({layer.model, theta, layer.session, layer.initial}, {}).squared_error_information;
  }
  if (!sample.empty()) {
    curvature.squared_error_information *= static_cast<double>(recorded) / static_cast<double>(sample.size());
  }
  return curvature;
}

// Runs `with` for runs of at most so many sessions of weight above 0, in parallel.
template <typename With>
void for_each_run(std::size_t sessions, std::size_t at_once, std::span<const double> weights, With&& with) {
  std::vector<std::size_t> counted;
  for (std::size_t s = 0; s < sessions; ++s) {
    if (weight_of(weights, s) != 0.0) counted.push_back(s);
  }
  for_each_index((counted.size() + at_once - 1) / at_once, [&](std::size_t n) {
    const std::size_t first = n * at_once;
    with(std::span(counted).subspan(first, std::min(at_once, counted.size() - first)));
  });
}

// Sums of losses with weights; the second is the number of recorded values.
std::pair<SessionLoss, double> total_of(std::span<const SessionLoss> losses,
                                        std::span<const double> weights) {
  SessionLoss total;
  double recorded = 0.0;
  for (std::size_t s = 0; s < losses.size(); ++s) {
    const double weight = weight_of(weights, s);
    if (weight == 0.0) continue;
    total.choice_nll += weight * losses[s].choice_nll;
    total.squared_error += weight * losses[s].squared_error;
    recorded += weight * static_cast<double>(losses[s].recorded);
  }
  return {total, recorded};
}

}  // namespace

// What the beliefs of some sessions refer to.
struct Objective::Beliefs {
  Beliefs(const Objective& objective, std::span<const std::size_t> sessions,
          std::span<const double> parameters) {
    const std::span<const double> theta = parameters.first(objective.rule_parameters());
    const BeliefOptions options = objective.belief(parameters);
    initial.reserve(sessions.size());
    offsets.reserve(sessions.size());
    for (const std::size_t s : sessions) {
      initial.push_back(objective.initial_weights(parameters, s));
      offsets.push_back(objective.offsets(parameters, s));
      of.push_back({objective.model(), theta, objective.data()[s], initial.back(), options, &offsets.back()});
    }
  }

  std::vector<Matrix> initial;
  std::vector<LogitOffsets> offsets;
  std::vector<BeliefSession> of;
};

std::size_t Objective::at_once(std::span<const double> parameters, const BeliefLanes& lanes) const {
  if (options_.belief.stimuli == Stimuli::kKnown) return 1;
  const std::span<const double> theta = parameters.first(rule_parameters());
  std::size_t most = kLanes;
  for (const EncodedSession& session : data()) {
    most =
        std::min(most, sessions_at_once({model_, theta, session, initial_.front(), options_.belief}, lanes));
  }
  return most;
}

std::vector<SessionLoss> Objective::losses_of(std::span<const std::size_t> sessions,
                                              std::span<const double> parameters) const {
  if (options_.belief.stimuli == Stimuli::kKnown) return {loss_of(sessions.front(), parameters)};
  return session_losses(Beliefs(*this, sessions, parameters).of);
}

std::vector<SessionCurvature> Objective::curvatures_of(std::span<const std::size_t> sessions,
                                                       std::span<const double> parameters) const {
  if (options_.belief.stimuli == Stimuli::kKnown) return {curvature_of(sessions.front(), parameters)};
  return session_curvatures(Beliefs(*this, sessions, parameters).of, lanes());
}

SessionLoss Objective::loss_of(std::size_t s, std::span<const double> parameters) const {
  const std::span<const double> theta = parameters.first(rule_parameters());
  const Matrix initial = initial_weights(parameters, s);
  const LogitOffsets added = offsets(parameters, s);
  if (options_.belief.stimuli != Stimuli::kKnown) {
    return session_loss({model_, theta, data()[s], initial, belief(parameters), &added});
  }
  if (options_.resampling_sd <= 0) return session_loss(model_, theta, data()[s], initial, added);
  return session_loss(model_, theta, resampled(data()[s], options_.resampling_sd, options_.seed, 0), initial,
                      added);
}

bool Objective::samples_neurons(std::span<const double> parameters) const {
  return options_.observe == Observe::kNeural && parameters.size() == rule_parameters();
}

SessionCurvature Objective::curvature_of(std::size_t s, std::span<const double> parameters) const {
  const std::span<const double> theta = parameters.first(rule_parameters());
  const Matrix initial = initial_weights(parameters, s);
  const bool draws = options_.resampling_sd > 0;
  const EncodedSession drawn =
      draws ? resampled(data()[s], options_.resampling_sd, options_.seed, 0) : EncodedSession{};
  const EncodedSession& session = draws ? drawn : data()[s];
  if (samples_neurons(parameters)) {
    return recordings_curvature(model_, theta, session, initial);
  }
  const LogitOffsets added = offsets(parameters, s);
  return session_curvature({model_, theta, session, initial, belief(parameters), &added}, lanes());
}

double Objective::data_nll(std::span<const double> parameters, std::span<const double> weights) const {
  std::vector<SessionLoss> losses(sessions());
  try {
    for_each_run(sessions(), at_once(parameters, {}), weights, [&](std::span<const std::size_t> run) {
      const std::vector<SessionLoss> found = losses_of(run, parameters);
      for (std::size_t n = 0; n < run.size(); ++n) losses[run[n]] = found[n];
    });
  } catch (const NonFiniteError&) {
    return std::numeric_limits<double>::infinity();
  }
  const auto [total, recorded] = total_of(losses, weights);
  return nll(total, recorded);
}

double Objective::nll(std::span<const double> parameters, std::span<const double> weights) const {
  if (integrates_weights()) {
    try {
      return curvature(parameters, weights).nll;
    } catch (const NonFiniteError&) {
      return std::numeric_limits<double>::infinity();
    }
  }
  double all = data_nll(parameters, weights);
  for (const Prior& prior : priors()) {
    const double z = (parameters[prior.parameter] - prior.mean) / prior.sd;
    all += 0.5 * z * z * (prior.session ? weight_of(weights, *prior.session) : 1.0);
  }
  return all;
}

Curvature Objective::curvature(std::span<const double> parameters, std::span<const double> weights) const {
  std::vector<SessionCurvature> parts(sessions());
  for_each_run(sessions(), at_once(parameters, lanes()), weights, [&](std::span<const std::size_t> run) {
    std::vector<SessionCurvature> found = curvatures_of(run, parameters);
    for (std::size_t n = 0; n < run.size(); ++n) parts[run[n]] = std::move(found[n]);
  });
  std::vector<SessionLoss> losses;
  for (const SessionCurvature& part : parts) losses.push_back(part.loss);
  const auto [total, recorded] = total_of(losses, weights);
  const LossSlopes slope = slopes(total, recorded);
  // nats of a recorded value besides its squared error: weight log(variance) / 2
  const double weight_of_recordings = options_.observe == Observe::kBoth ? options_.recording_weight : 1.0;
  const double spread =
      slope.squared_error > 0.0
          ? 0.5 * weight_of_recordings * std::log(0.5 * weight_of_recordings / slope.squared_error)
          : 0.0;

  const auto size = static_cast<Eigen::Index>(parameters.size());
  Curvature curvature;
  curvature.nll = nll(total, recorded);
  curvature.gradient = Vector::Zero(size);
  curvature.information = Matrix::Zero(size, size);
  curvature.session_nll = Vector::Zero(static_cast<Eigen::Index>(sessions()));
  curvature.session_gradients = Matrix::Zero(static_cast<Eigen::Index>(sessions()), size);
  for (std::size_t s = 0; s < sessions(); ++s) {
    const double weight = weight_of(weights, s);
    if (weight == 0.0) continue;
    const SessionCurvature& part = parts[s];
    curvature.held = curvature.held || part.held;
    curvature.sampled =
        curvature.sampled || (samples_neurons(parameters) && neuron_stride(data()[s], rule_parameters()) > 1);
    const std::vector<std::size_t> places = places_of(s);
    curvature.session_nll[static_cast<Eigen::Index>(s)] = slope.choice_nll * part.loss.choice_nll +
                                                          slope.squared_error * part.loss.squared_error +
                                                          spread * static_cast<double>(part.loss.recorded);
    // forward: nll = choices + slope squared_error, whose variance is 1 / (2 slope)
    const Vector gradient =
        slope.choice_nll * part.choice_gradient + slope.squared_error * part.squared_error_gradient;
    const Matrix information = slope.choice_nll * part.choice_information +
                               2.0 * slope.squared_error * part.squared_error_information;
    for (std::size_t a = 0; a < places.size(); ++a) {
      const auto at = static_cast<Eigen::Index>(places[a]);
      const double of = gradient[static_cast<Eigen::Index>(a)];
      curvature.session_gradients(static_cast<Eigen::Index>(s), at) = of;
      curvature.gradient[at] += weight * of;
      for (std::size_t b = 0; b < places.size(); ++b) {
        curvature.information(at, static_cast<Eigen::Index>(places[b])) +=
            weight * information(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
      }
    }
  }
  for (const auto& [parameter, mean, sd, session] : priors()) {
    const auto p = static_cast<Eigen::Index>(parameter);
    const double weight = session ? weight_of(weights, *session) : 1.0;
    // forward: z^2 / 2, z = (parameter - mean) / sd
    const double z = (parameters[parameter] - mean) / sd;
    curvature.nll += weight * 0.5 * z * z;
    curvature.gradient[p] += weight * z / sd;
    curvature.information(p, p) += weight / (sd * sd);
    if (session && weight > 0) curvature.session_gradients(static_cast<Eigen::Index>(*session), p) += z / sd;
  }
  if (integrates_weights()) add_integral(parameters, weights, parts, slope, curvature);
  return curvature;
}

}  // namespace synfer
