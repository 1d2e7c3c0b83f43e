#include "synfer/replay/belief_pull_back.h"

#include <algorithm>
#include <cmath>

#include "synfer/model/likelihood.h"
#include "synfer/replay/belief_on_tape.h"
#include "synfer/replay/belief_run.h"
#include "synfer/replay/kernels/second_order-inl.h"

namespace synfer {
BeliefPullBack::BeliefPullBack(const BeliefSession& of, const BeliefLanes& lanes, std::span<double> gradient)
    : of_(of),
      places_(lanes, of.theta.size(), static_cast<std::size_t>(of.initial.size())),
      gradient_(gradient),
      step_(of, {}),
      sd2_(of.options.noise_sd * of.options.noise_sd) {
  step_.keep_slopes();
  std::ranges::fill(gradient_, 0.0);
  const Eigen::Index d = index(step_.now_.modes);
  const Eigen::Index n = index(step_.now_.inputs);
  m_bar_ = Matrix::Zero(n, index(step_.now_.neurons));
  p_bar_ = Matrix::Zero(d, d);
  r_bar_ = Matrix::Zero(step_.now_.r.rows(), step_.now_.r.cols());
  f_bar_ = g_bar_ = Matrix::Zero(d, n);
  for (Vector* bar : {&u_bar_, &a_bar_, &phi_bar_, &gamma_bar_, &psi_bar_}) *bar = Vector::Zero(d);
}

void BeliefPullBack::add_to(Eigen::Index lane, double slope) {
  if (lane >= 0) gradient_[static_cast<std::size_t>(lane)] += slope;
}

void BeliefPullBack::through_step(std::size_t t, std::span<const double> m, std::span<const double> p,
                                  std::span<const double> r) {
  const MatrixMap m_before(m.data(), m_bar_.rows(), m_bar_.cols());
  const MatrixMap p_before(p.data(), p_bar_.rows(), p_bar_.cols());
  const MatrixMap r_before(r.data(), r_bar_.rows(), r_bar_.cols());
  step_.now_.m = m_before;
  step_.now_.p = p_before;
  step_.now_.r = r_before;
  observe_step(step_, of_, t, 0);

  if (step_.now_.many.rank > 0) {
    advance_step(step_, of_, t);
    return many_offers(t, scored(of_.session, t) ? -1.0 : 0.0, m_before, p_before, r_before);
  }
  alpha_bar_ = kappa_bar_ = 0.0;
  u_bar_.setZero();
  for (Vector* bar : {&v_bar_, &b_bar_}) bar->setZero(index(step_.now_.b.size()));
  for (Vector* bar : {&z_bar_, &c1_bar_, &c2_bar_}) bar->setZero(index(step_.now_.z.size()));
  xh_bar_.setZero(index(step_.now_.inputs));
  if (of_.session.learns[t] != 0) {
    believed_ = step_.now_.m;
    believed_covariance_ = step_.now_.p;
    apart_ = step_.now_.r;
    advance_step(step_, of_, t);
    change();
  }
  if (step_.now_.moved) move();

  const bool counts = scored(of_.session, t);
  if (!counts && !step_.now_.moved) return;
  const double log_p_bar = counts ? -1.0 : 0.0;
  logit_bar_.assign(step_.now_.offers, 0.0);
  if (!step_.now_.along_line) {
    logits(t, log_p_bar);
  } else if (step_.now_.offers > 2) {
    averaged_offers_nodes(static_cast<std::size_t>(of_.session.choice[t]), log_p_bar);
    nodes(m_before);
    averaged_offers_line();
    logit_slopes(m_before);
  } else {
    line_nodes(log_p_bar);
    if (step_.now_.second) residuals(m_before, p_before, r_before);
    nodes(m_before);
    line(p_before);
    logit_slopes(m_before);
  }
  respond();
  // forward: logit_k += sum_h offset slope_kh coefficient_h
  if (places_.offsets == 0 || of_.offsets == nullptr) return;
  const LogitOffset offset = offset_at(of_, t, places_.offsets);
  for (std::size_t k = 0; k < step_.now_.offers; ++k) {
    for (std::size_t h = 0; h < places_.offsets; ++h) {
      gradient_[places_.offset + h] += logit_bar_[k] * offset.slopes[k * places_.offsets + h];
    }
  }
}

void BeliefPullBack::to_start() {
  // forward: P = initial_sd^2 / size
  const double start = step_.now_.modes == 0
                           ? 0.0
                           : of_.options.initial_sd * of_.options.initial_sd * step_.now_.share.front();
  add_to(places_.initial_sd, 2.0 * start * p_bar_.trace());
  // forward: R = apart P
  if (step_.now_.apart > 0.0) add_to(places_.initial_sd, 2.0 * step_.now_.apart * start * r_bar_.trace());
  std::copy_n(m_bar_.data(), places_.initials, gradient_.begin() + index(places_.initial));
}

void BeliefPullBack::move() {
  const auto u = vector(step_.now_.u);
  // forward: m_ij += alpha u_gi
  for (std::size_t j = 0; j < step_.now_.neurons; ++j) {
    const Eigen::Index first = index(step_.now_.gi(j, 0));
    const Eigen::Index n = index(step_.now_.inputs);
    alpha_bar_ += u.segment(first, n).dot(m_bar_.col(index(j)));
    u_bar_.segment(first, n) += step_.now_.alpha * m_bar_.col(index(j));
  }
  // forward: P += kappa u u'
  const Vector by_u = p_bar_ * u;
  kappa_bar_ += u.dot(by_u);
  u_bar_ += 2.0 * step_.now_.kappa * by_u;
}

// With T_r = sum_q h_q t_q^r dL_q (belief_slopes.cc): d log Z = T_0, d alpha = T_1 - a1 T_0,
// d kappa = T_2 - a2 T_0 - 2 a1 d alpha.
void BeliefPullBack::line_nodes(double log_p_bar) {
  const double second_bar = kappa_bar_;
  const double first_bar = alpha_bar_ - 2.0 * step_.now_.first * kappa_bar_;
  const double none_bar = log_p_bar - step_.now_.first * first_bar - step_.now_.second_moment * second_bar;
  node_bar_.resize(step_.now_.offers * kNodes);
  for (std::size_t k = 0; k < step_.now_.offers; ++k) {
    for (std::size_t q = 0; q < kNodes; ++q) {
      const double t = kNodeAt[q];
      node_bar_[k * kNodes + q] = step_.now_.h[q] * (none_bar + t * (first_bar + t * second_bar));
    }
  }
}

void BeliefPullBack::averaged_offers_nodes(std::size_t choice, double log_p_bar) {
  // forward: log p_c, and p_c's slope in every L_k at every place
  const std::size_t size = step_.now_.offers * step_.now_.node_at.size();
  node_bar_.resize(size);
  for (std::size_t n = 0; n < size; ++n) {
    node_bar_[n] = log_p_bar * step_.now_.by_logit[choice * size + n] / step_.now_.p_choice[choice];
  }
}

void BeliefPullBack::logits(std::size_t t, double log_p_bar) {
  // forward: log p of the choice by logit_k = sum_j b_j f(z_kj) + offset_k
  std::vector<double> logits = step_.now_.logits;
  const LogitOffset offset = offset_at(of_, t, 0);
  for (std::size_t k = 0; k < step_.now_.offers; ++k) logits[k] += Belief::offset_of(offset, k);
  pull_back_log_choice(logits, of_.session.choice[t], -log_p_bar, logit_bar_);
  for (std::size_t kj = 0; kj < step_.now_.z.size(); ++kj) {
    z_bar_[index(kj)] += logit_bar_[kj / step_.now_.neurons] *
                         of_.model.network.readout[kj % step_.now_.neurons] * step_.now_.y1[kj];
  }
}

// The covariances of drives at places on the line.
void BeliefPullBack::residuals(const MatrixMap& m, const MatrixMap& p, const MatrixMap& r) {
  const BeliefValues& now = step_.now_;
  tape_.clear();
  StepOnTape of(now, tape_, {m.data(), p.data(), r.data()});
  // forward: a[0] + a[1] t + a[2] t^2 at every node
  const auto seed = [&](std::size_t input, const Tape::Number(&a)[3]) {
    double bars[3] = {};
    for (std::size_t q = 0; q < kNodes; ++q) {
      double bar = node_bar_[q] * now.node_slopes[input].lane[q];
      for (double& sum : bars) {
        sum += bar;
        bar *= kNodeAt[q];
      }
    }
    for (std::size_t n = 0; n < 3; ++n) tape_.seed(a[n], bars[n]);
  };
  Tape::Number a[3];
  for (std::size_t kj = 0; kj < now.drives(); ++kj) {
    for (std::size_t other = kj; other < now.drives(); ++other) {
      HWY_NAMESPACE::residual_covariance(now, of, {kj / now.neurons, kj % now.neurons},
                                         {other / now.neurons, other % now.neurons}, a);
      seed(now.pair_input(kj, other), a);
    }
  }
  for (std::size_t k = 0; now.apart > 0.0 && k < now.offers; ++k) {
    HWY_NAMESPACE::variance_apart(now, of, k, a);
    seed(now.apart_input(k), a);
  }
  tape_.run_back();
  of.add_bars(m_bar_, p_bar_, r_bar_, u_bar_, v_bar_);
  for (std::size_t kj = 0; kj < now.drives(); ++kj) {
    c1_bar_[index(kj)] += tape_.bar(of.all_c1[kj]);
    c2_bar_[index(kj)] += tape_.bar(of.all_c2[kj]);
  }
  add_to(places_.noise_sd, 2.0 * now.noise_variance * tape_.bar(of.noise));
}

void BeliefPullBack::nodes(const MatrixMap& m) {
  const std::size_t count = step_.now_.node_at.size();
  const std::size_t drives = step_.now_.z.size();
  const bool second = step_.now_.second;
  // forward: L_kq = sign (sum_j b_j f(z_kj + t c1_kj + t^2 c2_kj) + offset_k); to second order less c2_kj
  for (std::size_t kj = 0; kj < drives; ++kj) {
    const std::size_t k = kj / step_.now_.neurons;
    for (std::size_t q = 0; q < count; ++q) {
      const double t = step_.now_.node_at[q];
      const double slope =
          second ? step_.now_.node_slopes[kj].lane[q] : step_.now_.slope_at_node[q * drives + kj];
      const double bar = node_bar_[k * count + q] * slope;
      z_bar_[index(kj)] += bar;
      c1_bar_[index(kj)] += t * bar;
      c2_bar_[index(kj)] += (second ? t * t - 1.0 : t * t) * bar;
    }
  }
  for (std::size_t k = 0; k < step_.now_.offers; ++k) {
    for (std::size_t q = 0; q < count; ++q) {
      const double by_offset = second ? step_.now_.node_slopes[drives].lane[q] : 1.0;
      logit_bar_[k] += step_.now_.sign(k) * node_bar_[k * count + q] * by_offset;
    }
  }
  // forward: c1_kj = sum_i v_ki m_ij + x_ki u_gi,  c2_kj = sum_i v_ki u_gi
  const Eigen::Index n = index(step_.now_.inputs);
  for (std::size_t kj = 0; kj < step_.now_.z.size(); ++kj) {
    const Eigen::Index k = index(kj / step_.now_.neurons);
    const Eigen::Index j = index(kj % step_.now_.neurons);
    const double c1_bar = c1_bar_[index(kj)];
    const double c2_bar = c2_bar_[index(kj)];
    const auto v = vector(step_.now_.v).segment(k * n, n);
    auto v_bar = v_bar_.segment(k * n, n);
    v_bar += c1_bar * m.col(j);
    m_bar_.col(j) += c1_bar * v;
    if (step_.now_.modes == 0) continue;
    const Eigen::Index first = index(step_.now_.gi(static_cast<std::size_t>(j), 0));
    v_bar += c2_bar * vector(step_.now_.u).segment(first, n);
    u_bar_.segment(first, n) += c1_bar * vector(step_.now_.x).segment(k * n, n) + c2_bar * v;
  }
}

void BeliefPullBack::line(const MatrixMap& p) {
  const auto a = vector(step_.now_.a);
  const auto b = vector(step_.now_.b);
  const auto v = vector(step_.now_.v);
  // forward: u = P a / sd,  v = noise_sd^2 b / sd
  Vector pa_bar = u_bar_ / step_.now_.sd;
  b_bar_ = (sd2_ / step_.now_.sd) * v_bar_;
  const double sd_bar = -(u_bar_.dot(vector(step_.now_.u)) + v_bar_.dot(v)) / step_.now_.sd;
  // forward: S = a'P a + noise_sd^2 b'b, sd = sqrt(S)
  const double variance_bar = sd_bar / (2.0 * step_.now_.sd);
  a_bar_ = variance_bar * vector(step_.now_.pa);
  pa_bar += variance_bar * a;
  b_bar_ += (2.0 * sd2_ * variance_bar) * b;
  add_to(places_.noise_sd, 2.0 * v_bar_.dot(v) + 2.0 * sd2_ * variance_bar * b.squaredNorm());
  // forward: P a
  a_bar_ += p * pa_bar;
  p_bar_ += 0.5 * (pa_bar * a.transpose() + a * pa_bar.transpose());
}

void BeliefPullBack::averaged_offers_line() {
  // forward: v_k = noise_sd b_k / |b_k|
  const Eigen::Index n = index(step_.now_.inputs);
  for (std::size_t k = 0; k < step_.now_.offers; ++k) {
    const double norm = step_.now_.norm[k];
    if (!(norm > 0)) continue;
    const auto b = vector(step_.now_.b).segment(index(k) * n, n);
    const auto v_bar = v_bar_.segment(index(k) * n, n);
    const double along = v_bar.dot(vector(step_.now_.v).segment(index(k) * n, n));
    b_bar_.segment(index(k) * n, n) = (of_.options.noise_sd * v_bar - (along / norm) * b) / norm;
    add_to(places_.noise_sd, along);
  }
}

void BeliefPullBack::logit_slopes(const MatrixMap& m) {
  // forward: a_gi += sign b_j f'(z_kj) x_ki,  b_ki += sign b_j f'(z_kj) m_ij
  const Eigen::Index n = index(step_.now_.inputs);
  for (std::size_t kj = 0; kj < step_.now_.z.size(); ++kj) {
    const std::size_t k = kj / step_.now_.neurons;
    const std::size_t j = kj % step_.now_.neurons;
    const double reads = step_.now_.sign(k) * of_.model.network.readout[j];
    const auto b_bar = b_bar_.segment(index(k) * n, n);
    double slope_bar = b_bar.dot(m.col(index(j)));
    if (step_.now_.modes > 0) {
      slope_bar +=
          a_bar_.segment(index(step_.now_.gi(j, 0)), n).dot(vector(step_.now_.x).segment(index(k) * n, n));
    }
    m_bar_.col(index(j)) += (reads * step_.now_.y1[kj]) * b_bar;
    z_bar_[index(kj)] += reads * step_.now_.y2[kj] * slope_bar;
  }
}

void BeliefPullBack::respond() {
  // forward: z_kj = sum_i x_ki m_ij
  const Eigen::Index n = index(step_.now_.inputs);
  for (std::size_t kj = 0; kj < step_.now_.z.size(); ++kj) {
    m_bar_.col(index(kj % step_.now_.neurons)) +=
        z_bar_[index(kj)] * vector(step_.now_.x).segment(index(kj / step_.now_.neurons) * n, n);
  }
}

}  // namespace synfer
