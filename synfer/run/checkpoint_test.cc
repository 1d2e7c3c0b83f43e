#include "synfer/run/checkpoint.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "synfer/base/error.h"
#include "synfer/files/checksum.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kRun = "digest of a run";

FitProgress there_and_back(const FitProgress& fit) {
  return from_checkpoint(to_checkpoint({.structures = {}, .fit = fit}, kRun), kRun).fit;
}

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
    const FitSummary resumed = fit(problem, method, starts, there_and_back(half.progress));
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
  const FitProgress back = there_and_back(progress);
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

OptimiserState full_state() {
  return {.parameters = {1.0, 2.0},
          .first_moment = {0.1, 0.2},
          .second_moment = {0.3, 0.4},
          .steps = 7,
          .left_out = 1,
          .damping = 0.5,
          .rejected = true,
          .precisions = {4.0},
          .from = {0.0, 0.5},
          .answers = {1.0, 2.0, INFINITY},
          .done = 3,
          .loss = 0.7,
          .trace = {{2, INFINITY, {1.0, NAN}}}};
}

RunProgress full_progress() {
  RunProgress progress;
  progress.structures = {{0, {1.0, INFINITY}}, {3, {}}};
  progress.fit.work = {{1, {-INFINITY, NAN, 1e-300}}};
  progress.fit.optimum = OptimumProgress{{{0.1, 0.2}, {0.3, 0.4}}, 1, {0.1, 0.2}, 0.6, true};
  progress.fit.start = 1;
  progress.fit.current = full_state();
  progress.fit.finished = {{FitState::kConverged, "converged", full_state()}};
  return progress;
}

// The text of a state that says of itself that it is the one that was saved.
std::string signed_text(Json whole) {
  whole["sha256"] = sha256(whole["state"].dump());
  return whole.dump();
}

std::string refusal(const std::string& text) {
  try {
    from_checkpoint(text, kRun);
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.key, kCheckpointFile);
    return error.what();
  }
  return "taken";
}

// Every value of the JSON with its place.
void each_place(const Json& json, const Json::json_pointer& at,
                const std::function<void(const Json::json_pointer&)>& visit) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    const Json::json_pointer place = json.is_array() ? at / std::stoul(key) : at / key;
    visit(place);
    each_place(value, place, visit);
  }
}

TEST(Checkpoint, HoldsEverythingToTheLastBit) {
  const std::string text = to_checkpoint(full_progress(), kRun);
  EXPECT_EQ(to_checkpoint(from_checkpoint(text, kRun), kRun), text);
}

TEST(Checkpoint, WithAnyValueChangedIsRefused) {
  const Json whole = Json::parse(to_checkpoint(full_progress(), kRun));
  std::size_t tried = 0;
  each_place(whole, Json::json_pointer(), [&](const Json::json_pointer& place) {
    for (const Json& other : {Json(1e300), Json(-5), Json("text"), Json::array({1.5}), Json(nullptr)}) {
      if (whole.at(place) == other) continue;
      Json changed = whole;
      changed[place] = other;
      EXPECT_NE(refusal(changed.dump()), "taken") << place << " = " << other;
      ++tried;
    }
  });
  EXPECT_GT(tried, 200U);
}

// Whoever changes a state and its digest meets the checks of each value.
TEST(Checkpoint, NamesTheKeyThatIsMissingOrOfAnotherKind) {
  const Json whole = Json::parse(to_checkpoint(full_progress(), kRun));
  for (const auto& [key, value] : whole["state"]["current"].items()) {
    Json missing = whole;
    missing["state"]["current"].erase(key);
    EXPECT_THAT(refusal(signed_text(missing)), HasSubstr("state/current/" + key + " is missing"));
    Json other = whole;
    other["state"]["current"][key] = Json::object();
    EXPECT_THAT(refusal(signed_text(other)), AllOf(HasSubstr("state/current/" + key), HasSubstr("object")));
  }
}

TEST(Checkpoint, OfAnotherRunOrVersionIsRefused) {
  const std::string text = to_checkpoint(full_progress(), "another run");
  EXPECT_THAT(refusal(text), HasSubstr("another run"));
  Json older = Json::parse(to_checkpoint(full_progress(), kRun));
  older["schema_version"] = 1;
  EXPECT_THAT(refusal(older.dump()), AllOf(HasSubstr("found 1"), HasSubstr("another version")));
}

TEST(Checkpoint, RefusesTextThatIsNone) {
  for (const char* text :
       {"", "{", "[]", "{\"start\": 0}", "{\"start\": \"a\", \"current\": null, \"finished\": []}"}) {
    EXPECT_THROW(from_checkpoint(text, kRun), ConfigurationError) << text;
  }
}

}  // namespace
}  // namespace synfer
