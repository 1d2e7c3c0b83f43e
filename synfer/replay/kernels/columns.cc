#include "synfer/replay/kernels/columns.h"

#include <algorithm>
#include <cmath>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/columns-inl.h"
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

struct ActivateAlone {
  const Activation& f;
  double* y;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      hn::StoreU(activate(d, f, hn::LoadU(d, y + j)).value, d, y + j);
    }
  }
};

void ActivateAll(const Activation& f, std::span<double> z) {
  over_columns(z.size(), ActivateAlone{f, z.data()});
}

template <typename Number>
struct ReadOutRow {
  const Number* y;
  const Number* readout;
  double* logit;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    auto sum = hn::Zero(d);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      sum = hn::MulAdd(hn::LoadU(d, y + j), hn::LoadU(d, readout + j), sum);
    }
    *logit += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
  }
};

template <typename Number>
HWY_INLINE void add_logits(const Number* y, std::span<const Number> readout, std::span<double> logits) {
  for (std::size_t n = 0; n < logits.size(); ++n) {
    over_columns<Number>(readout.size(),
                         ReadOutRow<Number>{y + n * readout.size(), readout.data(), &logits[n]});
  }
}

template <typename Number>
struct Spread {
  double logit_bar;
  const Number* readout;
  Number* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      hn::StoreU(hn::Mul(in_lanes(d, logit_bar), hn::LoadU(d, readout + j)), d, y_bar + j);
    }
  }
};

template <typename Number>
HWY_INLINE void spread_all(std::span<const double> logit_bar, std::span<const Number> readout,
                           Number* y_bar) {
  const std::size_t m = readout.size();
  for (std::size_t n = 0; n < logit_bar.size(); ++n) {
    over_columns<Number>(m, Spread<Number>{logit_bar[n], readout.data(), y_bar + n * m});
  }
}

template <typename Number>
struct SquaredError {
  const Number* y;
  const Number* target;
  double& sum;
  double& count;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    auto all = hn::Zero(d);
    auto there = hn::Zero(d);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto aim = hn::LoadU(d, target + j);
      const auto recorded = hn::Eq(aim, aim);  // not NaN
      const auto error = hn::IfThenElseZero(recorded, hn::Sub(hn::LoadU(d, y + j), aim));
      all = hn::MulAdd(error, error, all);
      there = hn::Add(there, hn::IfThenElseZero(recorded, in_lanes(d, 1.0)));
    }
    sum += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, all)));
    count += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, there)));
  }
};

// Long sums are made in double precision, of parts that single precision holds well.
template <typename Number>
inline constexpr std::size_t kAtOnce = sizeof(Number) == 4 ? 4096 : static_cast<std::size_t>(-1);

template <typename Number>
HWY_INLINE double sum_squares(std::span<const Number> y, std::span<const Number> target, std::size_t& count) {
  double sum = 0.0;
  double counted = 0.0;
  for (std::size_t done = 0, some = 0; done < y.size(); done += some) {
    some = std::min(kAtOnce<Number>, y.size() - done);
    over_columns<Number>(some, SquaredError<Number>{y.data() + done, target.data() + done, sum, counted});
  }
  count += static_cast<std::size_t>(counted);
  return sum;
}

// forward: squared_error += (y - target)^2
template <typename Number>
struct PullBackSquaredError {
  double by;
  const Number* y;
  const Number* target;
  Number* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto aim = hn::LoadU(d, target + j);
      const auto error = hn::IfThenElseZero(hn::Eq(aim, aim), hn::Sub(hn::LoadU(d, y + j), aim));
      hn::StoreU(hn::MulAdd(in_lanes(d, 2.0 * by), error, hn::LoadU(d, y_bar + j)), d, y_bar + j);
    }
  }
};

// Each by its own name for the two number types, as a table of instruction sets has it.
void ReadOut(const double* y, std::span<const double> readout, std::span<double> logits) {
  add_logits(y, readout, logits);
}
void ReadOutSingle(const float* y, std::span<const float> readout, std::span<double> logits) {
  add_logits(y, readout, logits);
}

void PullBackReadOut(std::span<const double> logit_bar, std::span<const double> readout, double* y_bar) {
  spread_all(logit_bar, readout, y_bar);
}
void PullBackReadOutSingle(std::span<const double> logit_bar, std::span<const float> readout, float* y_bar) {
  spread_all(logit_bar, readout, y_bar);
}

double SumSquares(std::span<const double> y, std::span<const double> target, std::size_t& count) {
  return sum_squares(y, target, count);
}
double SumSquaresSingle(std::span<const float> y, std::span<const float> target, std::size_t& count) {
  return sum_squares(y, target, count);
}

