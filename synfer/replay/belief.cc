#include "synfer/replay/belief.h"

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/data/session.h"
#include "synfer/model/data_scale.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/gauss_hermite.h"
#include "synfer/replay/kernels/nodes.h"

namespace synfer {
namespace {

using Stimuli = BeliefOptions::Stimuli;

constexpr double kSmallestProbability = 1e-300;
constexpr double kSmallestLogitVariance = 1e-300;
// The sd of a neuron's initial weights, of inputs in the scale of the data, up to which E f(z + sd xi) has
// four digits from three nodes.
constexpr double kWidestForThreeNodes = 0.2;

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

// What follows is written for any shape and compiled for the plain one besides.

// The line on which weights and noise move the logit: a = dL/dw, b = dL/dx, S = a'P a + b'D b,
// (w, x) = (m + t u, mu + t v) with u = P a / sqrt(S), v = D b / sqrt(S).
[[gnu::always_inline]] inline void find_line(const BeliefShape s, BeliefValues& now) {
  const double* m = now.m.data();
  const double* p = now.p.data();
  const double* x = now.x.data();
  double* a = now.a.data();
  double* b = now.b.data();
  const std::size_t kn = s.offers * s.inputs;
  for (std::size_t d = 0; d < s.modes; ++d) a[d] = 0.0;
  for (std::size_t n = 0; n < kn; ++n) b[n] = 0.0;
  for (std::size_t k = 0; k < s.offers; ++k) {
    for (std::size_t j = 0; j < s.neurons; ++j) {
      const double slope = s.sign(k) * now.readout[j] * now.y1[k * s.neurons + j];
      for (std::size_t i = 0; i < s.inputs; ++i) {
        if (s.modes > 0) a[s.gi(j, i)] += slope * x[k * s.inputs + i];
        b[k * s.inputs + i] += slope * m[s.ij(i, j)];
      }
    }
  }
  double* pa = now.pa.data();
  double variance = 0.0;
  for (std::size_t d = 0; d < s.modes; ++d) {
    double sum = 0.0;
    for (std::size_t e = 0; e < s.modes; ++e) sum += p[d * s.modes + e] * a[e];
    pa[d] = sum;
    variance += a[d] * sum;
  }
  for (std::size_t n = 0; n < kn; ++n) variance += now.noise_variance * b[n] * b[n];
  now.variance = variance;
  if (!(variance > kSmallestLogitVariance)) return;
  const double sd = std::sqrt(variance);
  now.sd = sd;
  double* u = now.u.data();
  double* v = now.v.data();
  for (std::size_t d = 0; d < s.modes; ++d) u[d] = pa[d] / sd;
  for (std::size_t n = 0; n < kn; ++n) v[n] = now.noise_variance * b[n] / sd;
  // z along the line: (mu + t v)(m + t u) = z + c1 t + c2 t^2
  for (std::size_t k = 0; k < s.offers; ++k) {
    for (std::size_t j = 0; j < s.neurons; ++j) {
      double c1 = 0.0;
      double c2 = 0.0;
      for (std::size_t i = 0; i < s.inputs; ++i) {
        const std::size_t ki = k * s.inputs + i;
        const double along = s.modes > 0 ? u[s.gi(j, i)] : 0.0;
        c1 += v[ki] * m[s.ij(i, j)] + x[ki] * along;
        c2 += v[ki] * along;
      }
      now.c1[k * s.neurons + j] = c1;
      now.c2[k * s.neurons + j] = c2;
    }
  }
}

// What the choice tells: t has mean alpha and variance 1 + kappa, so m += alpha u, P += kappa u u'.
[[gnu::always_inline]] inline void move(const BeliefShape s, BeliefValues& now) {
  double* m = now.m.data();
  double* p = now.p.data();
  const double* u = now.u.data();
  const double alpha = now.alpha;
  const double kappa = now.kappa;
  for (std::size_t i = 0; i < s.inputs; ++i) {
    for (std::size_t j = 0; j < s.neurons; ++j) m[s.ij(i, j)] += alpha * u[s.gi(j, i)];
  }
  for (std::size_t d = 0; d < s.modes; ++d) {
    for (std::size_t e = 0; e < s.modes; ++e) p[d * s.modes + e] += kappa * u[d] * u[e];
  }
}

}  // namespace

bool learns_from_choices(const BeliefOptions& options, std::size_t offers) {
  if (options.stimuli != Stimuli::kFiltered) return false;
  return offers <= (options.order == BeliefOptions::Order::kFirst ? 2 : kMostFilteredOffers);
}

double apart_of(const BeliefOptions& options, const BeliefShape& shape) {
  if (options.order == BeliefOptions::Order::kFirst || shape.modes == 0 || shape.groups > 1) return 0.0;
  return options.neurons_in_one * static_cast<double>(shape.neurons) - 1.0;
}

bool spreads_widely(const BeliefOptions& options, double reach) {
  return options.walk_sd > 0.0 ||
         options.initial_sd * std::sqrt(options.neurons_in_one) > kWidestForThreeNodes * (reach / kReach);
}

LanePlaces::LanePlaces(const BeliefLanes& lanes, std::size_t parameters, std::size_t cells)
    : offsets(lanes.offset), initials(lanes.initial ? cells : 0) {
  std::size_t next = parameters;
  const auto lane = [&](bool wanted) {
    return wanted ? static_cast<Eigen::Index>(next++) : Eigen::Index{-1};
  };
  noise_sd = lane(lanes.noise_sd);
  walk_sd = lane(lanes.walk_sd);
  initial_sd = lane(lanes.initial_sd);
  offset = next;
  initial = offset + offsets;
  count = initial + initials;
}

double reach_of(const EncodedSession& session) {
  InputScale scale;
  scale.add(session.x);
  return kReach / scale.value();
}

Belief::Belief(const BeliefSession& of, const BeliefLanes& lanes)
    : Belief(of.model, of.theta, of.initial, of.options, lanes, static_cast<std::size_t>(of.session.offers)) {
  now_.reach = reach_of(of.session);
  now_.wide = spreads_widely(options_, now_.reach);
}

Belief::Belief(const Model& model, std::span<const double> theta, const Matrix& initial,
               const BeliefOptions& options, const BeliefLanes& lanes, std::size_t offers)
    : model_(model), theta_(theta), options_(options) {
  now_.m = initial;
  now_.inputs = static_cast<std::size_t>(initial.rows());
  now_.neurons = static_cast<std::size_t>(initial.cols());
  now_.offers = offers;
  now_.groups = options.covariance == BeliefOptions::Covariance::kDense ? now_.neurons : 1;
  if (filtered() && !learns_from_choices(options_, offers)) options_.stimuli = Stimuli::kAveraged;
  if (filtered()) {
    if (!model_.rule.curved()) {
      throw ConfigurationError("stimulus.in_fit",
                               "found filtered, which needs a rule with second slopes; use averaged or mean");
    }
    now_.modes = now_.groups * now_.inputs;
  }
  now_.filtered = filtered();
  now_.second = filtered() && options_.order == BeliefOptions::Order::kSecond;
  now_.above_mean = now_.second && model_.rule.spreads();
  now_.wide = spreads_widely(options_, now_.reach);
  now_.apart = apart_of(options_, now_);
  now_.readout = model_.network.readout;
  now_.eta = model_.network.eta;
  now_.noise_variance = options_.noise_sd * options_.noise_sd;
  const double size = static_cast<double>(now_.neurons) / static_cast<double>(now_.groups);
  now_.share.assign(now_.neurons, 1.0 / size);
  now_.walk_variance = options_.walk_sd * options_.walk_sd / size;
  const auto d = static_cast<Eigen::Index>(now_.modes);
  now_.p = Matrix::Identity(d, d) * (options_.initial_sd * options_.initial_sd / size);

  now_.r = now_.apart > 0.0 ? Matrix(now_.apart * now_.p) : Matrix();
  now_.fr = now_.r;

  const std::size_t kn = now_.offers * now_.inputs;
  const std::size_t km = now_.drives();
  if (now_.second) {
    now_.residual.resize(now_.pairs());
    now_.spread_apart.resize(now_.apart > 0.0 ? now_.offers : 0);
    now_.node_slopes.resize(choice_inputs(now_));
    now_.node_work.resize(5 * km);
    now_.spread.resize(now_.inputs * now_.neurons);
  }
  now_.mean_slopes.resize(now_.inputs * now_.neurons);
  for (auto* v : {&now_.x, &now_.b, &now_.v}) v->assign(kn, 0.0);
  for (auto* v : {&now_.z, &now_.y, &now_.y1, &now_.y2, &now_.c1, &now_.c2}) v->assign(km, 0.0);
  for (auto* v : {&now_.a, &now_.pa, &now_.u, &now_.phi, &now_.gamma, &now_.psi, &now_.fu, &now_.gv})
    v->assign(now_.modes, 0.0);
  now_.logits.assign(now_.offers, 0.0);
  now_.xh.assign(now_.inputs, 0.0);
  now_.gamma_ij.assign(now_.inputs * now_.neurons, 0.0);
  now_.g = Matrix::Zero(d, static_cast<Eigen::Index>(now_.inputs));
  now_.fp = Matrix::Zero(d, d);
  now_.g_slopes.resize(now_.inputs * now_.neurons);
  if (filtered() && now_.offers > 2) prepare_many();
  theta_slopes_.assign(now_.inputs * (kept_ ? now_.neurons : 1) * 4 * blocks_of(theta_.size()), {});
  if (lanes.any) prepare_slopes(lanes);
}

bool Belief::finite() const {
  return now_.m.allFinite() && now_.p.allFinite() && now_.r.allFinite() && d_.m.finite() && d_.p.finite() &&
         all_finite(now_.logits);
}

void Belief::respond(std::span<const double> x) {
  std::ranges::copy(x, now_.x.begin());
  const Activation& f = model_.network.activation;
  const double* m = now_.m.data();
  for (std::size_t k = 0; k < now_.offers; ++k) {
    double logit = 0.0;
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      const std::size_t kj = k * now_.neurons + j;
      double z = 0.0;
      for (std::size_t i = 0; i < now_.inputs; ++i) z += x[k * now_.inputs + i] * m[now_.ij(i, j)];
      const double y = f.value(z);
      now_.z[kj] = z;
      now_.y[kj] = y;
      now_.y1[kj] = f.slope(z, y);
      if (sloped_) now_.y2[kj] = f.curvature(z, y);
      logit += now_.readout[j] * y;
    }
    now_.logits[k] = logit;
  }
}

