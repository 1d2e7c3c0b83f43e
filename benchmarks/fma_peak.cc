#include "benchmarks/fma_peak.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/fma_peak.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace synfer::benchmarks::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Ten chains that do not wait for one another: more than latency times throughput of any machine so far. They
// start apart, so that no compiler takes them for one.
// Returns the multiply-adds of `rounds`; their sum goes to `out`, so that they are made.
template <typename Number>
HWY_INLINE double multiply_add(std::size_t rounds, Number* out) {
  const hn::ScalableTag<Number> d;
  const auto by = hn::Set(d, static_cast<Number>(1.0 - 1e-6));
  const auto plus = hn::Set(d, static_cast<Number>(1e-6));
  auto a = hn::Set(d, out[0]), b = hn::Set(d, out[1]), c = hn::Set(d, out[2]), e = hn::Set(d, out[3]);
  auto f = hn::Set(d, out[4]), g = hn::Set(d, out[5]), h = hn::Set(d, out[6]), i = hn::Set(d, out[7]);
  auto j = hn::Set(d, out[8]), k = hn::Set(d, out[9]);
  for (std::size_t n = 0; n < rounds; ++n) {
    a = hn::MulAdd(a, by, plus);
    b = hn::MulAdd(b, by, plus);
    c = hn::MulAdd(c, by, plus);
    e = hn::MulAdd(e, by, plus);
    f = hn::MulAdd(f, by, plus);
    g = hn::MulAdd(g, by, plus);
    h = hn::MulAdd(h, by, plus);
    i = hn::MulAdd(i, by, plus);
    j = hn::MulAdd(j, by, plus);
    k = hn::MulAdd(k, by, plus);
  }
  const auto half = hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Add(f, g));
  *out = hn::GetLane(hn::SumOfLanes(d, hn::Add(half, hn::Add(hn::Add(h, i), hn::Add(j, k)))));
  return static_cast<double>(10 * rounds * hn::Lanes(d));
}

double MultiplyAdd(std::size_t rounds, double* out) { return multiply_add(rounds, out); }
double MultiplyAddSingle(std::size_t rounds, float* out) { return multiply_add(rounds, out); }

const char* Name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace synfer::benchmarks::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::benchmarks {

HWY_EXPORT(MultiplyAdd);
HWY_EXPORT(MultiplyAddSingle);
HWY_EXPORT(Name);

namespace {

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The best of several short rounds.
template <typename Number, typename Call>
double best_rate(Call&& multiply_add) {
  double best = 0.0;
  volatile Number sink = 0;
  for (int round = 0; round < 20; ++round) {
    std::array<Number, 10> chains = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const double begin = thread_seconds();
    const double made = multiply_add(chains.data());
    best = std::max(best, made / (thread_seconds() - begin));
    sink = sink + chains[0];
  }
  return best;
}

}  // namespace

double fma_per_second(Precision precision) {
  constexpr std::size_t kRounds = 1'000'000;
  if (precision == Precision::kSingle) {
    return best_rate<float>([](float* out) { return HWY_DYNAMIC_DISPATCH(MultiplyAddSingle)(kRounds, out); });
  }
  return best_rate<double>([](double* out) { return HWY_DYNAMIC_DISPATCH(MultiplyAdd)(kRounds, out); });
}

const char* instruction_set() { return HWY_DYNAMIC_DISPATCH(Name)(); }

}  // namespace synfer::benchmarks
#endif
