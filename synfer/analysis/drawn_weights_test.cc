// Recordings of a layer whose initial weights the fit does not know.
#include "synfer/analysis/drawn_weights.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/analysis/analysis.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

Configuration recorded_layer(int neurons, double initial_sd, double noise_sd) {
  Configuration c;
  c.truth.rule = "x*r";
  c.rule.terms = Strings{"x*r"};
  c.fit.observe = "neural";
  c.network.hidden = neurons;
  c.network.initial_weights.sd = initial_sd;
  c.recording.noise_sd = noise_sd;
  c.data.sessions = 4;
  c.data.evaluation_sessions = 1;
  c.task.trials_per_block = 20;
  return c;
}

RunResult recovered(const Configuration& c) {
  return recover_rule(resolved(c, DataOrigin::simulated), {}, {}).result;
}

bool says(const RunResult& result, std::string_view id) {
  return std::ranges::any_of(result.notes, [&](const Note& note) { return note.id == id; });
}

TEST(WeightsOfRecordings, AreEstimatedPerSessionAndTheIntervalHoldsTheRule) {
  int covered = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    Configuration c = recorded_layer(4, 0.3, 0.2);
    c.seed = static_cast<std::uint64_t>(seed);
    const RunResult result = recovered(c);
    covered += static_cast<int>(result.estimates[0].low < 1.0 && 1.0 < result.estimates[0].high);
    EXPECT_EQ(result.initial_weights.size(), 4u);
    EXPECT_FALSE(says(result, "depends_on_draw"));
  }
  RecordProperty("covered", covered);
  EXPECT_GE(covered, 17);  // of 20; 19 expected
}

TEST(WeightsOfRecordings, TooManyToEstimateAreNotTakenForKnownWithoutAWord) {
  const RunResult result = recovered(recorded_layer(21, 0.3, 0.2));
  EXPECT_TRUE(says(result, "depends_on_draw"));
  EXPECT_THAT(verdict_line(result), testing::HasSubstr("another draw"));
}

TEST(WeightsOfRecordings, ThatTheFitIsGivenDependOnNoDraw) {
  Configuration c = recorded_layer(21, 0.3, 0.2);
  c.network.initial_weights.kind = "given";
  const RunResult result = recovered(c);
  EXPECT_FALSE(says(result, "depends_on_draw"));
  EXPECT_NEAR(result.estimates[0].value, 1.0, 4 * result.estimates[0].standard_error);
}

TEST(DrawnWeights, OfChoicesTakenForKnownAreJudgedToo) {
  Configuration c = recorded_layer(10, 2.0, 0.2);
  c.fit.observe = "behavior";
  c.stimulus.in_fit = "true";
  EXPECT_TRUE(says(recovered(c), "depends_on_draw"));
  c.network.initial_weights.sd = 0.01;
  EXPECT_FALSE(says(recovered(c), "depends_on_draw"));
}

}  // namespace
}  // namespace synfer