double Belief::observe(std::span<const double> x, int choice, const LogitOffset& offset) {
  respond(x);
  if (lanes_.count > 0) {
    kernels::respond(now_, d_);
    take_offset_slopes(offset);
  }
  now_.moved = now_.along_line = false;
  if (choice == kNoChoice) return 0.0;
  const bool noisy = options_.stimuli != Stimuli::kKnown;
  if (now_.many.rank > 0) return observe_many(choice, offset);
  if (now_.offers > 2)
    return noisy ? observe_averaged_offers(choice, offset) : observe_known_offers(choice, offset);
  if (noisy) {
    find_line();
    if (now_.variance > kSmallestLogitVariance) return observe_along_line(choice, offset);
  }
  return observe_known(choice, offset);
}

double Belief::observe_known(int choice, const LogitOffset& offset) {
  double logit = 0.0;
  for (std::size_t k = 0; k < now_.offers; ++k)
    logit += now_.sign(k) * (now_.logits[k] + offset_of(offset, k));
  const double toward = choice == 1 ? 1.0 : -1.0;
  const double log_p = -softplus(-toward * logit);
  if (lanes_.count > 0) {
    const double p = sigmoid(logit);
    LaneArray& d_logit = d_.rows;
    logit_slopes(0, d_logit);
    if (now_.offers == 2) {
      logit_slopes(1, d_.log_p);
      d_logit.combine(0, -1.0, 1.0, d_.log_p, 0);
    }
    // forward: log p = log sigmoid(toward logit)
    d_.log_p.combine(0, 0.0, toward * sigmoid(-toward * logit), d_logit, 0);
    d_.rows.combine(0, 0.0, std::sqrt(p * sigmoid(-logit)), d_logit, 0);
  }
  return log_p;
}

