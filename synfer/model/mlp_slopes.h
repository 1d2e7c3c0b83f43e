// An MLP rule of one hidden layer at one synapse, with its slopes and second slopes: hidden units in lanes.
// What the filter over latent weights asks for at every synapse of every change.
//
//   A = out_bias + sum_h out_h f(a_h),  a_h = bias_h + sum_k in_k W_kh,  g = F(A)
//   A_k = sum_h out_h f'(a_h) W_kh,  A_kl = sum_h out_h f''(a_h) W_kh W_lh
//   g_k = F' A_k,  g_kl = F' A_kl + F'' A_k A_l
#pragma once

#include <array>
#include <span>

#include "synfer/model/activation.h"
#include "synfer/model/rule.h"

namespace synfer::kernels {

/// theta: for each input H weights, then H biases, H output weights, the output's bias.
struct MlpAtSynapse {
  const Activation& hidden;
  const Activation& output;
  std::size_t units;               // H
  std::span<const int> variables;  // of each input: 0 x, 1 y, 2 w, 3 r
  std::span<const double> scale;   // of each input
  std::array<double, 4> at;        // x, y, w, r
  std::span<const double> theta;
};

/// g.
double mlp_change(const MlpAtSynapse& of);

/// Slopes and second slopes of g; writes those of both in theta unless out.g is empty.
SecondSlopes mlp_second_slopes(const MlpAtSynapse& of, const ThetaSlopes& out);

}  // namespace synfer::kernels
