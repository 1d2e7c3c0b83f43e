// The filter with three offers and more: what its recursion (kernels/many_choice-inl.h, many_change-inl.h) is
// made of, as plain data.
//
// With K offers the choice depends on K - 1 differences of logits: the line of belief.h is a space of as many
// dimensions, its rank R. At nodes of that space the choice is made of numbers that this file gives an order:
// of each drive its mean and how it moves, of each pair of drives their covariance, of each offer what is
// added to its logit and the variance of single neurons. It gives log p, E[t], E[t t'] and the probability of
// every choice.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "synfer/model/rule.h"

namespace synfer {

/// The most offers that are filtered: beyond, nodes would be too many.
inline constexpr std::size_t kMostFilteredOffers = 6;

/// A belief, the space of the latest choice and what is on the way there.
template <class T>
struct ManyStep {
  std::vector<T> m, p, r;       // N x M, D x D, N x N or nothing
  std::vector<T> inputs;        // of the nodes
  std::vector<T> outputs;       // and what they give
  std::vector<T> alpha, kappa;  // R, R x R
  std::vector<T> u, v;          // R x D, K x R x N

  std::vector<T> z, slope, a, pa, b, s, root, inverse, c1, c2;
  std::vector<T> believed_x, phi, gamma, psi, gamma_ij, g, fp, fu, gv, gkv, kv, change;
};

struct ManyOffers {
  std::size_t rank = 0;  // 0: of one or two offers, or not filtered
  std::size_t offers = 0, drives = 0;

  [[nodiscard]] std::size_t squares() const { return rank * (rank + 1) / 2; }
  // Inputs. Of a drive z - tr C2, c1 (R), C2 + C2' (its upper half).
  [[nodiscard]] std::size_t of_drive() const { return 1 + rank + squares(); }
  [[nodiscard]] std::size_t pairs() const { return drives * (drives + 1) / 2; }
  [[nodiscard]] std::size_t pair_input(std::size_t one, std::size_t other) const {  // one <= other
    return drives * of_drive() + one * drives - one * (one + 1) / 2 + other;
  }
  [[nodiscard]] std::size_t offset_input(std::size_t k) const { return drives * of_drive() + pairs() + k; }
  [[nodiscard]] std::size_t apart_input(std::size_t k) const { return offset_input(offers) + k; }
  [[nodiscard]] std::size_t inputs() const { return apart_input(offers); }
  // Outputs: log p, E[t] (R), E[t t'] (its upper half), the probability of every choice (K).
  [[nodiscard]] std::size_t second_output(std::size_t a, std::size_t b) const {  // a <= b
    return 1 + rank + a * rank - a * (a + 1) / 2 + b;
  }
  [[nodiscard]] std::size_t choice_output(std::size_t k) const { return 1 + rank + squares() + k; }
  [[nodiscard]] std::size_t outputs() const { return choice_output(offers); }

  ManyStep<double> step;
  std::vector<double> jacobian;                 // outputs x inputs
  std::vector<std::array<double, 4>> believed;  // M: f, f', f'' and f''' at the weight change
};

}  // namespace synfer
