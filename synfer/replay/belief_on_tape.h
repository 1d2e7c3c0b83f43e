// A step of a belief on a tape: what kernels/second_order-inl.h asks of it, and what the tape gives back.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/tape.h"

namespace synfer {

/// The belief that a part of a step starts from, row by row.
struct BeliefBefore {
  const double *m, *p, *r;  // N x M, D x D, N x N
};

struct StepOnTape {
  using T = Tape::Number;

  StepOnTape(const BeliefValues& values, Tape& on, const BeliefBefore& before) : now(values), tape(on) {
    const auto put = [&](std::vector<T>& to, const double* from, std::size_t count) {
      to.reserve(count);
      for (std::size_t n = 0; n < count; ++n) to.push_back(tape.variable(from[n]));
    };
    put(all_m, before.m, now.inputs * now.neurons);
    put(all_p, before.p, now.modes * now.modes);
    put(all_r, before.r, now.apart > 0.0 ? now.inputs * now.inputs : 0);
    put(all_u, now.u.data(), now.u.size());
    put(all_v, now.v.data(), now.v.size());
    put(all_c1, now.c1.data(), now.c1.size());
    put(all_c2, now.c2.data(), now.c2.size());
    put(all_xh, now.xh.data(), now.xh.size());
    noise = tape.variable(now.noise_variance);
    of_kappa = tape.variable(now.kappa);
  }

  const BeliefValues& now;
  Tape& tape;
  std::vector<T> all_m, all_p, all_r, all_u, all_v, all_c1, all_c2, all_xh;
  T noise, of_kappa;
  std::vector<T> y1, y2;     // M: f' and f'' at the weight change
  std::size_t changing = 0;  // of which neuron

  [[nodiscard]] T zero() const { return tape.constant(0.0); }
  [[nodiscard]] T one() const { return tape.constant(1.0); }
  [[nodiscard]] T m(std::size_t i, std::size_t j) const { return all_m[now.ij(i, j)]; }
  [[nodiscard]] T p(std::size_t d, std::size_t e) const { return all_p[d * now.modes + e]; }
  [[nodiscard]] T apart(std::size_t i, std::size_t k) const { return all_r[i * now.inputs + k]; }
  [[nodiscard]] T u(std::size_t d) const { return all_u[d]; }
  [[nodiscard]] T v(std::size_t ki) const { return all_v[ki]; }
  [[nodiscard]] double x(std::size_t ki) const { return now.x[ki]; }
  [[nodiscard]] T c1(std::size_t kj) const { return all_c1[kj]; }
  [[nodiscard]] T c2(std::size_t kj) const { return all_c2[kj]; }
  [[nodiscard]] T noise_variance() const { return noise; }
  [[nodiscard]] bool moved() const { return now.moved; }
  [[nodiscard]] T kappa() const { return of_kappa; }
  [[nodiscard]] T believed_x(std::size_t i) const { return all_xh[i]; }
  [[nodiscard]] T learned_v(std::size_t i) const { return v(now.learned * now.inputs + i); }
  [[nodiscard]] T spread(std::size_t d, std::size_t e) const {
    T sum = p(d, e);
    if (now.apart > 0.0) sum += apart(d, e);
    return sum;
  }
  [[nodiscard]] T slope() const { return y1[changing]; }
  [[nodiscard]] T half_curvature() const { return 0.5 * y2[changing]; }

  /// What the tape gives back of the belief and the line. P and R are symmetric, and so are their slopes.
  void add_bars(Matrix& m_bar, Matrix& p_bar, Matrix& r_bar, Vector& u_bar, Vector& v_bar) const {
    const auto add = [this](const std::vector<T>& of, double* to) {
      for (std::size_t n = 0; n < of.size(); ++n) to[n] += tape.bar(of[n]);
    };
    const auto add_symmetric = [this](const std::vector<T>& of, Matrix& to) {
      const auto size = static_cast<std::size_t>(to.rows());
      for (std::size_t d = 0; d < size && !of.empty(); ++d) {
        for (std::size_t e = 0; e < size; ++e) {
          to.data()[d * size + e] += 0.5 * (tape.bar(of[d * size + e]) + tape.bar(of[e * size + d]));
        }
      }
    };
    add(all_m, m_bar.data());
    add_symmetric(all_p, p_bar);
    add_symmetric(all_r, r_bar);
    add(all_u, u_bar.data());
    add(all_v, v_bar.data());
  }
};

}  // namespace synfer
