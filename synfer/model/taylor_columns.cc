#include "synfer/model/taylor_columns.h"

#include <algorithm>
#include <utility>

#include "synfer/model/taylor_rule.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/taylor_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/columns-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr std::size_t kMostSlots = 28;
inline constexpr std::size_t kMostData = (kHighestPower + 1) * (kHighestPower + 1);

// x^a r^d for the pairs that terms have.
HWY_INLINE void data_factors(const TaylorColumns& of, const std::array<double, kHighestPower + 1>& r,
                             double x, double* factors) {
  const auto xs = powers(x);
  for (std::size_t a = 0; a < of.data.size(); ++a) factors[a] = xs[of.data[a].x] * r[of.data[a].r];
}

HWY_INLINE void contract(const TaylorColumns& of, const double* factors, double* c) {
  for (std::size_t s = 0; s < of.slots; s += hn::Lanes(Four())) {
    auto sum = hn::Zero(Four());
    for (std::size_t a = 0; a < of.data.size(); ++a) {
      sum =
          hn::MulAdd(hn::Set(Four(), factors[a]), hn::LoadU(Four(), of.theta.data() + a * of.slots + s), sum);
    }
    hn::Store(sum, Four(), c + s);
  }
}

// sum_b C_bk y^b for one k, by Horner.
template <int B, int C, class D>
HWY_INLINE hn::Vec<D> in_y(D d, const double* c, int k, hn::Vec<D> y) {
  auto sum = hn::Set(d, c[B * (C + 1) + k]);
  for (int b = B - 1; b >= 0; --b) sum = hn::MulAdd(sum, y, hn::Set(d, c[b * (C + 1) + k]));
  return sum;
}

template <int B, int C>
struct Change {
  const double* c;
  double eta;
  const double* y;
  const double* w;
  double* after;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      auto g = in_y<B, C>(d, c, C, y_j);
      for (int k = C - 1; k >= 0; --k) g = hn::MulAdd(g, w_j, in_y<B, C>(d, c, k, y_j));
      hn::StoreU(hn::MulAdd(hn::Set(d, eta), g, w_j), d, after + j);
    }
  }
};

template <int B, int C>
struct PullBack {
  const double* c;
  double eta;
  const double* y;
  const double* w;
  double* w_bar;
  double* y_bar;
  double* moments;  // slots

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    constexpr std::size_t kSlots = (B + 1) * (C + 1);
    hn::Vec<D> sum[kSlots];
    for (auto& one : sum) one = hn::Zero(d);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      const auto w_bar_j = hn::LoadU(d, w_bar + j);
      // forward: w_after = w + eta g(y, w)
      const auto g_bar = hn::Mul(hn::Set(d, eta), w_bar_j);
      // forward: g = sum_k h_k(y) w^k, h_k = sum_b C_bk y^b
      if constexpr (B > 0) {
        auto g_y = hn::Zero(d);
        for (int k = C; k >= 0; --k) {
          auto h_y = hn::Set(d, B * c[B * (C + 1) + k]);
          for (int b = B - 1; b >= 1; --b) h_y = hn::MulAdd(h_y, y_j, hn::Set(d, b * c[b * (C + 1) + k]));
          g_y = k == C ? h_y : hn::MulAdd(g_y, w_j, h_y);
        }
        hn::StoreU(hn::MulAdd(g_bar, g_y, hn::LoadU(d, y_bar + j)), d, y_bar + j);
      }
      if constexpr (C > 0) {
        auto g_w = hn::Mul(hn::Set(d, C), in_y<B, C>(d, c, C, y_j));
        for (int k = C - 1; k >= 1; --k) {
          g_w = hn::MulAdd(g_w, w_j, hn::Mul(hn::Set(d, k), in_y<B, C>(d, c, k, y_j)));
        }
        hn::StoreU(hn::MulAdd(g_bar, g_w, w_bar_j), d, w_bar + j);
      }
      // forward: C_bk enters g as y^b w^k
      hn::Vec<D> power[C + 1];
      if constexpr (C > 0) power[1] = w_j;
      for (int k = 2; k <= C; ++k) power[k] = hn::Mul(power[k - 1], w_j);
      auto with_y = g_bar;
      for (int b = 0; b <= B; ++b) {
        hn::Vec<D>* of_b = sum + b * (C + 1);
        of_b[0] = hn::Add(of_b[0], with_y);
        for (int k = 1; k <= C; ++k) of_b[k] = hn::MulAdd(with_y, power[k], of_b[k]);
        if (b < B) with_y = hn::Mul(with_y, y_j);
      }
    }
    add_sums(d, sum, kSlots, moments);
  }
};

template <int B, int C>
void change(const TaylorColumns& of, const ColumnChange& at, double* after) {
  const std::size_t m = at.y.size();
  const auto r = powers(at.r);
  double factors[kMostData];
  alignas(64) double c[kMostSlots];
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    data_factors(of, r, at.x[i], factors);
    contract(of, factors, c);
    over_columns(m, Change<B, C>{c, at.eta, at.y.data(), at.w + i * m, after + i * m});
  }
}

