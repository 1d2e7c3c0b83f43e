#include "synfer/replay/non_finite.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/model/plastic_layer.h"

namespace synfer {
namespace {

// The parameter p with the largest |theta_p dg/dtheta_p| at a synapse: for a Taylor rule its
// largest term. What is not a number is larger than all.
std::string largest_share(const Rule& rule, std::span<const double> theta, const Synapse& at) {
  std::vector<double> slopes(theta.size());
  rule.slopes(at, theta, slopes);
  std::size_t largest = 0;
  double most = -1.0;
  for (std::size_t p = 0; p < theta.size(); ++p) {
    const double share = std::abs(theta[p] * slopes[p]);
    if (share > most || std::isnan(share)) {
      largest = p;
      most = share;
    }
    if (std::isnan(share)) break;
  }
  return rule.parameter_names()[largest];
}

// The synapse with the first weight that is not finite after the change, or else the largest one.
Synapse synapse_at_fault(const Matrix& before, const Matrix& after, std::span<const double> x,
                         std::span<const double> y, double r) {
  Eigen::Index row = 0;
  Eigen::Index column = 0;
  double most = -1.0;
  for (Eigen::Index i = 0; i < after.rows(); ++i) {
    for (Eigen::Index j = 0; j < after.cols(); ++j) {
      const double size = std::isfinite(after(i, j)) ? std::abs(after(i, j)) : INFINITY;
      if (size > most) {
        most = size;
        row = i;
        column = j;
      }
    }
  }
  return {x[static_cast<std::size_t>(row)], y[static_cast<std::size_t>(column)], before(row, column), r};
}

}  // namespace

void refuse_non_finite_replay(const Model& model, std::span<const double> theta,
                              const EncodedSession& session, const Matrix& initial, double largest) {
  PlasticLayer layer(model.network, model.rule, {theta.begin(), theta.end()}, initial);
  const auto inputs = static_cast<std::size_t>(session.inputs);
  const auto offers = static_cast<std::size_t>(session.offers);
  std::string last_term = "initial weights";
  const auto refuse = [&](std::size_t t, const char* quantity) {
    throw NonFiniteError(session.animal, session.name, t, last_term, quantity);
  };
  const auto finite = [&](double v) { return std::abs(v) <= largest; };
  const auto weights_finite = [&] { return std::ranges::all_of(layer.weights().reshaped(), finite); };
  if (!weights_finite()) refuse(0, "weight");
  for (std::size_t t = 0; t < session.steps(); ++t) {
    std::vector<double> learned_y;
    for (std::size_t k = 0; k < offers; ++k) {
      const std::span x = std::span(session.x).subspan((t * offers + k) * inputs, inputs);
      const std::span<const double> y = layer.activity(x);
      if (!finite(layer.logit(y))) refuse(t, "logit");
      if (session.learns[t] != 0 && k == session.learned_offer(t)) learned_y.assign(y.begin(), y.end());
    }
    if (session.learns[t] == 0) continue;
    const std::span x =
        std::span(session.x).subspan((t * offers + session.learned_offer(t)) * inputs, inputs);
    const Matrix before = layer.weights();
    layer.change(x, learned_y, session.r[t]);
    last_term = largest_share(model.rule, theta,
                              synapse_at_fault(before, layer.weights(), x, learned_y, session.r[t]));
    if (!weights_finite()) refuse(t, "weight");
  }
}

void refuse_non_finite_adjoint(const Model& model, const EncodedSession& session, std::size_t t,
                               std::span<const double> w_bar, std::span<const double> theta_bar) {
  const auto finite = [](double v) { return std::isfinite(v); };
  const auto bad = std::ranges::find_if_not(theta_bar, finite);
  if (bad == theta_bar.end() && std::ranges::all_of(w_bar, finite)) return;
  // Where the weights' adjoint overflows first, the parameters' largest one names the term.
  const auto at = bad != theta_bar.end()
                      ? bad
                      : std::ranges::max_element(theta_bar, {}, [](double v) { return std::abs(v); });
  throw NonFiniteError(session.animal, session.name, t,
                       model.rule.parameter_names()[static_cast<std::size_t>(at - theta_bar.begin())],
                       "adjoint");
}

}  // namespace synfer
