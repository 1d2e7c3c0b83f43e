#include "synfer/run/checkpoint.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

EncodedSession session() {
  EncodedSession s;
  s.animal = s.name = "fly";
  s.inputs = 1;
  s.x = {0.3, -0.2, 0.7, 0.1};
  s.choice = {1, 0, 1, 1};
  s.r = {0.9, 0.0, -0.1, 0.3};
  s.learns = {1, 0, 1, 1};
  return s;
}

TEST(Checkpoint, AStoppedFitGoesOnFromItWithTheSameBits) {
  const Model model{network_with_hidden_layer(1, 2, {}), TaylorRule({{1, 0, 0, 1}, {0, 0, 1, 0}})};
  const Objective objective(model, {session()}, {Matrix::Constant(1, 2, 0.1)}, {.resampling_sd = 0.1});
  const FitProblem problem{objective, {}, {0, 0}, 1};
  const Method method = AdamOptions{.epochs = 7, .learning_rate = 1.0 / 30};
  const std::vector<std::vector<double>> starts = {{0.1, -0.1}, {1.0 / 3, 0.2}};
  for (const int stop : {3, 10}) {  // in the first start and in the second
    int asked = 0;
    FitHooks hooks;
    hooks.interrupted = [&] { return asked++ == stop; };
    const FitSummary half = fit(problem, method, starts, {}, hooks);
    ASSERT_EQ(half.state, FitState::kInterrupted);
    const FitSummary resumed = fit(problem, method, starts, from_checkpoint(to_checkpoint(half.progress)));
    const FitSummary straight = fit(problem, method, starts);
    EXPECT_EQ(resumed.best.parameters, straight.best.parameters);
    EXPECT_EQ(resumed.best.first_moment, straight.best.first_moment);
    EXPECT_EQ(resumed.start_losses, straight.start_losses);
    ASSERT_EQ(resumed.best.trace.size(), straight.best.trace.size());
    EXPECT_EQ(resumed.best.trace.front().parameters, straight.best.trace.front().parameters);
  }
}

TEST(Checkpoint, KeepsLossesThatAreNotKnownAndEndsThatWentWrong) {
  FitProgress progress;
  progress.start = 1;
  OptimiserState lost{.parameters = {1.0}};
  lost.loss = INFINITY;
  lost.left_out = 4;
  lost.damping = 0.1;
  lost.precisions = {4.0, 0.1};
  lost.trace = {{2, INFINITY, {1.0}}};
  progress.finished = {{FitState::kDiverged, "weights \"overflowed\"", lost}};
  const FitProgress back = from_checkpoint(to_checkpoint(progress));
  EXPECT_EQ(back.start, 1u);
  EXPECT_FALSE(back.current);
  ASSERT_EQ(back.finished.size(), 1u);
  EXPECT_EQ(back.finished[0].state, FitState::kDiverged);
  EXPECT_EQ(back.finished[0].advice, progress.finished[0].advice);
  EXPECT_EQ(back.finished[0].at.loss, INFINITY);
  EXPECT_EQ(back.finished[0].at.left_out, 4);
  EXPECT_EQ(back.finished[0].at.damping, 0.1);
  EXPECT_EQ(back.finished[0].at.precisions, lost.precisions);
  EXPECT_EQ(back.finished[0].at.trace[0].loss, INFINITY);
}

TEST(Checkpoint, RefusesTextThatIsNone) {
  for (const char* text :
       {"", "{", "[]", "{\"start\": 0}", "{\"start\": \"a\", \"current\": null, \"finished\": []}"}) {
    EXPECT_THROW(from_checkpoint(text), ConfigurationError) << text;
  }
}

}  // namespace
}  // namespace synfer
