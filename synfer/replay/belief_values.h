// The values of a belief (belief.h) as they stand: what it believes, the latest observation, the latest
// weight change. Plain data, shared by the recursion, its slopes and its adjoint.
//
// i, k: inputs N; j: neurons M; k: offers K; d, e: modes D, group by group, input by input.
#pragma once

#include <array>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/rule.h"
#include "synfer/replay/gauss_hermite.h"

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

  friend bool operator==(const BeliefShape&, const BeliefShape&) = default;
};

/// Two inputs read by one neuron, or by many lumped into one: what flies are fitted with. What is run for
/// it is compiled with loops of known length.
inline constexpr BeliefShape kPlainShape = {.inputs = 2, .neurons = 1, .offers = 1, .groups = 1, .modes = 2};

struct BeliefValues : BeliefShape {
  std::vector<double> share;    // M: 1 / neurons of its group
  std::vector<double> readout;  // M
  bool filtered = false;
  double noise_variance = 0.0;
  double walk_variance = 0.0;  // of a mode
  double eta = 0.0;

  // The belief.
  Matrix m;  // N x M
  Matrix p;  // D x D

  // The latest observation.
  std::vector<double> x;              // K x N
  std::vector<double> z, y, y1, y2;   // K x M: z, f(z), f'(z), f''(z)
  std::vector<double> logits;         // K
  std::vector<double> a, pa, u;       // D: dL/dw, P a, P a / sd
  std::vector<double> b, v;           // K x N: dL/dx, noise_sd^2 b / sd
  std::vector<double> c1, c2;         // K x M: z along the line is z + c1 t + c2 t^2
  std::vector<double> node_at;        // nodes: t
  std::vector<double> slope_at_node;  // nodes x K x M: sign b_j f'(z) there
  std::array<double, kNodes> h{};     // d log Z / dL at a node
  double first = 0.0, second = 0.0;   // E[t], E[t^2] given the choice
  std::vector<double> norm;           // K: |b_k|; this and the next with three offers and more
  std::vector<double> p_choice;       // K
  std::vector<double> by_logit;       // K x K x nodes: dp_c / dL_k at a node
  bool along_line = false;            // whether the choice was averaged along the line
  double variance = 0.0, sd = 0.0;    // of the logit
  double alpha = 0.0, kappa = 0.0;    // t given the choice: mean alpha, variance 1 + kappa
  bool moved = false;                 // whether the choice moved the belief

  // The latest weight change.
  std::size_t learned = 0;
  std::vector<double> xh;               // N: what the learned offer is believed to have been
  std::vector<double> phi, gamma, psi;  // D
  std::vector<double> gamma_ij;         // N x M
  Matrix g;                             // D x N
  Matrix fp;                            // D x D
  std::vector<double> fu, gv;           // D
  std::vector<SecondSlopes> g_slopes;   // N x M
};

}  // namespace synfer
