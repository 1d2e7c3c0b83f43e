#include "synfer/inference/objective.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/replay/belief_adjoint.h"

namespace synfer {
namespace {

using InitialWeights = ObjectiveOptions::InitialWeights;

// Recordings without noise are matched exactly by their own rule; the logarithm of the mean squared
// error must not fall for ever.
constexpr double kSmallestVariance = 1e-12;  // a millionth of the activity, squared

std::size_t count_observations(const EncodedSession& session, Observe observe) {
  std::size_t count = 0;
  const std::size_t neurons = session.recorded_neurons.size();
  for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
    if (observe != Observe::kNeural && session.scored_choice(t) != kNoChoice) ++count;
    if (observe == Observe::kBehavior || (session.offers > 1 && session.choice[t] == kNoChoice)) continue;
    const auto row = session.recordings.begin() + static_cast<std::ptrdiff_t>(t * neurons);
    count += static_cast<std::size_t>(std::count_if(row, row + static_cast<std::ptrdiff_t>(neurons),
                                                    [](double v) { return !std::isnan(v); }));
  }
  return count;
}

}  // namespace

Objective::Objective(Model model, std::vector<EncodedSession> sessions, std::vector<Matrix> initial,
                     ObjectiveOptions options)
    : model_(std::move(model)), initial_(std::move(initial)), options_(std::move(options)) {
  for (EncodedSession& session : sessions) {
    observed_.push_back(count_observations(session, options_.observe));
    if (options_.observe != Observe::kBehavior) continue;
    session.recorded_neurons.clear();
    session.recordings.clear();
  }
  sessions_ = std::make_shared<const std::vector<EncodedSession>>(std::move(sessions));
  if (options_.belief.stimuli != BeliefOptions::Stimuli::kKnown && options_.observe != Observe::kBehavior) {
    throw ConfigurationError("stimulus.in_fit",
                             "recordings need known stimuli; use mean or true, or observe behavior alone");
  }
  if (options_.precision == Precision::kSingle && options_.belief.stimuli != BeliefOptions::Stimuli::kKnown) {
    throw ConfigurationError("run.precision",
                             "found single, but what follows stimulus noise is in double precision; use "
                             "stimulus.in_fit mean, true or resampled");
  }
  history_ = History(options_.covariates, data().empty() ? 1 : data().front().offers);
  check_history();
  if (observations() == 0) {
    throw ConfigurationError("fit.observe",
                             options_.observe == Observe::kNeural
                                 ? "the data hold no recordings; observe behavior instead"
                                 : "the data hold no choices to score; observe neural instead");
  }
}

std::size_t Objective::observations() const {
  return std::accumulate(observed_.begin(), observed_.end(), std::size_t{0});
}

double Objective::nll(const SessionLoss& total, double recorded) const {
  double nats = options_.observe == Observe::kNeural ? 0.0 : total.choice_nll;
  if (options_.observe == Observe::kBehavior || recorded == 0.0) return nats;
  const double recordings =
      options_.sigma ? 0.5 * total.squared_error / (*options_.sigma * *options_.sigma) +
                           recorded * std::log(*options_.sigma)
                     : 0.5 * recorded * std::log(total.squared_error / recorded + kSmallestVariance);
  return nats + (options_.observe == Observe::kBoth ? options_.recording_weight : 1.0) * recordings;
}

LossSlopes Objective::slopes(const SessionLoss& total, double recorded) const {
  const bool behavior = options_.observe != Observe::kNeural;
  if (options_.observe == Observe::kBehavior || recorded == 0.0) return {behavior ? 1.0 : 0.0, 0.0};
  const double weight = behavior ? options_.recording_weight : 1.0;
  // forward: recordings = squared_error / (2 sigma^2)  or  (n/2) log(squared_error / n + smallest)
  const double slope = options_.sigma ? 0.5 / (*options_.sigma * *options_.sigma)
                                      : 0.5 / (total.squared_error / recorded + kSmallestVariance);
  return {behavior ? 1.0 : 0.0, weight * slope};
}

