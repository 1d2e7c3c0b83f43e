// Everything that a user can set, as plain values with their defaults.
//
// Enumerated settings are the words that users write. What each setting means, its unit and its
// range stand in the section files (data_settings.cc, ...) and nowhere else; how YAML becomes a Configuration
// is yaml_reader.h. Here are only the checks and defaults that need more than one setting.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/formats/nwb_activity.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

using Strings = std::vector<std::string>;

struct DataSettings {
  int sessions = 20;
  int evaluation_sessions = 5;
  std::string format = "automatic";
  ColumnNames columns;
  StepCoding coding;
  ActivityOptions activity;
  double held_out = 0.25;
  bool carry_weights = false;

  friend bool operator==(const DataSettings&, const DataSettings&) = default;
};

struct TaskSettings {
  std::string kind = "accept_reject";
  int trials_per_block = 80;
  std::vector<std::vector<double>> reward_probabilities = {{0.2, 0.8}, {0.9, 0.1}, {0.2, 0.8}};
  std::optional<bool> baiting;  // see resolved(), and recorded_design.h
  int max_offers = 1000;
  double omission_probability = 0.0;
  int steps = 50;
  double input_variance = 0.1;
  double input_mean = 0.0;

  friend bool operator==(const TaskSettings&, const TaskSettings&) = default;
};

struct StimulusSettings {
  double mean = 0.75;
  double noise_sd = 0.1225;
  std::optional<std::string> in_fit;  // see stimulus_in_fit()
  bool estimate_noise_sd = false;

  friend bool operator==(const StimulusSettings&, const StimulusSettings&) = default;
};

struct InitialWeightSettings {
  std::string kind = "normal";
  std::optional<double> sd;  // see initial_weight_sd()
  bool per_session = false;
  std::optional<std::string> file;

  friend bool operator==(const InitialWeightSettings&, const InitialWeightSettings&) = default;
};

struct NetworkSettings {
  int inputs = 2;
  int hidden = 10;
  std::string activation = "tanh";
  std::optional<std::vector<double>> readout;  // see readout_weights()
  std::optional<double> eta;                   // see weight_change_rate()
  InitialWeightSettings initial_weights;

  friend bool operator==(const NetworkSettings&, const NetworkSettings&) = default;
};

struct BeliefSettings {
  std::string covariance = "automatic";
  std::string order = "second";
  double walk_sd = 0.0;
  bool estimate_walk_sd = false;
  bool estimate_initial_sd = false;

  friend bool operator==(const BeliefSettings&, const BeliefSettings&) = default;
};

struct RecordingSettings {
  double fraction = 1.0;
  double noise_sd = 0.0;

  friend bool operator==(const RecordingSettings&, const RecordingSettings&) = default;
};

struct RewardTermSettings {
  std::string baseline = "moving_average";
  int window = 10;
  double rate = 0.1;
  double start = 0.0;

  friend bool operator==(const RewardTermSettings&, const RewardTermSettings&) = default;
};

struct TruthSettings {
  std::string kind = "taylor";
  std::string rule = "x*r";
  Strings inputs = {"x", "w", "r"};
  std::vector<int> hidden = {10};
  double sd = 1.0;
  double walk_sd = 0.0;
  std::string hidden_activation = "leaky_relu";
  std::string output_activation = "tanh";

  friend bool operator==(const TruthSettings&, const TruthSettings&) = default;
};

struct HistorySettings {
  std::optional<Strings> covariates;  // see resolved_for()
  bool session_bias = false;

  friend bool operator==(const HistorySettings&, const HistorySettings&) = default;
};

struct StructureSettings {
  std::string search = "automatic";  // see structure_choices()

  friend bool operator==(const StructureSettings&, const StructureSettings&) = default;
};

struct RuleSettings {
  std::string kind = "taylor";
  Strings variables = {"x", "y", "w", "r"};
  int degree = 2;
  std::optional<Strings> terms;
  bool published_order = false;
  Strings frozen;
  std::optional<Strings> bounds;  // see bounds_of() in parameter_settings.h
  Strings inputs = {"x", "w", "r"};
  std::vector<int> hidden = {10};
  std::optional<std::string> hidden_activation;  // see resolved()
  std::optional<std::string> output_activation;

