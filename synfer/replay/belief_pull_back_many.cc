// A step with three offers and more backward, on a tape.
#include <array>
#include <cmath>
#include <utility>

#include "synfer/replay/belief_pull_back.h"
#include "synfer/replay/belief_run.h"
#include "synfer/replay/kernels/many_change-inl.h"
#include "synfer/replay/kernels/many_choice-inl.h"

namespace synfer {
namespace {

/// What kernels/many_choice-inl.h asks of a step that was run before.
struct ManyOnTape {
  using T = Tape::Number;

  const BeliefValues& now;
  Tape& tape;
  T noise, walk;
  std::vector<T> offsets;                               // K
  std::vector<std::pair<T, std::array<T, 4>>> changes;  // N M: the synapse, and what theta moves of it

  [[nodiscard]] T zero() const { return tape.constant(0.0); }
  [[nodiscard]] T one() const { return tape.constant(1.0); }
  [[nodiscard]] T unary(const T& of, double value, double slope) const {
    return tape.linear(value, of, slope);
  }
  [[nodiscard]] double x(std::size_t ki) const { return now.x[ki]; }
  [[nodiscard]] double readout(std::size_t j) const { return now.readout[j]; }
  [[nodiscard]] double share(std::size_t j) const { return now.share[j]; }
  [[nodiscard]] double apart() const { return now.apart; }
  [[nodiscard]] T noise_variance() const { return noise; }
  [[nodiscard]] T walk_variance() const { return walk; }
  [[nodiscard]] T offset(std::size_t k) const { return offsets[k]; }
  [[nodiscard]] T response(std::size_t kj, const T& z) const { return unary(z, now.y1[kj], now.y2[kj]); }

