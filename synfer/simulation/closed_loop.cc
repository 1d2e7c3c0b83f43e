#include "synfer/simulation/closed_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"

namespace synfer {
namespace {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

Matrix first_weights(const Subject& subject) {
  const Network& network = subject.model.network;
  const std::optional<Matrix>& given = subject.options.given_weights;
  if (!given) {
    return draw_initial_weights(subject.options.initial_weights, network.inputs, network.neurons,
                                subject.draws("initial weights"));
  }
  if (given->rows() != network.inputs || given->cols() != network.neurons || !given->allFinite()) {
    throw ConfigurationError(
        "network.initial_weights.file",
        fmt::format("found {} x {} weights{}, expected {} inputs x {} neurons, all finite; give others, or "
                    "let them be drawn",
                    given->rows(), given->cols(), given->allFinite() ? "" : ", some of them not finite",
                    network.inputs, network.neurons));
  }
  return *given;
}

SimulatedSession empty_session(const Subject& subject, int offers, std::vector<std::string> stimuli,
                               std::vector<int> recorded_neurons) {
  SimulatedSession simulated;
  simulated.session.animal = subject.animal;
  simulated.session.name = subject.session;
  simulated.session.offers = offers;
  simulated.session.inputs = subject.model.network.inputs;
  simulated.session.stimuli = std::move(stimuli);
  simulated.session.recorded_neurons = std::move(recorded_neurons);
  simulated.initial_weights = first_weights(subject);
  return simulated;
}

}  // namespace

ClosedLoop::ClosedLoop(const Subject& subject, int offers, std::vector<std::string> stimuli)
    : model_(subject.model),
      theta_(subject.theta),
      options_(subject.options),
      walk_(subject.draws("random walk of weights")),
      recorder_(subject),
      simulated_(empty_session(subject, offers, std::move(stimuli), recorder_.neurons())),
      layer_(model_.network, model_.rule, {theta_.begin(), theta_.end()}, simulated_.initial_weights),
      baseline_(options_.expected_reward),
      history_(options_.history, options_.history_parameters) {}

std::span<const double> ClosedLoop::present(const Stimulus& stimulus, int trial) {
  stop_if_asked();
  trial_ = trial;
  odours_ = stimulus.odours;
  append(simulated_.session.stimulus, stimulus.odours);
  append(simulated_.session.x, stimulus.mean);
  append(simulated_.x, stimulus.seen);
  x_ = stimulus.seen;
  y_.clear();
  logits_.clear();
  for (int offer = 0; offer < simulated_.session.offers; ++offer) {
    const std::span<const double> activity = layer_.activity(x(offer));
    y_.insert(y_.end(), activity.begin(), activity.end());
    logits_.push_back(layer_.logit(activity));
    if (!std::isfinite(logits_.back())) refuse("logit");
  }
  if (options_.history.lanes() > 0) {
    const LogitOffset offset = history_.offset(now());
    for (std::size_t k = 0; k < logits_.size(); ++k) logits_[k] += offset.value[k];
  }
  logits_.back() += options_.bias;
  return logits_;
}

void ClosedLoop::end_step(const Outcome& outcome) {
  Session& session = simulated_.session;
  // The offer whose activity is recorded and learned from: the only one, or else the chosen one.
  const int offer = session.offers == 1 ? 0 : outcome.choice;
  append(session.recordings,
         recorder_.record(offer == kNoChoice ? std::span<const double>() : y(offer), step()));
  if (outcome.learns) learn(offer, outcome.reward);
  if (!std::isnan(outcome.reward)) baseline_.receive(outcome.reward);
  history_.observe(now(), outcome.choice);
  if (!outcome.scored || !session.scored.empty()) {
    session.scored.resize(step(), true);
    session.scored.push_back(outcome.scored);
  }
  session.trial.push_back(outcome.trial);
  session.block.push_back(outcome.block);
  session.reward.push_back(outcome.reward);
  session.learns.push_back(outcome.learns);
  session.choice.push_back(outcome.choice);
}

std::span<const double> ClosedLoop::x(int offer) const {
  const auto inputs = static_cast<std::size_t>(model_.network.inputs);
  return std::span(x_).subspan(static_cast<std::size_t>(offer) * inputs, inputs);
}

std::span<const double> ClosedLoop::y(int offer) const {
  const auto neurons = static_cast<std::size_t>(model_.network.neurons);
  return std::span(y_).subspan(static_cast<std::size_t>(offer) * neurons, neurons);
}

void ClosedLoop::learn(int offer, double reward) {
  latest_.x.assign(x(offer).begin(), x(offer).end());
  latest_.y.assign(y(offer).begin(), y(offer).end());
  latest_.r = std::isnan(reward) ? 0.0 : reward - baseline_.expected();
  latest_.before = layer_.weights();
  layer_.change(latest_.x, latest_.y, latest_.r);
  if (options_.walk_sd > 0.0) drift();
  if (!layer_.finite()) refuse("weight");
}

void ClosedLoop::drift() {
  Matrix steps(layer_.weights().rows(), layer_.weights().cols());
  walk_.normals({.step = step()}, static_cast<std::uint64_t>(steps.size()), steps.data());
  layer_.add(options_.walk_sd * steps);
}

// The parameter with the largest sum of |theta_p dg/dtheta_p| over the synapses of the latest change.
std::string ClosedLoop::driving_term() const {
  if (latest_.x.empty()) return "initial weights";
  std::vector<double> slopes(theta_.size());
  std::vector<double> shares(theta_.size());
  for (Eigen::Index i = 0; i < latest_.before.rows(); ++i) {
    for (Eigen::Index j = 0; j < latest_.before.cols(); ++j) {
      const double x = latest_.x[static_cast<std::size_t>(i)];
      const double y = latest_.y[static_cast<std::size_t>(j)];
      model_.rule.slopes({x, y, latest_.before(i, j), latest_.r}, theta_, slopes);
      for (std::size_t p = 0; p < shares.size(); ++p) {
        const double share = std::abs(theta_[p] * slopes[p]);
        shares[p] += std::isnan(share) ? std::numeric_limits<double>::infinity() : share;
      }
    }
  }
  const auto largest = std::ranges::max_element(shares) - shares.begin();
  return model_.rule.parameter_names()[static_cast<std::size_t>(largest)];
}

void ClosedLoop::refuse(const char* quantity) const {
  throw NonFiniteError(simulated_.session.animal, simulated_.session.name, step(), driving_term(), quantity);
}

}  // namespace synfer