  friend bool operator==(const RuleSettings&, const RuleSettings&) = default;
};

struct PenaltySettings {
  std::optional<std::string> kind;  // see penalty_kind()
  double weight = 0.01;

  friend bool operator==(const PenaltySettings&, const PenaltySettings&) = default;
};

struct FitSettings {
  std::string observe = "behavior";
  std::optional<std::string> method;  // see fit_method()
  int epochs = 250;
  double learning_rate = 0.001;
  PenaltySettings penalty;
  std::optional<double> clip_gradient;
  std::optional<int> starts;  // see resolved()
  std::string start = "random";
  std::optional<double> start_sd;          // see start_sd()
  std::optional<double> further_start_sd;  // see further_start_sd()
  std::optional<double> sigma;
  double recording_weight = 1.0;
  std::optional<int> max_iterations;  // see resolved()
  double tolerance = 1e-6;
  std::optional<int> log_interval;  // see fit_log_interval()

  friend bool operator==(const FitSettings&, const FitSettings&) = default;
};

struct SelectionSettings {
  std::optional<std::string> search;  // see term_search()
  double ebic_gamma = 0.5;
  int most_terms = 8;

  friend bool operator==(const SelectionSettings&, const SelectionSettings&) = default;
};

struct UncertaintySettings {
  std::string method = "information";
  double level = 0.95;
  int draws = 200;

  friend bool operator==(const UncertaintySettings&, const UncertaintySettings&) = default;
};

struct EvaluationSettings {
  std::string cross_validate = "automatic";  // see scheme_of() in cross_validate.h
  int folds = 10;
  std::optional<std::vector<double>> cuts;  // see cuts_of()
  Strings rivals = {"history_only", "drift_only", "shuffled_rewards", "q_learning", "pearce_hall"};
  int shuffles = 5;
  std::optional<int> predictive_draws;  // see resolved_for()
  bool assumptions = false;

  friend bool operator==(const EvaluationSettings&, const EvaluationSettings&) = default;
};

struct DesignSettings {
  int replicates = 100;
  std::vector<int> multiples = {1, 2, 4};

  friend bool operator==(const DesignSettings&, const DesignSettings&) = default;
};

struct RunSettings {
  std::optional<int> threads;
  std::optional<std::string> instruction_set;
  std::string precision = "double";
  std::string progress = "automatic";
  double checkpoint_seconds = 30.0;

  friend bool operator==(const RunSettings&, const RunSettings&) = default;
};

struct Configuration {
  Configuration();  // the defaults; out of line, since g++ 12 warns wrongly of one that is inlined

