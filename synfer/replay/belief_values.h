// The values of a belief (belief.h) as they stand: what it believes, the latest observation, the latest
// weight change. Plain data, shared by the recursion, its slopes and its adjoint. A number of them is a
// double, or one of each of eight sessions that go side by side (belief_block.h).
//
// i, k: inputs N; j: neurons M; k: offers K; d, e: modes D, group by group, input by input.
#pragma once

#include <array>
#include <type_traits>
#include <vector>

#include "synfer/base/lanes.h"
#include "synfer/base/matrix.h"
#include "synfer/model/rule.h"
#include "synfer/replay/gauss_hermite.h"
#include "synfer/replay/many_offers.h"

namespace synfer {

/// How much there is of everything.
struct BeliefShape {
  std::size_t inputs = 0, neurons = 0, offers = 0, groups = 1;
  std::size_t modes = 0;  // D = groups x N where filtered, 0 otherwise

  [[nodiscard]] constexpr std::size_t ij(std::size_t i, std::size_t j) const { return i * neurons + j; }
  /// One group of all neurons, or each its own.
  [[nodiscard]] constexpr std::size_t gi(std::size_t j, std::size_t i) const {
    return (groups == 1 ? 0 : j) * inputs + i;
  }
  /// Of two offers the difference of logits is what counts.
  [[nodiscard]] constexpr double sign(std::size_t offer) const {
    return offers == 2 && offer == 0 ? -1.0 : 1.0;
  }

  // Second order: what the choice at a node of the line is made of. Drives (K M), the offset, the covariances
  // of pairs of drives (their upper half, row by row), the variance of single neurons (K).
  [[nodiscard]] constexpr std::size_t drives() const { return offers * neurons; }
  [[nodiscard]] constexpr std::size_t pairs() const { return drives() * (drives() + 1) / 2; }
  [[nodiscard]] constexpr std::size_t pair(std::size_t a, std::size_t b) const {  // a <= b
    return a * drives() - a * (a + 1) / 2 + b;
  }
  [[nodiscard]] constexpr std::size_t pair_input(std::size_t a, std::size_t b) const {
    return drives() + 1 + pair(a, b);
  }
  [[nodiscard]] constexpr std::size_t apart_input(std::size_t k) const { return drives() + 1 + pairs() + k; }

  friend bool operator==(const BeliefShape&, const BeliefShape&) = default;
};

/// Two inputs read by one neuron, or by many lumped into one: what flies are fitted with. What is run for
/// it is compiled with loops of known length.
inline constexpr BeliefShape kPlainShape = {.inputs = 2, .neurons = 1, .offers = 1, .groups = 1, .modes = 2};

/// Weights beyond this only saturate: they are held there, and nothing moves with them any more. Of inputs in
/// the scale of the data (model/data_scale.h); see reach_of() in belief.h.
inline constexpr double kReach = 1e8;

template <typename T>
struct BeliefValuesOf : BeliefShape {
  // Its entries row by row.
  using Table = std::conditional_t<std::is_same_v<T, double>, Matrix, std::vector<T>>;

  std::vector<double> share;    // M: 1 / neurons of its group
  std::vector<double> readout;  // M
  bool filtered = false;
  double noise_variance = 0.0;
  T walk_variance{};  // of a mode
  T eta{};
  double reach = kReach;  // of the weights; of several sessions the least

  // Second order.
  bool second = false;
  bool above_mean = false;  // whether the mean of a weight change is taken to second order
  bool wide = false;        // five nodes instead of three for the variance of a drive
  double apart = 0.0;       // at the start R is so many times P, and its walk that of P

  // The belief.
  Table m;  // N x M
  Table p;  // D x D
  Table r;  // N x N where apart > 0: the covariance of a neuron's weights about those of its group's mean

  // The latest observation.
  std::vector<T> x;              // K x N
  std::vector<T> z, y, y1, y2;   // K x M: z, f(z), f'(z), f''(z)
  std::vector<T> logits;         // K
  std::vector<T> a, pa, u;       // D: dL/dw, P a, P a / sd
  std::vector<T> b, v;           // K x N: dL/dx, noise_sd^2 b / sd
  std::vector<T> c1, c2;         // K x M: z along the line is z + c1 t + c2 t^2
  std::vector<double> node_at;   // nodes: t
  std::vector<T> slope_at_node;  // nodes x K x M: sign b_j f'(z) there
  std::array<T, kNodes> h{};     // d log Z / dL at a node
  T first{}, second_moment{};    // E[t], E[t^2] given the choice
  std::vector<double> norm;      // K: |b_k|; this and the next with three offers and more
  std::vector<double> p_choice;  // K
  std::vector<double> by_logit;  // K x K x nodes: dp_c / dL_k at a node
  bool along_line = false;       // whether the choice was averaged along the line
  T variance{}, sd{};            // of the logit
  T alpha{}, kappa{};            // t given the choice: mean alpha, variance 1 + kappa
  // sum_q h_q t_q^r dL_q/dz, r = 0 .. 4, of every offer and neuron (K M), of the offset, and of what else
  // there is to second order
  std::vector<std::array<T, 5>> moments;
  bool moved = false;  // whether the choice moved the belief

  // Of second order, at place t on the line each a[0] + a[1] t + a[2] t^2.
  std::vector<std::array<T, 3>> residual;      // pairs: the covariance of two drives
  std::vector<std::array<T, 3>> spread_apart;  // K: the variance of a neuron's drive about the mean one's
  // What moves the probability of the choice at a node, by input(): of the latest node where lanes are
  // sessions, of all seven where they are nodes.
  std::vector<Lanes> node_slopes;
  std::vector<Lanes> node_work;  // 5 K M

  // The latest weight change.
  std::size_t learned = 0;
  std::vector<T> xh;                        // N: what the learned offer is believed to have been
  std::vector<T> phi, gamma, psi;           // D
  std::vector<T> gamma_ij;                  // N x M
  Table g;                                  // D x N
  Table fp;                                 // D x D
  std::vector<T> fu, gv;                    // D
  std::vector<SecondSlopesOf<T>> g_slopes;  // N x M
  // Second order.
  std::vector<SpreadOf<T>> spread;       // N x M
  std::vector<SlopesOf<T>> mean_slopes;  // N x M: of the mean change, by x, y and w
  Table fr;                              // N x N: F R
};

/// How many numbers the choice at a node is made of: BeliefShape::apart_input and those before it.
template <typename T>
std::size_t choice_inputs(const BeliefValuesOf<T>& now) {
  if (!now.second) return now.drives() + 1;
  return now.apart_input(now.apart > 0.0 ? now.offers : 0);
}

struct BeliefValues : BeliefValuesOf<double> {
  ManyOffers many;  // three offers and more
};
using BlockValues = BeliefValuesOf<Lanes>;  // of eight sessions

}  // namespace synfer
