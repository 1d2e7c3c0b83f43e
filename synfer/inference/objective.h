// What a fit makes small: the negative log likelihood of what was observed, in nats an observation.
//
// Choices: as DESIGN, -log P(choice). Recordings with Gaussian noise of sd sigma: half the squared
// error over sigma^2 plus n log sigma; where sigma is estimated, its best value leaves
// (n/2) log(squared error / n). Both: choices + weight times recordings.
//
// Stimuli are known, a fresh draw, or noisy: then choices are averaged over the noise, or the weights
// are latent and filtered (synfer/replay/belief.h).
//
// Parameters are those of the rule, followed by the logs of what is estimated of the belief (noise_sd,
// walk_sd, initial_sd), those of history covariates (synfer/model/history.h), a bias for each session,
// and the initial weights where these are estimated. The priors of covariates and biases are part of
// what is made small.
//
// First order (adam, lbfgs): nats an observation. Second order (fisher_scoring.h): CurvedLikelihood.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/inference/curvature.h"
#include "synfer/model/data_scale.h"
#include "synfer/model/encoding.h"
#include "synfer/model/history.h"
#include "synfer/model/model.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/replay.h"

namespace synfer {

/// Synapses at the moments of their changes.
using Visits = std::vector<Synapse>;

enum class Observe { kBehavior, kNeural, kBoth };

struct ObjectiveOptions {
  enum class InitialWeights { kFixed, kEstimatedShared, kEstimatedPerSession };

  Observe observe = Observe::kBehavior;
  std::optional<double> sigma = {};  // of recordings; estimated unless given
  double recording_weight = 1.0;     // where both are observed
  InitialWeights initial_weights = InitialWeights::kFixed;
  // Of a Gaussian prior around 0 of those estimated per session.
  double initial_weights_sd = std::numeric_limits<double>::infinity();
  // Whether these are integrated out where that sd is finite: objective_integral.cc. Second order alone.
  bool integrate_initial_weights = false;
  double resampling_sd = 0.0;      // > 0: stimuli are fresh draws with this noise, one a replicate
  BeliefOptions belief = {};       // known stimuli unless set
  bool estimate_noise_sd = false;  // these start from what the belief has
  bool estimate_walk_sd = false;
  bool estimate_initial_sd = false;
  std::vector<std::string> covariates = {};  // of the history, added to the logits
  bool session_bias = false;  // added to the logit (K = 1), to that of the second offer (K = 2)
  double session_bias_sd = std::numeric_limits<double>::infinity();  // of its Gaussian prior around 0
  std::uint64_t seed = 1;                                            // of the draws
  // Of the replays behind loss_and_gradient(), known stimuli alone; second order is in double in any case.
  Precision precision = Precision::kDouble;
};

class Objective : public CurvedLikelihood {
 public:
  /// @param initial  one N x M matrix a session; their start where they are estimated (the first
  ///                 one where they are shared)
  /// @throws ConfigurationError where there is nothing to observe, where history covariates or the bias of a
  ///         session do not suit the data, or where single precision is asked for and would not be used.
  Objective(Model model, std::vector<EncodedSession> sessions, std::vector<Matrix> initial,
            ObjectiveOptions options);

  [[nodiscard]] const Model& model() const { return model_; }
  /// The same data under another rule; they are shared, not copied.
  [[nodiscard]] Objective with_rule(Rule rule) const;
  /// The same from other initial weights, or other starts of theirs.
  [[nodiscard]] Objective with_initial_weights(std::vector<Matrix> initial) const;
  /// The same with this sd of the prior of session biases.
  [[nodiscard]] Objective with_session_bias_sd(double sd) const;
  /// The same in another scale of inputs and rewards: equal values, at parameters that go over into these by
  /// parameter_scale.h.
  [[nodiscard]] Objective in_scale(const DataScale& scale) const;
  /// The same, of the first so much of the trials of each session that are scored, at least one; the whole
  /// where these hold no choice.
  [[nodiscard]] Objective first_trials(double share) const;
  /// The same data and history under weights of 0 that never change: the rival history_only. Its rule is
  /// the term 1, of which 0 is the only value that means this.
  [[nodiscard]] Objective history_only() const;

  [[nodiscard]] const ObjectiveOptions& options() const { return options_; }
  [[nodiscard]] const std::vector<EncodedSession>& data() const { return *sessions_; }
  [[nodiscard]] std::size_t sessions() const override { return sessions_->size(); }
  [[nodiscard]] std::size_t rule_parameters() const { return model_.rule.parameters(); }
  [[nodiscard]] std::size_t parameters() const override;
  /// Those of the rule as it names them; "log noise_sd", ...; "history.bias", "logit history.choice_kernel
  /// rate", ...; "history.session_bias_0", ...; "w0_0", "w0_1", ...
  [[nodiscard]] std::vector<std::string> parameter_names() const;
  [[nodiscard]] const History& history() const { return history_; }
  /// The first parameter of the history, and the first session bias after it; session_biases() of them.
  [[nodiscard]] std::size_t history_offset() const { return rule_parameters() + estimated_sds(); }
  [[nodiscard]] std::size_t session_bias_offset() const { return history_offset() + history().lanes(); }
  [[nodiscard]] double session_bias_sd() const { return options_.session_bias_sd; }
  [[nodiscard]] std::size_t session_biases() const { return options_.session_bias ? sessions() : 0; }
  /// Scored choices and recorded values.
  [[nodiscard]] std::size_t observations() const override;

  /// All parameters at the start of a fit that starts from `theta` (rule_parameters()).
  [[nodiscard]] std::vector<double> start_from(std::span<const double> theta) const;

