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

// to (slots) += by * from (slots)
HWY_INLINE void add_slots(std::size_t slots, double by, const double* from, double* to) {
  const auto factor = hn::Set(Four(), by);
  for (std::size_t s = 0; s < slots; s += hn::Lanes(Four())) {
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(Four(), from + s), hn::LoadU(Four(), to + s)), Four(), to + s);
  }
}

// forward: with_r_a = sum_d r^d theta_ad
HWY_INLINE void begin_change(TaylorColumns& of, double r) {
  const double* theta = of.theta.data();
  for (std::size_t a = 0; a <= of.highest_x; ++a) {
    double* to = of.with_r.data() + a * of.slots;
    std::copy_n(theta, of.slots, to);
    theta += of.slots;
    double power = r;
    for (std::size_t d = 1; d <= of.highest_r; ++d, power *= r, theta += of.slots) {
      add_slots(of.slots, power, theta, to);
    }
  }
}

HWY_INLINE void pull_back_begin(TaylorColumns& of, double r) {
  double* bar = of.bar.data();
  for (std::size_t a = 0; a <= of.highest_x; ++a) {
    const double* from = of.with_r_bar.data() + a * of.slots;
    double power = 1.0;
    for (std::size_t d = 0; d <= of.highest_r; ++d, power *= r, bar += of.slots) {
      add_slots(of.slots, power, from, bar);
    }
  }
}

// forward: C = sum_a x^a with_r_a
HWY_INLINE void contract(const TaylorColumns& of, double x, double* c) {
  const double x2 = x * x;
  const double power[] = {1.0, x, x2, x2 * x, x2 * x2};
  for (std::size_t s = 0; s < of.slots; s += hn::Lanes(Four())) {
    auto sum = hn::LoadU(Four(), of.with_r.data() + s);
    for (std::size_t a = 1; a <= of.highest_x; ++a) {
      sum =
          hn::MulAdd(hn::Set(Four(), power[a]), hn::LoadU(Four(), of.with_r.data() + a * of.slots + s), sum);
    }
    hn::Store(sum, Four(), c + s);
  }
}

HWY_INLINE void pull_back_contract(TaylorColumns& of, double x, const double* moments) {
  double power = 1.0;
  for (std::size_t a = 0; a <= of.highest_x; ++a, power *= x) {
    add_slots(of.slots, power, moments, of.with_r_bar.data() + a * of.slots);
  }
}

// C in every lane of vectors: what is stored along a row cannot be taken to change it.
template <int B, int C, class D>
struct Coefficients {
  HWY_INLINE Coefficients(D d, const double* c) {
    for (int s = 0; s < (B + 1) * (C + 1); ++s) of[s] = hn::Set(d, c[s]);
  }

  // h_k = sum_b C_bk y^b, by Horner.
  HWY_INLINE hn::Vec<D> in_y(int k, hn::Vec<D> y) const {
    auto sum = of[B * (C + 1) + k];
    for (int b = B - 1; b >= 0; --b) sum = hn::MulAdd(sum, y, of[b * (C + 1) + k]);
    return sum;
  }

  hn::Vec<D> of[(B + 1) * (C + 1)];
};

