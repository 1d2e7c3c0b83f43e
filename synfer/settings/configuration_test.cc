#include "synfer/settings/configuration.h"

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <vector>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The key at which validate() stops; empty where it is content.
std::string fault(const Configuration& configuration, DataOrigin origin = DataOrigin::simulated,
                  const SetKeys& set = {}) {
  try {
    validate(configuration, origin, set);
  } catch (const ConfigurationError& error) {
    return error.key;
  }
  return "";
}

TEST(Validate, TheDefaultsSuitBothOrigins) {
  EXPECT_EQ(fault(Configuration{}), "");
  EXPECT_EQ(fault(Configuration{}, DataOrigin::recorded), "");
}

TEST(Validate, SettingsThatContradictOneAnotherAreNamed) {
  struct Case {
    const char* key;
    std::function<void(Configuration&)> change;
  };
  const std::vector<Case> cases = {
      {"task.reward_probabilities", [](auto& c) { c.task.reward_probabilities = {{0.2, 0.8}, {0.5}}; }},
      {"task.reward_probabilities", [](auto& c) { c.task.reward_probabilities = {{0.2}, {0.5}}; }},
      {"network.inputs", [](auto& c) { c.task.reward_probabilities = {{0.1, 0.2, 0.3}}; }},
      {"network.inputs", [](auto& c) { c.network.inputs = 1; }},
      {"task.omission_probability", [](auto& c) { c.task.omission_probability = 0.1; }},
      {"fit.observe", [](auto& c) { c.task.kind = "neural"; }},
      {"recording.fraction", [](auto& c) { c.fit.observe = "both", c.recording.fraction = 0.0; }},
      {"network.readout", [](auto& c) { c.network.readout = {1.0, 2.0}; }},
      {"network.readout", [](auto& c) { c.network.hidden = 0, c.network.readout = {1.0}; }},
      {"network.initial_weights.file", [](auto& c) { c.network.initial_weights.file = "w.csv"; }},
      {"rule.terms", [](auto& c) { c.rule.kind = "mlp", c.rule.terms = {"x*r"}; }},
      {"rule.variables", [](auto& c) { c.rule.variables = {"x", "r", "x"}; }},
      {"rule.inputs", [](auto& c) { c.rule.inputs = {"w", "w"}; }},
      {"truth.inputs", [](auto& c) { c.truth.inputs = {"w", "w"}; }},
  };
  for (const Case& contradiction : cases) {
    Configuration configuration;
    contradiction.change(configuration);
    EXPECT_EQ(fault(configuration), contradiction.key);
  }
}

TEST(Validate, ANeuralTaskHasNeitherOdoursNorChoices) {
  Configuration configuration;
  configuration.task.kind = "neural";
  configuration.fit.observe = "neural";
  configuration.network.inputs = 1;
  EXPECT_EQ(fault(configuration), "");
}

TEST(Validate, SinglePrecisionIsRefusedWhereNothingWouldUseIt) {
  const auto single = [](const std::function<void(Configuration&)>& change) {
    Configuration c;
    c.run.precision = "single";
    change(c);
    return fault(c);
  };
  EXPECT_EQ(single([](auto& c) { c.fit.method = "adam"; }), "");
  EXPECT_EQ(single([](auto& c) { c.fit.method = "lbfgs"; }), "");
  EXPECT_EQ(single([](auto&) {}), "run.precision");  // Fisher scoring
  EXPECT_EQ(single([](auto& c) { c.rule.kind = "mlp"; }), "run.precision");
  EXPECT_EQ(single([](auto& c) { c.fit.method = "adam", c.stimulus.in_fit = "filtered"; }), "run.precision");
  EXPECT_EQ(single([](auto& c) { c.fit.method = "adam", c.stimulus.in_fit = "averaged"; }), "run.precision");
  EXPECT_EQ(single([](auto& c) { c.fit.method = "adam", c.rule.kind = "mlp", c.rule.hidden = {5, 5}; }),
            "run.precision");
}

TEST(Validate, RecordedDataHaveNoNumberOfSimulatedSessions) {
  EXPECT_EQ(fault({}, DataOrigin::recorded, {"data.sessions"}), "data.sessions");
  EXPECT_EQ(fault({}, DataOrigin::recorded, {"data.evaluation_sessions"}), "data.evaluation_sessions");
  EXPECT_EQ(fault({}, DataOrigin::recorded, {"data.held_out"}), "");
  EXPECT_EQ(fault({}, DataOrigin::simulated, {"data.sessions"}), "");
}

