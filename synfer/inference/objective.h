// What a fit makes small: the negative log likelihood of what was observed, in nats an observation.
//
// Choices: as DESIGN, -log P(choice). Recordings with Gaussian noise of sd sigma: half the squared
// error over sigma^2 plus n log sigma; where sigma is estimated, its best value leaves
// (n/2) log(squared error / n). Both: choices + weight times recordings.
//
// Parameters are those of the rule, followed by the initial weights where these are estimated.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"
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
  double resampling_sd = 0.0;  // > 0: stimuli are fresh draws with this noise, one a replicate
  std::uint64_t seed = 1;      // of the draws
};

class Objective {
 public:
  /// @param initial  one N x M matrix a session; their start where they are estimated (the first
  ///                 one where they are shared)
  /// @throws ConfigurationError where there is nothing to observe.
  Objective(Model model, std::vector<EncodedSession> sessions, std::vector<Matrix> initial,
            ObjectiveOptions options);

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] std::size_t rule_parameters() const { return model_.rule.parameters(); }
  [[nodiscard]] std::size_t parameters() const;
  /// Scored choices and recorded values.
  [[nodiscard]] std::size_t observations() const;

  /// All parameters at the start of a fit that starts from `theta` (rule_parameters()).
  [[nodiscard]] std::vector<double> start_from(std::span<const double> theta) const;

  /// The initial weights (N x M) of a session under these parameters.
  [[nodiscard]] Matrix initial_weights(std::span<const double> parameters, std::size_t session) const;

  /// Nats an observation, over all sessions or one alone; `gradient` (parameters()) is overwritten.
  /// A `replicate` names one draw of resampled stimuli. Sessions run in parallel and are summed in
  /// order, so that results do not depend on threads.
  /// @throws NonFiniteError of the first session where a trajectory overflows.
  double loss_and_gradient(std::span<const double> parameters, std::uint64_t replicate,
                           std::span<double> gradient) const;
  double loss_and_gradient_of(std::size_t session, std::span<const double> parameters,
                              std::uint64_t replicate, std::span<double> gradient) const;

  /// About `most` of the synapses that change in a session under these parameters, evenly spread.
  [[nodiscard]] Visits visits(std::span<const double> parameters, std::size_t session,
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
                            std::uint64_t replicate, std::optional<LossSlopes> slopes) const;
  [[nodiscard]] double nll(const SessionLoss& total) const;
  [[nodiscard]] LossSlopes slopes(const SessionLoss& total) const;
  [[nodiscard]] std::size_t weights_offset(std::size_t session) const;

  Model model_;
  std::vector<EncodedSession> sessions_;
  std::vector<Matrix> initial_;
  ObjectiveOptions options_;
  std::vector<std::size_t> observed_;  // a session
};

}  // namespace synfer
