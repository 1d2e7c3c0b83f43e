#include <gmock/gmock.h>

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/linear_model_for_test.h"
#include "synfer/inference/uncertainty.h"

namespace synfer {
namespace {

using for_test::linear_model;
using for_test::LinearModel;
using for_test::noise;
using ::testing::HasSubstr;
using enum UncertaintyMethod;

constexpr double kNormal = 1.959964;  // 97.5 %
constexpr double kT2 = 4.302653;      // Student's t with 2 degrees of freedom

// y = a + b x at x = 1 .. 5: mean 3, sum of squares about it 10.
LinearModel straight_line() {
  const Vector x = Vector::LinSpaced(5, 1, 5);
  Matrix design(5, 2);
  design << Vector::Ones(5), x;
  return linear_model(design, 2 * x + noise("line", 5));
}

// The mean of six values, by three animals of two sessions each; residuals of an animal sum to the given.
FittedLikelihood mean_of_six(const LinearModel& model) {
  FittedLikelihood fitted = model.fitted();
  fitted.animals = {"a", "b", "c", "a", "b", "c"};
  return fitted;
}

TEST(InformationErrors, OfAStraightLineAreTheTextbooks) {
  const LinearModel model = straight_line();
  const Uncertainty u = uncertainty(model.fitted(), {});
  const double of_slope = 1 / std::sqrt(10.0);
  const double of_intercept = std::sqrt(1.0 / 5 + 9.0 / 10);
  EXPECT_NEAR(u.intervals[0].standard_error, of_intercept, 1e-12);
  EXPECT_NEAR(u.intervals[1].standard_error, of_slope, 1e-12);
  EXPECT_NEAR(u.intervals[1].high - u.intervals[1].estimate, kNormal * of_slope, 1e-6);
  EXPECT_NEAR(u.intervals[1].estimate - u.intervals[1].low, kNormal * of_slope, 1e-6);
  EXPECT_EQ(in_words(u), "95 % intervals from the expected information");
}

TEST(InformationErrors, AreThoseOfACurvatureThatIsKnownAlready) {
  const LinearModel model = straight_line();
  FittedLikelihood fitted = model.fitted();
  Curvature known = model.curvature(fitted.parameters, {});
  known.information *= 4;
  fitted.curvature = &known;
  EXPECT_NEAR(uncertainty(fitted, {}).intervals[1].standard_error, 0.5 / std::sqrt(10.0), 1e-12);
}

TEST(InformationErrors, HeldParametersHaveNoneAndAreKnownToTheOthers) {
  const LinearModel model = straight_line();
  FittedLikelihood fitted = model.fitted({1, 0});
  Uncertainty u = uncertainty(fitted, {});
  EXPECT_EQ(u.intervals[0].status, IntervalStatus::kFrozen);
  EXPECT_TRUE(std::isnan(u.intervals[0].standard_error));
  EXPECT_NEAR(u.intervals[1].standard_error, 1 / std::sqrt(55.0), 1e-12);  // 1 + 4 + 9 + 16 + 25

  fitted.frozen = {};
  fitted.at_bound = {0, 1};
  u = uncertainty(fitted, {});
  EXPECT_EQ(u.intervals[1].status, IntervalStatus::kAtBound);
  EXPECT_TRUE(std::isnan(u.intervals[1].low));
  EXPECT_NEAR(u.intervals[0].standard_error, 1 / std::sqrt(5.0), 1e-12);
}

TEST(InformationErrors, CollinearTermsAreUnidentifiedAndLeaveTheOthersAlone) {
  const Vector x = Vector::LinSpaced(5, 1, 5);
  Matrix design(5, 4);  // 1, x, .75 x, nothing
  design << Vector::Ones(5), x, 0.75 * x, Vector::Zero(5);
  const LinearModel model = linear_model(design, noise("line", 5));
  for (const UncertaintyMethod method : {kInformation, kClustered, kProfile, kSessionBootstrap}) {
    const Uncertainty u = uncertainty(model.fitted(), {.method = method, .draws = 20});
    for (const std::size_t p : {1u, 2u, 3u}) {
      EXPECT_EQ(u.intervals[p].status, p == 3 ? IntervalStatus::kNoEffect : IntervalStatus::kUnidentified)
          << p;
      EXPECT_EQ(u.intervals[p].high, INFINITY);
      EXPECT_EQ(u.intervals[p].low, -INFINITY);
    }
    EXPECT_EQ(u.intervals[0].status, IntervalStatus::kEstimated);
    EXPECT_TRUE(std::isfinite(u.intervals[0].low) && std::isfinite(u.intervals[0].high));
  }
  EXPECT_NEAR(uncertainty(model.fitted(), {}).intervals[0].standard_error, std::sqrt(1.0 / 5 + 9.0 / 10),
              1e-9);
}

TEST(ClusteredErrors, OfAMeanAreTheSandwichByHand) {
  // Mean 0; residuals of a sum to 3, of b to -1, of c to -2: B = 9 + 1 + 4, I = 6.
  const LinearModel model = linear_model(Matrix::Ones(6, 1), Vector{{1, 0.5, -1, 2, -1.5, -1}});
  const Uncertainty u = uncertainty(mean_of_six(model), {.method = kClustered});
  const double by_hand = std::sqrt(3.0 / 2 * 14 / 36);
  EXPECT_NEAR(u.intervals[0].standard_error, by_hand, 1e-12);
  EXPECT_NEAR(u.intervals[0].high, kT2 * by_hand, 1e-5);
  EXPECT_NEAR(u.degrees_of_freedom.value(), 2, 1e-12);
  EXPECT_EQ(u.animals, 3u);
  EXPECT_EQ(in_words(u),
            "95 % intervals from standard errors clustered by animal (3 animals, Student's t with 2 degrees "
            "of freedom)");
}

// Shares of .5, .25 and .25: 1 / (1 - .375) times the sum; (1 - .375)^2 / (.375 - 2 * .15625 + .375^2)
// degrees.
TEST(ClusteredErrors, OfAnAnimalWithMoreDataCountItsShare) {
  const LinearModel model = linear_model(Matrix::Ones(8, 1), Vector{{1, 0.5, -1, 2, -1.5, -1, 1, -1}});
  FittedLikelihood fitted = model.fitted();
  fitted.animals = {"a", "b", "c", "a", "b", "c", "a", "a"};  // sums 3, -1, -2; B = 14, I = 8
  const Uncertainty u = uncertainty(fitted, {.method = kClustered});
  EXPECT_NEAR(u.intervals[0].standard_error, std::sqrt(14.0 / 64 / 0.625), 1e-12);
  EXPECT_NEAR(u.degrees_of_freedom.value(), 0.625 * 0.625 / 0.203125, 1e-12);
  EXPECT_THAT(in_words(u), HasSubstr("Student's t with 1.92 degrees of freedom or more"));
}

TEST(ClusteredErrors, OfWhatOneAnimalAloneShowsAreTheInformations) {
  Matrix design(6, 2);
  design << Vector::Ones(6), Vector{{1, 0, 0, -1, 0, 0}};  // animal a's own
  const LinearModel model = linear_model(design, noise("own", 6));
  const Uncertainty u = uncertainty(mean_of_six(model), {.method = kClustered});
  EXPECT_NEAR(u.intervals[1].high - u.intervals[1].estimate, kNormal / std::sqrt(2.0), 1e-6);
}

TEST(ClusteredErrors, AskForTwoAnimals) {
  const LinearModel model = linear_model(Matrix::Ones(2, 1), Vector{{1, -1}});
  FittedLikelihood fitted = model.fitted();
  fitted.animals = {"a", "a"};
  try {
    uncertainty(fitted, {.method = kClustered});
    ADD_FAILURE() << "one animal was enough";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("one animal"));
  }
}

struct Covered {
  int clustered = 0;
  int naive = 0;
};

// How often intervals hold the mean, 0, in 400 experiments on animals that differ by an sd, with so many
// sessions each and noise of sd 1. The binomial band at .95 is .95 -+ .022.
constexpr int kExperiments = 400;
Covered covered(double sd_of_animals, const std::vector<int>& sessions) {
  Covered count;
  for (std::uint64_t e = 0; e < kExperiments; ++e) {
    const Vector own = sd_of_animals * noise("animals", static_cast<Eigen::Index>(sessions.size()), e);
    std::vector<std::string> animals;
    std::vector<double> means;
    for (std::size_t animal = 0; animal < sessions.size(); ++animal) {
      animals.insert(animals.end(), static_cast<std::size_t>(sessions[animal]), std::to_string(animal));
      means.insert(means.end(), static_cast<std::size_t>(sessions[animal]),
                   own[static_cast<Eigen::Index>(animal)]);
    }
    const auto all = static_cast<Eigen::Index>(means.size());
    const LinearModel model = linear_model(
        Matrix::Ones(all, 1), noise("sessions", all, e) + Eigen::Map<const Vector>(means.data(), all));
    FittedLikelihood fitted = model.fitted();
    fitted.animals = animals;
    const auto covers = [&](UncertaintyMethod method) {
      const Interval interval = uncertainty(fitted, {.method = method}).intervals[0];
      return static_cast<int>(interval.low < 0 && 0 < interval.high);
    };
    count.clustered += covers(kClustered);
    count.naive += covers(kInformation);
  }
  ::testing::Test::RecordProperty("clustered", count.clustered);
  ::testing::Test::RecordProperty("naive", count.naive);
  return count;
}

TEST(ClusteredErrors, CoverWhereAnimalsDifferAndTheInformationDoesNot) {
  const Covered eight = covered(1.0, std::vector<int>(8, 5));
  EXPECT_NEAR(eight.clustered, 0.95 * kExperiments, 0.022 * kExperiments);
  EXPECT_LT(eight.naive, 0.75 * kExperiments);
}

TEST(ClusteredErrors, OfSixAnimalsThatDoNotDifferAreNotTooWide) {
  EXPECT_NEAR(covered(0.0, std::vector<int>(6, 3)).clustered, 0.95 * kExperiments, 0.022 * kExperiments);
}

TEST(ClusteredErrors, CoverWhereSomeAnimalsHaveFarMoreSessions) {
  EXPECT_NEAR(covered(0.0, {1, 1, 2, 3, 5, 8}).clustered, 0.95 * kExperiments, 0.022 * kExperiments);
}

TEST(ClusteredErrors, CoverForThreeAnimals) {
  EXPECT_NEAR(covered(0.5, {4, 4, 4}).clustered, 0.95 * kExperiments, 0.022 * kExperiments);
}

}  // namespace
}  // namespace synfer
