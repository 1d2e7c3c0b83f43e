// Settings of the network, of the belief over its weights, of recordings and of the expected reward.
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> network_settings(Configuration& c) {
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
       "given (by a file, or to the fit by the simulation), or estimated by the fit. A fit of recordings "
       "by fisher estimates drawn ones per session and integrates them out over the prior that they are "
       "drawn from, where they are 40 or fewer."},
      {"network.initial_weights.sd", &weights.sd, at_least(0), "weight",
       "Standard deviation of initial weights (normal, fan_in, and the start of estimated).",
       "0.01, or 1 / sqrt(network.inputs) with fan_in, as for inputs of 0.75; in the unit of the inputs"},
      {"network.initial_weights.per_session", &weights.per_session, anything(), "",
       "Whether estimated initial weights are one matrix for each session instead of a shared one."},
      {"network.initial_weights.file", &weights.file, anything(), "",
       "CSV file with given initial weights, one row an input and one column a neuron.",
       "a fit to simulated data gets the simulation's own"},
      {"belief.covariance", &c.belief.covariance, one_of({"automatic", "common", "dense"}), "",
       "Covariance of latent weights: one mode for all neurons of an input, or all weights with all "
       "others; automatic takes dense for at most 40 weights that are not alike."},
      {"belief.order", &c.belief.order, one_of({"second", "first"}), "",
       "What the filter knows of a choice and of the mean weight change: to second order, which is "
       "without bias where the logit bends, or to first, as before."},
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

}  // namespace synfer