  /// The initial weights (N x M) of a session under these parameters.
  [[nodiscard]] Matrix initial_weights(std::span<const double> parameters, std::size_t session) const;

  /// What a session's history and bias add to its logits; nothing without either. Slopes have the lanes of
  /// the history, then one of the bias.
  [[nodiscard]] LogitOffsets offsets(std::span<const double> parameters, std::size_t session) const;

  /// Nats an observation, over all sessions or one alone; `gradient` (parameters()) is overwritten. In
  /// options().precision.
  /// A `replicate` names one draw of resampled stimuli. Sessions run in parallel and are summed in
  /// order, so that results do not depend on threads.
  /// @throws NonFiniteError of the first session where a trajectory overflows.
  double loss_and_gradient(std::span<const double> parameters, std::uint64_t replicate,
                           std::span<double> gradient) const;
  double loss_and_gradient_of(std::size_t session, std::span<const double> parameters,
                              std::uint64_t replicate, std::span<double> gradient) const;

  /// The belief's options under these parameters.
  [[nodiscard]] BeliefOptions belief(std::span<const double> parameters) const;

  /// Nats of the data alone, without the priors: what scores on other sessions are made of.
  [[nodiscard]] double data_nll(std::span<const double> parameters, std::span<const double> weights) const;

  // Second order: objective_curvature.cc. Resampled stimuli are one fixed draw. Where recordings alone
  // are observed the gradient is the adjoint's and the information may come from every n-th recorded
  // neuron, scaled up, so that it costs about as much as a few gradients.
  [[nodiscard]] double nll(std::span<const double> parameters,
                           std::span<const double> weights) const override;
  [[nodiscard]] Curvature curvature(std::span<const double> parameters,
                                    std::span<const double> weights) const override;

  /// About `most` of the synapses that change in a session under these parameters, evenly spread.
  [[nodiscard]] Visits visits(std::span<const double> parameters, std::size_t session,
                              std::size_t most) const;
  /// The same of whole neurons: the synapses of a neuron at one change, all inputs, follow one another.
  [[nodiscard]] Visits visits_of_neurons(std::span<const double> parameters, std::size_t session,
                                         std::size_t most) const;

  /// The sd of recordings' noise: what was given, or its best value under these parameters.
  [[nodiscard]] double sigma(std::span<const double> parameters) const;

 private:
  struct Part {
    SessionLoss loss;
    std::vector<double> gradient;
  };

  double over(std::span<const std::size_t> sessions, std::span<const double> parameters,
              std::uint64_t replicate, std::span<double> gradient) const;
  std::vector<Part> replays(std::span<const std::size_t> sessions, std::span<const double> parameters,
                            std::uint64_t replicate, const std::optional<LossSlopes>& slopes) const;
  // Of one session, with known stimuli, or by the belief over weights from choices alone.
  Part replayed(std::size_t session, std::span<const double> parameters, std::uint64_t replicate,
                const std::optional<LossSlopes>& slopes) const;
  Part believed(std::size_t session, std::span<const double> parameters,
                const std::optional<LossSlopes>& slopes) const;
  // Of a sum over sessions; `recorded` is a sum of weights where sessions are weighted.
  [[nodiscard]] double nll(const SessionLoss& total, double recorded) const;
  [[nodiscard]] LossSlopes slopes(const SessionLoss& total, double recorded) const;
  [[nodiscard]] std::size_t weights_offset(std::size_t session) const;
  [[nodiscard]] std::size_t estimated_sds() const;
  [[nodiscard]] std::size_t offset_lanes() const;
  void check_history() const;
  [[nodiscard]] BeliefLanes lanes() const;
  // Of history parameters and, where their sds are finite, of session biases and of each session's initial
  // weights.
  struct Prior {
    std::size_t parameter;
    double mean, sd;
    std::optional<std::size_t> session;  // a prior of its own session counts as often as the session
  };
  [[nodiscard]] std::vector<Prior> priors() const;
  [[nodiscard]] SessionLoss loss_of(std::size_t session, std::span<const double> parameters) const;
  // Whether the information may be that of every n-th recorded neuron.
  [[nodiscard]] bool samples_neurons(std::span<const double> parameters) const;
  [[nodiscard]] SessionCurvature curvature_of(std::size_t session, std::span<const double> parameters) const;
  // The same of at most at_once() sessions side by side (synfer/replay/belief_block.h).
  struct Beliefs;
  [[nodiscard]] std::size_t at_once(std::span<const double> parameters, const BeliefLanes& lanes) const;
  [[nodiscard]] std::vector<SessionLoss> losses_of(std::span<const std::size_t> sessions,
                                                   std::span<const double> parameters) const;
  [[nodiscard]] std::vector<SessionCurvature> curvatures_of(std::span<const std::size_t> sessions,
                                                            std::span<const double> parameters) const;
  [[nodiscard]] bool integrates_weights() const;
  // The integral over initial weights, to a curvature that holds all else. `parts`: S.
  void add_integral(std::span<const double> parameters, std::span<const double> weights,
                    std::span<const SessionCurvature> parts, const LossSlopes& slope,
                    Curvature& curvature) const;
  /// From the lanes of one session to all parameters.
  [[nodiscard]] std::vector<std::size_t> places_of(std::size_t session) const;

  Model model_;
  std::shared_ptr<const std::vector<EncodedSession>> sessions_;
  std::vector<Matrix> initial_;
  ObjectiveOptions options_;
  History history_;
  std::vector<std::size_t> observed_;  // a session
};

}  // namespace synfer
