#include "synfer/analysis/certainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "synfer/analysis/belief_bias.h"
#include "synfer/analysis/belief_check.h"
#include "synfer/analysis/drawn_weights.h"
#include "synfer/analysis/mlp_reading.h"
#include "synfer/analysis/warnings.h"
#include "synfer/base/error.h"
#include "synfer/inference/uncertainty.h"
#include "synfer/model/likelihood.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

UncertaintyMethod method_named(const std::string& name) {
  if (name == "clustered") return UncertaintyMethod::kClustered;
  if (name == "profile") return UncertaintyMethod::kProfile;
  if (name == "session_bootstrap") return UncertaintyMethod::kSessionBootstrap;
  if (name == "parametric_bootstrap") return UncertaintyMethod::kParametricBootstrap;
  return UncertaintyMethod::kInformation;
}

// In the scale of the data, as all that is fitted.
FisherProblem refit_problem(const Estimation& estimation) {
  FisherProblem problem;
  problem.penalised = estimation.objective.rule_parameters();
  problem.bounds = estimation.scale.in_scale(estimation.bounds);
  problem.frozen = estimation.frozen;
  return problem;
}

Refit refit_of(const Estimation& estimation) {
  return [&estimation](std::span<const double> start, std::span<const double> weights,
                       std::span<const char> frozen) {
    FisherProblem problem = refit_problem(estimation);
    if (!frozen.empty()) problem.frozen.assign(frozen.begin(), frozen.end());
    problem.session_weights.assign(weights.begin(), weights.end());
    const FisherSummary end =
        minimise_curved(estimation.in_scale, problem, {}, {.parameters = estimation.scale.in_scale(start)});
    if (end.state == FitState::kDiverged) return std::vector<double>(start.size(), NAN);
    return estimation.scale.in_unit(end.at.parameters);
  };
}

// The simulation's options, with what was estimated in place of the settings.
SimulationOptions estimated_experiment(const Configuration& c, const Estimation& estimation) {
  SimulationOptions options = simulation_options(c);
  const std::vector<double>& at = estimation.fit.best.parameters;
  const BeliefOptions belief = estimation.objective.belief(at);
  if (c.stimulus.estimate_noise_sd) options.stimulus_noise_sd = belief.noise_sd;
  if (c.belief.estimate_initial_sd) {
    options.initial_weights = {InitialWeights::Kind::kNormal,
                               belief.initial_sd * std::sqrt(neurons_in_one(c, DataOrigin::simulated))};
  }
  const InitialWeightSettings& weights = c.network.initial_weights;
  if (weights.kind == "estimated" && !weights.per_session) {
    options.given_weights = estimation.objective.initial_weights(at, 0);
  }
  return options;
}

// The same experiment simulated anew under the fitted rule, and the same rule fitted to it.
SimulatedRefit simulated_refit_of(const Configuration& c, const Estimation& estimation) {
  return [&c, &estimation](std::size_t replicate) -> std::optional<std::vector<double>> {
    const Objective& objective = estimation.objective;
    const std::vector<double>& fitted = estimation.fit.best.parameters;
    const std::span<const double> theta = std::span(fitted).first(objective.rule_parameters());
    try {
      const std::vector<SimulatedSession> simulated =
          simulate(estimated_experiment(c, estimation), {network_of(c), objective.model().rule}, theta,
                   c.data.sessions, fmt::format("bootstrap {} ", replicate));
      ReplayData data = as_in_fit(c, simulated);
      const Objective anew(objective.model(), std::move(data.sessions), std::move(data.initial),
                           objective_options(c, DataOrigin::simulated));
      const FisherSummary end =
          minimise_curved(anew.in_scale(estimation.data_scale), refit_problem(estimation), {},
                          {.parameters = estimation.scale.in_scale(fitted)});
      if (end.state == FitState::kDiverged) return std::nullopt;
      return estimation.scale.in_unit(end.at.parameters);
    } catch (const NonFiniteError&) {
      return std::nullopt;
    }
  };
}

// Parameters that rest where they end: at a bound, or the logarithm of an sd that may as well be 0.
struct AtEnd {
  std::vector<char> any;   // P
  std::vector<char> none;  // P; sds of which none was found
};

// Nats that an sd must be worth.
constexpr double kWorth = 0.05;

AtEnd at_end(const Estimation& estimation) {
  const std::vector<double>& at = estimation.fit.best.parameters;
  AtEnd found{std::vector<char>(at.size(), 0), std::vector<char>(at.size(), 0)};
  for (std::size_t p = 0; p < estimation.bounds.size(); ++p) {
    found.any[p] = static_cast<char>(at[p] <= estimation.bounds[p].low || at[p] >= estimation.bounds[p].high);
  }
  const std::vector<std::string> names = estimation.objective.parameter_names();
  for (std::size_t p = 0; p < names.size(); ++p) {
    if (names[p] != "log walk_sd" && names[p] != "log initial_sd") continue;
    std::vector<double> scaled = estimation.scale.in_scale(at);
    const double with = estimation.in_scale.nll(scaled, {});
    scaled[p] = std::log(1e-12);
    const double worth = estimation.in_scale.nll(scaled, {}) - with;
    found.any[p] = found.none[p] = static_cast<char>(worth < kWorth);
  }
  return found;
}