Objective::Part Objective::believed(std::size_t s, std::span<const double> parameters,
                                    const std::optional<LossSlopes>& slopes) const {
  Part part;
  if (!slopes) {
    part.loss = loss_of(s, parameters);
    return part;
  }
  const std::vector<std::size_t> places = places_of(s);
  std::vector<double> by_lane(places.size());
  const Matrix weights = initial_weights(parameters, s);
  if (adjoint_costs_less(options_.belief, lanes(), static_cast<std::size_t>(weights.size()))) {
    const std::span<const double> theta = parameters.first(rule_parameters());
    const LogitOffsets added = offsets(parameters, s);
    part.loss = session_loss_and_gradient({model_, theta, data()[s], weights, belief(parameters), &added},
                                          lanes(), by_lane);
  } else {
    const SessionCurvature curved = curvature_of(s, parameters);
    part.loss = curved.loss;
    std::ranges::copy(curved.choice_gradient, by_lane.begin());
  }
  part.gradient.assign(parameters.size(), 0.0);
  for (std::size_t lane = 0; lane < places.size(); ++lane) {
    part.gradient[places[lane]] = slopes->choice_nll * by_lane[lane];
  }
  return part;
}

Objective::Part Objective::replayed(std::size_t s, std::span<const double> parameters,
                                    std::uint64_t replicate, const std::optional<LossSlopes>& slopes) const {
  const std::span<const double> theta = parameters.first(rule_parameters());
  const EncodedSession drawn = options_.resampling_sd > 0
                                   ? resampled(data()[s], options_.resampling_sd, options_.seed, replicate)
                                   : EncodedSession{};
  const EncodedSession& session = options_.resampling_sd > 0 ? drawn : data()[s];
  const Matrix initial = initial_weights(parameters, s);
  const LogitOffsets added = offsets(parameters, s);
  Part part;
  if (!slopes) {
    part.loss = session_loss(model_, theta, session, initial, added, options_.precision);
    return part;
  }
  part.gradient.assign(parameters.size(), 0.0);
  const std::span<double> gradient = part.gradient;
  std::span<double> weights_bar;
  if (options_.initial_weights != InitialWeights::kFixed) {
    weights_bar = gradient.subspan(weights_offset(s), static_cast<std::size_t>(initial.size()));
  }
  std::vector<double> offset_bar(offset_lanes());
  part.loss =
      session_loss_and_gradient(model_, theta, session, initial, *slopes, gradient.first(theta.size()),
                                weights_bar, added, offset_bar, options_.precision);
  const std::vector<std::size_t> places = places_of(s);
  for (std::size_t h = 0; h < offset_bar.size(); ++h) gradient[places[history_offset() + h]] = offset_bar[h];
  return part;
}

std::vector<Objective::Part> Objective::replays(std::span<const std::size_t> sessions,
                                                std::span<const double> parameters, std::uint64_t replicate,
                                                const std::optional<LossSlopes>& slopes) const {
  const bool known = options_.belief.stimuli == BeliefOptions::Stimuli::kKnown;
  std::vector<Part> parts(sessions.size());
  for_each_index(sessions.size(), [&](std::size_t n) {
    parts[n] = known ? replayed(sessions[n], parameters, replicate, slopes)
                     : believed(sessions[n], parameters, slopes);
  });
  return parts;
}

double Objective::over(std::span<const std::size_t> sessions, std::span<const double> parameters,
                       std::uint64_t replicate, std::span<double> gradient) const {
  std::size_t observed = 0;
  for (const std::size_t s : sessions) observed += observed_[s];
  std::ranges::fill(gradient, 0.0);
  if (observed == 0) return 0.0;

  const auto total_of = [](const std::vector<Part>& parts) {
    SessionLoss total;
    for (const Part& part : parts) total += part.loss;
    return total;
  };
  // An estimated sigma ties the slope of the recordings to the squared error of all sessions. Where
  // recordings are all there is, it can be multiplied in afterwards; beside choices it must be known.
  LossSlopes first = {1.0, 1.0};
  if (options_.observe != Observe::kNeural) {
    const bool estimated = options_.observe == Observe::kBoth && !options_.sigma;
    const SessionLoss total = estimated ? total_of(replays(sessions, parameters, replicate, std::nullopt))
                                        : SessionLoss{.recorded = 1};
    first = slopes(total, static_cast<double>(total.recorded));
  } else {
    first.choice_nll = 0.0;
  }
  const std::vector<Part> parts = replays(sessions, parameters, replicate, first);
  const SessionLoss total = total_of(parts);
  const double later = options_.observe == Observe::kNeural
                           ? slopes(total, static_cast<double>(total.recorded)).squared_error
                           : 1.0;
  for (const Part& part : parts) {
    for (std::size_t p = 0; p < gradient.size(); ++p) gradient[p] += later * part.gradient[p];
  }
  const auto n = static_cast<double>(observed);
  double all = nll(total, static_cast<double>(total.recorded));
  for (const Prior& prior : priors()) {
    // Sessions share the priors that they have in common.
    const double share = prior.session ? static_cast<double>(std::ranges::count(sessions, *prior.session))
                                       : n / static_cast<double>(observations());
    const double z = (parameters[prior.parameter] - prior.mean) / prior.sd;
    all += share * 0.5 * z * z;
    gradient[prior.parameter] += share * z / prior.sd;
  }
  for (double& g : gradient) g /= n;
  return all / n;
}

