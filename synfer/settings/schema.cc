#include "synfer/settings/schema.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <type_traits>

#include "synfer/base/text.h"
#include "synfer/formats/read.h"
#include "synfer/model/history.h"

namespace synfer {
namespace {

using List = std::vector<Setting>;

Allowed anything() { return {}; }
Allowed at_least(double low) { return {.low = low}; }
Allowed above(double low) { return {.low = low, .low_excluded = true}; }
Allowed within(double low, double high) { return {.low = low, .high = high}; }
Allowed from_below(double low, double high) { return {.low = low, .high = high, .high_excluded = true}; }
Allowed one_of(Strings words) { return {.words = std::move(words)}; }

List data_settings(Configuration& c) {
  DataSettings& data = c.data;
  ColumnNames& names = data.columns;
  StepCoding& coding = data.coding;
  ActivityOptions& activity = data.activity;
  Strings formats = format_names();
  formats.insert(formats.begin(), kAutomaticFormat);
  return {
      {"seed", &c.seed, anything(), "",
       "Seed of every random draw; the same seed, version and settings give the same results."},
      {"data.sessions", &data.sessions, at_least(1), "sessions",
       "Simulated sessions that the fit sees; an error for recorded data."},
      {"data.evaluation_sessions", &data.evaluation_sessions, at_least(1), "sessions",
       "Fresh simulated sessions on which the fitted rule is evaluated; an error for recorded data."},
      {"data.format", &data.format, one_of(formats), "",
       "Layout of data: steps (CSV, one row a step), flies2022 (choices and rewards in two CSV files), "
       "matlab "
       "(X, Y, R, or arrays), npz (NumPy arrays), nwb (its trials), foraging-nwb (two lick ports); automatic "
       "goes by the files. A simulation writes steps, matlab, npz or nwb; automatic is steps."},
      {"data.columns.animal", &names.animal, anything(), "", "Name of the column with the animal."},
      {"data.columns.session", &names.session, anything(), "", "Name of the column with the session."},
      {"data.columns.trial", &names.trial, anything(), "", "Name of the column with the trial."},
      {"data.columns.block", &names.block, anything(), "", "Name of the column with the block."},
      {"data.columns.choice", &names.choice, anything(), "", "Name of the column with the choice."},
      {"data.columns.reward", &names.reward, anything(), "", "Name of the column with the reward."},
      {"data.columns.stimulus", &names.stimulus, anything(), "",
       "Name of the column with the label of the stimulus; of several offers what stands before their "
       "number, or all their columns, as left,right."},
      {"data.columns.x", &names.x, anything(), "",
       "First part of the names of the columns with inputs: x0, x1, ... or x0_0, x0_1, ..."},
      {"data.columns.y", &names.y, anything(), "",
       "First part of the names of the columns with recordings: y0, y1, ..."},
      {"data.columns.time", &names.time, anything(), "",
       "Name of the column with the time of each step, in any unit; rows must come in its order."},
      {"data.columns.scored", &names.scored, anything(), "",
       "Name of the column that says which choices count: 0 or false where a choice was forced, which "
       "teaches and "
       "is not scored."},
      {"data.columns.learns", &names.learns, anything(), "",
       "Name of the column that says after which steps weights change; without it after every choice (accept "
       "or "
       "reject: every acceptance)."},
      {"data.choice_values",
       &coding.choice_values,
       {.empty_list = true},
       "",
       "Values of the choice column in the order of the offers, such as [left, right] or [1, 2]; with one "
       "offer "
       "those of reject and accept, such as [no, yes]. Without it a choice is the number of an offer, "
       "counted "
       "from 0, or one of the labels that its row offers."},
      {"data.no_choice",
       &coding.no_choice,
       {.empty_list = true},
       "",
       "Values of the choice column that stand for no choice, such as [none] or [-1, 9], beside a missing "
       "one."},
      {"data.arms",
       &coding.arms,
       {.empty_list = true},
       "",
       "Labels of the offers in the order of their places, where they are the same at every step and no "
       "column says "
       "so, such as [left, right]."},
      {"data.rewards_on_rejection", &coding.rewards_on_rejection, anything(), "",
       "Whether a rejected offer has an outcome too, as in go/no-go tasks; it stands in its row, and weights "
       "change "
       "after it."},
      {"data.sort", &coding.sort, one_of({"none", "trial", "time"}), "",
       "Whether rows are put in order: by trial (within block) or by time within each session. With none "
       "their order "
       "is checked, and rows that are out of order are an error."},
      {"data.activity.series", &activity.series, anything(), "",
       "Series with neural activity in NWB files: its name under acquisition, or its path; its columns are "
       "the "
       "neurons of the plastic layer, in order.",
       "no activity is read"},
      {"data.activity.align", &activity.align, anything(), "",
       "Column of an NWB file's trials with the time of each step to which the window is tied."},
      {"data.activity.window", &activity.window, anything(), "s",
       "From and to, after that time: the mean of the samples in between is the step's recording.",
       "needed with data.activity.series"},
      {"data.held_out", &data.held_out, from_below(0, 1), "fraction of the trials",
       "Last part of each recorded session that is kept out of the fit for testing; 0 keeps none."},
      {"data.carry_weights", &data.carry_weights, anything(), "",
       "Whether weights are carried over from one session of an animal to the next instead of starting "
       "anew."},
  };
}

List task_settings(Configuration& c) {
  TaskSettings& task = c.task;
  StimulusSettings& stimulus = c.stimulus;
  return {
      {"task.kind", &task.kind, one_of({"accept_reject", "choice", "neural"}), "",
       "Simulated task: one odour at a time to accept or reject, a choice among odours, or a layer driven by "
       "Gaussian input without choices."},
      {"task.trials_per_block", &task.trials_per_block, at_least(1), "trials", "Trials of each block."},
      {"task.reward_probabilities", &task.reward_probabilities, within(0, 1), "probability",
       "Probability that an odour is baited: one list a block with one number an odour."},
      {"task.baiting", &task.baiting, anything(), "",
       "Whether a bait stays until it is collected; otherwise it is drawn anew at each trial.",
       "true; where recorded tasks are simulated, as the recorded payments are likelier"},
      {"task.max_offers", &task.max_offers, at_least(1), "offers",
       "Offers after which a trial ends without acceptance, reward or weight change (accept_reject only)."},
      {"task.omission_probability", &task.omission_probability, from_below(0, 1), "probability",
       "Probability that a trial passes without a choice (choice only)."},
      {"task.steps", &task.steps, at_least(1), "steps", "Steps of a session (neural only)."},
      {"task.input_variance", &task.input_variance, at_least(0), "", "Variance of the input (neural only)."},
      {"task.input_mean", &task.input_mean, anything(), "", "Mean of the input (neural only)."},
      {"stimulus.mean", &stimulus.mean, anything(), "activity",
       "Mean activity of the inputs that belong to an offered odour."},
      {"stimulus.noise_sd", &stimulus.noise_sd, at_least(0), "activity",
       "Standard deviation of the Gaussian noise of every input, drawn anew at every offer."},
      {"stimulus.in_fit", &stimulus.in_fit, one_of({"filtered", "averaged", "resampled", "mean", "true"}), "",
       "How a fit treats stimulus noise: weights are latent and filtered, the choice probability is averaged "
       "over the noise, a fresh draw, the mean, or the simulation's own draw (an error for recorded data; "
       "the "
       "default for simulated neurons).",
       "mean for recorded data; filtered for simulated, resampled with adam"},
      {"stimulus.estimate_noise_sd", &stimulus.estimate_noise_sd, anything(), "",
       "Whether stimulus.noise_sd is only a start, and the noise estimated (averaged or filtered)."},
  };
}

List network_settings(Configuration& c) {
  NetworkSettings& network = c.network;
  InitialWeightSettings& weights = network.initial_weights;
  return {
      {"network.inputs", &network.inputs, within(1, 1e6), "neurons", "Input neurons."},
      {"network.hidden", &network.hidden, within(0, 1e6), "neurons",
       "Neurons of the plastic layer behind a readout; 0 for one neuron whose activity is the logit."},
      {"network.activation", &network.activation, one_of({"tanh", "sigmoid", "relu", "linear"}), "",
       "Activation function of the plastic layer."},
      {"network.readout", &network.readout, anything(), "",
       "Fixed weights from the plastic layer to the logit: one number for all neurons or one for each.",
       "5 / network.hidden each"},
      {"network.eta", &network.eta, above(0), "", "Factor of every weight change.", "1 / network.inputs"},
      {"network.initial_weights.kind", &weights.kind, one_of({"normal", "fan_in", "given", "estimated"}), "",
       "Weights at the start of a session: drawn with sd, drawn with one set by the number of inputs, "
       "given (by a file, or to the fit by the simulation), or estimated by the fit. A fit of recordings by "
       "fisher estimates drawn ones per session and integrates them out over the prior that they are drawn "
       "from, where "
       "they are 40 or fewer."},
      {"network.initial_weights.sd", &weights.sd, at_least(0), "weight",
       "Standard deviation of initial weights (normal, fan_in, and the start of estimated).",
       "0.01, or 1 / sqrt(network.inputs) with fan_in, as for inputs of 0.75; in the unit of the inputs"},
      {"network.initial_weights.per_session", &weights.per_session, anything(), "",
       "Whether estimated initial weights are one matrix for each session instead of a shared one."},
      {"network.initial_weights.file", &weights.file, anything(), "",
       "CSV file with given initial weights, one row an input and one column a neuron.",
       "a fit to simulated data gets the simulation's own"},
      {"belief.covariance", &c.belief.covariance, one_of({"automatic", "common", "dense"}), "",
       "Covariance of latent weights: one mode for all neurons of an input, or all weights with all others; "
       "automatic takes dense for at most 40 weights that are not alike."},
      {"belief.order", &c.belief.order, one_of({"second", "first"}), "",
       "What the filter knows of a choice and of the mean weight change: to second order, which is without "
       "bias "
       "where the logit bends, or to first, as before."},
      {"belief.walk_sd", &c.belief.walk_sd, at_least(0), "weight",
       "Standard deviation of a random step that every weight makes after each weight change (filtered)."},
      {"belief.estimate_walk_sd", &c.belief.estimate_walk_sd, anything(), "",
       "Whether belief.walk_sd is only a start, and the random walk estimated."},
      {"belief.estimate_initial_sd", &c.belief.estimate_initial_sd, anything(), "",
       "Whether network.initial_weights.sd is only a start, and the spread of initial weights estimated "
       "(filtered)."},
      {"recording.fraction", &c.recording.fraction, within(0, 1), "fraction of the neurons",
       "Neurons that a simulation records, drawn once a session."},
      {"recording.noise_sd", &c.recording.noise_sd, at_least(0), "activity",
       "Standard deviation of the measurement noise of simulated recordings."},
      {"reward_term.baseline", &c.reward_term.baseline, one_of({"none", "moving_average", "exponential"}), "",
       "Expected reward E[R] in r = R - E[R]: none, the mean of the last rewards, or an exponential "
       "average."},
      {"reward_term.window", &c.reward_term.window, at_least(1), "trials",
       "Rewards that enter a moving_average; zeros stand before the first."},
      {"reward_term.rate",
       &c.reward_term.rate,
       {.low = 0, .high = 1, .low_excluded = true},
       "per trial",
       "Share of the newest reward in an exponential average."},
      {"reward_term.start", &c.reward_term.start, anything(), "rewards",
       "Expected reward before the first one: what the animal expects when the data begin."},
  };
}

List history_settings(Configuration& c) {
  return {
      {"history.covariates",
       &c.history.covariates,
       {.words = covariate_names(), .empty_list = true},
       "",
       "What the history of choices adds to the logit, with coefficients and rates that are estimated: a "
       "bias, "
       "rejections so far in the trial, averages of the animal's own accepts, a choice kernel.",
       "all that suit what is fitted, sessions simulated before too; none with adam, none in recover"},
      {"history.session_bias", &c.history.session_bias, anything(), "",
       "Whether each session has a bias of its own, with a Gaussian prior whose sd the evidence finds; 0 in "
       "sessions that were not fitted."},
      {"structures.search", &c.structures.search, one_of({"automatic", "always", "none"}), "",
       "Whether fit searches what the settings leave open beside the rule, on held-out choices: a hidden "
       "layer, the expected reward, covariates, drift, and weights carried over, those of which no setting "
       "is "
       "given. automatic searches where no rule.terms are given either, always with them too; none (--quick) "
       "takes the settings as they stand."},
  };
}

List rule_settings(Configuration& c) {
  TruthSettings& truth = c.truth;
  RuleSettings& rule = c.rule;
  const Strings variables = {"x", "y", "w", "r"};
  const Strings kinds = {"taylor", "mlp"};
  const Strings hidden = {"leaky_relu", "tanh", "softplus", "squareplus"};
  const Strings output = {"tanh", "linear"};
  return {
      {"truth.kind", &truth.kind, one_of({"taylor", "mlp", "threshold"}), "",
       "Kind of the rule behind simulated data; threshold: 0.5 sign(r) x where abs(r) > 0.3, minus 0.05 w."},
      {"truth.rule", &truth.rule, anything(), "", "Taylor rule behind simulated data, such as x*r - 0.05*w."},
      {"truth.inputs", &truth.inputs, one_of(variables), "", "Inputs of a true MLP."},
      {"truth.hidden", &truth.hidden, within(1, 1e4), "units", "Hidden layers of a true MLP."},
      {"truth.sd", &truth.sd, at_least(0), "", "Standard deviation of the random parameters of a true MLP."},
      {"truth.walk_sd", &truth.walk_sd, at_least(0), "weight",
       "Standard deviation of a random step that every simulated weight makes after each weight change."},
      {"truth.hidden_activation", &truth.hidden_activation, one_of(hidden), "",
       "Activation of the hidden layers of a true MLP."},
      {"truth.output_activation", &truth.output_activation, one_of(output), "",
       "Activation of the output of a true MLP."},
      {"rule.kind", &rule.kind, one_of(kinds), "", "Kind of the fitted rule."},
      {"rule.variables", &rule.variables, one_of(variables), "",
       "Variables of a fitted Taylor rule without rule.terms."},
      {"rule.degree", &rule.degree, within(0, 4), "",
       "Highest power of each variable of a fitted Taylor rule without rule.terms."},
      {"rule.terms", &rule.terms, anything(), "",
       "Terms of a fitted Taylor rule, such as [1, w, x, r, x*r] or 1 + w + x*r; they come before variables "
       "and degree.",
       "all products of rule.variables up to rule.degree each"},
      {"rule.published_order", &rule.published_order, anything(), "",
       "Whether labels such as X1Y0W0R1 are read in the reversed order that the published program computes."},
      {"rule.frozen",
       &rule.frozen,
       {.empty_list = true},
       "",
       "Names of parameters (terms of a Taylor rule) that keep the value they start from, 0 in a random "
       "start."},
      {"rule.bounds",
       &rule.bounds,
       {.empty_list = true},
       "eta theta",
       "Where coefficients may lie, such as [w in [-2, 0]], in units of eta theta: a weight changes by at "
       "most "
       "so much of itself.",
       "recorded data: w and x^a*w in [-2, 0], so that decay is stable; beside w, x^a*w in [-2, 2]"},
      {"rule.inputs", &rule.inputs, one_of(variables), "",
       "Inputs of a fitted MLP. The default is the paper's, without y: of a rule in y it finds no more than "
       "the "
       "others say of it."},
      {"rule.hidden", &rule.hidden, within(1, 1e4), "units", "Hidden layers of a fitted MLP."},
      {"rule.hidden_activation", &rule.hidden_activation, one_of(hidden), "",
       "Activation of the hidden layers of a fitted MLP.", "squareplus with evidence, leaky_relu otherwise"},
      {"rule.output_activation", &rule.output_activation, one_of(output), "",
       "Activation of the output of a fitted MLP.", "linear with evidence, tanh otherwise"},
  };
}

List fit_settings(Configuration& c) {
  FitSettings& fit = c.fit;
  EvaluationSettings& evaluation = c.evaluation;
  RunSettings& run = c.run;
  return {
      {"fit.observe", &fit.observe, one_of({"behavior", "neural", "both"}), "",
       "What the rule must explain: choices, recordings, or both."},
      {"fit.method", &fit.method, one_of({"fisher", "evidence", "adam", "lbfgs"}), "",
       "Optimiser: fisher (Fisher scoring, with standard errors), evidence (priors as wide as the evidence "
       "says: MLPs, and terms that are nearly collinear, without intervals), adam (one session a step, the "
       "published recipe, whose starts and steps are in the unit of the data) or lbfgs (many parameters).",
       "fisher for a Taylor rule, evidence for an MLP"},
      {"fit.epochs", &fit.epochs, at_least(1), "epochs", "Passes of adam over all sessions."},
      {"fit.learning_rate", &fit.learning_rate, above(0), "", "Step size of adam."},
      {"fit.penalty.kind", &fit.penalty.kind, one_of({"none", "l1", "l2"}), "",
       "Penalty on the rule's parameters.", "none for fisher and evidence, l1 otherwise"},
      {"fit.penalty.weight", &fit.penalty.weight, at_least(0), "nats a step",
       "Weight of the penalty, on coefficients in the scale of the data (adam: in their unit)."},
      {"fit.clip_gradient", &fit.clip_gradient, above(0), "", "Largest norm of a gradient in adam.",
       "gradients are not clipped"},
      {"fit.starts", &fit.starts, at_least(1), "starts", "Fits from different starts; the best one is kept.",
       "terms fitted to choices by fisher look for the best optimum by themselves (docs/selection.md); 4 for "
       "an MLP "
       "by evidence and for terms fitted to recordings of neurons or from a given start, 1 otherwise"},
      {"fit.start", &fit.start, anything(), "",
       "Parameters to start from: random, zeros, or a rule such as x*r - 0.05*w in the unit of the data."},
      {"fit.start_sd", &fit.start_sd, at_least(0), "",
       "Standard deviation of random starts, in the scale of the data (adam: in their unit); the first "
       "one, where further_start_sd is set.",
       "1e-5 for a Taylor rule, 0.01 for an MLP"},
      {"fit.further_start_sd", &fit.further_start_sd, at_least(0), "",
       "Standard deviation of further starts, likewise: wide ones find what a start near 0 misses.",
       "fit.start_sd where that is set, else 0.25 / network.eta for fisher"},
      {"fit.sigma", &fit.sigma, above(0), "activity", "Standard deviation of the noise of recordings.",
       "estimated"},
      {"fit.recording_weight", &fit.recording_weight, at_least(0), "",
       "Weight of the recordings' part of the loss where choices and recordings are fitted."},
      {"fit.max_iterations", &fit.max_iterations, at_least(1), "iterations",
       "Limit of fisher, evidence and lbfgs.", "200 for fisher, 40 for evidence, 500 for lbfgs"},
      {"fit.tolerance", &fit.tolerance, at_least(0), "",
       "Relative size of the gradient at which lbfgs has converged."},
      {"fit.log_interval", &fit.log_interval, at_least(1), "epochs or iterations",
       "Distance of the rows of trace.csv.", "25 for adam, 1 otherwise"},
      {"selection.search", &c.selection.search, one_of({"forward", "none"}), "",
       "Whether the terms of a Taylor rule are selected, by forward steps with an information criterion.",
       "forward for choices, without rule.terms, fisher without penalty"},
      {"selection.ebic_gamma", &c.selection.ebic_gamma, within(0, 1), "",
       "Weight of the number of candidate terms in the criterion: 0 is BIC, above it EBIC."},
      {"selection.most_terms", &c.selection.most_terms, at_least(1), "terms",
       "Terms of a selected rule at most."},
      {"uncertainty.method", &c.uncertainty.method,
       one_of({"information", "clustered", "profile", "session_bootstrap", "parametric_bootstrap", "none"}),
       "",
       "Where intervals come from: the expected information (the profile where it differs by more than a "
       "tenth), errors clustered by animal, the profile likelihood, or refits to sessions drawn anew or "
       "simulated from the fitted rule."},
      {"uncertainty.level",
       &c.uncertainty.level,
       {.low = 0, .high = 1, .low_excluded = true, .high_excluded = true},
       "",
       "Probability that an interval is to cover."},
      {"uncertainty.draws", &c.uncertainty.draws, at_least(10), "draws", "Draws of a bootstrap."},
      {"evaluation.cross_validate", &evaluation.cross_validate,
       one_of({"automatic", "none", "leave_one_out", "grouped", "forward"}), "",
       "How a fit to recorded data is scored on what it never saw: each animal left out in turn, groups of "
       "animals, or later trials of every session; automatic takes leave_one_out for 3 to 20 animals, "
       "grouped for more, and none where another method than fisher would take long. Animals are left out "
       "whole, "
       "whatever data.held_out is."},
      {"evaluation.folds", &evaluation.folds, at_least(2), "groups", "Groups of animals (grouped)."},
      {"evaluation.cuts", &evaluation.cuts, anything(), "fraction of the trials",
       "Where the trials that are fitted end and those that are scored begin (forward).", "[0.5, 0.67, 0.8]"},
      {"evaluation.rivals",
       &evaluation.rivals,
       {.words = {"history_only", "drift_only", "shuffled_rewards", "q_learning", "pearce_hall"},
        .empty_list = true},
       "",
       "Rivals that are fitted beside the rule in cross-validation, where they apply: history covariates "
       "alone, the random walk of latent weights without a rule, the rule fitted to shuffled rewards, "
       "Q-learning with forgetting, bias and choice kernel, and the same with a learning rate that follows "
       "surprise "
       "(Pearce and Hall)."},
      {"evaluation.shuffles", &evaluation.shuffles, at_least(1), "draws",
       "Draws of shuffled rewards, whose scores are averaged."},
      {"evaluation.predictive_draws", &evaluation.predictive_draws, at_least(0), "simulations",
       "Simulations of each recorded session in closed loop under the fitted rule, against which its choices "
       "are checked; 0 checks nothing.",
       "200 where that takes about a second, else 0"},
      {"evaluation.assumptions", &evaluation.assumptions, anything(), "",
       "Whether the rule is also fitted, and cross-validated where it is, with other stimuli, noise, hidden "
       "neurons, eta, expected reward and initial weights, one changed at a time."},
      {"design.replicates", &c.design.replicates, at_least(1), "experiments",
       "Experiments that recover --like simulates and fits."},
      {"design.multiples", &c.design.multiples, at_least(1), "times the animals",
       "Sizes of experiment that recover --like tries: multiples of the animals in the data, each with the "
       "design of a recorded one."},
      {"run.threads", &run.threads, within(1, 1024), "threads", "Threads; results do not depend on it.",
       "all cores"},
      {"run.instruction_set", &run.instruction_set, anything(), "",
       "One of those that synfer --version lists, for the same bits on machines that have more: results "
       "differ "
       "by rounding. It holds for the whole process while the run lasts.",
       "the machine's best"},
      {"run.precision", &run.precision, one_of({"double", "single"}), "",
       "Numbers in which adam and lbfgs replay sessions with known stimuli: single takes about half the time "
       "and gives losses and gradients to about six digits; all else is in double. An error where nothing "
       "would be in single: with fisher, evidence or latent weights, or an MLP of several hidden layers."},
      {"run.progress", &run.progress, one_of({"automatic", "always", "never"}), "",
       "Progress line on standard error; automatic shows it on a terminal."},
      {"run.checkpoint_seconds", &run.checkpoint_seconds, above(0), "s",
       "Time between saved states from which a run can be resumed."},
  };
}

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

std::string bounds(const Allowed& allowed) {
  const bool below = std::isfinite(allowed.low);
  const bool over = std::isfinite(allowed.high);
  std::string text;
  if (below) text += fmt::format(" {} {}", allowed.low_excluded ? ">" : ">=", shortest(allowed.low));
  if (below && over) text += " and";
  if (over) text += fmt::format(" {} {}", allowed.high_excluded ? "<" : "<=", shortest(allowed.high));
  return text;
}

std::string alternatives(const Strings& words) {
  const std::span<const std::string> all = words;
  return join(all.first(all.size() - 1), ", ") + " or " + words.back();
}

template <typename T>
std::string kind_of_value(const Allowed& allowed) {
  const std::string some = allowed.empty_list ? "" : "one or more ";
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "a whole number from 0 to 18446744073709551615";
  if constexpr (std::is_same_v<T, int>) return "a whole number" + bounds(allowed);
  if constexpr (std::is_same_v<T, double>) return "a number" + bounds(allowed);
  if constexpr (std::is_same_v<T, std::string>)
    return allowed.words.empty() ? "text" : alternatives(allowed.words);
  if constexpr (std::is_same_v<T, std::vector<int>>)
    return "a list of " + some + "whole numbers" + bounds(allowed);
  if constexpr (std::is_same_v<T, std::vector<double>>) return "a number, or a list of " + some + "numbers";
  if constexpr (std::is_same_v<T, std::vector<std::vector<double>>>) {
    return "a list of one or more lists of numbers" + bounds(allowed);
  }
  if constexpr (std::is_same_v<T, Strings>) {
    if (allowed.words.empty()) return "a list of " + some + "names";
    return "a list of " + (some.empty() ? "" : some + "of ") + alternatives(allowed.words);
  }
}

Strings last_parts(const Strings& keys) {
  Strings parts;
  for (const std::string& key : keys) parts.push_back(key.substr(key.rfind('.') + 1));
  return parts;
}

}  // namespace

std::vector<Setting> settings_of(Configuration& configuration) {
  List all;
  for (auto* section :
       {data_settings, task_settings, network_settings, history_settings, rule_settings, fit_settings}) {
    List some = section(configuration);
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return all;
}

std::string allowed_text(const Setting& setting) {
  return std::visit(
      [&](auto* field) {
        using T = Unwrapped<std::remove_pointer_t<decltype(field)>>::type;
        return kind_of_value<T>(setting.allowed);
      },
      setting.field);
}

std::string nearest_key(std::string_view unknown, std::span<const Setting> settings) {
  Strings keys;
  for (const Setting& setting : settings) keys.push_back(setting.key);
  std::string whole = nearest(unknown, keys);
  const std::string_view last = unknown.substr(unknown.rfind('.') + 1);
  const Strings parts = last_parts(keys);
  // A key in the wrong section is closer in its last part than in the whole.
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (whole.empty() && parts[i] == last) return keys[i];
  }
  if (!whole.empty() || last.size() < 4) return whole;  // any two short words are close
  const std::string part = nearest(last, parts);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!part.empty() && parts[i] == part) return keys[i];
  }
  return whole;
}

}  // namespace synfer