// False where a bootstrap was interrupted.
bool add_intervals(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                   const Curvature& curvature, const AtEnd& ends, const std::function<bool()>& interrupted,
                   RunResult& result) {
  const UncertaintyMethod method = method_named(c.uncertainty.method);
  FittedLikelihood fitted{estimation.objective, estimation.fit.best.parameters};
  fitted.frozen = estimation.frozen;
  fitted.frozen.resize(fitted.parameters.size(), 0);
  fitted.at_bound = ends.any;
  for (const EncodedSession& session : estimation.objective.data()) fitted.animals.push_back(session.animal);
  fitted.refit = refit_of(estimation);
  if (origin == DataOrigin::simulated) fitted.simulated_refit = simulated_refit_of(c, estimation);
  fitted.curvature = &curvature;
  fitted.interrupted = interrupted;
  UncertaintyOptions options = {method, c.uncertainty.level, static_cast<std::size_t>(c.uncertainty.draws),
                                c.seed};
  // Few choices and weak recordings leave no quadratic likelihood; recordings that are too many to be looked
  // at whole do.
  if (method == UncertaintyMethod::kInformation && !curvature.sampled)
    options.checked = result.estimates.size();
  const Uncertainty found = uncertainty(fitted, options);
  if (found.interrupted) return false;

  result.intervals = {c.uncertainty.method, c.uncertainty.level, in_words(found)};
  if (!found.gave_way.empty()) {
    std::vector<std::string> names;
    for (const std::size_t p : found.gave_way) names.push_back(result.estimates[p].name);
    result.intervals.note += fmt::format(
        "; of {} from the profile likelihood, whose ends lie off by more than a tenth", first_of(names));
  }
  if (estimation.search) {
    result.intervals.note += "; as if the terms had been given: what selection adds is not in them";
  }
  if (curvature.sampled) result.intervals.note += "; the information is that of some neurons, scaled up";
  const auto put = [](Estimate& e, const Interval& interval) {
    const bool open = std::isinf(interval.standard_error);  // which is no number to keep
    e.standard_error = open ? NAN : interval.standard_error;
    e.low = open ? NAN : interval.low;
    e.high = open ? NAN : interval.high;
    if (interval.status != IntervalStatus::kEstimated) e.status = to_string(interval.status);
  };
  for (std::size_t p = 0; p < result.estimates.size(); ++p) {
    put(result.estimates[p], found.intervals[p]);
    // What is left of the start is no finding.
    if (found.intervals[p].status == IntervalStatus::kNoEffect) result.estimates[p].value = 0.0;
  }
  for (std::size_t n = 0; n < result.others.size(); ++n) {
    const std::size_t p = result.estimates.size() + n;
    const Interval& of_log = found.intervals[p];
    Estimate& e = result.others[n];
    put(e,
        {of_log.estimate, e.value * of_log.standard_error, e.value * std::exp(of_log.low - of_log.estimate),
         e.value * std::exp(of_log.high - of_log.estimate), of_log.status});
    if (ends.none[p] != 0) e.status = kNoneFound;
  }
  for (std::size_t h = 0; h < result.history.size(); ++h) {
    const Objective& objective = estimation.objective;
    Interval of = found.intervals[objective.history_offset() + h];
    Estimate& e = result.history[h];
    if (objective.history().parameters()[h].is_rate) {  // estimated as its logit
      of.standard_error *= e.value * (1.0 - e.value);
      of.low = sigmoid(of.low);
      of.high = sigmoid(of.high);
    }
    put(e, of);
  }
  return true;
}

// Terms of the rule that choices cannot see were held: their coefficients are no findings.
void mark_unseen(const Estimation& estimation, std::vector<Estimate>& estimates) {
  if (estimation.search) return;  // they were no candidates
  for (const Term& term : estimation.unseen) {
    Estimate& e = *std::ranges::find(estimates, to_string(term), &Estimate::name);
    e = {.name = e.name, .value = e.value, .status = to_string(IntervalStatus::kUnidentified)};
  }
}

// Sensitivities (inputs x neurons x parameters) of a session beyond which curvature is left to the methods
// that need it.
constexpr double kMostSensitivities = 1e7;

// At the estimate, where the fit's method has it or it costs little.
std::optional<Curvature> curvature_at_estimate(const Configuration& c, const Estimation& estimation) {
  const Objective& objective = estimation.objective;
  if (!second_order(c)) {
    const Model& model = objective.model();
    const double cost = static_cast<double>(objective.parameters()) * model.network.inputs *
                        static_cast<double>(model.network.neurons);
    if (c.rule.kind == "mlp" || cost > kMostSensitivities) return std::nullopt;
  }
  try {
    return objective.curvature(estimation.fit.best.parameters, {});
  } catch (const NonFiniteError&) {
    return std::nullopt;
  }
}

