#include "synfer/run/compare_runs.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace synfer {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Nats of ten choices by session and run; where `lost`, run b cannot predict the second.
RunComparison of_two_runs(bool lost) {
  RunComparison comparison{{"runs/a", "runs/b"}, {"open loop", "open loop"}, "leave_one_out", {}};
  ScoreGroup group;
  for (int s = 0; s < 3; ++s) {
    const std::string animal = std::to_string(s);
    group.scores.push_back(
        {"", animal, "day", 10, {{"runs/a", 5.0 + s}, {"runs/b", lost && s == 1 ? INFINITY : 4.0 + s}}});
  }
  comparison.groups = {group};
  return comparison;
}

TEST(CompareRuns, ARunThatCannotPredictASessionSaysSoFirstAndHasNoGain) {
  const std::string text = table_of(of_two_runs(true));
  EXPECT_THAT(text,
              StartsWith("runs/b: its weights overflow in 1 of 3 held-out sessions: it cannot be said to"));
  EXPECT_THAT(text, ContainsRegex("runs/b +inf +2 of 3 +-inf\n"));
  const auto json = nlohmann::json::parse(to_json(of_two_runs(true)));
  EXPECT_EQ(json["lost"].size(), 1U);
  EXPECT_EQ(json["comparisons"][0]["lost"], 1);
  EXPECT_TRUE(json["comparisons"][0]["gain"].is_null());
}

TEST(CompareRuns, ARunThatPredictsAllHasItsGainWithItsError) {
  const std::string text = table_of(of_two_runs(false));
  EXPECT_THAT(text, StartsWith("held out, leave_one_out: 3 sessions\n"));
  EXPECT_THAT(text, HasSubstr("0.1000 +- 0.0000"));
}

}  // namespace
}  // namespace synfer
