// exp and the activations on vectors, in both precisions and on every instruction set: to their own last
// digits, without overflow, and NaN stays NaN.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "synfer/model/instruction_set_for_test.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/functions_test.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// Counts are multiples of the widest vector.
template <typename Number>
HWY_INLINE void exponentials(std::span<const Number> x, Number* value, Number* less_one) {
  const Widest<Number> d;
  for (std::size_t n = 0; n < x.size(); n += hn::Lanes(d)) {
    const auto e = exponential(d, hn::LoadU(d, &x[n]));
    hn::StoreU(e.value, d, value + n);
    hn::StoreU(e.less_one, d, less_one + n);
  }
}

template <typename Number>
HWY_INLINE void activations(const Activation& f, std::span<const Number> a, Number* value, Number* slope,
                            Number* curvature, Number* third) {
  const Widest<Number> d;
  for (std::size_t n = 0; n < a.size(); n += hn::Lanes(d)) {
    const auto of = activate(d, f, hn::LoadU(d, &a[n]));
    hn::StoreU(of.value, d, value + n);
    hn::StoreU(of.slope, d, slope + n);
    hn::StoreU(of.curvature, d, curvature + n);
    hn::StoreU(of.third, d, third + n);
  }
}

void Exponentials(std::span<const double> x, double* value, double* less_one) {
  exponentials(x, value, less_one);
}
void ExponentialsSingle(std::span<const float> x, float* value, float* less_one) {
  exponentials(x, value, less_one);
}
void Activations(const Activation& f, std::span<const double> a, double* value, double* slope,
                 double* curvature, double* third) {
  activations(f, a, value, slope, curvature, third);
}
void ActivationsSingle(const Activation& f, std::span<const float> a, float* value, float* slope,
                       float* curvature, float* third) {
  activations(f, a, value, slope, curvature, third);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(Exponentials);
HWY_EXPORT(ExponentialsSingle);
HWY_EXPORT(Activations);
HWY_EXPORT(ActivationsSingle);

namespace {

using for_test::OnlyOn;
using Kind = Activation::Kind;

template <typename Number>
struct Found {
  std::vector<Number> value, less_one, slope, curvature, third;
};

template <typename Number>
Found<Number> exponentials_of(std::vector<Number> x) {
  Found<Number> found;
  found.value = found.less_one = x;
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(ExponentialsSingle)(x, found.value.data(), found.less_one.data());
  } else {
    HWY_DYNAMIC_DISPATCH(Exponentials)(x, found.value.data(), found.less_one.data());
  }
  return found;
}

template <typename Number>
Found<Number> activations_of(const Activation& f, std::vector<Number> a) {
  Found<Number> found;
  found.value = found.slope = found.curvature = found.third = a;
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(ActivationsSingle)
    (f, a, found.value.data(), found.slope.data(), found.curvature.data(), found.third.data());
  } else {
    HWY_DYNAMIC_DISPATCH(Activations)
    (f, a, found.value.data(), found.slope.data(), found.curvature.data(), found.third.data());
  }
  return found;
}

// 16 numbers, so that they fill vectors.
template <typename Number>
std::vector<Number> sixteen(std::vector<Number> some, Number then) {
  some.resize(16, then);
  return some;
}

template <typename Number>
class Functions : public testing::Test {
 protected:
  static constexpr auto kUnit = std::numeric_limits<Number>::epsilon();
};
using Precisions = testing::Types<double, float>;
TYPED_TEST_SUITE(Functions, Precisions);