double Objective::loss_and_gradient(std::span<const double> parameters, std::uint64_t replicate,
                                    std::span<double> gradient) const {
  std::vector<std::size_t> all(sessions());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return over(all, parameters, replicate, gradient);
}

double Objective::loss_and_gradient_of(std::size_t session, std::span<const double> parameters,
                                       std::uint64_t replicate, std::span<double> gradient) const {
  return over({&session, 1}, parameters, replicate, gradient);
}

namespace {

// The synapses of a replayed session at the moments of their changes.
class Changes {
 public:
  Changes(const EncodedSession& session, const Trajectory& trajectory, const Matrix& initial)
      : session_(session), trajectory_(trajectory), initial_(initial) {}

  [[nodiscard]] std::size_t count() const { return trajectory_.learned.size(); }

  // At the n-th change that of input i to neuron j.
  [[nodiscard]] Synapse at(std::size_t n, std::size_t i, std::size_t j) const {
    const std::size_t t = trajectory_.learned[n];
    const std::size_t offer = t * static_cast<std::size_t>(session_.offers) + session_.learned_offer(t);
    const std::size_t cell = i * static_cast<std::size_t>(initial_.cols()) + j;
    const double w =
        n == 0 ? initial_.data()[cell]
               : trajectory_.weights(static_cast<Eigen::Index>(n - 1), static_cast<Eigen::Index>(cell));
    return {session_.x[offer * static_cast<std::size_t>(session_.inputs) + i],
            trajectory_.activity(static_cast<Eigen::Index>(offer), static_cast<Eigen::Index>(j)), w,
            session_.r[t]};
  }

 private:
  const EncodedSession& session_;
  const Trajectory& trajectory_;
  const Matrix& initial_;
};

// A stride without a common factor with the layer's size visits all of it.
std::size_t stride_over(std::size_t all, std::size_t most, std::size_t layer) {
  std::size_t stride = std::max<std::size_t>(1, all / std::max<std::size_t>(most, 1));
  while (std::gcd(stride, layer) != 1) ++stride;
  return stride;
}

}  // namespace

Visits Objective::visits(std::span<const double> parameters, std::size_t session, std::size_t most) const {
  const Matrix initial = initial_weights(parameters, session);
  const Trajectory trajectory =
      replay(model_, parameters.first(rule_parameters()), (*sessions_)[session], initial);
  const Changes changes((*sessions_)[session], trajectory, initial);
  const auto cells = static_cast<std::size_t>(initial.size());
  const auto columns = static_cast<std::size_t>(initial.cols());
  const std::size_t stride = stride_over(changes.count() * cells, most, cells);
  Visits visits;
  for (std::size_t at = 0; at < changes.count() * cells; at += stride)
    visits.push_back(changes.at(at / cells, at % cells / columns, at % columns));
  return visits;
}

Visits Objective::visits_of_neurons(std::span<const double> parameters, std::size_t session,
                                    std::size_t most) const {
  const Matrix initial = initial_weights(parameters, session);
  const Trajectory trajectory =
      replay(model_, parameters.first(rule_parameters()), (*sessions_)[session], initial);
  const Changes changes((*sessions_)[session], trajectory, initial);
  const auto inputs = static_cast<std::size_t>(initial.rows());
  const auto columns = static_cast<std::size_t>(initial.cols());
  const std::size_t stride = stride_over(changes.count() * columns, most / inputs, columns);
  Visits visits;
  for (std::size_t at = 0; at < changes.count() * columns; at += stride) {
    for (std::size_t i = 0; i < inputs; ++i) visits.push_back(changes.at(at / columns, i, at % columns));
  }
  return visits;
}

double Objective::sigma(std::span<const double> parameters) const {
  if (options_.sigma) return *options_.sigma;
  std::vector<std::size_t> all(sessions());
  std::iota(all.begin(), all.end(), std::size_t{0});
  SessionLoss total;
  for (const Part& part : replays(all, parameters, 0, std::nullopt)) total += part.loss;
  return std::sqrt(total.squared_error / static_cast<double>(total.recorded));
}

}  // namespace synfer
