// A belief over the weights, carried through a session: the recursion that every likelihood with
// curvature is made of.
//
// The animal saw x = mu + eps, eps ~ N(0, noise_sd^2), and nobody recorded eps. Filtered, the weights
// are latent: w ~ N(m, P). An offer's choice is scored by its probability averaged along the one line
// on which weights and noise move the logit (seven Gauss-Hermite nodes, with the exact network), and
// what the choice tells moves the belief; the weight change then carries mean and covariance on.
// Averaged, the weights are known given theta and the choice probability alone is averaged over the
// noise. Known: no noise at all, the plain replay. One recursion: without covariance and noise it is
// the plain replay to the last digits.
//
// P is kept between groups of neurons: neurons of one group move together (their common mode), each
// input a number. One group for all where initial weights are drawn alike, exact for neurons that stay
// alike; a group for each neuron is the dense covariance.
//
// With lanes, the slopes of everything in all parameters go along (forward sensitivities): what
// remains at each choice is a row of J, and J'J is the expected information. For a gradient alone of
// many initial weights, or of the dense filter, the adjoint (belief_adjoint.h) costs less.
//
// Source: docs/latent-weights.md.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/kernels/belief_slopes.h"

namespace synfer {

struct BeliefOptions {
  enum class Stimuli { kKnown, kAveraged, kFiltered };
  enum class Covariance { kCommon, kDense };
  enum class Order { kFirst, kSecond };

  Stimuli stimuli = Stimuli::kKnown;
  double noise_sd = 0.0;    // of every input at every offer; averaged and filtered
  double initial_sd = 0.0;  // of every weight before the first step; filtered
  double walk_sd = 0.0;     // of the random step of every weight after each change; filtered
  Covariance covariance = Covariance::kCommon;
  Order order = Order::kSecond;  // of what the filter knows of the choice and of the mean change
  double neurons_in_one = 1.0;   // how many alike ones a network's one neuron stands for
};

/// Whether choices tell of the weights: the belief is filtered, and a filter is known for so many offers.
/// Else the choice is averaged over the noise of filtered or averaged stimuli.
[[nodiscard]] bool learns_from_choices(const BeliefOptions& options, std::size_t offers);

/// BeliefValuesOf::apart: one of M neurons that share a common mode varies M - 1 times as much about the mean
/// of all as that mean does. 0 where every neuron has modes of its own.
[[nodiscard]] double apart_of(const BeliefOptions& options, const BeliefShape& shape);

/// Whether a drive may vary by so much besides the line that three nodes are too few for it: weights wander,
/// or differ at the start. Decided by what the belief is told, so that it stays the same throughout; by
/// reach_of() in whatever unit of the inputs.
[[nodiscard]] bool spreads_widely(const BeliefOptions& options, double reach);

/// Which parameters carry slopes: those of the rule first, then these, in this order.
struct BeliefLanes {
  bool any = false;         // false: values alone
  bool noise_sd = false;    // one lane, in log noise_sd
  bool walk_sd = false;     // one lane, in log walk_sd
  bool initial_sd = false;  // one lane, in log initial_sd
  std::size_t offset = 0;   // H lanes, of whatever is added to the logits
  bool initial = false;     // N M lanes, of the initial mean
};

/// Where each lane stands; -1: nowhere.
struct LanePlaces {
  LanePlaces() = default;
  LanePlaces(const BeliefLanes& lanes, std::size_t parameters, std::size_t cells);

  Eigen::Index noise_sd = -1, walk_sd = -1, initial_sd = -1;
  std::size_t offset = 0, offsets = 0;  // the first, their number
  std::size_t initial = 0, initials = 0;
  std::size_t count = 0;
};

struct BeliefSession;

/// How far weights may go in a session: 1e8 in the scale of its inputs, so that where they are held does not
/// depend on the unit of the inputs.
double reach_of(const EncodedSession& session);

class Belief {
 public:
  /// From the first step of a session on. @throws as below
  Belief(const BeliefSession& of, const BeliefLanes& lanes);

  /// @param theta    P
  /// @param initial  N x M, the mean before the first step
  /// @throws ConfigurationError (stimulus.in_fit) where the belief is filtered and the rule has no
  ///         second slopes.
  Belief(const Model& model, std::span<const double> theta, const Matrix& initial,
         const BeliefOptions& options, const BeliefLanes& lanes, std::size_t offers);

