#include "synfer/analysis/drawn_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/scaled_information.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

constexpr double kMostShift = 0.5;  // standard errors

bool takes_a_draw_for_known(const Configuration& c, DataOrigin origin, const Estimation& estimation) {
  const std::string& kind = c.network.initial_weights.kind;
  return estimation.objective.options().initial_weights == ObjectiveOptions::InitialWeights::kFixed &&
         (kind == "normal" || kind == "fan_in") && initial_weight_sd(c) > 0 &&
         stimulus_in_fit(c, origin) != "filtered";
}

}  // namespace

void judge_drawn_weights(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                         const Curvature& curvature, RunResult& result) {
  if (!takes_a_draw_for_known(c, origin, estimation)) return;
  const Objective& objective = estimation.objective;
  std::vector<Matrix> anew;
  for (const EncodedSession& session : objective.data())
    anew.push_back(redrawn_initial_weights(c, session.animal, session.name));
  std::vector<char> held(objective.parameters(), 0);
  for (std::size_t p = 0; p < result.estimates.size(); ++p)
    held[p] = static_cast<char>(!result.estimates[p].status.empty());
  const ScaledInformation information = scaled_information(curvature.information, held);
  const std::vector<double>& at = estimation.fit.best.parameters;
  double most = 0.0;
  std::size_t term = 0;
  try {
    const Vector slope =
        objective.with_initial_weights(std::move(anew)).curvature(at, {}).gradient - curvature.gradient;
    const Matrix covariance = information.covariance();
    const Vector step = covariance * slope(information.parameters);
    for (std::size_t n = 0; n < information.parameters.size(); ++n) {
      const auto p = static_cast<Eigen::Index>(n);
      const double shift = std::abs(step[p]) / std::sqrt(covariance(p, p));
      if (information.parameters[n] >= objective.rule_parameters() || !(shift > most)) continue;
      most = shift;
      term = information.parameters[n];
    }
  } catch (const NonFiniteError&) {
    most = INFINITY;  // the farthest that an answer can move
  }
  if (!(most > kMostShift)) return;
  const std::string shift = std::isfinite(most) ? fmt::format("{} moves by {:.2g} standard errors",
                                                              result.estimates[term].name, most)
                                                : "weights overflow";
  add_note(result, "depends_on_draw", {{"shift", shift}});
}

}  // namespace synfer