void PullBackSquares(double by, std::span<const double> y, std::span<const double> target, double* y_bar) {
  over_columns(y.size(), PullBackSquaredError<double>{by, y.data(), target.data(), y_bar});
}
void PullBackSquaresSingle(double by, std::span<const float> y, std::span<const float> target, float* y_bar) {
  over_columns<float>(y.size(), PullBackSquaredError<float>{by, y.data(), target.data(), y_bar});
}

// forward: -log P = log(1 + exp(-s)), s = toward logit: max(-s, 0) + log(1 + e), e = exp(-|s|)
struct PullBackChoice {
  const double* logit;
  const double* toward;
  double by;
  double* e;
  double* logit_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    const auto one = hn::Set(d, 1.0);
    for (std::size_t t = first; t < end; t += hn::Lanes(d)) {
      const auto side = hn::LoadU(d, toward + t);
      const auto s = hn::Mul(side, hn::LoadU(d, logit + t));
      const auto e_t = exponential(d, hn::Neg(hn::Abs(s))).value;
      hn::StoreU(e_t, d, e + t);
      if (logit_bar == nullptr) continue;
      const auto larger = hn::Div(one, hn::Add(one, e_t));
      const auto chance = hn::IfThenElse(hn::Lt(s, hn::Zero(d)), larger, hn::Mul(e_t, larger));
      hn::StoreU(hn::Neg(hn::Mul(hn::Mul(hn::Set(d, by), side), chance)), d, logit_bar + t);
    }
  }
};

void Exponentials(std::span<const double> logits, std::span<const double> toward, double by, double* e,
                  double* logit_bar) {
  over_columns(logits.size(), PullBackChoice{logits.data(), toward.data(), by, e, logit_bar});
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(ActivateAll);
HWY_EXPORT(ReadOut);
HWY_EXPORT(ReadOutSingle);
HWY_EXPORT(PullBackReadOut);
HWY_EXPORT(PullBackReadOutSingle);
HWY_EXPORT(SumSquares);
HWY_EXPORT(SumSquaresSingle);
HWY_EXPORT(PullBackSquares);
HWY_EXPORT(PullBackSquaresSingle);
HWY_EXPORT(Exponentials);

void activate(const Activation& f, std::span<double> z) { HWY_DYNAMIC_DISPATCH(ActivateAll)(f, z); }

void read_out(const double* y, std::span<const double> readout, std::span<double> logits) {
  HWY_DYNAMIC_DISPATCH(ReadOut)(y, readout, logits);
}
void read_out(const float* y, std::span<const float> readout, std::span<double> logits) {
  HWY_DYNAMIC_DISPATCH(ReadOutSingle)(y, readout, logits);
}

void pull_back_read_out(std::span<const double> logit_bar, std::span<const double> readout, double* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackReadOut)(logit_bar, readout, y_bar);
}
void pull_back_read_out(std::span<const double> logit_bar, std::span<const float> readout, float* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackReadOutSingle)(logit_bar, readout, y_bar);
}

double squared_error(std::span<const double> y, std::span<const double> target, std::size_t& count) {
  return HWY_DYNAMIC_DISPATCH(SumSquares)(y, target, count);
}
double squared_error(std::span<const float> y, std::span<const float> target, std::size_t& count) {
  return HWY_DYNAMIC_DISPATCH(SumSquaresSingle)(y, target, count);
}

void pull_back_squared_error(double by, std::span<const double> y, std::span<const double> target,
                             double* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackSquares)(by, y, target, y_bar);
}
void pull_back_squared_error(double by, std::span<const float> y, std::span<const float> target,
                             float* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackSquaresSingle)(by, y, target, y_bar);
}

double accept_nll(std::span<const double> logits, std::span<const double> toward, double by,
                  std::span<double> logit_bar) {
  std::vector<double> e(logits.size());
  HWY_DYNAMIC_DISPATCH(Exponentials)
  (logits, toward, by, e.data(), logit_bar.empty() ? nullptr : logit_bar.data());
  // Step by step, as nulls are summed: a model that is one of them scores the same to the last digit.
  double nll = 0.0;
  for (std::size_t t = 0; t < logits.size(); ++t) {
    if (toward[t] == 0.0) continue;
    const double s = toward[t] * logits[t];
    nll += (s < 0.0 ? -s : 0.0) + std::log1p(e[t]);
  }
  return nll;
}

}  // namespace synfer::kernels
#endif