template <int B, int C>
struct Change {
  const double* c;
  double eta;
  const double* y;
  const double* w;
  double* after;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    const Coefficients<B, C, D> coefficients(d, c);
    const auto rate = hn::Set(d, eta);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      auto g = coefficients.in_y(C, y_j);
      for (int k = C - 1; k >= 0; --k) g = hn::MulAdd(g, w_j, coefficients.in_y(k, y_j));
      hn::StoreU(hn::MulAdd(rate, g, w_j), d, after + j);
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
    constexpr std::size_t kSlots = std::size_t{B + 1} * (C + 1);
    const Coefficients<B, C, D> coefficients(d, c);
    const auto rate = hn::Set(d, eta);
    hn::Vec<D> sum[kSlots];
    for (auto& one : sum) one = hn::Zero(d);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      const auto w_bar_j = hn::LoadU(d, w_bar + j);
      // forward: w_after = w + eta g(y, w)
      const auto g_bar = hn::Mul(rate, w_bar_j);
      // forward: g = sum_k h_k(y) w^k, h_k = sum_b C_bk y^b
      if constexpr (B > 0) {
        auto g_y = hn::Zero(d);
        for (int k = C; k >= 0; --k) {
          auto h_y = hn::Mul(hn::Set(d, B), coefficients.of[B * (C + 1) + k]);
          for (int b = B - 1; b >= 1; --b) {
            const auto of_b = coefficients.of[b * (C + 1) + k];
            h_y = hn::MulAdd(h_y, y_j, b == 1 ? of_b : hn::Mul(hn::Set(d, b), of_b));
          }
          g_y = k == C ? h_y : hn::MulAdd(g_y, w_j, h_y);
        }
        hn::StoreU(hn::MulAdd(g_bar, g_y, hn::LoadU(d, y_bar + j)), d, y_bar + j);
      }
      if constexpr (C > 0) {
        auto g_w = hn::Mul(hn::Set(d, C), coefficients.in_y(C, y_j));
        for (int k = C - 1; k >= 1; --k) {
          const auto h_k = coefficients.in_y(k, y_j);
          g_w = hn::MulAdd(g_w, w_j, k == 1 ? h_k : hn::Mul(hn::Set(d, k), h_k));
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

struct ChangeColumns {
  template <int B, int C>
  static void run(TaylorColumns& of, const ColumnChange& at, double* after) {
    const std::size_t m = at.y.size();
    alignas(64) double c[kMostSlots];
    begin_change(of, at.r);
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      contract(of, at.x[i], c);
      over_columns(m, Change<B, C>{c, at.eta, at.y.data(), at.w + i * m, after + i * m});
    }
  }
};

struct PullBackColumns {
  template <int B, int C>
  static void run(TaylorColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
    const std::size_t m = at.y.size();
    alignas(64) double c[kMostSlots];
    begin_change(of, at.r);
    std::fill(of.with_r_bar.begin(), of.with_r_bar.end(), 0.0);
    for (std::size_t i = 0; i < at.x.size(); ++i) {
      contract(of, at.x[i], c);
      alignas(64) double moments[kMostSlots] = {};
      over_columns(m, PullBack<B, C>{c, at.eta, at.y.data(), at.w + i * m, w_bar + i * m, y_bar, moments});
      pull_back_contract(of, at.x[i], moments);
    }
    pull_back_begin(of, at.r);
  }
};

// Runs the kernel that is compiled for the rule's highest powers.
template <class Kernel, int B, typename... Arguments>
HWY_INLINE void run_with(TaylorColumns& of, const Arguments&... arguments) {
  switch (of.highest_w) {
    case 0:
      return Kernel::template run<B, 0>(of, arguments...);
    case 1:
      return Kernel::template run<B, 1>(of, arguments...);
    default:
      return Kernel::template run<B, 2>(of, arguments...);
  }
}

template <class Kernel, typename... Arguments>
HWY_INLINE void run(TaylorColumns& of, const Arguments&... arguments) {
  switch (of.highest_y) {
    case 0:
      return run_with<Kernel, 0>(of, arguments...);
    case 1:
      return run_with<Kernel, 1>(of, arguments...);
    case 2:
      return run_with<Kernel, 2>(of, arguments...);
    default:
      return Kernel::template run<kHighestPower, kHighestPower>(of, arguments...);
  }
}

void TaylorChange(TaylorColumns& of, const ColumnChange& at, double* after) {
  run<ChangeColumns>(of, at, after);
}

void TaylorPullBack(TaylorColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
  run<PullBackColumns>(of, at, w_bar, y_bar);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(TaylorChange);
HWY_EXPORT(TaylorPullBack);

TaylorColumns::TaylorColumns(const std::vector<Term>& terms, std::span<const double> theta_of_terms) {
  const auto raise = [](std::size_t& highest, int power) {
    highest = std::max(highest, static_cast<std::size_t>(power));
  };
  for (const Term& term : terms) {
    raise(highest_x, term.x);
    raise(highest_r, term.r);
    raise(highest_y, term.y);
    raise(highest_w, term.w);
  }
  if (std::max(highest_y, highest_w) > 2) highest_y = highest_w = kHighestPower;
  slots = ((highest_y + 1) * (highest_w + 1) + 3) / 4 * 4;
  with_r.resize((highest_x + 1) * slots);
  with_r_bar.resize(with_r.size());
  theta.resize(with_r.size() * (highest_r + 1));
  bar.resize(theta.size());
  for (std::size_t p = 0; p < terms.size(); ++p) {
    const auto [x, y, w, r] = terms[p];
    const auto data = static_cast<std::size_t>(x) * (highest_r + 1) + static_cast<std::size_t>(r);
    const auto state = static_cast<std::size_t>(y) * (highest_w + 1) + static_cast<std::size_t>(w);
    place_.push_back(data * slots + state);
    theta[place_.back()] = theta_of_terms[p];
  }
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
