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

#include <array>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"
#include "synfer/replay/gauss_hermite.h"

namespace synfer {

struct BeliefOptions {
  enum class Stimuli { kKnown, kAveraged, kFiltered };
  enum class Covariance { kCommon, kDense };

  Stimuli stimuli = Stimuli::kKnown;
  double noise_sd = 0.0;    // of every input at every offer; averaged and filtered
  double initial_sd = 0.0;  // of every weight before the first step; filtered
  double walk_sd = 0.0;     // of the random step of every weight after each change; filtered
  Covariance covariance = Covariance::kCommon;
};

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

class Belief {
 public:
  using Slopes = Eigen::ArrayXXd;  // one column a quantity, one row a lane

  /// @param theta    P
  /// @param initial  N x M, the mean before the first step
  /// @throws ConfigurationError (stimulus.in_fit) where the belief is filtered and the rule has no
  ///         second slopes.
  Belief(const Model& model, std::span<const double> theta, const Matrix& initial,
         const BeliefOptions& options, const BeliefLanes& lanes, std::size_t offers);

  /// log P(choice), and what it tells. x: K x N; choice: 0 or 1 for K = 1, the offer's index for
  /// K >= 2, or none. With three offers or more the choice is averaged, and does not move the belief.
  double observe(std::span<const double> x, int choice, const LogitOffset& offset = {});

  /// The weight change after the step just observed, from offer `learned` of it.
  void advance(std::size_t learned, double r);

  [[nodiscard]] std::size_t lanes() const { return lanes_.count; }
  /// Slopes of the latest log probability: lanes().
  [[nodiscard]] const Eigen::ArrayXd& log_probability_slopes() const { return d_log_p_; }
  /// Rows whose outer products sum to the expected information of the latest choice: one a column.
  [[nodiscard]] const Slopes& information_rows() const { return rows_; }

  /// y of the latest step's offers at the mean weights, and its slopes: column k M + j.
  [[nodiscard]] std::span<const double> activity() const { return y_; }
  void activity_slopes(std::size_t offer, std::size_t neuron, Eigen::ArrayXd& out) const;
  /// Logits of the latest step's offers (K) at the mean weights and stimuli.
  [[nodiscard]] std::span<const double> logits() const { return logits_; }

  [[nodiscard]] const Matrix& mean() const { return m_; }
  [[nodiscard]] std::size_t groups() const { return groups_; }
  /// Between groups: (groups N) x (groups N), group by group, input by input.
  [[nodiscard]] const Matrix& covariance() const { return p_; }
  [[nodiscard]] bool finite() const;
  /// Whether a weight went out of reach (1e8) and was held there, its slopes and covariance 0: nothing
  /// that it does from there on tells rules apart.
  [[nodiscard]] bool held() const { return held_; }

 private:
  friend class BeliefPullBack;  // reads the latest step, and runs it again

  [[nodiscard]] static Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }
  [[nodiscard]] std::size_t ij(std::size_t i, std::size_t j) const { return i * neurons_ + j; }
  [[nodiscard]] std::size_t gi(std::size_t j, std::size_t i) const { return group_[j] * inputs_ + i; }
  [[nodiscard]] bool filtered() const { return options_.stimuli == BeliefOptions::Stimuli::kFiltered; }
  /// Of two offers the difference of logits is what counts.
  [[nodiscard]] double sign(std::size_t k) const { return offers_ == 2 && k == 0 ? -1.0 : 1.0; }
  [[nodiscard]] static double offset_of(const LogitOffset& offset, std::size_t k) {
    return offset.value.empty() ? 0.0 : offset.value[k];
  }

  // Values: belief.cc and, from the weight change on, belief_change.cc; three offers and more:
  // belief_offers.cc.
  void respond(std::span<const double> x);
  double observe_known(int choice, const LogitOffset& offset);
  double observe_known_offers(int choice, const LogitOffset& offset);
  double observe_averaged_offers(int choice, const LogitOffset& offset);
  void averaged_offers_slopes(const LogitOffset& offset);
  void find_line();
  double observe_along_line(int choice, const LogitOffset& offset);
  void move(double alpha, double kappa);
  /// From here on keeps what the adjoint reads of a step.
  void keep_slopes();
  /// What theta_slopes_ holds of a synapse.
  [[nodiscard]] ThetaSlopes theta_slopes(std::size_t i, std::size_t j);
  void change_weights(double r);
  void apply_f(const Matrix& p, Matrix& out) const;
  void change_covariance();
  void hold_within_reach();

