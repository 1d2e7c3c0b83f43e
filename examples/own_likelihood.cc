// A likelihood of your own: any model with a value, a gradient and an expected information is a
// CurvedLikelihood, and gets Fisher scoring, standard errors and selection as a plasticity rule does.
//
// Here: win-stay, lose-shift, which has no synapses at all. Of two offers, with s the stimulus of offer k,
//
//   logit_k = won [s was chosen last and paid] + lost [s was chosen last and did not pay]
//
// The program holds the gradient against central differences, as you should with yours, simulates animals
// whose synapses learn, and asks how much of their choices two such numbers explain.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <span>
#include <utility>
#include <vector>

#include "synfer/inference/fisher_scoring.h"
#include "synfer/inference/uncertainty.h"
#include "synfer/model/likelihood.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/simulation/simulate.h"

namespace {

constexpr std::size_t kParameters = 2;  // won, lost
constexpr std::size_t kOffers = 2;

class WinStayLoseShift final : public synfer::CurvedLikelihood {
 public:
  explicit WinStayLoseShift(std::vector<synfer::Session> sessions) : sessions_(std::move(sessions)) {}

  [[nodiscard]] std::size_t parameters() const override { return kParameters; }
  [[nodiscard]] std::size_t sessions() const override { return sessions_.size(); }
  [[nodiscard]] std::size_t observations() const override {
    std::size_t choices = 0;
    for (const synfer::Session& session : sessions_) {
      for (std::size_t t = 0; t < session.steps(); ++t) choices += scored(session, t) ? 1 : 0;
    }
    return choices;
  }
  [[nodiscard]] double nll(std::span<const double> parameters,
                           std::span<const double> weights) const override {
    return curvature(parameters, weights).nll;
  }

  // With features f_k of offer k and p its probability: the gradient is sum_k (p_k - [k chosen]) f_k, the
  // information the variance of the features under p.
  [[nodiscard]] synfer::Curvature curvature(std::span<const double> parameters,
                                            std::span<const double> weights) const override {
    synfer::Curvature total;
    total.gradient = synfer::Vector::Zero(kParameters);
    total.information = synfer::Matrix::Zero(kParameters, kParameters);
    total.session_gradients = synfer::Matrix::Zero(static_cast<Eigen::Index>(sessions()), kParameters);
    total.session_nll = synfer::Vector::Zero(static_cast<Eigen::Index>(sessions()));
    for (std::size_t s = 0; s < sessions(); ++s) {
      const auto row = static_cast<Eigen::Index>(s);
      const double weight = weights.empty() ? 1.0 : weights[s];
      const synfer::Session& session = sessions_[s];
      for (std::size_t t = 0; t < session.steps(); ++t) {
        if (!scored(session, t)) continue;
        const Features f = features(session, t);
        std::array<double, kOffers> logits = {};
        for (std::size_t k = 0; k < kOffers; ++k)
          logits[k] = f[k][0] * parameters[0] + f[k][1] * parameters[1];
        const double log_p = synfer::log_choice(logits, session.choice[t]);

        synfer::Vector mean = synfer::Vector::Zero(kParameters);
        synfer::Vector of_chosen = synfer::Vector::Zero(kParameters);
        for (std::size_t k = 0; k < kOffers; ++k) {
          const Eigen::Map<const Eigen::Vector2d> of_offer(f[k].data());
          const double p = std::exp(synfer::log_choice(logits, static_cast<int>(k)));
          mean += p * of_offer;
          total.information += weight * p * of_offer * of_offer.transpose();
          if (static_cast<int>(k) == session.choice[t]) of_chosen = of_offer;
        }
        total.information -= weight * mean * mean.transpose();
        total.session_gradients.row(row) += mean - of_chosen;
        total.session_nll[row] -= log_p;
      }
      total.nll += weight * total.session_nll[row];
      total.gradient += weight * total.session_gradients.row(row).transpose();
    }
    return total;
  }

 private:
  using Features = std::array<std::array<double, kParameters>, kOffers>;

  // The first choice has no past; without a choice there is nothing to stay with, or to score.
  static bool scored(const synfer::Session& session, std::size_t t) {
    return t > 0 && session.choice[t] != synfer::kNoChoice && session.choice[t - 1] != synfer::kNoChoice;
  }

  static Features features(const synfer::Session& session, std::size_t t) {
    const auto last = (t - 1) * kOffers + static_cast<std::size_t>(session.choice[t - 1]);
    const bool paid = session.reward[t - 1] > 0;
    Features found = {};
    for (std::size_t k = 0; k < kOffers; ++k) {
      if (session.stimulus[t * kOffers + k] == session.stimulus[last])
        found[k] = {paid ? 1.0 : 0.0, paid ? 0.0 : 1.0};
    }
    return found;
  }

  std::vector<synfer::Session> sessions_;
};

// The largest difference of the gradient from central differences of the value, beside the gradient.
double gradient_error(const synfer::CurvedLikelihood& likelihood, const std::vector<double>& at) {
  const synfer::Vector gradient = likelihood.curvature(at, {}).gradient;
  double error = 0;
  for (std::size_t p = 0; p < at.size(); ++p) {
    const double h = 1e-5;
    std::vector<double> beside = at;
    beside[p] = at[p] + h;
    const double above = likelihood.nll(beside, {});
    beside[p] = at[p] - h;
    const double slope = (above - likelihood.nll(beside, {})) / (2 * h);
    error = std::max(error, std::abs(slope - gradient[static_cast<Eigen::Index>(p)]));
  }
  return error / gradient.norm();
}

bool run() {
  const synfer::Model model{synfer::network_with_hidden_layer(2, 10, synfer::Activation{}),
                            synfer::TaylorRule({{.x = 1, .r = 1}})};
  const std::vector<double> truth = {1.0};
  synfer::SimulationOptions options;
  options.task = synfer::ChoiceTask{};
  std::vector<synfer::Session> sessions;
  for (const synfer::SimulatedSession& simulated : synfer::simulate(options, model, truth, 10, "animal")) {
    sessions.push_back(simulated.session);
  }

  const WinStayLoseShift likelihood(std::move(sessions));
  const double error = gradient_error(likelihood, {0.3, -0.2});
  std::printf("gradient: relative error against central differences %.1e\n", error);

  const synfer::FisherSummary fitted = synfer::minimise_curved(likelihood, {}, {}, {.parameters = {0, 0}});
  std::printf("%s: %s\n", synfer::to_string(fitted.state).c_str(), fitted.advice.c_str());
  const synfer::Uncertainty found =
      synfer::uncertainty({.likelihood = likelihood, .parameters = fitted.at.parameters}, {});
  for (std::size_t p = 0; p < kParameters; ++p) {
    std::printf("%-4s %6.3f +- %.3f\n", p == 0 ? "won" : "lost", found.intervals[p].estimate,
                found.intervals[p].standard_error);
  }
  const double null = likelihood.nll(std::vector<double>{0, 0}, {});
  const double explained = 100 * (1 - fitted.curvature.nll / null);
  std::printf("%.1f %% of the deviance of a coin flip\n", explained);
  // Animals that learn from reward stay where they were paid more than where they were not.
  return error < 1e-8 && fitted.state == synfer::FitState::kConverged &&
         found.intervals[0].low > found.intervals[1].high && explained > 0;
}

}  // namespace

int main() try { return run() ? 0 : 1; } catch (const std::exception& error) {
  std::fprintf(stderr, "own_likelihood: %s\n", error.what());
  return 1;
}