  /// log P(choice), and what it tells. x: K x N; choice: 0 or 1 for K = 1, the offer's index for
  /// K >= 2, or none. With three offers or more the first order averages the choice, which does not move the
  /// belief; so does the second with more than six.
  double observe(std::span<const double> x, int choice, const LogitOffset& offset = {});

  /// The weight change after the step just observed, from offer `learned` of it.
  void advance(std::size_t learned, double r);

  [[nodiscard]] std::size_t lanes() const { return lanes_.count; }
  /// Slopes of the latest log probability: one column.
  [[nodiscard]] const LaneArray& log_probability_slopes() const { return d_.log_p; }
  /// Rows whose outer products sum to the expected information of the latest choice: one a column.
  [[nodiscard]] const LaneArray& information_rows() const { return d_.rows; }

  /// y of the latest step's offers at the mean weights (K x M), and the slopes of one.
  [[nodiscard]] std::span<const double> activity() const { return now_.y; }
  /// out: one column.
  void activity_slopes(std::size_t offer, std::size_t neuron, LaneArray& out) const;
  /// Logits of the latest step's offers (K) at the mean weights and stimuli.
  [[nodiscard]] std::span<const double> logits() const { return now_.logits; }

  [[nodiscard]] const Matrix& mean() const { return now_.m; }
  [[nodiscard]] std::size_t groups() const { return now_.groups; }
  /// Between groups: (groups N) x (groups N), group by group, input by input.
  [[nodiscard]] const Matrix& covariance() const { return now_.p; }
  /// Of the weights of one of the neurons in one about their mean: N x N, or nothing.
  [[nodiscard]] const Matrix& covariance_apart() const { return now_.r; }
  [[nodiscard]] bool finite() const;
  /// Whether a weight went out of reach and was held there, its slopes and covariance 0: nothing
  /// that it does from there on tells rules apart.
  [[nodiscard]] bool held() const { return held_; }

 private:
  friend class BeliefPullBack;  // reads the latest step, and runs it again
  friend struct ManyValues;

  [[nodiscard]] static Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }
  [[nodiscard]] bool filtered() const { return options_.stimuli == BeliefOptions::Stimuli::kFiltered; }
  [[nodiscard]] static double offset_of(const LogitOffset& offset, std::size_t k) {
    return offset.value.empty() ? 0.0 : offset.value[k];
  }

  // Values: belief.cc and, from the weight change on, belief_change.cc; three offers and more: belief_many.cc
  // and, averaged, belief_offers.cc.
  void respond(std::span<const double> x);
  double observe_known(int choice, const LogitOffset& offset);
  double observe_known_offers(int choice, const LogitOffset& offset);
  double observe_averaged_offers(int choice, const LogitOffset& offset);
  void averaged_offers_slopes();
  void prepare_many();
  double observe_many(int choice, const LogitOffset& offset);
  void advance_many(double r);
  void find_line();
  double observe_along_line(int choice, const LogitOffset& offset);
  void move();
  /// From here on keeps what the adjoint reads of a step.
  void keep_slopes();
  /// Where theta_slopes_ holds those of a synapse.
  [[nodiscard]] Lanes* theta_lanes(std::size_t i, std::size_t j);
  [[nodiscard]] ThetaSlopes theta_slopes(std::size_t i, std::size_t j);
  void change_weights(double r);
  void change_covariance();
  void change_covariance_apart();
  /// The mean of g beyond g at the means, of the synapses of neuron j: writes their spread and the slopes of
  /// the mean change.
  void find_mean_above(std::size_t j, double y, double y1, double y2, double r);
  void hold_within_reach();

  // Their slopes, where lines are few; the others are kernels/belief_slopes.h.
  void prepare_slopes(const BeliefLanes& lanes);
  void take_offset_slopes(const LogitOffset& offset);
  void logit_slopes(std::size_t k, LaneArray& out) const;
  void line_slopes();

  const Model& model_;
  std::span<const double> theta_;
  BeliefOptions options_;

  BeliefValues now_;
  bool held_ = false;
  std::vector<std::size_t> held_at_;  // the weights just held, ij
  bool sloped_ = false;               // whether slopes at nodes and of g are wanted
  bool kept_ = false;                 // whether those of g are kept for every synapse
  // dg/dtheta and, by x, y and w, its slopes, each padded to whole blocks: of the inputs of the latest
  // neuron, or N x M where they are kept.
  std::vector<Lanes> theta_slopes_;

  LanePlaces lanes_;
  BeliefSlopes d_;
};

}  // namespace synfer
