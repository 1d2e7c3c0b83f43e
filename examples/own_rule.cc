// A rule of your own: any type with parameter names, g and the slopes of g is a PlasticityRule, and
// is simulated, replayed and fitted like those that come with the library. With second slopes it is
// a CurvedRule too, and the filter over latent weights can use it.
//
// Here: reward-modulated covariance that fades as a synapse grows strong, in either sign,
//
//   g = rate x r exp(-fading w^2)
//
// which no finite Taylor rule is. The program checks its second slopes and its gradient against
// central differences, as you should with yours, simulates sessions under it, and fits both
// parameters back from the choices.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "synfer/inference/fit.h"
#include "synfer/model/rule.h"
#include "synfer/replay/replay.h"
#include "synfer/simulation/simulate.h"

namespace {

struct FadingCovariance {
  [[nodiscard]] std::vector<std::string> parameter_names() const { return {"rate", "fading"}; }

  [[nodiscard]] double change(const synfer::Synapse& at, std::span<const double> theta) const {
    return theta[0] * at.x * at.r * std::exp(-theta[1] * at.w * at.w);
  }

  // Returns dg/dx, dg/dy, dg/dw; writes dg/drate, dg/dfading.
  synfer::Slopes slopes(const synfer::Synapse& at, std::span<const double> theta,
                        std::span<double> theta_slopes) const {
    const double s = std::exp(-theta[1] * at.w * at.w);
    const double g = theta[0] * at.x * at.r * s;
    theta_slopes[0] = at.x * at.r * s;
    theta_slopes[1] = -at.w * at.w * g;
    return {.x = theta[0] * at.r * s, .y = 0, .w = -2 * theta[1] * at.w * g};
  }

  // Only for the filter over latent weights; leave it out where you do not need that.
  synfer::SecondSlopes second_slopes(const synfer::Synapse& at, std::span<const double> theta,
                                     const synfer::ThetaSlopes& out) const {
    const double s = std::exp(-theta[1] * at.w * at.w);
    const double g = theta[0] * at.x * at.r * s;
    const double g_x = theta[0] * at.r * s;
    const double fade = -2 * theta[1] * at.w;  // ds/dw = fade s
    out.g[0] = at.x * at.r * s;
    out.g[1] = -at.w * at.w * g;
    out.x[0] = at.r * s;
    out.x[1] = -at.w * at.w * g_x;
    out.y[0] = 0;
    out.y[1] = 0;
    out.w[0] = fade * out.g[0];
    out.w[1] = fade * out.g[1] - 2 * at.w * g;
    return {.x = g_x, .w = fade * g, .xw = fade * g_x, .ww = (fade * fade - 2 * theta[1]) * g};
  }
};

static_assert(synfer::CurvedRule<FadingCovariance>);

// The largest difference of the rule's second slopes at a synapse from central differences of its slopes.
double second_slope_error(const synfer::Rule& rule, const synfer::Synapse& at,
                          const std::vector<double>& theta) {
  const std::size_t parameters = theta.size();
  std::vector<double> g(parameters), x(parameters), y(parameters), w(parameters), unused(parameters);
  const synfer::SecondSlopes second = rule.second_slopes(at, theta, {.g = g, .x = x, .y = y, .w = w});
  const double h = 1e-5;
  double error = 0;
  const auto compare = [&](const synfer::Slopes& above, const synfer::Slopes& below, double in_x, double in_y,
                           double in_w) {
    error = std::max({error, std::abs((above.x - below.x) / (2 * h) - in_x),
                      std::abs((above.y - below.y) / (2 * h) - in_y),
                      std::abs((above.w - below.w) / (2 * h) - in_w)});
  };
  const auto slopes = [&](double dx, double dy, double dw) {
    return rule.slopes({at.x + dx, at.y + dy, at.w + dw, at.r}, theta, unused);
  };
  compare(slopes(h, 0, 0), slopes(-h, 0, 0), second.xx, second.xy, second.xw);
  compare(slopes(0, h, 0), slopes(0, -h, 0), second.xy, second.yy, second.yw);
  compare(slopes(0, 0, h), slopes(0, 0, -h), second.xw, second.yw, second.ww);
  for (std::size_t p = 0; p < parameters; ++p) {
    std::vector<double> above = theta;
    std::vector<double> below = theta;
    above[p] += h;
    below[p] -= h;
    compare(rule.slopes(at, above, unused), rule.slopes(at, below, unused), x[p], y[p], w[p]);
  }
  return error;
}

// The largest relative difference of the adjoint's gradient from central differences of the loss.
double gradient_error(const synfer::Model& model, const std::vector<double>& theta,
                      const synfer::EncodedSession& session, const synfer::Matrix& initial) {
  std::vector<double> gradient(theta.size());
  synfer::session_loss_and_gradient(model, theta, session, initial, {}, gradient);
  double error = 0;
  for (std::size_t p = 0; p < theta.size(); ++p) {
    const double h = 1e-5;
    std::vector<double> beside = theta;
    beside[p] = theta[p] + h;
    const double above = synfer::session_loss(model, beside, session, initial).choice_nll;
    beside[p] = theta[p] - h;
    const double below = synfer::session_loss(model, beside, session, initial).choice_nll;
    error = std::max(error, std::abs((above - below) / (2 * h) - gradient[p]) / std::abs(gradient[p]));
  }
  return error;
}

bool run() {
  const synfer::Model model{synfer::network_with_hidden_layer(2, 10, synfer::Activation{}),
                            FadingCovariance{}};
  const std::vector<double> truth = {1.0, 5.0};

  const double second_error = second_slope_error(model.rule, {.x = 0.7, .y = 0.4, .w = 0.3, .r = 0.6}, truth);
  std::printf("second slopes: error against central differences %.1e\n", second_error);

  synfer::SimulationOptions options;
  options.seed = 5;
  options.stimulus_noise_sd = 0;  // the fit below then sees what the animal saw
  std::vector<synfer::EncodedSession> sessions;
  std::vector<synfer::Matrix> initial;
  for (const synfer::SimulatedSession& simulated : synfer::simulate(options, model, truth, 20, "animal")) {
    sessions.push_back(synfer::encode(simulated.session, model.network.inputs, options.stimulus_mean,
                                      options.expected_reward));
    initial.push_back(simulated.initial_weights);
  }

  const std::vector<double> start = {0.3, 0.5};
  const double error = gradient_error(model, start, sessions.front(), initial.front());
  std::printf("gradient: relative error against central differences %.1e\n", error);

  const synfer::Objective objective(model, sessions, initial, {});
  const synfer::FitProblem problem = {
      .objective = objective, .penalty = {synfer::Penalty::Kind::kNone, 0}, .frozen = {0, 0}};
  const synfer::FitSummary fitted = synfer::fit(problem, synfer::LbfgsOptions{}, {start});
  std::printf("%s: %s\n", synfer::to_string(fitted.state).c_str(), fitted.advice.c_str());
  bool close = true;
  for (std::size_t p = 0; p < truth.size(); ++p) {
    const double estimate = fitted.best.parameters[p];
    std::printf("%-6s true %.3f estimate %.3f\n", model.rule.parameter_names()[p].c_str(), truth[p],
                estimate);
    close = close && std::abs(estimate - truth[p]) < 0.2 * truth[p];
  }
  return second_error < 1e-8 && error < 1e-6 && close;
}

}  // namespace

int main() try { return run() ? 0 : 1; } catch (const std::exception& error) {
  std::fprintf(stderr, "own_rule: %s\n", error.what());
  return 1;
}