double Belief::observe_known_offers(int choice, const LogitOffset& offset) {
  std::vector<double> logits = now_.logits;
  for (std::size_t k = 0; k < now_.offers; ++k) logits[k] += offset_of(offset, k);
  const double log_p = log_softmax(logits, choice);
  if (lanes_.count > 0) {
    std::vector<double> p(now_.offers);
    LaneArray d_logit(lanes_.count, 1);
    LaneArray mean(lanes_.count, 1);
    for (std::size_t k = 0; k < now_.offers; ++k) {
      p[k] = std::exp(log_softmax(logits, static_cast<int>(k)));
      logit_slopes(k, d_logit);
      d_.rows.combine(k, 0.0, 1.0, d_logit, 0);
      mean.add(0, p[k], d_logit, 0);
    }
    // forward: log p_c = logit_c - log sum exp(logit)
    for (std::size_t k = 0; k < now_.offers; ++k) d_.rows.add(k, -1.0, mean, 0);
    d_.log_p.combine(0, 0.0, 1.0, d_.rows, static_cast<std::size_t>(choice));
    for (std::size_t k = 0; k < now_.offers; ++k) d_.rows.combine(k, 0.0, std::sqrt(p[k]), d_.rows, k);
  }
  return log_p;
}

void Belief::find_line() {
  now_ == kPlainShape ? synfer::find_line(kPlainShape, now_) : synfer::find_line(now_, now_);
}

