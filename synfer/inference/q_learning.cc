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
enum Parameter : Eigen::Index { kAlpha, kForgetting, kBeta, kPhi, kTau, kGamma };

// Where biases begin.
Eigen::Index bias_offset(LearningRate rate) { return rate == LearningRate::kConstant ? kGamma : kGamma + 1; }

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

// What a learner is made of, beside its parameters.
struct Kind {
  LearningRate rate = LearningRate::kConstant;
  double unit = 1.0;  // of rewards
};

// Values, kernels and their slopes in the parameters that move them.
class Learner {
 public:
  Learner(std::span<const double> parameters, int stimuli, const Kind& kind)
      : alpha_(sigmoid(parameters[kAlpha])),
        forgetting_(sigmoid(parameters[kForgetting])),
        beta_(std::exp(parameters[kBeta])),
        phi_(parameters[kPhi]),
        tau_(sigmoid(parameters[kTau])),
        gamma_(kind.rate == LearningRate::kConstant ? 0.0 : sigmoid(parameters[kGamma])),
        unit_(kind.unit),
        bias_at_(bias_offset(kind.rate)),
        bias_(parameters.subspan(static_cast<std::size_t>(bias_at_))),
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
    out[kAlpha] = beta_ * s.value_in[kOfAlpha];
    out[kForgetting] = beta_ * s.value_in[kOfForgetting];
    if (bias_at_ > kGamma) out[kGamma] = beta_ * s.value_in[kOfGamma];
    out[kBeta] = beta_ * s.value;
    out[kPhi] = s.kernel;
    out[kTau] = phi_ * s.kernel_in_tau;
    if (offers == 1) out[bias_at_] = 1.0;
    if (offers > 1 && place > 0) out[bias_at_ + place - 1] = 1.0;
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
      if (static_cast<int>(n) == chosen) {
        learn_of_chosen(s, reward);
        continue;
      }
      // forward: value += forgetting (0 - value)
      for (double& slope : s.value_in) slope *= 1.0 - forgetting_;
      s.value_in[kOfForgetting] -= forgetting_ * (1.0 - forgetting_) * s.value;
      s.value -= forgetting_ * s.value;
    }
  }

 private:
  enum Rate : std::size_t { kOfAlpha, kOfForgetting, kOfGamma, kRates };
  using Slopes = std::array<double, kRates>;  // in the logits of the rates

  struct State {
    double value = 0.0;  // Q
    Slopes value_in = {};
    double associability = 1.0;  // A
    Slopes associability_in = {};
    double kernel = 0.0;  // C
    double kernel_in_tau = 0.0;
  };

  void learn_of_chosen(State& s, double reward) const {
    const double error = reward - s.value;
    const double surprise = std::min(std::abs(error) / unit_, 1.0);
    const double surprise_in_value = surprise < 1.0 ? -std::copysign(1.0 / unit_, error) : 0.0;
    for (std::size_t p = 0; p < kRates; ++p) {
      const double value_in = s.value_in[p];
      // forward: value += alpha associability error
      s.value_in[p] += alpha_ * (s.associability_in[p] * error - s.associability * value_in);
      // forward: associability += gamma (surprise - associability)
      s.associability_in[p] += gamma_ * (surprise_in_value * value_in - s.associability_in[p]);
    }
    s.value_in[kOfAlpha] += alpha_ * (1.0 - alpha_) * s.associability * error;
    s.associability_in[kOfGamma] += gamma_ * (1.0 - gamma_) * (surprise - s.associability);
    s.value += alpha_ * s.associability * error;
    s.associability += gamma_ * (surprise - s.associability);
  }

  void move_kernel(State& s, double target) const {
    s.kernel_in_tau = (1.0 - tau_) * s.kernel_in_tau + tau_ * (1.0 - tau_) * (target - s.kernel);
    s.kernel += tau_ * (target - s.kernel);
  }

  double alpha_;
  double forgetting_;
  double beta_;
  double phi_;
  double tau_;
  double gamma_;
  double unit_;
  Eigen::Index bias_at_;
  std::span<const double> bias_;
  std::vector<State> of_;
};

SessionPart run(const ValueSession& session, const Kind& kind, std::span<const double> parameters,
                bool with_slopes) {
  const auto P = static_cast<Eigen::Index>(parameters.size());
  const auto offers = static_cast<std::size_t>(session.offers);
  SessionPart part{0.0, Vector::Zero(P), Matrix::Zero(P, P)};
  Learner learner(parameters, session.stimuli, kind);
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

double unit_of(const std::vector<ValueSession>& sessions) {
  std::vector<double> largest;
  for (const ValueSession& session : sessions) {
    double most = 0.0;
    for (const double reward : session.reward) {
      if (!std::isnan(reward)) most = std::max(most, std::abs(reward));
    }
    largest.push_back(most);
  }
  return reward_scale(std::move(largest));
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

QLearning::QLearning(std::vector<ValueSession> sessions, LearningRate rate, std::optional<double> reward_unit)
    : sessions_(std::move(sessions)), rate_(rate), unit_(reward_unit ? *reward_unit : unit_of(sessions_)) {
  for (const ValueSession& session : sessions_) {
    if (session.offers == sessions_.front().offers) continue;
    throw std::invalid_argument(fmt::format("found sessions of {} and of {} offers a step, expected one kind",
                                            sessions_.front().offers, session.offers));
  }
}

std::size_t QLearning::parameters() const {
  return static_cast<std::size_t>(bias_offset(rate_)) +
         biases(sessions_.empty() ? 1 : sessions_.front().offers);
}

std::vector<std::string> QLearning::parameter_names() const {
  std::vector<std::string> names = {"logit alpha", "logit forgetting", "log beta", "phi", "logit tau"};
  if (rate_ == LearningRate::kAssociability) names.emplace_back("logit gamma");
  if (names.size() + 1 == parameters() && sessions_.front().offers == 1)
    return names.emplace_back("bias"), names;
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

double QLearning::nll(std::span<const double> parameters, std::span<const double> weights) const {
  double sum = 0.0;
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    const double weight = weights.empty() ? 1.0 : weights[s];
    if (weight != 0.0) sum += weight * run(sessions_[s], {rate_, unit_}, parameters, false).nll;
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
    const SessionPart part = run(sessions_[static_cast<std::size_t>(s)], {rate_, unit_}, parameters, true);
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
  const bool changes = likelihood.rate() == LearningRate::kAssociability;
  for (const auto rate : {kAlpha, kForgetting, kTau}) problem.bounds[rate] = {-8.0, 8.0};
  if (changes) problem.bounds[kGamma] = {-8.0, 8.0};
  // A value is as large as rewards are.
  const double log_unit = std::log(likelihood.reward_unit());
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
    if (changes) parameters[kGamma] = -1.0;
    ends.push_back(minimise_curved(likelihood, problem, {}, {.parameters = std::move(parameters)}, hooks));
  }
  return *std::ranges::min_element(ends, {}, [](const FisherSummary& end) { return end.at.loss; });
}

}  // namespace synfer