  // Their slopes, line by line: belief_slopes.cc.
  void prepare_slopes(const BeliefLanes& lanes);
  void respond_slopes();
  void add_offset_slopes(const LogitOffset& offset, std::size_t k, double factor, Eigen::ArrayXd& to) const;
  void add_logit_slopes(std::size_t k, double factor, const LogitOffset& offset, Eigen::ArrayXd& to) const;
  void line_slopes(const LogitOffset& offset);
  void move_slopes();
  void learned_offer_slopes();
  void clear_change_slopes();
  void learned_response_slopes(std::size_t j, double y1, double y2);
  void synapse_slopes(std::size_t i, std::size_t j, const SecondSlopes& s, const ThetaSlopes& by_theta,
                      double y1);
  void gain_slopes(std::size_t j);
  void apply_f(const Slopes& p, std::size_t columns, Slopes& out);
  void add_f_slopes(const double* p, std::size_t columns, std::size_t column, Slopes& to);
  void change_covariance_slopes();

  const Model& model_;
  std::span<const double> theta_;
  BeliefOptions options_;
  std::size_t inputs_, neurons_, offers_, groups_;
  std::size_t modes_;               // D = groups x N where filtered, 0 otherwise
  std::vector<std::size_t> group_;  // M
  std::vector<double> share_;       // M: 1 / neurons of its group

  // The belief.
  Matrix m_;  // N x M
  Matrix p_;  // D x D
  bool held_ = false;

  // The latest observation.
  std::vector<double> x_;                // K x N
  std::vector<double> z_, y_, y1_, y2_;  // K x M: z, f(z), f'(z), f''(z)
  std::vector<double> logits_;           // K
  std::vector<double> a_, pa_, u_;       // D: dL/dw, P a, P a / sd
  std::vector<double> b_, v_;            // K x N: dL/dx, noise_sd^2 b / sd
  std::vector<double> c1_, c2_;          // K x M: z along the line is z + c1 t + c2 t^2
  std::vector<double> node_at_;          // nodes: t
  std::vector<double> slope_at_node_;    // nodes x K x M: sign b_j f'(z) there
  std::array<double, kNodes> h_{};       // d log Z / dL at a node
  double first_ = 0.0, second_ = 0.0;    // E[t], E[t^2] given the choice
  std::vector<double> norm_;             // K: |b_k|; this and the next with three offers and more
  std::vector<double> p_choice_;         // K
  std::vector<double> by_logit_;         // K x K x nodes: dp_c / dL_k at a node
  bool along_line_ = false;              // whether the choice was averaged along the line
  double variance_ = 0.0, sd_ = 0.0;     // of the logit
  double alpha_ = 0.0, kappa_ = 0.0;     // t given the choice: mean alpha, variance 1 + kappa
  bool moved_ = false;                   // whether the choice moved the belief

  // The latest weight change.
  std::size_t learned_ = 0;
  std::vector<double> xh_;                 // N: what the learned offer is believed to have been
  std::vector<double> phi_, gamma_, psi_;  // D
  std::vector<double> gamma_ij_;           // N x M
  Matrix g_;                               // D x N
  Matrix fp_;                              // D x D
  std::vector<double> fu_, gv_;            // D
  bool sloped_ = false;                    // whether slopes at nodes and of g are wanted
  bool kept_ = false;                      // whether those of g are kept for every synapse
  std::vector<SecondSlopes> g_slopes_;     // N x M
  std::vector<double> theta_slopes_;       // 4 P, or N x M x 4 P where they are kept
  std::vector<std::size_t> held_at_;       // the weights just held, ij

  // Slopes. Those of a matrix stand row by row.
  LanePlaces lanes_;
  Slopes dm_, dp_, dz_, da_, dpa_, du_, db_, dv_, rows_;
  Slopes dxh_, dchange_, dphi_, dgamma_, dpsi_, dgamma_ij_, dg_, dfp_, dfu_, dgv_;
  Eigen::ArrayXd d_log_p_, d_logit_, d_sd_, d_alpha_, d_kappa_, d_y_, d_y1_, t1_, t2_;
};

}  // namespace synfer