// Frozen, at an end, or at 0 by a penalty.
std::vector<char> held_parameters(const Configuration& c, const Estimation& estimation, const AtEnd& ends) {
  std::vector<char> held = ends.any;
  const bool sparse = penalty_kind(c) == "l1";
  for (std::size_t p = 0; p < estimation.objective.rule_parameters(); ++p) {
    const bool frozen = p < estimation.frozen.size() && estimation.frozen[p] != 0;
    if (frozen || (sparse && estimation.fit.best.parameters[p] == 0.0)) held[p] = 1;
  }
  // Nobody asks what tells one session's bias from the rest.
  for (std::size_t s = 0; s < estimation.objective.session_biases(); ++s)
    held[estimation.objective.session_bias_offset() + s] = 1;
  return held;
}

// Why there are no intervals; empty where there are.
std::string without_intervals(const Configuration& c) {
  if (fit_method(c) == "evidence")
    return "no intervals: priors draw estimates to 0, so that none would be honest; fit.method=fisher gives "
           "them";
  if (fit_method(c) != "fisher") return "no intervals: fit.method=fisher gives them";
  if (penalty_kind(c) != "none" && c.fit.penalty.weight > 0) {
    return "no intervals: a penalty draws estimates to 0; set fit.penalty.kind=none";
  }
  return "";
}

bool has_intervals(const Configuration& c) {
  return c.rule.kind == "taylor" && c.uncertainty.method != "none" && without_intervals(c).empty();
}

}  // namespace

void check_uncertainty(const Configuration& c, DataOrigin origin,
                       const std::vector<EncodedSession>& sessions) {
  if (!has_intervals(c)) return;
  const std::string& method = c.uncertainty.method;
  const auto refuse = [&](const std::string& why) {
    throw ConfigurationError("uncertainty.method", fmt::format("found {}, {}", method, why));
  };
  if (method == "parametric_bootstrap" && origin == DataOrigin::recorded) {
    refuse(
        "which simulates the experiment anew and is for recover; use session_bootstrap or clustered, or "
        "profile for one animal");
  }
  if (method == "parametric_bootstrap" && (c.belief.walk_sd > 0 || c.belief.estimate_walk_sd)) {
    refuse(
        "but simulations have no random walk of weights (belief.walk_sd); use session_bootstrap or "
        "clustered");
  }
  const std::vector<std::size_t> animals = animals_of(sessions);
  if ((method == "clustered" || method == "session_bootstrap") &&
      std::ranges::count(animals, animals.front()) == std::ssize(animals)) {
    refuse(
        "but the data are of one animal, which does not show how animals differ; use information or profile");
  }
}

std::vector<Estimate> rule_estimates(const Configuration& c, DataOrigin origin,
                                     const Estimation& estimation) {
  RunResult result;
  const std::vector<std::string>& names = estimation.objective.model().rule.parameter_names();
  for (std::size_t p = 0; p < names.size(); ++p)
    result.estimates.push_back({.name = names[p], .value = estimation.fit.best.parameters[p]});
  const std::optional<Curvature> curvature =
      has_intervals(c) ? curvature_at_estimate(c, estimation) : std::nullopt;
  if (curvature)
    add_intervals(c, origin, estimation, *curvature, at_end(estimation), [] { return false; }, result);
  mark_unseen(estimation, result.estimates);
  return result.estimates;
}

bool state_certainty(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                     const std::function<bool()>& interrupted, RunResult& result) {
  const bool mlp = c.rule.kind == "mlp";
  if (mlp) result.reading = read_mlp(c, origin, estimation, interrupted);
  if (interrupted()) return false;
  const std::optional<Curvature> curvature = curvature_at_estimate(c, estimation);
  result.intervals = {"none", c.uncertainty.level,
                      mlp || c.uncertainty.method == "none" ? "" : without_intervals(c)};
  const AtEnd ends = at_end(estimation);
  if (has_intervals(c) && curvature &&
      !add_intervals(c, origin, estimation, *curvature, ends, interrupted, result)) {
    return false;
  }
  mark_unseen(estimation, result.estimates);
  if (learns_from_choices(belief_options(c, origin),
                          static_cast<std::size_t>(estimation.objective.data().front().offers))) {
    result.belief_check = check_belief(
        estimation.in_scale, estimation.scale.in_scale(estimation.fit.best.parameters), {.seed = c.seed});
    if (curvature && !mlp) {
      result.belief_check->bias = belief_bias(
          estimation.objective, estimation.fit.best.parameters,
          scaled_information(curvature->information, held_parameters(c, estimation, ends)), {.seed = c.seed});
    }
  }
  if (curvature && !mlp) {
    result.identifiability = identifiability(curvature->information, estimation.objective.parameter_names(),
                                             held_parameters(c, estimation, ends));
  }
  if (curvature && !mlp) judge_drawn_weights(c, origin, estimation, *curvature, result);
  add_warnings(c, origin, estimation, curvature ? &*curvature : nullptr, result);
  return true;
}

}  // namespace synfer