TEST(Validate, WhatSaysHowDataAreReadIsRefusedWhereNoneAre) {
  const std::map<std::string, std::function<void(DataSettings&)>> changes = {
      {"data.columns.choice", [](auto& data) { data.columns.choice = "side"; }},
      {"data.choice_values", [](auto& data) { data.coding.choice_values = {"l", "r"}; }},
      {"data.no_choice", [](auto& data) { data.coding.no_choice = {"none"}; }},
      {"data.arms", [](auto& data) { data.coding.arms = {"l", "r"}; }},
      {"data.rewards_on_rejection", [](auto& data) { data.coding.rewards_on_rejection = true; }},
      {"data.sort", [](auto& data) { data.coding.sort = "trial"; }},
      {"data.activity.align", [](auto& data) { data.activity.align = "cue"; }},
  };
  for (const auto& [key, change] : changes) {
    Configuration c;
    change(c.data);
    EXPECT_EQ(fault(c), key);
    EXPECT_EQ(fault(c, DataOrigin::recorded), "") << key;
  }
  Configuration c;
  c.data.format = "matlab";  // in which simulated sessions are written
  EXPECT_EQ(fault(c), "");
}

TEST(Validate, TheTrueStimulusIsKnownToSimulationsAlone) {
  Configuration configuration;
  configuration.stimulus.in_fit = "true";
  EXPECT_EQ(fault(configuration), "");
  EXPECT_EQ(fault(configuration, DataOrigin::recorded), "stimulus.in_fit");
}

TEST(Validate, GivenWeightsComeFromAFileWhereNoSimulationKnowsThem) {
  Configuration configuration;
  configuration.network.initial_weights.kind = "given";
  EXPECT_EQ(fault(configuration), "");
  EXPECT_EQ(fault(configuration, DataOrigin::recorded), "network.initial_weights.file");
  configuration.network.initial_weights.file = "w.csv";
  EXPECT_EQ(fault(configuration, DataOrigin::recorded), "");
}

TEST(Validate, TheSettingsOfASimulationDoNotMatterForRecordedData) {
  Configuration configuration;
  configuration.task.reward_probabilities = {{0.1, 0.2, 0.3}};
  EXPECT_EQ(fault(configuration, DataOrigin::recorded), "");
}

TEST(DependentDefaults, TheStimulusInAFitGoesByTheOriginUnlessSet) {
  Configuration configuration;
  EXPECT_EQ(stimulus_in_fit(configuration, DataOrigin::simulated), "filtered");
  EXPECT_EQ(stimulus_in_fit(configuration, DataOrigin::recorded), "mean");
  configuration.fit.method = "adam";
  EXPECT_EQ(stimulus_in_fit(configuration, DataOrigin::simulated), "resampled");
  configuration.task.kind = "neural";
  EXPECT_EQ(stimulus_in_fit(configuration, DataOrigin::simulated), "true");
  configuration.stimulus.in_fit = "mean";
  EXPECT_EQ(stimulus_in_fit(configuration, DataOrigin::simulated), "mean");
}

TEST(DependentDefaults, SecondOrderFitsLogEachOfTheirFewSteps) {
  Configuration c;
  for (const auto& [method, interval] :
       {std::pair("adam", 25), std::pair("fisher", 1), std::pair("evidence", 1), std::pair("lbfgs", 1)}) {
    c.fit.method = method;
    EXPECT_EQ(fit_log_interval(c), interval) << method;
  }
  c.fit.log_interval = 7;
  EXPECT_EQ(fit_log_interval(c), 7);
}

TEST(DependentDefaults, TermsAreSelectedWhereNoneAreGivenAndFisherScoringFitsChoices) {
  Configuration configuration;
  EXPECT_EQ(fit_method(configuration), "fisher");
  EXPECT_EQ(penalty_kind(configuration), "none");
  EXPECT_EQ(term_search(configuration), "forward");
  Configuration listed = configuration;
  listed.rule.terms = {"x*r"};
  EXPECT_EQ(term_search(listed), "none");
  Configuration penalised = configuration;
  penalised.fit.penalty.kind = "l1";
  EXPECT_EQ(term_search(penalised), "none");
  Configuration published = configuration;
  published.fit.method = "adam";
  EXPECT_EQ(penalty_kind(published), "l1");
  EXPECT_EQ(term_search(published), "none");
}

