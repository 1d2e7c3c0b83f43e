#include "synfer/replay/kernels/columns.h"

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

struct ReadOut {
  const double* y;
  const double* readout;
  double* logit;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    auto sum = hn::Zero(d);
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      sum = hn::MulAdd(hn::LoadU(d, y + j), hn::LoadU(d, readout + j), sum);
    }
    *logit += hn::GetLane(hn::SumOfLanes(d, sum));
  }
};

void AddLogits(const double* y, std::span<const double> readout, std::span<double> logits) {
  for (std::size_t n = 0; n < logits.size(); ++n) {
    over_columns(readout.size(), ReadOut{y + n * readout.size(), readout.data(), &logits[n]});
  }
}

struct Spread {
  double logit_bar;
  const double* readout;
  double* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      hn::StoreU(hn::Mul(hn::Set(d, logit_bar), hn::LoadU(d, readout + j)), d, y_bar + j);
    }
  }
};

void PullBackReadOut(std::span<const double> logit_bar, std::span<const double> readout, double* y_bar) {
  const std::size_t m = readout.size();
  for (std::size_t n = 0; n < logit_bar.size(); ++n) {
    over_columns(m, Spread{logit_bar[n], readout.data(), y_bar + n * m});
  }
}

struct SquaredError {
  const double* y;
  const double* target;
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
      there = hn::Add(there, hn::IfThenElseZero(recorded, hn::Set(d, 1.0)));
    }
    sum += hn::GetLane(hn::SumOfLanes(d, all));
    count += hn::GetLane(hn::SumOfLanes(d, there));
  }
};

double SumSquares(std::span<const double> y, std::span<const double> target, std::size_t& count) {
  double sum = 0.0;
  double counted = 0.0;
  over_columns(y.size(), SquaredError{y.data(), target.data(), sum, counted});
  count += static_cast<std::size_t>(counted);
  return sum;
}

// forward: squared_error += (y - target)^2
struct PullBackSquaredError {
  double by;
  const double* y;
  const double* target;
  double* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto aim = hn::LoadU(d, target + j);
      const auto error = hn::IfThenElseZero(hn::Eq(aim, aim), hn::Sub(hn::LoadU(d, y + j), aim));
      hn::StoreU(hn::MulAdd(hn::Set(d, 2.0 * by), error, hn::LoadU(d, y_bar + j)), d, y_bar + j);
    }
  }
};

void PullBackSquares(double by, std::span<const double> y, std::span<const double> target, double* y_bar) {
  over_columns(y.size(), PullBackSquaredError{by, y.data(), target.data(), y_bar});
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
HWY_EXPORT(AddLogits);
HWY_EXPORT(PullBackReadOut);
HWY_EXPORT(SumSquares);
HWY_EXPORT(PullBackSquares);
HWY_EXPORT(Exponentials);

void activate(const Activation& f, std::span<double> z) { HWY_DYNAMIC_DISPATCH(ActivateAll)(f, z); }

void read_out(const double* y, std::span<const double> readout, std::span<double> logits) {
  HWY_DYNAMIC_DISPATCH(AddLogits)(y, readout, logits);
}

void pull_back_read_out(std::span<const double> logit_bar, std::span<const double> readout, double* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackReadOut)(logit_bar, readout, y_bar);
}

double squared_error(std::span<const double> y, std::span<const double> target, std::size_t& count) {
  return HWY_DYNAMIC_DISPATCH(SumSquares)(y, target, count);
}

void pull_back_squared_error(double by, std::span<const double> y, std::span<const double> target,
                             double* y_bar) {
  HWY_DYNAMIC_DISPATCH(PullBackSquares)(by, y, target, y_bar);
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
