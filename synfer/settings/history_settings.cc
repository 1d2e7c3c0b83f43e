// Settings of what stands beside a rule: history covariates, and the structures that are searched.
#include "synfer/model/history.h"
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> history_settings(Configuration& c) {
  return {
      {"history.covariates",
       &c.history.covariates,
       {.words = covariate_names(), .empty_list = true},
       "",
       "What the history of choices adds to the logit, with coefficients and rates that are estimated: a "
       "bias, rejections so far in the trial, averages of the animal's own accepts, a choice kernel.",
       "all that suit what is fitted, sessions simulated before too; none with adam, none in recover"},
      {"history.session_bias", &c.history.session_bias, anything(), "",
       "Whether each session has a bias of its own, with a Gaussian prior whose sd the evidence finds; 0 "
       "in sessions that were not fitted."},
      {"structures.search", &c.structures.search, one_of({"automatic", "always", "none"}), "",
       "Whether fit searches what the settings leave open beside the rule, on held-out choices: a hidden "
       "layer, the expected reward, covariates, drift, and weights carried over, those of which no "
       "setting is given. automatic searches where no rule.terms are given either, always with them too; "
       "none (--quick) takes the settings as they stand."},
  };
}

}  // namespace synfer