TEST(Validate, LatentWeightsHaveWhatTheyNeed) {
  const auto refused = [](auto&& change, DataOrigin origin = DataOrigin::simulated) {
    Configuration c;
    change(c);
    return fault(c, origin);
  };
  EXPECT_EQ(refused([](auto& c) { c.belief.estimate_walk_sd = true; }), "belief.walk_sd");
  EXPECT_EQ(refused([](auto& c) { c.belief.walk_sd = 0.1, c.stimulus.in_fit = "mean"; }), "belief.walk_sd");
  EXPECT_EQ(refused([](auto& c) { c.stimulus.in_fit = "filtered", c.fit.observe = "both"; }),
            "stimulus.in_fit");
  EXPECT_EQ(refused([](auto& c) { c.selection.search = "forward", c.fit.method = "adam"; }),
            "selection.search");
  // On recorded data the noise alone runs away: it takes the place of all that drifts.
  EXPECT_EQ(refused([](auto& c) { c.stimulus.in_fit = "filtered", c.stimulus.estimate_noise_sd = true; },
                    DataOrigin::recorded),
            "stimulus.estimate_noise_sd");
}

TEST(Validate, WhatASearchForTermsWouldPassOverIsRefused) {
  const std::vector<std::pair<const char*, std::function<void(Configuration&)>>> settings = {
      {"rule.frozen", [](auto& c) { c.rule.frozen = {"w"}; }},
      {"fit.start", [](auto& c) { c.fit.start = "x*r"; }},
      {"fit.starts", [](auto& c) { c.fit.starts = 3; }}};
  for (const auto& [key, change] : settings) {
    Configuration c;
    change(c);
    EXPECT_EQ(fault(c), key);
    c.rule.terms = {"x*r", "w"};
    EXPECT_EQ(fault(c), "");
  }
  EXPECT_EQ(fault(resolved({}, DataOrigin::simulated)), "");
}

TEST(Validate, ASpreadOfInitialWeightsIsEstimatedWhereTheyHaveOneAndFromAGuess) {
  Configuration c;
  c.belief.estimate_initial_sd = true;
  EXPECT_EQ(fault(c), "");
  for (const char* kind : {"given", "estimated"}) {
    c.network.initial_weights.kind = kind;
    EXPECT_EQ(fault(c), "belief.estimate_initial_sd");
  }
  c.network.initial_weights.kind = "normal";
  c.network.initial_weights.sd = 0.0;
  EXPECT_EQ(fault(c), "network.initial_weights.sd");
}

TEST(Validate, HistoryIsOfChoicesAndASessionBiasNeedsTheEvidence) {
  Configuration neural;
  neural.fit.observe = "neural";
  neural.history.covariates = Strings{"bias"};
  EXPECT_EQ(fault(neural, DataOrigin::recorded), "history.covariates");
  Configuration first_order;
  first_order.fit.method = "lbfgs";
  first_order.fit.penalty.kind = "none";
  first_order.history.session_bias = true;
  EXPECT_EQ(fault(first_order, DataOrigin::recorded), "history.session_bias");
  Configuration penalised;
  penalised.fit.penalty.kind = "l1";
  penalised.history.session_bias = true;
  EXPECT_EQ(fault(penalised, DataOrigin::recorded), "history.session_bias");
}