  std::uint64_t seed = 1;
  DataSettings data;
  TaskSettings task;
  StimulusSettings stimulus;
  NetworkSettings network;
  BeliefSettings belief;
  RecordingSettings recording;
  RewardTermSettings reward_term;
  TruthSettings truth;
  HistorySettings history;
  StructureSettings structures;
  RuleSettings rule;
  FitSettings fit;
  SelectionSettings selection;
  UncertaintySettings uncertainty;
  EvaluationSettings evaluation;
  DesignSettings design;
  RunSettings run;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// Where the sessions come from. Some settings mean something for one origin only.
enum class DataOrigin { simulated, recorded };

/// Dotted keys that a user set, as opposed to those left at their defaults.
using SetKeys = std::set<std::string, std::less<>>;

/// Settings that are errors for recorded data.
SetKeys simulated_only();

/// Throws ConfigurationError where settings that are fine alone contradict one another, or where
/// one of `set` has no meaning for data of this origin. What a rule's text means is not looked at.
void validate(const Configuration& configuration, DataOrigin origin, const SetKeys& set);

// Defaults that depend on other settings.

/// The same with every default that depends on other settings written out.
Configuration resolved(const Configuration& configuration, DataOrigin origin);

/// The same with the defaults that depend on recorded data: history.covariates, unless set, those that suit
/// the choices (usual_covariates() in synfer/model/history.h); none for adam, which is as published, and for
/// recordings alone. network.initial_weights.sd in the unit of the inputs, but for adam. And
/// evaluation.predictive_draws, see predictive_draws().
Configuration resolved_for(const Configuration& configuration, const std::vector<Session>& sessions);

/// evaluation.predictive_draws: unless set, 200 where sessions can be simulated in closed loop and that takes
/// about a second, else 0.
int predictive_draws(const Configuration& configuration, const std::vector<Session>& sessions);

/// fit.method: unless set, fisher for a Taylor rule and evidence for an MLP.
std::string fit_method(const Configuration& configuration);

/// Whether fit.method works with sensitivities and the expected information: fisher and evidence.
bool second_order(const Configuration& configuration);

/// fit.starts: unless set, 4 for an MLP by evidence and 1 otherwise, which a fit that looks for the best
/// optimum takes no notice of.
int fit_starts(const Configuration& configuration);

/// Whether a fit looks for the best optimum among starts of its own (inference/global_fit.h): terms that are
/// given, fitted to choices by fisher, where no start and no number of starts is set.
bool looks_for_best_optimum(const Configuration& configuration);

/// fit.max_iterations: unless set, 500 for lbfgs, 200 for fisher, 40 for evidence.
int fit_max_iterations(const Configuration& configuration);
/// Distance of the rows of the trace: second-order fits end after few steps, and each of them is worth a row.
int fit_log_interval(const Configuration& configuration);

/// The activations of a fitted MLP: unless set, squareplus and linear for evidence, leaky_relu and tanh, as
/// published, otherwise.
std::string mlp_hidden_activation(const Configuration& configuration);
std::string mlp_output_activation(const Configuration& configuration);

/// fit.penalty.kind: unless set, none for fisher, which selects terms instead, and for evidence, which has
/// priors of its own; l1 otherwise.
std::string penalty_kind(const Configuration& configuration);

/// selection.search: unless set, forward where a Taylor rule without rule.terms is fitted to choices, or
/// choices and recordings, by fisher without a penalty.
std::string term_search(const Configuration& configuration);

/// evaluation.cuts: unless set, .5, .67 and .8.
std::vector<double> cuts_of(const Configuration& configuration);

/// stimulus.in_fit: unless set, mean for recorded data, true for simulated neurons (whose input has no
/// further noise), and for simulated choices filtered with fisher or evidence, resampled as published
/// otherwise.
std::string stimulus_in_fit(const Configuration& configuration, DataOrigin origin);

/// Whether a fit to recordings estimates the initial weights of each session, under the prior that they are
/// drawn from (kinds normal and fan_in): by fisher, where there are at most 40 of them. A replay from other
/// weights than the animal's has wrong activities, and says nothing true of the rule; where more weights are
/// drawn the fit says so.
bool estimates_weights_of_recordings(const Configuration& configuration);

/// network.eta: unless set, 1 / inputs.
double weight_change_rate(const Configuration& configuration);

/// network.initial_weights.sd: unless set, .01, or 1 / sqrt(inputs) for fan_in, as for inputs of .75 or 0;
/// resolved_for() puts that into the unit of recorded inputs.
double initial_weight_sd(const Configuration& configuration);

/// What r is: "reward", "reward minus the mean of the last 10 rewards".
std::string reward_term_in_words(const Configuration& configuration);

/// network.readout for each hidden neuron: unless set, 5 / hidden each; one number serves all.
/// Empty without a hidden layer.
std::vector<double> readout_weights(const Configuration& configuration);

/// fit.start_sd: unless set, 1e-5 for a Taylor rule and 0.01 for an MLP.
double start_sd(const Configuration& configuration);

/// fit.further_start_sd: unless set, fit.start_sd where that is set; else a quarter of a unit of eta theta
/// for terms fitted by Fisher scoring, whose loss has local minima far from 0.
double further_start_sd(const Configuration& configuration);

}  // namespace synfer