double Belief::observe_along_line(int choice, const LogitOffset& offset) {
  const double toward = choice == 1 ? 1.0 : -1.0;
  const std::size_t km = now_.offers * now_.neurons;
  double offset_difference = 0.0;
  for (std::size_t k = 0; k < now_.offers; ++k) offset_difference += now_.sign(k) * offset_of(offset, k);

  now_.along_line = true;
  if (sloped_) {
    now_.node_at.assign(kNodeAt.begin(), kNodeAt.end());
    now_.slope_at_node.resize(kNodes * km);
  }
  Lanes p;
  Lanes not_p;
  const auto choice_at_nodes = now_.second ? kernels::second_choice_at_nodes : kernels::choice_at_nodes;
  choice_at_nodes(model_.network.activation, toward, offset_difference, sloped_, now_, p, not_p);
  double z = 0.0;
  double not_z = 0.0;
  double first = 0.0;
  double second = 0.0;
  for (std::size_t q = 0; q < kNodes; ++q) {
    const double share = kNodeWeight[q] * p.lane[q];
    z += share;
    not_z += kNodeWeight[q] * not_p.lane[q];
    first += share * kNodeAt[q];
    second += share * kNodeAt[q] * kNodeAt[q];
  }
  z = std::max(z, kSmallestProbability);
  now_.first = first / z;
  now_.second_moment = second / z;
  for (std::size_t q = 0; q < kNodes; ++q) {
    now_.h[q] = kNodeWeight[q] / z;
    if (!now_.second) now_.h[q] *= toward * p.lane[q] * not_p.lane[q];
  }
  now_.moved = filtered();
  now_.alpha = now_.first;
  now_.kappa = now_.second_moment - now_.first * now_.first - 1.0;
  if (lanes_.count > 0) {
    line_slopes();
    d_.rows.combine(0, 0.0, not_z > 0 ? std::sqrt(z / not_z) : 0.0, d_.log_p, 0);
  }
  if (filtered()) move();
  return std::log(z);
}

void Belief::move() { now_ == kPlainShape ? synfer::move(kPlainShape, now_) : synfer::move(now_, now_); }

}  // namespace synfer
