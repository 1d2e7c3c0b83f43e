#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/inference/linear_model_for_test.h"
#include "synfer/inference/uncertainty.h"

namespace synfer {
namespace {

using for_test::linear_model;
using for_test::LinearModel;
using for_test::noise;
using enum UncertaintyMethod;

constexpr UncertaintyOptions kSessions = {.method = kSessionBootstrap, .draws = 2000};

TEST(SessionBootstrap, SpreadOfAMeanIsTheOneOfDrawsWithReplacement) {
  const Vector y = noise("values", 25);
  const LinearModel model = linear_model(Matrix::Ones(25, 1), y);
  const Interval interval = uncertainty(model.fitted(), kSessions).intervals[0];
  const double exact = std::sqrt((y.array() - y.mean()).square().sum()) / 25;
  EXPECT_NEAR(interval.standard_error, exact, 3 * exact / std::sqrt(2.0 * 2000));
  EXPECT_NEAR(interval.high, y.mean() + 1.96 * exact, 0.2 * exact);
  EXPECT_NEAR(interval.low, y.mean() - 1.96 * exact, 0.2 * exact);
}

TEST(SessionBootstrap, DrawsWholeAnimals) {
  const LinearModel model = linear_model(Matrix::Ones(6, 1), noise("values", 6));
  FittedLikelihood fitted = model.fitted();
  fitted.animals = {"a", "b", "c", "a", "b", "c"};
  std::mutex guard;
  std::set<std::vector<double>> seen;
  fitted.refit = [&](std::span<const double> start, std::span<const double> weights, std::span<const char>) {
    const std::scoped_lock lock(guard);
    seen.emplace(weights.begin(), weights.end());
    return std::vector<double>(start.begin(), start.end());
  };
  EXPECT_EQ(uncertainty(fitted, {.method = kSessionBootstrap, .draws = 300}).animals, 3u);
  EXPECT_EQ(seen.size(), 10u);  // multisets of three out of three
  for (const std::vector<double>& weights : seen) {
    EXPECT_EQ(std::accumulate(weights.begin(), weights.begin() + 3, 0.0), 3.0);
    EXPECT_TRUE(std::equal(weights.begin(), weights.begin() + 3, weights.begin() + 3));
  }
}

TEST(SessionBootstrap, EndsSoonAfterItIsInterrupted) {
  const LinearModel model = linear_model(Matrix::Ones(6, 1), noise("values", 6));
  FittedLikelihood fitted = model.fitted();
  std::atomic<int> refits = 0;
  fitted.refit = [&](std::span<const double> start, std::span<const double>, std::span<const char>) {
    ++refits;
    return std::vector<double>(start.begin(), start.end());
  };
  fitted.interrupted = [&] { return refits >= 3; };
  EXPECT_TRUE(uncertainty(fitted, kSessions).interrupted);
  EXPECT_LT(refits, 100);  // of 2000; a thread each may be under way
  EXPECT_FALSE(uncertainty(model.fitted(), kSessions).interrupted);
}

TEST(SessionBootstrap, IsTheSameOnOneThreadAndOnFour) {
  Matrix design(20, 2);
  design << Vector::Ones(20), noise("first", 20);
  const LinearModel model = linear_model(design, noise("values", 20));
  const auto ends = [&](std::size_t threads) {
    const ThreadLimit limit(threads);
    std::vector<double> result;
    for (const Interval& i : uncertainty(model.fitted(), kSessions).intervals) {
      result.insert(result.end(), {i.standard_error, i.low, i.high});
    }
    return result;
  };
  EXPECT_EQ(ends(1), ends(4));
}

TEST(SessionBootstrap, CountsDrawsThatFailed) {
  const LinearModel model = linear_model(Matrix::Ones(25, 1), noise("values", 25));
  FittedLikelihood fitted = model.fitted();
  const Refit exact = fitted.refit;
  fitted.refit = [&](std::span<const double> start, std::span<const double> weights,
                     std::span<const char> frozen) {
    if (weights[0] == 0) throw NonFiniteError("a", "s", 3, "w", "weight");
    if (weights[1] == 0) return std::vector<double>{NAN};
    return exact(start, weights, frozen);
  };
  const Uncertainty u = uncertainty(fitted, kSessions);
  // One of the two is left out: 2 (24/25)^25 - (23/25)^25 = .596.
  EXPECT_NEAR(static_cast<double>(u.failed), 0.596 * 2000, 70.0);
  EXPECT_EQ(in_words(u), "95 % intervals from percentiles of a bootstrap over 25 animals (2000 draws, " +
                             std::to_string(u.failed) + " failed)");
  EXPECT_TRUE(std::isfinite(u.intervals[0].low));
}

// The mean of 40 uniform values. 300 experiments at .95: binomial band -+ .027; percentiles of 40 sessions
// are narrower by a factor sqrt(39/40) and normal where Student's t is right: .94.
TEST(SessionBootstrap, CoversTheMeanOfUniformValues) {
  int covered = 0;
  constexpr int kExperiments = 300;
  for (std::uint64_t e = 0; e < kExperiments; ++e) {
    Vector y(40);
    for (Eigen::Index n = 0; n < 40; ++n) {
      y[n] =
          RandomStream(3, "uniform values").uniform({.replicate = e, .index = static_cast<std::uint64_t>(n)});
    }
    const LinearModel model = linear_model(Matrix::Ones(40, 1), y);
    const Interval interval =
        uncertainty(model.fitted(), {.method = kSessionBootstrap, .draws = 400, .seed = e}).intervals[0];
    covered += static_cast<int>(interval.low < 0.5 && 0.5 < interval.high);
  }
  RecordProperty("covered", covered);
  EXPECT_NEAR(covered, 0.94 * kExperiments, 0.027 * kExperiments);
}

TEST(ParametricBootstrap, GivesPercentilesOfTheCallersSimulations) {
  const LinearModel model = linear_model(Matrix::Ones(25, 1), noise("values", 25));
  FittedLikelihood fitted = model.fitted();
  // 0 .. 99 in a scrambled order, every replicate from 100 on failed.
  fitted.simulated_refit = [](std::size_t replicate) -> std::optional<std::vector<double>> {
    if (replicate >= 100) return std::nullopt;
    return std::vector<double>{static_cast<double>(replicate * 37 % 100)};
  };
  const Uncertainty u = uncertainty(fitted, {.method = kParametricBootstrap, .level = 0.9, .draws = 120});
  EXPECT_NEAR(u.intervals[0].low, 4.95, 1e-12);
  EXPECT_NEAR(u.intervals[0].high, 94.05, 1e-12);
  EXPECT_NEAR(u.intervals[0].standard_error, std::sqrt(100.0 * 101.0 / 12.0), 1e-12);
  EXPECT_EQ(in_words(u), "90 % intervals from percentiles of a parametric bootstrap (120 draws, 20 failed)");
}

TEST(Bootstrap, AsksForWhatItNeeds) {
  const LinearModel model = linear_model(Matrix::Ones(5, 1), noise("values", 5));
  EXPECT_THROW(uncertainty(model.fitted(), {.method = kParametricBootstrap}), ConfigurationError);
  EXPECT_THROW(uncertainty(model.fitted(), {.method = kSessionBootstrap, .draws = 1}), ConfigurationError);
}

}  // namespace
}  // namespace synfer
