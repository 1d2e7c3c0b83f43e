#include "synfer/results/sentences.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "synfer/analysis/analysis.h"
#include "synfer/analysis/conclusions.h"
#include "synfer/analysis/rivals.h"
#include "synfer/base/files_for_test.h"
#include "synfer/base/random.h"
#include "synfer/base/text.h"
#include "synfer/files/file.h"
#include "synfer/formats/write.h"
#include "synfer/results/result_table.h"
#include "synfer/run/commands.h"

namespace synfer {
namespace {

// Two synapses without noise, and nothing beside the rule.
Configuration plain(const Strings& terms = {"x*r"}) {
  Configuration c;
  c.network.hidden = 0;
  c.stimulus.noise_sd = 0.0;
  c.task.trials_per_block = 20;
  c.rule.terms = terms;
  c.history.covariates = Strings{};
  c.data.held_out = 0.0;
  c.evaluation.cross_validate = "none";
  c.evaluation.predictive_draws = 0;
  c.evaluation.shuffles = 2;
  c.data.evaluation_sessions = 2;
  return c;
}

// Two odours at a time, in two places.
Configuration between_two(const Strings& terms) {
  Configuration c = plain(terms);
  c.task.kind = "choice";
  return c;
}

// The rule is not fitted but held, wherever that leads.
Configuration holding(Configuration c, const std::string& rule) {
  c.fit.start = rule;
  c.rule.frozen = c.rule.terms.value_or(Strings{});
  return c;
}

std::vector<Session> animals(Configuration c, int count, const std::string& truth = "x*r") {
  c.truth.rule = truth;
  c.data.sessions = count;
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulate_sessions(c, "animal").sessions) sessions.push_back(one.session);
  return sessions;
}

RunResult fitted(const Configuration& c, const std::vector<Session>& sessions,
                 const AnalysisHooks& hooks = {}) {
  return fit_sessions(resolved(c, DataOrigin::recorded), sessions, {}, hooks).result;
}

RunResult recovered(const Configuration& c) {
  return recover_rule(resolved(c, DataOrigin::simulated), {}, {}).result;
}

RunResult evaluated(const RunResult& fit, const std::vector<Session>& sessions) {
  return evaluate_sessions(resolved(plain(), DataOrigin::recorded), from_json(to_json(fit)), "a fit",
                           sessions, {})
      .result;
}

// A choice among three at random.
Session among_three() {
  const RandomStream stream(1, "test of sentences");
  Session session;
  session.animal = "a";
  session.name = "1";
  session.offers = 3;
  session.stimuli = {"a", "b", "c"};
  for (std::uint64_t t = 0; t < 40; ++t) {
    for (int place = 0; place < 3; ++place) session.stimulus.push_back(place);
    session.trial.push_back(static_cast<int>(t));
    session.block.push_back(0);
    session.choice.push_back(static_cast<int>(3 * stream.uniform({.step = t})));
    session.reward.push_back(stream.uniform({.step = t, .index = 1}) < 0.5 ? 1.0 : 0.0);
    session.learns.push_back(true);
  }
  return session;
}

// Weights that grow 26-fold at each change are beyond all numbers after some two hundred.
RunResult that_overflows(const std::string& cross_validate, double held_out) {
  Configuration c = holding(plain({"w"}), "50*w");
  c.network.initial_weights.sd = 0.1;
  c.rule.bounds = Strings{};
  c.evaluation.cross_validate = cross_validate;
  c.evaluation.rivals = {};
  c.data.held_out = held_out;
  std::vector<Session> sessions = animals(plain(), 2);
  Configuration longer = plain();
  longer.task.trials_per_block = 100;
  sessions.push_back(animals(longer, 3).back());
  return fitted(c, sessions);
}

// What fits rarely come to, made by hand.
RunResult by_hand() {
  RunResult result;
  result.command = "recover";
  result.state = "converged";
  result.rule_kind = "mlp";
  result.belief_check = BeliefCheck{4, 1, 5.0, 0.1, BeliefBias{4, {{"x*r", -1.2, 0.1}}}};
  result.reading.emplace();
  result.reading->projection.not_a_polynomial = true;
  result.reading->of_surface.scores = {
      {.sample = kFittedSample, .choices = 1000, .nats = 5.0, .r2_weights = {}}};
  result.reading->of_choices.emplace();
  result.reading->of_choices->scores = {
      {.sample = kFittedSample, .choices = 1000, .nats = -5.0, .r2_weights = {}}};
  result.search.emplace();
  result.search->near = {{}};
  result.search->aliases_told_apart = true;
  result.aliases.classes = {{parse_term("x*r"), {{parse_term("x^2*r"), 0.75}}}};
  result.simulated.emplace();
  result.simulated->r2_weights = SessionScores{-0.5, {-0.5}};
  result.predictive_check.emplace();
  result.predictive_check->draws = 10;
  result.predictive_check->sessions = 2;
  result.predictive_check->overflown = 3;
  result.predictive_check->statistics = {{"accept rate of 0", {1.0, 0.5, 0.4, 0.6}, {}}};
  result.assumptions.emplace();
  result.assumptions->conclusions = {{"x*r", "above 0", {"network.eta=1"}}};
  result.structures.emplace();
  result.structures->tried.resize(2);
  result.structures->tried[0].standing = "chosen";
  result.structures->tried[1].name = "bias";
  result.structures->tried[1].standing = "allowed";
  result.structures->conclusions = {{"x*r", "above 0", {}}, {"w", "below 0", {"bias"}}};
  result.structures->parts = 3;
  result.cross_validation.emplace();
  result.cross_validation->scheme = "leave_one_out";
  result.cross_validation->models = {kFit, "shuffled_rewards"};
  for (const char* animal : {"a", "b"}) {
    result.cross_validation->scores.push_back(
        {animal, animal, "1", 10, {{kFit, 5.0}, {"shuffled_rewards", *animal == 'a' ? INFINITY : 6.0}}});
  }
  add_conclusions(result);
  add_reading(result,
              {"choices are places, counted from 0", "rows were put in order by trial", "a", "b", "c?"});
  return result;
}

RunResult of_a_folder_of_two_formats() {
  const for_test::Folder folder;
  folder.write("data/Fly1.mat", read_file(for_test::kSourceFolder + "/examples/data/flies/Fly1.mat"));
  write_data(animals(plain(), 2), "steps",
             [&](const std::string& name, std::string_view bytes) { folder.write("data/" + name, bytes); });
  Configuration c = plain();
  c.run.progress = false;
  return fit_run(c, {folder.path("data")}, {folder.path("run"), false});
}

// Each a second at most.
std::map<std::string, std::function<RunResult()>> runs() {
  std::map<std::string, std::function<RunResult()>> all;
  all["as it should be"] = [] { return fitted(plain(), animals(plain(), 4)); };
  all["no intervals"] = [] {
    Configuration c = plain();
    c.uncertainty.method = "none";
    return fitted(c, animals(c, 2));
  };
  all["means of noisy stimuli"] = [] {
    Configuration c = plain({"x*r", "x^2*r"});
    c.stimulus.noise_sd = 0.1;
    c.stimulus.in_fit = "mean";
    c.data.sessions = 3;
    return recovered(c);
  };
  all["against rivals"] = [] {
    Configuration c = plain({"x*r", "r"});
    c.task.trials_per_block = 60;
    c.evaluation.cross_validate = "leave_one_out";
    return fitted(c, animals(c, 6));
  };
  all["a rule of the wrong sign"] = [] {
    Configuration c = holding(plain(), "-2*x*r");
    c.evaluation.cross_validate = "leave_one_out";
    c.data.held_out = 0.4;
    return fitted(c, animals(c, 6));
  };
  all["held out in time"] = [] {
    Configuration c = holding(plain(), "-2*x*r");
    c.data.held_out = 0.4;
    return fitted(c, animals(c, 3));
  };
  all["interrupted"] = [] {
    AnalysisHooks hooks;
    hooks.during.interrupted = [] { return true; };
    return fitted(plain(), animals(plain(), 2), hooks);
  };
  all["weights without end"] = [] { return that_overflows("leave_one_out", 0.0); };
  all["weights without end, later"] = [] { return that_overflows("none", 0.75); };
  all["a start beyond all numbers"] = [] {
    Configuration c = plain({"w^2"});
    c.network.initial_weights.sd = 0.1;
    c.fit.method = "lbfgs";
    c.fit.start = "1e6*w^2";
    c.fit.starts = 1;
    return fitted(c, animals(plain(), 2));
  };
  all["weights held"] = [] {
    Configuration c = holding(plain({"w"}), "50*w");
    c.rule.bounds = Strings{};
    c.stimulus.in_fit = "filtered";
    return fitted(c, animals(plain(), 1));
  };
  all["choices without doubt"] = [] { return fitted(plain(), animals(plain(), 4, "400*x*r")); };
  all["three trials"] = [] {
    Configuration c = plain({"x*r", "r"});
    c.task.trials_per_block = 1;
    c.history.covariates = Strings{"bias", "accept_average"};
    return fitted(c, animals(plain(), 1).front().steps() > 6
                         ? std::vector{truncated(animals(plain(), 1).front(), 6)}
                         : animals(plain(), 1));
  };
  all["at a bound"] = [] {
    Configuration c = plain();
    c.rule.bounds = Strings{"x*r in [0, 0.01]"};
    return fitted(c, animals(c, 3));
  };
  all["at a bound of 0"] = [] {
    Configuration c = plain();
    c.rule.bounds = Strings{"x*r in [-1, 0]"};
    return fitted(c, animals(c, 3));
  };
  all["one step"] = [] {
    Configuration c = plain();
    c.fit.max_iterations = 1;
    return fitted(c, animals(c, 3));
  };
  all["evaluated on what was fitted"] = [] {
    const std::vector<Session> sessions = animals(plain(), 3);
    return evaluated(fitted(plain(), sessions), sessions);
  };
  all["three offers"] = [] {
    Configuration c = plain();
    c.network.inputs = 3;
    c.stimulus.in_fit = "filtered";
    c.belief.order = "first";
    return fitted(c, {among_three()});
  };
  all["a weighted loss"] = [] {
    Configuration c = plain();
    c.network.hidden = 4;
    c.fit.observe = "both";
    c.fit.recording_weight = 0.3;
    c.recording.noise_sd = 0.1;
    c.data.sessions = 2;
    return recovered(c);
  };
  all["recordings of neurons whose weights are unknown"] = [] {
    Configuration c = plain();
    c.network.hidden = 21;
    c.network.initial_weights.sd = 0.3;
    c.fit.observe = "neural";
    c.data.sessions = 2;
    return recovered(c);
  };
  all["weights of each session"] = [] {
    Configuration c = plain();
    c.network.hidden = 3;
    c.network.initial_weights.kind = "estimated";
    c.network.initial_weights.per_session = true;
    return fitted(c, animals(plain(), 2));
  };
  all["never rewarded"] = [] {
    Configuration c = plain({"x", "x*r"});
    c.task.reward_probabilities = {{0.0, 0.0}};
    return fitted(c, animals(c, 3, "x"));
  };
  all["choices between two that see no r"] = [] {
    Configuration c = between_two({"r", "x*r"});
    return fitted(c, animals(c, 2));
  };
  all["selected between two"] = [] {
    Configuration c = between_two({"r", "x*r"});
    c.selection.search = "forward";
    return fitted(c, animals(c, 2));
  };
  all["an MLP between two"] = [] {
    Configuration c = between_two({});
    c.rule.terms.reset();
    c.rule.kind = "mlp";
    c.rule.hidden = {2};
    c.fit.starts = 1;
    c.fit.max_iterations = 10;
    return fitted(c, animals(between_two({"x*r"}), 2));
  };
  all["between two, filtered"] = [] {
    Configuration c = between_two({"r", "x*r"});
    c.stimulus.noise_sd = 0.1;
    c.stimulus.in_fit = "filtered";
    return fitted(c, animals(c, 2));
  };
  all["paid in points"] = [] {
    std::vector<Session> sessions = animals(plain(), 2);
    for (Session& session : sessions) {
      for (double& reward : session.reward) reward += 60.0;
    }
    return fitted(plain(), sessions);
  };
  all["predicted without blocks"] = [] {
    Configuration c = plain();
    c.evaluation.predictive_draws = 10;
    std::vector<Session> sessions = animals(c, 2);
    for (Session& session : sessions) std::ranges::fill(session.block, 0);
    for (Session& session : sessions) {
      for (std::size_t t = 1; t < session.steps(); ++t)
        session.trial[t] = session.trial[t - 1] + (session.choice[t - 1] == 1 ? 1 : 0);
    }
    return fitted(c, sessions);
  };
  all["mirrored between two"] = [] {
    Configuration c = between_two({"r", "x*r"});
    c.network.hidden = 10;
    return fitted(c, animals(c, 4));
  };
  all["neurons with a kink"] = [] {
    Configuration c = plain();
    c.network.hidden = 10;
    c.network.activation = "relu";
    c.stimulus.noise_sd = 0.2;
    c.stimulus.in_fit = "filtered";
    return fitted(c, animals(c, 4, "0.2*x*r"));
  };
  all["no drift"] = [] {
    Configuration c = plain();
    c.stimulus.in_fit = "filtered";
    c.belief.walk_sd = 0.1;
    c.belief.estimate_walk_sd = true;
    return fitted(c, animals(plain(), 4));
  };
  all["selected on one animal"] = [] {
    Configuration c = plain({"1", "x", "w", "r", "x*r"});
    c.selection.search = "forward";
    return fitted(c, animals(c, 1));
  };
  all["selected on two animals"] = [] {
    Configuration c = plain({"1", "x", "w", "r", "x*r", "x*w"});
    c.selection.search = "forward";
    return fitted(c, animals(c, 2, "0.4*x*r"));
  };
  all["two sessions of one animal"] = [] {
    std::vector<Session> sessions = animals(plain(), 3);
    for (Session& session : sessions) session.animal = "one";
    std::ranges::fill(sessions.back().choice, kNoChoice);
    sessions.back().learns.assign(sessions.back().steps(), false);
    std::ranges::fill(sessions.back().reward, NAN);
    return fitted(plain(), sessions);
  };
  all["by hand"] = by_hand;
  all["one structure, whichever animal is left out"] = [] {
    RunResult result = by_hand();
    result.notes.clear();
    result.structures->nested = 0.5;
    result.belief_check = BeliefCheck{2, 0, 0.1, 0.1, BeliefBias{}};
    result.structures->agreed = 3;
    add_conclusions(result);
    return result;
  };
  all["a folder of two formats"] = of_a_folder_of_two_formats;
  return all;
}

std::string joined(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::string one;
  for (const char c : text) {
    if (c != ' ' || !one.ends_with(' ')) one += c;
  }
  return one;
}

TEST(Sentences, AreEachSaidBySomeRunAndNotByAll) {
  const auto all = runs();
  std::map<std::string, std::set<std::string>> said_by;
  for (const auto& [name, run] : all) {
    SCOPED_TRACE(name);
    RunResult result;
    ASSERT_NO_THROW(result = run());
    const std::string printed = joined(table_of(result));
    const auto json = nlohmann::json::parse(to_json(result));
    std::vector<Note> listed;
    for (const auto& note : json["notes"]) listed.push_back({note["id"], note["text"]});
    EXPECT_EQ(listed, in_order(result.notes));
    EXPECT_EQ(json["usable"]["value"], said(result, SentenceKind::kUnusable).empty() ? "yes" : "no");
    for (const Note& note : result.notes) {
      said_by[note.id].insert(name);
      const SentenceKind kind = sentence(note.id).kind;
      const bool is_printed = kind == SentenceKind::kUnusable || kind == SentenceKind::kWarning;
      EXPECT_TRUE(!is_printed || printed.find(note.text) != std::string::npos) << note.text;
    }
  }
  for (const Sentence& one : sentences()) {
    const std::size_t by = said_by[std::string(one.id)].size();
    EXPECT_GT(by, 0U) << one.id << " is said by no run";
    EXPECT_LT(by, all.size()) << one.id << " is said by every run";
  }
}

TEST(Sentences, HaveAnIdOfTheirOwnAndStandInTheOrderOfTheirImportance) {
  std::set<std::string_view> ids;
  for (const Sentence& one : sentences()) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_FALSE(one.condition.empty());
    EXPECT_FALSE(one.text.ends_with('.')) << one.id;
    EXPECT_TRUE(one.first || one.kind != SentenceKind::kUnusable) << one.id;
  }
  const std::vector<Note> notes = in_order({{"truth", "t"}, {"no_rival", "n"}, {"open", "o"}});
  EXPECT_EQ(notes.front().id, "open");
  EXPECT_EQ(notes.back().id, "truth");
}

TEST(Sentences, LeaveNoPlaceOpen) {
  EXPECT_EQ(say("at_zero_bound", {{"term", "w"}}).text,
            "w rests at 0, a bound of rule.bounds, so it has no standard error");
  EXPECT_THROW(say("at_zero_bound"), std::invalid_argument);
  EXPECT_THROW(say("at_zero_bound", {{"term", "w"}, {"more", ""}}), std::invalid_argument);
  EXPECT_THROW(say("no such"), std::invalid_argument);
}

TEST(Sentences, AreSaidOnce) {
  RunResult result;
  add_note(result, "no_rival");
  add_note(result, "no_rival");
  EXPECT_EQ(result.notes.size(), 1U);
}

}  // namespace
}  // namespace synfer