template <int B, int C>
void pull_back(TaylorColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
  const std::size_t m = at.y.size();
  const auto r = powers(at.r);
  double factors[kMostData];
  alignas(64) double c[kMostSlots];
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    data_factors(of, r, at.x[i], factors);
    contract(of, factors, c);
    alignas(64) double moments[kMostSlots] = {};
    over_columns(m, PullBack<B, C>{c, at.eta, at.y.data(), at.w + i * m, w_bar + i * m, y_bar, moments});
    // forward: C_bk += theta_abkd x^a r^d
    for (std::size_t a = 0; a < of.data.size(); ++a) {
      const auto factor = hn::Set(Four(), factors[a]);
      double* bar = of.bar.data() + a * of.slots;
      for (std::size_t s = 0; s < of.slots; s += hn::Lanes(Four())) {
        hn::StoreU(hn::MulAdd(factor, hn::Load(Four(), moments + s), hn::LoadU(Four(), bar + s)), Four(),
                   bar + s);
      }
    }
  }
}

// Calls the kernel that is compiled for the rule's highest powers.
template <int B, typename... Arguments>
HWY_INLINE void TaylorChangeOf(const TaylorColumns& of, const Arguments&... arguments) {
  switch (of.highest_w) {
    case 0:
      return change<B, 0>(of, arguments...);
    case 1:
      return change<B, 1>(of, arguments...);
    default:
      return change<B, 2>(of, arguments...);
  }
}

template <int B, typename... Arguments>
HWY_INLINE void TaylorPullBackOf(TaylorColumns& of, const Arguments&... arguments) {
  switch (of.highest_w) {
    case 0:
      return pull_back<B, 0>(of, arguments...);
    case 1:
      return pull_back<B, 1>(of, arguments...);
    default:
      return pull_back<B, 2>(of, arguments...);
  }
}

void TaylorChange(const TaylorColumns& of, const ColumnChange& at, double* after) {
  switch (of.highest_y) {
    case 0:
      return TaylorChangeOf<0>(of, at, after);
    case 1:
      return TaylorChangeOf<1>(of, at, after);
    case 2:
      return TaylorChangeOf<2>(of, at, after);
    default:
      return change<kHighestPower, kHighestPower>(of, at, after);
  }
}

void TaylorPullBack(TaylorColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
  switch (of.highest_y) {
    case 0:
      return TaylorPullBackOf<0>(of, at, w_bar, y_bar);
    case 1:
      return TaylorPullBackOf<1>(of, at, w_bar, y_bar);
    case 2:
      return TaylorPullBackOf<2>(of, at, w_bar, y_bar);
    default:
      return pull_back<kHighestPower, kHighestPower>(of, at, w_bar, y_bar);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(TaylorChange);
HWY_EXPORT(TaylorPullBack);

TaylorColumns::TaylorColumns(const std::vector<Term>& terms, std::span<const double> theta_of_terms) {
  for (const Term& term : terms) {
    highest_y = std::max(highest_y, static_cast<std::size_t>(term.y));
    highest_w = std::max(highest_w, static_cast<std::size_t>(term.w));
  }
  if (std::max(highest_y, highest_w) > 2) highest_y = highest_w = kHighestPower;
  slots = ((highest_y + 1) * (highest_w + 1) + 3) / 4 * 4;
  for (const Term& term : terms) {
    const Powers own{static_cast<std::size_t>(term.x), static_cast<std::size_t>(term.r)};
    const auto found =
        std::ranges::find_if(data, [&](const Powers& one) { return one.x == own.x && one.r == own.r; });
    const auto row = static_cast<std::size_t>(found - data.begin());
    if (found == data.end()) data.push_back(own);
    place_.push_back(row * slots + static_cast<std::size_t>(term.y) * (highest_w + 1) +
                     static_cast<std::size_t>(term.w));
  }
  theta.resize(data.size() * slots);
  bar.resize(theta.size());
  for (std::size_t p = 0; p < terms.size(); ++p) theta[place_[p]] = theta_of_terms[p];
}

void TaylorColumns::change(const ColumnChange& at, double* w_after) {
  HWY_DYNAMIC_DISPATCH(TaylorChange)(*this, at, w_after);
}

void TaylorColumns::pull_back(const ColumnChange& at, double* w_bar, double* y_bar) {
  HWY_DYNAMIC_DISPATCH(TaylorPullBack)(*this, at, w_bar, y_bar);
}

void TaylorColumns::add_theta_bar(std::span<double> theta_bar) const {
  for (std::size_t p = 0; p < place_.size(); ++p) theta_bar[p] += bar[place_[p]];
}

std::unique_ptr<ColumnRule> TaylorRule::columns(std::span<const double> theta) const {
  return std::make_unique<TaylorColumns>(terms_, theta);
}

}  // namespace synfer
#endif
