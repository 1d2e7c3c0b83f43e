// A Taylor rule over a block of columns. x and r are data, so for one step and input the sum over
// terms is contracted over them first; what is left is a polynomial in y and w,
//
//   g(y, w) = sum_bc C_bc y^b w^c,  C_bc = sum over terms with powers b, c of theta_p x^a r^d,
//
// and in the adjoint the moments D_bc = sum_j g_bar_j y_j^b w_j^c give theta_bar_p = x^a r^d D_bc.
// The highest powers are template parameters: the inner sums unroll, lanes hold neurons.

#include <Eigen/Core>
#include <array>
#include <utility>

#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr int kSlots = kHighestPower + 1;
constexpr int kLanes = 4;

template <int L>
using Lanes = Eigen::Array<double, L, 1>;

// Values of y^b w^c for all b and c, flattened as b * kSlots + c.
using Slots = std::array<double, static_cast<std::size_t>(kSlots* kSlots)>;

std::size_t slot_of(const Term& term) { return static_cast<std::size_t>(term.y * kSlots + term.w); }

// x^a r^d of every term's a and d.
Slots data_factors(double x, double r) {
  const auto xs = powers(x);
  const auto rs = powers(r);
  Slots factors;
  for (int a = 0; a < kSlots; ++a) {
    for (int d = 0; d < kSlots; ++d) {
      factors[static_cast<std::size_t>(a * kSlots + d)] =
          xs[static_cast<std::size_t>(a)] * rs[static_cast<std::size_t>(d)];
    }
  }
  return factors;
}

std::size_t data_slot_of(const Term& term) { return static_cast<std::size_t>(term.x * kSlots + term.r); }

Slots contract(const std::vector<Term>& terms, std::span<const double> theta, const Slots& factors) {
  Slots c{};
  for (std::size_t p = 0; p < terms.size(); ++p)
    c[slot_of(terms[p])] += theta[p] * factors[data_slot_of(terms[p])];
  return c;
}

// sum_b C_bc y^b for one c, by Horner.
template <int B, int L>
Lanes<L> in_y(const Slots& c, int column, const Lanes<L>& y) {
  Lanes<L> sum = Lanes<L>::Constant(c[static_cast<std::size_t>(B * kSlots + column)]);
  for (int b = B - 1; b >= 0; --b) sum = sum * y + c[static_cast<std::size_t>(b * kSlots + column)];
  return sum;
}

template <int B, int C, int L>
void change_lanes(const Slots& c, double eta, const double* y_in, const double* w_in, double* w_after) {
  const Lanes<L> y = Eigen::Map<const Lanes<L>>(y_in);
  const Lanes<L> w = Eigen::Map<const Lanes<L>>(w_in);
  Lanes<L> g = in_y<B, L>(c, C, y);
  for (int k = C - 1; k >= 0; --k) g = g * w + in_y<B, L>(c, k, y);
  Eigen::Map<Lanes<L>>(w_after, L) = w + eta * g;
}

template <int B, int C, int L>
void pull_back_lanes(const Slots& c, double eta, const double* y_in, const double* w_in, double* w_bar_io,
                     double* y_bar_io, Lanes<L>* moments) {
  const Lanes<L> y = Eigen::Map<const Lanes<L>>(y_in);
  const Lanes<L> w = Eigen::Map<const Lanes<L>>(w_in);
  Eigen::Map<Lanes<L>> w_bar(w_bar_io);
  // forward: w_after = w + eta g(y, w)
  const Lanes<L> g_bar = eta * w_bar;
  // forward: g = sum_c h_c(y) w^c, h_c = sum_b C_bc y^b
  Lanes<L> g_w = Lanes<L>::Zero();
  Lanes<L> g_y = Lanes<L>::Zero();
  for (int k = C; k >= 0; --k) {
    Lanes<L> h_y = Lanes<L>::Zero();
    for (int b = B; b >= 1; --b) h_y = h_y * y + b * c[static_cast<std::size_t>(b * kSlots + k)];
    g_y = g_y * w + h_y;
  }
  for (int k = C; k >= 1; --k) g_w = g_w * w + k * in_y<B, L>(c, k, y);
  Lanes<L> with_y = g_bar;
  for (int b = 0; b <= B; ++b) {
    Lanes<L> with_w = with_y;
    for (int k = 0; k <= C; ++k) {
      moments[b * (C + 1) + k] += with_w;
      with_w *= w;
    }
    with_y *= y;
  }
  Eigen::Map<Lanes<L>>(y_bar_io, L) += g_bar * g_y;
  w_bar += g_bar * g_w;
}