  struct Believed {
    T value, slope, half_curvature;
  };
  [[nodiscard]] Believed response_to_believed(std::size_t j, const T& z) const {
    const auto& [f, f1, f2, f3] = now.many.believed[j];
    return {unary(z, f, f1), unary(z, f1, f2), unary(z, 0.5 * f2, 0.5 * f3)};
  }
  struct Change {
    T change, by_x, by_y, by_w;
  };
  // theta[n]: a number of which the slope in theta is that of eta (mean change, g_x, g_y or g_w).
  [[nodiscard]] Change rule(std::size_t i, std::size_t j, const T& x_i, const T& y, const T& w,
                            const SpreadOf<T>& by) {
    const std::size_t ij = now.ij(i, j);
    const SecondSlopes& g = now.g_slopes[ij];
    const Slopes& mean = now.mean_slopes[ij];
    const double eta = now.eta;
    const std::array<T, 4> theta = {tape.variable(0.0), tape.variable(0.0), tape.variable(0.0),
                                    tape.variable(0.0)};
    const auto of = [&](double value, double by_x, double by_y, double by_w, const T& with) {
      T sum = tape.linear(eta * value, x_i, eta * by_x);
      sum += tape.linear(0.0, y, eta * by_y);
      sum += tape.linear(0.0, w, eta * by_w);
      sum += with;
      return sum;
    };
    Change change = {of(0.0, mean.x, mean.y, mean.w, theta[0]), of(g.x, g.xx, g.xy, g.xw, theta[1]),
                     of(g.y, g.xy, g.yy, g.yw, theta[2]), of(g.w, g.xw, g.yw, g.ww, theta[3])};
    if (now.above_mean) {
      const std::pair<const T&, double> spread[] = {
          {by.y, g.y},   {by.xx, 0.5 * g.xx}, {by.yy, 0.5 * g.yy}, {by.ww, 0.5 * g.ww},
          {by.xy, g.xy}, {by.xw, g.xw},       {by.yw, g.yw}};
      for (const auto& [number, slope] : spread) change.change += tape.linear(0.0, number, eta * slope);
    }
    changes[ij] = {w, theta};
    return change;
  }
};

}  // namespace

void BeliefPullBack::many_offers(std::size_t t, double log_p_bar, const MatrixMap& m, const MatrixMap& p,
                                 const MatrixMap& r) {
  const BeliefValues& now = step_.now_;
  const ManyOffers& many = now.many;
  const bool learned = of_.session.learns[t] != 0;
  tape_.clear();
  ManyOnTape on{now, tape_, tape_.variable(now.noise_variance), tape_.variable(now.walk_variance), {}, {}};
  for (std::size_t k = 0; k < now.offers; ++k) on.offsets.push_back(tape_.variable(0.0));
  on.changes.resize(now.inputs * now.neurons);
  ManyStep<Tape::Number> step;
  const auto put = [&](const MatrixMap& from, std::vector<Tape::Number>& to) {
    for (Eigen::Index n = 0; n < from.size(); ++n) to.push_back(tape_.variable(from.data()[n]));
  };
  put(m, step.m);
  put(p, step.p);
  put(r, step.r);
  const std::vector<Tape::Number> before_m = step.m;
  const std::vector<Tape::Number> before_p = step.p;
  const std::vector<Tape::Number> before_r = step.r;
  Tape::Number log_p = tape_.constant(0.0);
  if (now.moved) {
    HWY_NAMESPACE::slopes_of_logits(now, on, step);
    HWY_NAMESPACE::invert_root(many.rank, on, step);
    HWY_NAMESPACE::before_choice(now, on, many, step);
    for (std::size_t n = 0; n < many.choice_output(0); ++n) {
      Tape::Number output = tape_.constant(many.step.outputs[n]);
      for (std::size_t i = 0; i < many.inputs(); ++i)
        output += tape_.linear(0.0, step.inputs[i], many.jacobian[n * many.inputs() + i]);
      step.outputs.push_back(output);
    }
    log_p = step.outputs.front();
    HWY_NAMESPACE::after_choice(now, on, many, step);
  }
  if (learned) {
    // forward: m_ij and P_gi,. held within reach
    for (const std::size_t ij : step_.held_at_) {
      m_bar_.data()[ij] = 0.0;
      const Eigen::Index d = index(now.gi(ij % now.neurons, ij / now.neurons));
      p_bar_.row(d).setZero();
      p_bar_.col(d).setZero();
      if (now.apart == 0.0) continue;
      r_bar_.row(d).setZero();
      r_bar_.col(d).setZero();
    }
    HWY_NAMESPACE::change_many(now, on, now.learned, now.moved, now.above_mean, step);
  }
  const auto seed = [&](const std::vector<Tape::Number>& of, const Matrix& bars) {
    for (std::size_t n = 0; n < of.size(); ++n) tape_.seed(of[n], bars.data()[n]);
  };
  seed(step.m, m_bar_);
  seed(step.p, p_bar_);
  seed(step.r, r_bar_);
  tape_.seed(log_p, log_p_bar);
  tape_.run_back();
  const auto take = [&](const std::vector<Tape::Number>& of, Matrix& bars) {
    for (std::size_t n = 0; n < of.size(); ++n) bars.data()[n] = tape_.bar(of[n]);
  };
  take(before_m, m_bar_);
  take(before_p, p_bar_);
  take(before_r, r_bar_);
  // P and R are symmetric, and so are their slopes.
  p_bar_ = Matrix(0.5 * (p_bar_ + p_bar_.transpose()));
  r_bar_ = Matrix(0.5 * (r_bar_ + r_bar_.transpose()));
  add_to(places_.noise_sd, 2.0 * now.noise_variance * tape_.bar(on.noise));
  add_to(places_.walk_sd, 2.0 * now.walk_variance * tape_.bar(on.walk));
  if (learned) {
    Eigen::Map<Vector> theta_bar(gradient_.data(), index(of_.theta.size()));
    for (std::size_t i = 0; i < now.inputs; ++i) {
      for (std::size_t j = 0; j < now.neurons; ++j) {
        const ThetaSlopes by_theta = step_.theta_slopes(i, j);
        const std::array<Tape::Number, 4>& theta = on.changes[now.ij(i, j)].second;
        const std::span<double> slopes[] = {by_theta.g, by_theta.x, by_theta.y, by_theta.w};
        for (std::size_t n = 0; n < 4; ++n) theta_bar += now.eta * tape_.bar(theta[n]) * vector(slopes[n]);
      }
    }
  }
  if (places_.offsets == 0 || of_.offsets == nullptr || !now.moved) return;
  const LogitOffset offset = offset_at(of_, t, places_.offsets);
  for (std::size_t k = 0; k < now.offers; ++k) {
    for (std::size_t h = 0; h < places_.offsets; ++h)
      gradient_[places_.offset + h] += tape_.bar(on.offsets[k]) * offset.slopes[k * places_.offsets + h];
  }
}

}  // namespace synfer