TYPED_TEST(Functions, TheExponentialIsGoodToItsLastDigits) {
  using Number = TypeParam;
  const double furthest = std::is_same_v<Number, float> ? 86.9 : 707.0;
  std::vector<Number> x;
  for (int n = 0; n < 4096; ++n) {
    x.push_back(static_cast<Number>(-furthest * std::pow(n / 4095.0, 3.0)));  // dense near 0
  }
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(set));
    const OnlyOn only(set);
    const Found<Number> found = exponentials_of(x);
    double worst = 0.0;
    double worst_less_one = 0.0;
    for (std::size_t n = 0; n < x.size(); ++n) {
      const double at = x[n];
      worst = std::max(worst, std::abs(found.value[n] / std::exp(at) - 1.0));
      if (at == 0.0) continue;
      worst_less_one = std::max(worst_less_one, std::abs(found.less_one[n] / std::expm1(at) - 1.0));
    }
    EXPECT_LE(worst, 2.0 * this->kUnit);
    EXPECT_LE(worst_less_one, 2.0 * this->kUnit);
  }
}

TYPED_TEST(Functions, TheExponentialEndsInZeroAndKeepsNaN) {
  using Number = TypeParam;
  constexpr Number kInfinity = std::numeric_limits<Number>::infinity();
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(set));
    const OnlyOn only(set);
    const Found<Number> found =
        exponentials_of(sixteen<Number>({0, -1000, -kInfinity, std::numeric_limits<Number>::lowest(),
                                         std::numeric_limits<Number>::quiet_NaN()},
                                        0));
    EXPECT_EQ(found.value[0], Number{1});
    EXPECT_EQ(found.less_one[0], Number{0});
    for (const std::size_t far : {1, 2, 3}) {
      EXPECT_EQ(found.value[far], Number{0});
      EXPECT_EQ(found.less_one[far], Number{-1});
    }
    EXPECT_TRUE(std::isnan(found.value[4]));
    EXPECT_TRUE(std::isnan(found.less_one[4]));
  }
}

TYPED_TEST(Functions, ActivationsAreThoseOfOneNumber) {
  using Number = TypeParam;
  std::vector<Number> a;
  for (int n = 0; n < 512; ++n) a.push_back(static_cast<Number>((n - 255.5) / 16.0));
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    const OnlyOn only(set);
    for (const Kind kind : {Kind::kLinear, Kind::kTanh, Kind::kSigmoid, Kind::kRelu, Kind::kLeakyRelu,
                            Kind::kSoftplus, Kind::kSquareplus}) {
      const Activation f{kind, 0.01};
      SCOPED_TRACE(to_string(f) + " on " + hwy::TargetName(set));
      const Found<Number> found = activations_of(f, a);
      for (std::size_t n = 0; n < a.size(); ++n) {
        const double value = f.value(a[n]);
        EXPECT_NEAR(found.value[n], value, 8 * this->kUnit * std::abs(value));
        EXPECT_NEAR(found.slope[n], f.slope(a[n], value), 16 * this->kUnit);
        EXPECT_NEAR(found.curvature[n], f.curvature(a[n], value), 16 * this->kUnit);
        EXPECT_NEAR(found.third[n], f.third(a[n], value), 32 * this->kUnit);
      }
    }
  }
}

TYPED_TEST(Functions, ActivationsStayFiniteFarOutAndKeepNaN) {
  using Number = TypeParam;
  constexpr Number kLargest = std::numeric_limits<Number>::max();
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    const OnlyOn only(set);
    for (const Kind kind : {Kind::kLinear, Kind::kTanh, Kind::kSigmoid, Kind::kRelu, Kind::kLeakyRelu,
                            Kind::kSoftplus, Kind::kSquareplus}) {
      const Activation f{kind, 0.01};
      SCOPED_TRACE(to_string(f) + " on " + hwy::TargetName(set));
      const Found<Number> found = activations_of(
          f, sixteen<Number>({kLargest, -kLargest, std::numeric_limits<Number>::quiet_NaN()}, 0));
      for (const std::size_t n : {0, 1}) {
        EXPECT_TRUE(std::isfinite(found.value[n]));
        EXPECT_TRUE(std::isfinite(found.slope[n]));
        EXPECT_EQ(found.curvature[n], Number{0});
      }
      EXPECT_TRUE(std::isnan(found.value[2]));
    }
  }
}

}  // namespace
}  // namespace synfer
#endif
