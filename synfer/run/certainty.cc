#include "synfer/run/certainty.h"

#include <fmt/format.h>

#include <algorithm>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/inference/projection.h"
#include "synfer/inference/uncertainty.h"
#include "synfer/model/likelihood.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/run/experiment.h"
#include "synfer/run/fit_data.h"

namespace synfer {
namespace {

UncertaintyMethod method_named(const std::string& name) {
  if (name == "clustered") return UncertaintyMethod::kClustered;
  if (name == "profile") return UncertaintyMethod::kProfile;
  if (name == "session_bootstrap") return UncertaintyMethod::kSessionBootstrap;
  if (name == "parametric_bootstrap") return UncertaintyMethod::kParametricBootstrap;
  return UncertaintyMethod::kInformation;
}

FisherProblem refit_problem(const Estimation& estimation) {
  FisherProblem problem;
  problem.penalised = estimation.objective.rule_parameters();
  problem.bounds = estimation.bounds;
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
        minimise_curved(estimation.objective, problem, {}, {.parameters = {start.begin(), start.end()}});
    if (end.state == FitState::kDiverged) return std::vector<double>(start.size(), NAN);
    return end.at.parameters;
  };
}

// The same experiment simulated anew under the fitted rule, and the same rule fitted to it.
SimulatedRefit simulated_refit_of(const Configuration& c, const Estimation& estimation) {
  return [&c, &estimation](std::size_t replicate) -> std::optional<std::vector<double>> {
    const Objective& objective = estimation.objective;
    const std::vector<double>& fitted = estimation.fit.best.parameters;
    const std::span<const double> theta = std::span(fitted).first(objective.rule_parameters());
    try {
      const std::vector<SimulatedSession> simulated =
          simulate(simulation_options(c), {network_of(c), objective.model().rule}, theta, c.data.sessions,
                   fmt::format("bootstrap {} ", replicate));
      ReplayData data = as_in_fit(c, simulated);
      const Objective anew(objective.model(), std::move(data.sessions), std::move(data.initial),
                           objective_options(c, DataOrigin::simulated));
      const FisherSummary end = minimise_curved(anew, refit_problem(estimation), {}, {.parameters = fitted});
      if (end.state == FitState::kDiverged) return std::nullopt;
      return end.at.parameters;
    } catch (const NonFiniteError&) {
      return std::nullopt;
    }
  };
}

std::vector<char> at_bound(const Estimation& estimation) {
  const std::vector<double>& at = estimation.fit.best.parameters;
  std::vector<char> found(at.size(), 0);
  for (std::size_t p = 0; p < estimation.bounds.size(); ++p) {
    found[p] = static_cast<char>(at[p] <= estimation.bounds[p].low || at[p] >= estimation.bounds[p].high);
  }
  return found;
}

void add_intervals(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                   RunResult& result) {
  const UncertaintyMethod method = method_named(c.uncertainty.method);
  if (method == UncertaintyMethod::kParametricBootstrap && origin == DataOrigin::recorded) {
    throw ConfigurationError("uncertainty.method",
                             "found parametric_bootstrap, which simulates the experiment anew: it is for "
                             "recover; use session_bootstrap or clustered");
  }
  FittedLikelihood fitted{estimation.objective, estimation.fit.best.parameters};
  fitted.frozen = estimation.frozen;
  fitted.frozen.resize(fitted.parameters.size(), 0);
  fitted.at_bound = at_bound(estimation);
  for (const EncodedSession& session : estimation.objective.data()) fitted.animals.push_back(session.animal);
  fitted.refit = refit_of(estimation);
  if (origin == DataOrigin::simulated) fitted.simulated_refit = simulated_refit_of(c, estimation);
  const Uncertainty found = uncertainty(
      fitted, {method, c.uncertainty.level, static_cast<std::size_t>(c.uncertainty.draws), c.seed});

  result.intervals = {c.uncertainty.method, c.uncertainty.level, in_words(found)};
  if (estimation.search) {
    result.intervals.note += "; as if the terms had been given: what selection adds is not in them";
  }
  const auto put = [](Estimate& e, const Interval& interval, bool logarithm) {
    e.standard_error = logarithm ? e.value * interval.standard_error : interval.standard_error;
    e.low = logarithm ? std::exp(interval.low) : interval.low;
    e.high = logarithm ? std::exp(interval.high) : interval.high;
    if (interval.status != IntervalStatus::kEstimated) e.status = to_string(interval.status);
  };
  for (std::size_t p = 0; p < result.estimates.size(); ++p)
    put(result.estimates[p], found.intervals[p], false);
  for (std::size_t n = 0; n < result.others.size(); ++n) {
    put(result.others[n], found.intervals[result.estimates.size() + n], true);
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
    put(e, of, false);
  }
}

void add_warnings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const Identifiability& found, bool held, RunResult& result) {
  const auto warn = [&](std::string sentence) { result.warnings.push_back(std::move(sentence)); };
  for (const std::vector<std::string>& group : found.groups) {
    warn(fmt::format("the data hardly tell {} apart: believe what they do together, not each coefficient",
                     join(group, ", ")));
  }
  if (!found.never_varied.empty()) {
    warn(fmt::format("the data say nothing of {}: it never varied, or had no effect",
                     join(found.never_varied, ", ")));
  }
  for (const Estimate& e : result.estimates) {
    if (e.status == "at bound") {
      warn(fmt::format("{} rests at a bound of rule.bounds, so it has no standard error", e.name));
    }
  }
  if (result.belief_check) {
    const BeliefCheck& check = *result.belief_check;
    if (check.two_humped > 0) {
      warn(fmt::format(
          "in {} of {} sessions looked at the belief over weights has two humps, which the filter "
          "cannot follow: do not trust the intervals",
          check.two_humped, check.sessions));
    }
    if (std::abs(check.nats_apart) > 1.0 && std::abs(check.nats_apart) > 3.0 * check.nats_error) {
      warn(fmt::format(
          "a particle filter finds {:.1f} nats a session more than the Gaussian one: the belief is "
          "not Gaussian",
          check.nats_apart));
    }
  }
  if (held) {
    warn("some weights grew past 1e8 and were held there: from there on nothing tells rules apart");
  }
  if (!estimation.search) return;
  if (origin == DataOrigin::recorded && stimulus_in_fit(c, origin) != "filtered") {
    warn(
        "terms were selected as if weights were known: terms that soak up drift and noise win as well; "
        "stimulus.in_fit=filtered with belief.walk_sd=0.3 belief.estimate_walk_sd=true allows for both");
  }
  if (estimation.search->near.size() > 1) {
    warn(fmt::format("{} other sets of terms explain the data nearly as well (within 2 in the criterion)",
                     estimation.search->near.size() - 1));
  }
  for (const Estimate& e : result.estimates) {
    const auto chosen = estimation.search->stability.find(e.name);
    if (chosen == estimation.search->stability.end() || chosen->second >= 0.8) continue;
    warn(fmt::format("{} is chosen in only {:.0f} % of bootstrap draws of animals", e.name,
                     100 * chosen->second));
  }
}