template <int B, int C>
void change_block(const std::vector<Term>& terms, const ColumnChange& at, std::span<const double> theta,
                  double* w_after) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    const Slots c = contract(terms, theta, data_factors(at.x[i], at.r));
    const double* w = at.w + i * m;
    double* out = w_after + i * m;
    std::size_t j = 0;
    for (; j + kLanes <= m; j += kLanes) change_lanes<B, C, kLanes>(c, at.eta, &at.y[j], w + j, out + j);
    for (; j < m; ++j) change_lanes<B, C, 1>(c, at.eta, &at.y[j], w + j, out + j);
  }
}

template <int B, int C>
void pull_back_block(const std::vector<Term>& terms, const ColumnChange& at, std::span<const double> theta,
                     double* w_bar, std::span<double> y_bar, std::span<double> theta_bar) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    const Slots factors = data_factors(at.x[i], at.r);
    const Slots c = contract(terms, theta, factors);
    Lanes<kLanes> wide[(B + 1) * (C + 1)];
    Lanes<1> narrow[(B + 1) * (C + 1)];
    for (auto& lane : wide) lane.setZero();
    for (auto& lane : narrow) lane.setZero();
    std::size_t j = 0;
    for (; j + kLanes <= m; j += kLanes) {
      pull_back_lanes<B, C, kLanes>(c, at.eta, &at.y[j], at.w + i * m + j, w_bar + i * m + j, &y_bar[j],
                                    wide);
    }
    for (; j < m; ++j) {
      pull_back_lanes<B, C, 1>(c, at.eta, &at.y[j], at.w + i * m + j, w_bar + i * m + j, &y_bar[j], narrow);
    }
    Slots moments{};
    for (int b = 0; b <= B; ++b) {
      for (int k = 0; k <= C; ++k) {
        const int at_bk = b * (C + 1) + k;
        moments[static_cast<std::size_t>(b * kSlots + k)] = wide[at_bk].sum() + narrow[at_bk][0];
      }
    }
    // forward: C_bc += theta_p x^a r^d
    for (std::size_t p = 0; p < terms.size(); ++p) {
      theta_bar[p] += factors[data_slot_of(terms[p])] * moments[slot_of(terms[p])];
    }
  }
}

using ChangeBlock = void (*)(const std::vector<Term>&, const ColumnChange&, std::span<const double>, double*);
using PullBackBlock = void (*)(const std::vector<Term>&, const ColumnChange&, std::span<const double>,
                               double*, std::span<double>, std::span<double>);

// One entry for each pair of highest powers (B, C), at B * kSlots + C.
template <std::size_t... I>
constexpr std::array<ChangeBlock, sizeof...(I)> change_table(std::index_sequence<I...>) {
  return {&change_block<static_cast<int>(I) / kSlots, static_cast<int>(I) % kSlots>...};
}
template <std::size_t... I>
constexpr std::array<PullBackBlock, sizeof...(I)> pull_back_table(std::index_sequence<I...>) {
  return {&pull_back_block<static_cast<int>(I) / kSlots, static_cast<int>(I) % kSlots>...};
}
constexpr auto kChange = change_table(std::make_index_sequence<std::size_t{kSlots} * kSlots>{});
constexpr auto kPullBack = pull_back_table(std::make_index_sequence<std::size_t{kSlots} * kSlots>{});

}  // namespace

void TaylorRule::change_columns(const ColumnChange& at, std::span<const double> theta,
                                double* w_after) const {
  kChange[static_cast<std::size_t>(highest_y_ * kSlots + highest_w_)](terms_, at, theta, w_after);
}

void TaylorRule::pull_back_columns(const ColumnChange& at, std::span<const double> theta, double* w_bar,
                                   std::span<double> y_bar, std::span<double> theta_bar) const {
  kPullBack[static_cast<std::size_t>(highest_y_ * kSlots + highest_w_)](terms_, at, theta, w_bar, y_bar,
                                                                        theta_bar);
}

}  // namespace synfer
