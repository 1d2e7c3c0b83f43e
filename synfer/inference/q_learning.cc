#include "synfer/inference/q_learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>

#include "synfer/model/data_scale.h"
#include "synfer/model/likelihood.h"

namespace synfer {
namespace {

constexpr std::size_t kMostVectors = 32;  // distinct ones that count as stimuli
enum Parameter : Eigen::Index { kAlpha, kForgetting, kBeta, kPhi, kTau, kBias };

std::size_t biases(int offers) { return offers == 1 ? 1 : static_cast<std::size_t>(offers - 1); }

// Of equal vectors the same number; empty where there are too many.
std::vector<int> numbered_vectors(const Session& session) {
  if (session.x.empty()) return {};
  const auto width = static_cast<std::size_t>(session.inputs);
  std::map<std::vector<double>, int> number;
  std::vector<int> stimulus;
  for (std::size_t at = 0; at + width <= session.x.size(); at += width) {
    const auto first = session.x.begin() + static_cast<std::ptrdiff_t>(at);
    std::vector<double> vector(first, first + static_cast<std::ptrdiff_t>(width));
    stimulus.push_back(number.try_emplace(std::move(vector), static_cast<int>(number.size())).first->second);
    if (number.size() > kMostVectors) return {};
  }
  return stimulus;
}

struct SessionPart {
  double nll = 0.0;
  Vector gradient;
  Matrix information;
};

// Values, kernels and their slopes in the parameters that move them.
class Learner {
 public:
  Learner(std::span<const double> parameters, int stimuli)
      : alpha_(sigmoid(parameters[kAlpha])),
        forgetting_(sigmoid(parameters[kForgetting])),
        beta_(std::exp(parameters[kBeta])),
        phi_(parameters[kPhi]),
        tau_(sigmoid(parameters[kTau])),
        bias_(parameters.subspan(kBias)),
        of_(static_cast<std::size_t>(stimuli)) {}

  [[nodiscard]] double logit(int stimulus, int place, int offers) const {
    const State& s = of_[static_cast<std::size_t>(stimulus)];
    const double own = offers == 1 ? bias_[0] : place == 0 ? 0.0 : bias_[static_cast<std::size_t>(place - 1)];
    return beta_ * s.value + phi_ * s.kernel + own;
  }

  // Slopes of that logit in all parameters.
  void slopes(int stimulus, int place, int offers, Eigen::Ref<Vector> out) const {
    const State& s = of_[static_cast<std::size_t>(stimulus)];
    out.setZero();
    out[kAlpha] = beta_ * s.value_in_alpha;
    out[kForgetting] = beta_ * s.value_in_forgetting;
    out[kBeta] = beta_ * s.value;
    out[kPhi] = s.kernel;
    out[kTau] = phi_ * s.kernel_in_tau;
    if (offers == 1) out[kBias] = 1.0;
    if (offers > 1 && place > 0) out[kBias + place - 1] = 1.0;
  }

  void choose(std::span<const int> offered, int chosen) {
    for (const int stimulus : offered) {
      if (stimulus != chosen) move_kernel(of_[static_cast<std::size_t>(stimulus)], 0.0);
    }
    if (chosen >= 0) move_kernel(of_[static_cast<std::size_t>(chosen)], 1.0);
  }

  void learn(int chosen, double reward) {
    for (std::size_t n = 0; n < of_.size(); ++n) {
      State& s = of_[n];
      const bool is_chosen = static_cast<int>(n) == chosen;
      const double rate = is_chosen ? alpha_ : forgetting_;
      const double target = is_chosen ? reward : 0.0;
      // forward: value += rate (target - value)
      s.value_in_alpha *= 1.0 - rate;
      s.value_in_forgetting *= 1.0 - rate;
      (is_chosen ? s.value_in_alpha : s.value_in_forgetting) += rate * (1.0 - rate) * (target - s.value);
      s.value += rate * (target - s.value);
    }
  }