// An MLP's parameters mean nothing one by one: what it says, as far as a polynomial can say it.
void read_mlp(const Estimation& estimation, RunResult& result) {
  const std::vector<std::string> variables = {"x", "y", "w", "r"};
  const Objective& objective = estimation.objective;
  std::vector<Term> terms;
  for (const AliasClass& one : alias_classes(objective.data(), dense_terms(variables, 2)).classes) {
    terms.push_back(one.representative);
  }
  try {
    result.reading = projection(objective.with_rule(*mlp_of(objective.model().rule)),
                                estimation.fit.best.parameters, terms);
  } catch (const NonFiniteError&) {
    return;
  }
  if (result.reading->not_a_polynomial) {
    result.warnings.push_back(fmt::format(
        "no polynomial of five terms describes this rule where the data went (R2 {:.2f}); look at g "
        "itself",
        result.reading->short_one.r2));
  }
}

}  // namespace

void state_certainty(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                     RunResult& result) {
  const EncodedSession& first = estimation.objective.data().front();
  if (stimulus_in_fit(c, origin) == "filtered" && first.offers > 2) {
    result.warnings.emplace_back(
        "with three offers or more choices are averaged over the noise; no filter is known for them");
  }
  if (c.rule.kind == "mlp") {
    read_mlp(estimation, result);
    result.intervals = {"none", c.uncertainty.level, ""};
    return;
  }
  if (c.uncertainty.method == "none" || fit_method(c) != "fisher") {
    result.intervals = {"none", c.uncertainty.level,
                        c.uncertainty.method == "none" ? "" : "no intervals: fit.method fisher gives them"};
    return;
  }
  if (penalty_kind(c) != "none" && c.fit.penalty.weight > 0) {
    result.intervals = {"none", c.uncertainty.level,
                        "no intervals: a penalty draws estimates to 0; set fit.penalty.kind: none"};
    return;
  }
  add_intervals(c, origin, estimation, result);
  if (stimulus_in_fit(c, origin) == "filtered" && estimation.objective.data().front().offers <= 2) {
    result.belief_check =
        check_belief(estimation.objective, estimation.fit.best.parameters, {.seed = c.seed});
  }
  const Curvature curvature = estimation.objective.curvature(estimation.fit.best.parameters, {});
  std::vector<char> fixed = at_bound(estimation);
  for (std::size_t p = 0; p < estimation.frozen.size(); ++p)
    fixed[p] = static_cast<char>(fixed[p] != 0 || estimation.frozen[p] != 0);
  // Nobody asks what tells one session's bias from the rest.
  for (std::size_t s = 0; s < estimation.objective.session_biases(); ++s)
    fixed[estimation.objective.session_bias_offset() + s] = 1;
  const Identifiability found =
      identifiability(curvature.information, estimation.objective.parameter_names(), fixed);
  add_warnings(c, origin, estimation, found, curvature.held, result);
  result.identifiability = found;
}

}  // namespace synfer
