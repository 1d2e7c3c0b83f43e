// From settings to the objects that they describe: network, rules, task, objective, optimiser.
#pragma once

#include <string>
#include <vector>

#include "synfer/inference/fit.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/term.h"
#include "synfer/settings/configuration.h"
#include "synfer/simulation/simulate.h"

namespace synfer {

/// A rule with numbers: the one behind simulated data.
struct TrueRule {
  Rule rule;
  std::vector<double> theta;  // P
};

// All throw ConfigurationError with the key at fault.

Network network_of(const Configuration& c);

/// The network that a fit replays. Filtered, neurons whose initial weights are drawn alike and that are
/// read out alike stay alike in expectation, so that one stands for all of them, exactly.
Network fitted_network(const Configuration& c, DataOrigin origin);
/// How many neurons the network of a fit has one for: 1, or all that are alike. The weights of that one are
/// the mean of theirs, so that their sds are those of a single weight over the square root of this.
int neurons_in_one(const Configuration& c, DataOrigin origin);
Rule fitted_rule(const Configuration& c);
/// The same; an MLP that is fitted by the evidence sees x and r scaled by their RMS in these sessions and w
/// by the scale of the inputs, and is a rule_in_filter.
Rule fitted_rule(const Configuration& c, DataOrigin origin, std::span<const EncodedSession> sessions);
Rule fitted_mlp(const Configuration& c, std::vector<double> input_scale);
/// A rule as a filter carries its mean: an MLP that is fitted by the evidence on average over the stimulus
/// noise, any other as it is.
Rule rule_in_filter(const Configuration& c, DataOrigin origin, Rule rule);
/// The MLP that a rule is or averages; null where it is none.
const MlpRule* mlp_of(const Rule& rule);
TrueRule true_rule(const Configuration& c);
ExpectedReward expected_reward_of(const Configuration& c);
SimulationOptions simulation_options(const Configuration& c);

Method method_of(const Configuration& c, const Rule& rule);
Penalty penalty_of(const Configuration& c);
ObjectiveOptions objective_options(const Configuration& c, DataOrigin origin);

/// How a model treats stimuli and weights when it predicts choices.
BeliefOptions belief_options(const Configuration& c, DataOrigin origin);

/// Weights from which a fit replays a session whose own are not known to it: read from the file
/// that was given, or drawn from a seed of the fit's own; their mean, 0, where they are filtered.
Matrix assumed_initial_weights(const Configuration& c, DataOrigin origin, const std::string& animal,
                               const std::string& session);

/// Another draw of them, where they are drawn and not filtered.
Matrix redrawn_initial_weights(const Configuration& c, const std::string& animal, const std::string& session);

/// Whether a fit to simulated data gets the simulation's own initial weights.
bool knows_simulated_weights(const Configuration& c);

}  // namespace synfer