 private:
  struct State {
    double value = 0.0;           // Q
    double value_in_alpha = 0.0;  // slopes in the logits of the rates
    double value_in_forgetting = 0.0;
    double kernel = 0.0;  // C
    double kernel_in_tau = 0.0;
  };

  void move_kernel(State& s, double target) const {
    s.kernel_in_tau = (1.0 - tau_) * s.kernel_in_tau + tau_ * (1.0 - tau_) * (target - s.kernel);
    s.kernel += tau_ * (target - s.kernel);
  }

  double alpha_;
  double forgetting_;
  double beta_;
  double phi_;
  double tau_;
  std::span<const double> bias_;
  std::vector<State> of_;
};

SessionPart run(const ValueSession& session, std::span<const double> parameters, bool with_slopes) {
  const auto P = static_cast<Eigen::Index>(parameters.size());
  const auto offers = static_cast<std::size_t>(session.offers);
  SessionPart part{0.0, Vector::Zero(P), Matrix::Zero(P, P)};
  Learner learner(parameters, session.stimuli);
  std::vector<double> logits(offers);
  Matrix J(P, static_cast<Eigen::Index>(offers));
  Vector column(P);
  for (std::size_t t = 0; t < session.choice.size(); ++t) {
    const int choice = session.choice[t];
    if (choice == kNoChoice) continue;
    const std::span<const int> offered = std::span(session.stimulus).subspan(t * offers, offers);
    if (session.scores(t)) {
      for (std::size_t k = 0; k < offers; ++k) {
        logits[k] = learner.logit(offered[k], static_cast<int>(k), session.offers);
      }
      part.nll -= log_choice(logits, choice);
      if (with_slopes) {
        Vector residual = Vector::Zero(static_cast<Eigen::Index>(offers));  // slope of nll in the logits
        pull_back_log_choice(logits, choice, 1.0, {residual.data(), offers});
        for (std::size_t k = 0; k < offers; ++k) {
          learner.slopes(offered[k], static_cast<int>(k), session.offers, column);
          J.col(static_cast<Eigen::Index>(k)) = column;
        }
        part.gradient += J * residual;
        // The variance of the choice: diag(p) - p p', p(1 - p) with one offer.
        residual[session.offers == 1 ? 0 : choice] += session.offers == 1 ? choice : 1.0;
        const Vector& p = residual;
        Matrix variance = Matrix(p.asDiagonal()) - p * p.transpose();
        part.information += J * variance * J.transpose();
      }
    }
    const int chosen = session.offers > 1 ? offered[static_cast<std::size_t>(choice)]
                       : choice == 1      ? offered[0]
                                          : -1;
    learner.choose(offered, chosen);
    if (chosen >= 0 && session.learns[t] && !std::isnan(session.reward[t])) {
      learner.learn(chosen, session.reward[t]);
    }
  }
  return part;
}

}  // namespace

ValueSession value_session(const Session& session, std::size_t scored_from) {
  ValueSession seen{
      session.offers, 0,          session.stimulus, session.choice, session.reward, session.learns,
      session.scored, scored_from};
  if (seen.stimulus.empty()) seen.stimulus = numbered_vectors(session);
  if (seen.stimulus.empty()) {
    for (std::size_t t = 0; t < session.steps(); ++t) {
      for (int k = 0; k < session.offers; ++k) seen.stimulus.push_back(k);
    }
  }
  if (!seen.stimulus.empty()) seen.stimuli = std::ranges::max(seen.stimulus) + 1;
  return seen;
}

QLearning::QLearning(std::vector<ValueSession> sessions) : sessions_(std::move(sessions)) {
  for (const ValueSession& session : sessions_) {
    if (session.offers == sessions_.front().offers) continue;
    throw std::invalid_argument(fmt::format("found sessions of {} and of {} offers a step, expected one kind",
                                            sessions_.front().offers, session.offers));
  }
}

std::size_t QLearning::parameters() const {
  return kBias + biases(sessions_.empty() ? 1 : sessions_.front().offers);
}

std::vector<std::string> QLearning::parameter_names() const {
  std::vector<std::string> names = {"logit alpha", "logit forgetting", "log beta", "phi", "logit tau"};
  if (parameters() == kBias + 1 && sessions_.front().offers == 1) return names.emplace_back("bias"), names;
  for (std::size_t k = 1; names.size() < parameters(); ++k)
    names.push_back(fmt::format("bias of place {}", k));
  return names;
}

std::size_t QLearning::observations() const {
  std::size_t count = 0;
  for (const ValueSession& session : sessions_) {
    for (std::size_t t = session.scored_from; t < session.choice.size(); ++t) {
      count += session.scores(t) ? 1 : 0;
    }
  }
  return count;
}

double QLearning::reward_scale() const {
  std::vector<double> largest;
  for (const ValueSession& session : sessions_) {
    double most = 0.0;
    for (const double reward : session.reward) {
      if (!std::isnan(reward)) most = std::max(most, std::abs(reward));
    }
    largest.push_back(most);
  }
  return synfer::reward_scale(std::move(largest));
}

double QLearning::nll(std::span<const double> parameters, std::span<const double> weights) const {
  double sum = 0.0;
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    const double weight = weights.empty() ? 1.0 : weights[s];
    if (weight != 0.0) sum += weight * run(sessions_[s], parameters, false).nll;
  }
  return sum;
}