TEST(DependentDefaults, CovariatesAreThoseThatSuitTheChoices) {
  Session session;
  session.choice = {1, 0};
  session.learns = {true, false};
  session.stimuli = {"a", "b"};
  session.stimulus = {0, 1};
  session.trial = session.block = {0, 0};
  session.reward = {1.0, NAN};
  EXPECT_THAT(*resolved_for({}, {session}).history.covariates, SizeIs(5));
  Session unnamed = session;
  unnamed.stimulus.clear();
  EXPECT_THAT(*resolved_for({}, {session, unnamed}).history.covariates,
              ElementsAre("bias", "rejections", "accept_average"))
      << "stimuli without names";
  session.offers = 2;
  session.stimulus = {0, 1, 1, 0};
  EXPECT_THAT(*resolved_for({}, {session}).history.covariates, ElementsAre("bias", "choice_kernel"));
  Configuration published;
  published.fit.method = "adam";
  EXPECT_THAT(*resolved_for(published, {session}).history.covariates, IsEmpty());
  Configuration chosen;
  chosen.history.covariates = Strings{"bias"};
  EXPECT_THAT(*resolved_for(chosen, {session}).history.covariates, ElementsAre("bias"));
  EXPECT_THAT(*resolved({}, DataOrigin::simulated).history.covariates, IsEmpty());
}

TEST(DependentDefaults, EtaIsOneOverTheInputsUnlessSet) {
  Configuration configuration;
  configuration.network.inputs = 8;
  EXPECT_EQ(weight_change_rate(configuration), 0.125);
  configuration.network.eta = 2.0;
  EXPECT_EQ(weight_change_rate(configuration), 2.0);
}

TEST(DependentDefaults, TheReadoutIsFiveInAllUnlessSet) {
  Configuration configuration;
  EXPECT_THAT(readout_weights(configuration), AllOf(SizeIs(10), Each(0.5)));
  configuration.network.readout = {0.25};
  EXPECT_THAT(readout_weights(configuration), AllOf(SizeIs(10), Each(0.25)));
  configuration.network.hidden = 2;
  configuration.network.readout = {1.0, -1.0};
  EXPECT_THAT(readout_weights(configuration), ElementsAre(1.0, -1.0));
  configuration.network.hidden = 0;
  EXPECT_THAT(readout_weights(configuration), IsEmpty());
}

TEST(DependentDefaults, TheSpreadOfStartsGoesByTheKindOfRuleUnlessSet) {
  Configuration configuration;
  EXPECT_EQ(start_sd(configuration), 1e-5);
  configuration.rule.kind = "mlp";
  EXPECT_EQ(start_sd(configuration), 0.01);
  configuration.fit.start_sd = 0.5;
  EXPECT_EQ(start_sd(configuration), 0.5);
}

TEST(DependentDefaults, TermsFittedToChoicesLookForTheBestOptimumUnlessToldWhereToStart) {
  Configuration configuration;
  configuration.rule.terms = {"x*r", "w"};
  EXPECT_TRUE(looks_for_best_optimum(configuration));
  EXPECT_FALSE(resolved(configuration, DataOrigin::recorded).fit.starts.has_value());
  EXPECT_TRUE(looks_for_best_optimum(resolved(configuration, DataOrigin::recorded)));
  for (const auto& told : std::vector<std::function<void(Configuration&)>>{
           [](Configuration& c) { c.fit.starts = 2; }, [](Configuration& c) { c.fit.start = "x*r"; },
           [](Configuration& c) { c.fit.start_sd = 0.1; }, [](Configuration& c) { c.fit.observe = "neural"; },
           [](Configuration& c) { c.fit.method = "adam"; }, [](Configuration& c) { c.rule.terms.reset(); }}) {
    Configuration other = configuration;
    told(other);
    EXPECT_FALSE(looks_for_best_optimum(other));
  }
}

TEST(DependentDefaults, TermsFittedToRecordingsStartFourTimesNearZeroAndFarFromIt) {
  Configuration configuration;
  configuration.rule.terms = {"x*r", "w"};
  configuration.network.eta = 0.5;
  configuration.fit.observe = "neural";
  const Configuration recorded = resolved(configuration, DataOrigin::recorded);
  EXPECT_EQ(recorded.fit.starts, 4);
  EXPECT_EQ(recorded.fit.start_sd, 1e-5);
  EXPECT_EQ(recorded.fit.further_start_sd, 0.5);
  EXPECT_EQ(resolved(configuration, DataOrigin::simulated).fit.starts, 1);
  configuration.fit.observe = "behavior";
  configuration.rule.terms.reset();  // terms are searched
  EXPECT_EQ(resolved(configuration, DataOrigin::recorded).fit.starts, 1);
  configuration.fit.method = "adam";
  EXPECT_EQ(resolved(configuration, DataOrigin::recorded).fit.starts, 1);
}

}  // namespace
}  // namespace synfer
