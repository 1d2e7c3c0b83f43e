// From an objective to a rule: terms selected where that is asked for, then the fit.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synfer/inference/alias_classes.h"
#include "synfer/inference/fit.h"
#include "synfer/inference/parameter_scale.h"
#include "synfer/inference/selection.h"
#include "synfer/inference/unseen_terms.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/term_search.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// A fit is made in the scale of its data (synfer/model/data_scale.h); what is reported is in their unit.
struct Estimation {
  Objective objective;  // of the rule that was fitted
  FitSummary fit;       // its best parameters are in the unit; progress and traces stay in the scale
  DataScale data_scale;
  Objective in_scale;        // what was fitted
  ParameterScale scale;      // between the parameters of the two
  std::vector<char> frozen;  // a rule parameter each
  std::vector<Bounds> bounds;
  std::optional<TermSearch> search;
  AliasClasses aliases;  // terms that are one on the data, and terms that never vary
  CommonChanges common_changes = CommonChanges::kSeen;
  std::vector<Term> unseen =
      {};  // by choices: held at their start, or no candidates where terms are selected
};

struct EstimationHooks {
  std::function<bool()> interrupted = [] { return false; };
  /// As FitHooks::after; one call at a time, from any thread.
  std::function<void(const FitProgress&, long total)> after_step = [](const FitProgress&, long) {};
  std::function<void(std::size_t terms, int most, double criterion)> after_size = [](std::size_t, int,
                                                                                     double) {};
};

/// @param objective  over all candidate terms, where terms are selected; over the rule otherwise
Estimation estimate(const Configuration& c, DataOrigin origin, const Objective& objective,
                    FitProgress progress, const EstimationHooks& hooks);

/// Value, habit, forgetting of all or of the chosen, and rates that differ between gains and losses.
const std::vector<std::string>& common_learner_terms();

/// Over all candidate terms, where terms are selected; over the rule otherwise.
Objective objective_of(const Configuration& c, DataOrigin origin, ReplayData data);

/// The scale in which these settings are fitted to an objective's data: 1 for adam, which is as published,
/// and for an MLP without priors; of the rewards alone for an MLP whose output is bounded.
DataScale fit_scale(const Configuration& c, const Objective& objective);

/// How the rule of an objective is fitted: with the evidence of session biases, where there are any.
Method method_for(const Configuration& c, const Objective& objective);

/// Animal of each session, numbered in the order in which they come.
std::vector<std::size_t> animals_of(const std::vector<EncodedSession>& sessions);

}  // namespace synfer
