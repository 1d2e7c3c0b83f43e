// Settings of the fit, of its intervals and scores, and of the run.
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> fit_settings(Configuration& c) {
  FitSettings& fit = c.fit;
  EvaluationSettings& evaluation = c.evaluation;
  RunSettings& run = c.run;
  return {
      {"fit.observe", &fit.observe, one_of({"behavior", "neural", "both"}), "",
       "What the rule must explain: choices, recordings, or both."},
      {"fit.method", &fit.method, one_of({"fisher", "evidence", "adam", "lbfgs"}), "",
       "Optimiser: fisher (Fisher scoring, with standard errors), evidence (priors as wide as the "
       "evidence says: MLPs, and terms that are nearly collinear, without intervals), adam (one session "
       "a step, the published recipe, whose starts and steps are in the unit of the data) or lbfgs (many "
       "parameters).",
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
       "terms fitted to choices by fisher look for the best optimum by themselves (docs/selection.md); 4 "
       "for an MLP by evidence and for terms fitted to recordings of neurons or from a given start, 1 "
       "otherwise"},
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
       "How a fit to recorded data is scored on what it never saw: each animal left out in turn, groups "
       "of animals, or later trials of every session; automatic takes leave_one_out for 3 to 20 animals, "
       "grouped for more, and none where another method than fisher would take long. Animals are left "
       "out whole, whatever data.held_out is."},
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
       "Q-learning with forgetting, bias and choice kernel, and the same with a learning rate that "
       "follows surprise (Pearce and Hall)."},
      {"evaluation.shuffles", &evaluation.shuffles, at_least(1), "draws",
       "Draws of shuffled rewards, whose scores are averaged."},
      {"evaluation.predictive_draws", &evaluation.predictive_draws, at_least(0), "simulations",
       "Simulations of each recorded session in closed loop under the fitted rule, against which its "
       "choices are checked; 0 checks nothing.",
       "200 where that takes about a second, else 0"},
      {"evaluation.assumptions", &evaluation.assumptions, anything(), "",
       "Whether the rule is also fitted, and cross-validated where it is, with other stimuli, noise, "
       "hidden neurons, eta, expected reward and initial weights, one changed at a time."},
      {"design.replicates", &c.design.replicates, at_least(1), "experiments",
       "Experiments that recover --like simulates and fits."},
      {"design.multiples", &c.design.multiples, at_least(1), "times the animals",
       "Sizes of experiment that recover --like tries: multiples of the animals in the data, each with "
       "the design of a recorded one."},
      {"run.threads", &run.threads, within(1, 1024), "threads", "Threads; results do not depend on it.",
       "all cores"},
      {"run.instruction_set", &run.instruction_set, anything(), "",
       "One of those that synfer --version lists, for the same bits on machines that have more: results "
       "differ by rounding. It holds for the whole process while the run lasts.",
       "the machine's best"},
      {"run.precision", &run.precision, one_of({"double", "single"}), "",
       "Numbers in which adam and lbfgs replay sessions with known stimuli: single takes about half the "
       "time and gives losses and gradients to about six digits; all else is in double. An error where "
       "nothing would be in single: with fisher, evidence or latent weights, or an MLP of several hidden "
       "layers."},
      {"run.progress", &run.progress, one_of({"automatic", "always", "never"}), "",
       "Progress line on standard error; automatic shows it on a terminal."},
      {"run.checkpoint_seconds", &run.checkpoint_seconds, above(0), "s",
       "Time between saved states from which a run can be resumed."},
  };
}

}  // namespace synfer
