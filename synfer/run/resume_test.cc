// A fit that was cut off and goes on ends in the same bits as one that was left alone, from every state that
// it tells, for every optimiser that settings name, for selection and for structures.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "synfer/analysis/estimation.h"
#include "synfer/analysis/structures.h"
#include "synfer/base/random.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/run/checkpoint.h"
#include "synfer/settings/schema.h"

namespace synfer {
namespace {

constexpr const char* kRun = "run";
constexpr std::size_t kMostStates = 10;  // that are resumed, evenly chosen; the first and the last among them

Strings optimisers() {
  Configuration any;
  for (const Setting& setting : settings_of(any)) {
    if (setting.key == "fit.method") return setting.allowed.words;
  }
  return {};
}

Objective objective_of(const Configuration& c, int sessions) {
  const TrueRule truth = true_rule(c);
  return objective_of(
      c, DataOrigin::simulated,
      as_in_fit(c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, sessions, "s")));
}

Configuration small() {
  Configuration c;
  c.truth.rule = "x*r - 0.05*w";
  c.task.trials_per_block = 20;
  c.network.inputs = 6;
  c.fit.epochs = 12;
  c.fit.log_interval = 5;
  c.uncertainty.method = "none";
  return c;
}

std::string saved(const FitProgress& progress) {
  return to_checkpoint({.structures = {}, .fit = progress}, kRun);
}

template <typename T>
std::vector<T> some_of(const std::vector<T>& all) {
  if (all.size() <= kMostStates) return all;
  std::vector<T> some;
  for (std::size_t n = 0; n < kMostStates; ++n) some.push_back(all[n * (all.size() - 1) / (kMostStates - 1)]);
  return some;
}

// Everything that a run makes of an estimation, but for what follows from it.
std::string in_short(const Estimation& found) {
  FitProgress whole = found.fit.progress;
  whole.current = found.fit.best;
  std::string text = saved(whole) + found.fit.advice + to_string(found.fit.state);
  for (const double loss : found.fit.start_losses) text += " " + std::to_string(loss);
  text += fmt::format(" {} {} {}", found.fit.best_start, found.fit.reached, found.fit.has_steps);
  for (const Optimum& other : found.fit.others) text += fmt::format(" {} {}", other.nats, other.starts);
  if (found.search) text += fmt::format(" {} {}", found.search->fits, found.search->near.front().nll);
  return text;
}

void expect_resumed_alike(const Configuration& c, int sessions) {
  const Objective objective = objective_of(c, sessions);
  std::vector<std::string> states;
  long asked = 0;
  EstimationHooks hooks;
  hooks.after_step = [&](const FitProgress& at, long) { states.push_back(saved(at)); };
  hooks.interrupted = [&] {
    ++asked;
    return false;
  };
  const std::string straight = in_short(estimate(c, DataOrigin::simulated, objective, {}, hooks));
  ASSERT_GE(states.size(), 2U);
  for (const std::string& state : some_of(states)) {
    const Estimation resumed =
        estimate(c, DataOrigin::simulated, objective, from_checkpoint(state, kRun).fit, {});
    ASSERT_EQ(in_short(resumed), straight) << "from " << state.substr(0, 2000);
  }
  // Ctrl-C comes between states too.
  for (long moment = 1; moment < asked; moment += 1 + asked / static_cast<long>(kMostStates)) {
    std::atomic<long> questions = 0;
    EstimationHooks stop;
    stop.interrupted = [&] { return ++questions >= moment; };
    const Estimation cut = estimate(c, DataOrigin::simulated, objective, {}, stop);
    if (cut.fit.state != FitState::kInterrupted) continue;  // it had nothing left to do
    const FitProgress progress = from_checkpoint(saved(cut.fit.progress), kRun).fit;
    ASSERT_EQ(in_short(estimate(c, DataOrigin::simulated, objective, progress, {})), straight)
        << "interrupted at question " << moment;
  }
}

TEST(Resume, EveryOptimiserGoesOnToTheSameBitsFromEveryState) {
  ASSERT_GE(optimisers().size(), 4U);
  for (const std::string& method : optimisers()) {
    for (const char* penalty : {"none", "l1"}) {
      if (method == "evidence" && std::string(penalty) == "l1") continue;  // it has priors of its own
      SCOPED_TRACE(method + ", penalty " + penalty);
      Configuration c = small();
      c.rule.terms = Strings{"x*r", "w", "x^2*r"};
      c.fit.method = method;
      c.fit.penalty.kind = penalty;
      if (method == "adam" || method == "lbfgs") c.fit.starts = 2;
      expect_resumed_alike(c, 2);
    }
  }
}

TEST(Resume, AnMlpByEvidenceGoesOnThroughItsHeats) {
  Configuration c = small();
  c.rule.kind = "mlp";
  c.rule.hidden = {2};
  c.fit.starts = 3;
  c.fit.max_iterations = 9;
  expect_resumed_alike(c, 2);
}

TEST(Resume, SelectionKeepsItsSetsAndGoesOnToTheSameRule) {
  Configuration c = small();
  c.rule.degree = 1;
  c.selection.most_terms = 3;
  expect_resumed_alike(c, 3);
}

TEST(Resume, SessionBiasesGoOn) {
  Configuration c = small();
  c.rule.terms = Strings{"x*r", "w"};
  c.history.session_bias = true;
  expect_resumed_alike(c, 3);
}

Session choices_of(const std::string& animal) {
  const RandomStream stream(3, "test of resuming", animal);
  Session session;
  session.animal = session.name = animal;
  session.offers = 2;
  session.stimuli = {"left", "right"};
  for (std::uint64_t t = 0; t < 60; ++t) {
    const int choice = stream.uniform({.step = t}) < 0.6 ? 1 : 0;
    session.stimulus.insert(session.stimulus.end(), {0, 1});
    session.trial.push_back(static_cast<int>(t));
    session.block.push_back(0);
    session.choice.push_back(choice);
    session.reward.push_back(stream.uniform({.step = t, .index = 1}) < 0.5 ? 1.0 : 0.0);
    session.learns.push_back(true);
  }
  return session;
}

TEST(Resume, StructuresThatWereComparedAreNotComparedAgain) {
  const std::vector<Session> sessions = {choices_of("a"), choices_of("b"), choices_of("c")};
  const SetKeys given = {"history.covariates", "network.hidden"};
  Configuration c;
  c.history.covariates = Strings{};
  c.network.hidden = 0;
  RecordedWork whole;
  StructureHooks hooks;
  hooks.work = &whole;
  const StructureSearch straight = search_structures(c, given, sessions, hooks);
  ASSERT_TRUE(straight.found);
  ASSERT_GT(whole.done().size(), 5U);
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{1}, whole.done().size() / 2, whole.done().size()}) {
    WorkRecord part = whole.done();
    while (part.size() > kept) part.erase(std::prev(part.end()));
    std::size_t fits = 0;
    RecordedWork rest(std::move(part), [&](const WorkRecord&) { ++fits; });
    hooks.work = &rest;
    const StructureSearch resumed = search_structures(c, given, sessions, hooks);
    EXPECT_EQ(to_json(*resumed.found), to_json(*straight.found));
    EXPECT_EQ(fits, whole.done().size() - kept);
  }
  bool stop = false;
  RecordedWork cut({}, [&](const WorkRecord& done) { stop = done.size() == 4; });
  hooks.work = &cut;
  hooks.interrupted = [&] { return stop; };
  EXPECT_TRUE(search_structures(c, given, sessions, hooks).interrupted);
  EXPECT_GE(cut.done().size(), 4U);
  for (const auto& [place, numbers] : cut.done()) EXPECT_EQ(numbers, whole.done().at(place));
}

}  // namespace
}  // namespace synfer
