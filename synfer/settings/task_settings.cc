// Settings of simulated tasks and of stimuli.
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> task_settings(Configuration& c) {
  TaskSettings& task = c.task;
  StimulusSettings& stimulus = c.stimulus;
  return {
      {"task.kind", &task.kind, one_of({"accept_reject", "choice", "neural"}), "",
       "Simulated task: one odour at a time to accept or reject, a choice among odours, or a layer "
       "driven by Gaussian input without choices."},
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
       "How a fit treats stimulus noise: weights are latent and filtered, the choice probability is "
       "averaged over the noise, a fresh draw, the mean, or the simulation's own draw (an error for "
       "recorded data; the default for simulated neurons).",
       "mean for recorded data; filtered for simulated, resampled with adam"},
      {"stimulus.estimate_noise_sd", &stimulus.estimate_noise_sd, anything(), "",
       "Whether stimulus.noise_sd is only a start, and the noise estimated (averaged or filtered)."},
  };
}

}  // namespace synfer
