// The belief's recursion backward, a step at a time: each block pulls the slopes of the session's
// choice_nll back through the forward lines that it quotes. A name with _bar is the slope in that
// quantity. P is symmetric, and so is p_bar: d choice_nll = sum_de p_bar_de dP_de.
#pragma once

#include <span>
#include <vector>

#include "synfer/replay/curvature.h"
#include "synfer/replay/tape.h"

namespace synfer {

class BeliefPullBack {
 public:
  /// Starts behind the last step, where all slopes are 0. gradient: as in belief_adjoint.h.
  BeliefPullBack(const BeliefSession& of, const BeliefLanes& lanes, std::span<double> gradient);

  /// From behind step t to before it, given the belief there. m: N M; p: D D; r: N N where the belief has it.
  void through_step(std::size_t t, std::span<const double> m, std::span<const double> p,
                    std::span<const double> r);

  /// From before the first step to what the belief starts from.
  void to_start();

 private:
  using MatrixMap = Eigen::Map<const Matrix>;

  [[nodiscard]] static Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }
  [[nodiscard]] static Eigen::Map<const Vector> vector(std::span<const double> of) {
    return {of.data(), index(of.size())};
  }

  // What was learned: belief_pull_back_change.cc.
  void change();
  void change_covariance();
  void change_covariance_apart();
  void change_weights();
  void mean_above();

  // Three offers and more: belief_pull_back_many.cc.
  void many_offers(std::size_t t, double log_p_bar, const MatrixMap& m, const MatrixMap& p,
                   const MatrixMap& r);

  // What was observed: belief_pull_back.cc.
  void move();
  void line_nodes(double log_p_bar);
  void averaged_offers_nodes(std::size_t choice, double log_p_bar);
  void logits(std::size_t t, double log_p_bar);
  void nodes(const MatrixMap& m);
  void residuals(const MatrixMap& m, const MatrixMap& p, const MatrixMap& r);
  void line(const MatrixMap& p);
  void averaged_offers_line();
  void logit_slopes(const MatrixMap& m);
  void respond();
  void add_to(Eigen::Index lane, double slope);

  const BeliefSession& of_;
  LanePlaces places_;
  std::span<double> gradient_;
  Belief step_;  // the step, run again
  double sd2_;   // noise_sd^2

  Matrix m_bar_;  // N x M
  Matrix p_bar_;  // D x D
  Matrix r_bar_;  // N x N, or nothing
  double alpha_bar_ = 0.0, kappa_bar_ = 0.0;
  Vector u_bar_, a_bar_, phi_bar_, gamma_bar_, psi_bar_;  // D
  Vector v_bar_, b_bar_;                                  // K N
  Vector xh_bar_;                                         // N
  Matrix f_bar_;                                          // D x N: group by group, the diagonal blocks of F
  Matrix g_bar_;                                          // D x N
  Vector z_bar_, c1_bar_, c2_bar_;                        // K M
  std::vector<double> node_bar_;                          // K x nodes, of the logits there
  std::vector<double> logit_bar_;                         // K, of the offset too
  Matrix believed_;                                       // N x M: m once the choice was told
  Matrix believed_covariance_;                            // D x D: P there
  Matrix apart_;                                          // N x N: R there
  std::vector<Spread> spread_bars_;                       // N x M
  Tape tape_;
};

}  // namespace synfer