Curvature QLearning::curvature(std::span<const double> parameters, std::span<const double> weights) const {
  const auto P = static_cast<Eigen::Index>(parameters.size());
  const auto S = static_cast<Eigen::Index>(sessions_.size());
  Curvature all{0.0, Vector::Zero(P), Matrix::Zero(P, P), Matrix::Zero(S, P)};
  all.session_nll = Vector::Zero(S);
  for (Eigen::Index s = 0; s < S; ++s) {
    const double weight = weights.empty() ? 1.0 : weights[static_cast<std::size_t>(s)];
    if (weight == 0.0) continue;
    const SessionPart part = run(sessions_[static_cast<std::size_t>(s)], parameters, true);
    all.nll += weight * part.nll;
    all.gradient += weight * part.gradient;
    all.information += weight * part.information;
    all.session_gradients.row(s) = part.gradient.transpose();
    all.session_nll[s] = part.nll;
  }
  return all;
}

FisherSummary fit_q_learning(const QLearning& likelihood, const std::function<bool()>& interrupted) {
  FisherProblem problem;
  problem.bounds.assign(likelihood.parameters(), {-20.0, 20.0});
  for (const auto rate : {kAlpha, kForgetting, kTau}) problem.bounds[rate] = {-8.0, 8.0};
  // A value is as large as rewards are.
  const double log_unit = std::log(likelihood.reward_scale());
  problem.bounds[kBeta] = {-6.0 - log_unit, 5.0 - log_unit};
  // Fast and slow learners, whose kernels repeat or avoid the last choices; logits of rates.
  constexpr std::array<std::array<double, 5>, 4> kStarts = {{{-2.0, -3.0, 0.7, 0.5, -2.0},
                                                             {0.0, -1.5, 0.7, 0.5, 0.5},
                                                             {-2.0, -2.0, 0.7, -0.5, 0.5},
                                                             {0.0, -2.0, 0.7, -0.5, -2.0}}};
  OptimiserHooks hooks;
  hooks.interrupted = interrupted;
  std::vector<FisherSummary> ends;
  for (const auto& start : kStarts) {
    std::vector<double> parameters(likelihood.parameters(), 0.0);
    std::ranges::copy(start, parameters.begin());
    parameters[kBeta] -= log_unit;
    ends.push_back(minimise_curved(likelihood, problem, {}, {.parameters = std::move(parameters)}, hooks));
  }
  return *std::ranges::min_element(ends, {}, [](const FisherSummary& end) { return end.at.loss; });
}

}  // namespace synfer
