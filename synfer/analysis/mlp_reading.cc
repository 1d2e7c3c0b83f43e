#include "synfer/analysis/mlp_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "synfer/analysis/scoring.h"
#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/evaluation/recovery.h"
#include "synfer/inference/evidence_fit.h"
#include "synfer/inference/mlp_prior.h"
#include "synfer/model/expression.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"
#include "synfer/results/result.h"

namespace synfer {
namespace {

constexpr double kOverflow = -std::numeric_limits<double>::infinity();

// The same fit of terms that are selected.
Configuration with_terms(const Configuration& c, DataOrigin origin) {
  Configuration taylor = c;
  taylor.rule = {};
  taylor.fit = {};
  taylor.fit.observe = c.fit.observe;
  taylor.fit.sigma = c.fit.sigma;
  taylor.fit.recording_weight = c.fit.recording_weight;
  taylor.selection.search.reset();
  return resolved(taylor, origin);
}

std::optional<ReadPolynomial> selected(const Configuration& c, DataOrigin origin,
                                       const Estimation& estimation,
                                       const std::function<bool()>& interrupted) {
  const Configuration taylor = with_terms(c, origin);
  EstimationHooks hooks;
  hooks.interrupted = interrupted;
  const Estimation found =
      estimate(taylor, origin, estimation.objective.with_rule(fitted_rule(taylor)), {}, hooks);
  if (!found.search || found.fit.state == FitState::kInterrupted || found.fit.state == FitState::kDiverged)
    return std::nullopt;
  ReadPolynomial polynomial;
  polynomial.terms = found.search->near.front().terms;
  const std::vector<double>& parameters = found.fit.best.parameters;
  polynomial.coefficients.assign(parameters.begin(),
                                 parameters.begin() + static_cast<std::ptrdiff_t>(polynomial.terms.size()));
  return polynomial;
}

// The result of a fit that had found the polynomial.
RunResult with_polynomial(const RunResult& result, const ReadPolynomial& polynomial) {
  RunResult other = result;
  other.rule_kind = "taylor";
  other.estimates.clear();
  for (std::size_t n = 0; n < polynomial.terms.size(); ++n)
    other.estimates.push_back({.name = to_string(polynomial.terms[n]), .value = polynomial.coefficients[n]});
  if (other.estimates.empty()) other.estimates.push_back({.name = "1", .value = 0.0});
  return other;
}

SessionScores r2_of_weights(const Model& reference, std::span<const double> reference_theta,
                            const Model& other, std::span<const double> theta, const ReplayData& data) {
  std::vector<double> r2;
  for (std::size_t s = 0; s < data.sessions.size(); ++s) {
    try {
      r2.push_back(
          recovery(reference, reference_theta, other, theta, data.sessions[s], data.initial[s]).weights.mean);
    } catch (const NonFiniteError&) {
      r2.push_back(kOverflow);
    }
  }
  return scores_over_sessions(std::move(r2));
}

std::vector<ReadPolynomial*> polynomials_of(MlpReading& reading) {
  std::vector<ReadPolynomial*> all = {&reading.of_surface};
  if (reading.of_choices) all.push_back(&*reading.of_choices);
  return all;
}

// "12.3 nats of 4320 choices (0.0028 a choice; fitted, where 8.0 are chance)"
std::string in_words(const PolynomialScores& scores) {
  if (!std::isfinite(scores.nats)) return fmt::format("all, since its weights overflow ({})", scores.sample);
  return fmt::format(
      "{:.1f} nats of {} ({:.4f} a choice; {}{})", scores.nats, counted(scores.choices, "choice"),
      scores.nats / static_cast<double>(scores.choices), scores.sample,
      scores.by_chance > 0.0 ? fmt::format(", where {:.1f} are chance", scores.by_chance) : std::string());
}

// Of the total, over sessions.
double standard_error(const std::vector<double>& differences) {
  const auto n = static_cast<double>(differences.size());
  const auto all =
      Eigen::Map<const Vector>(differences.data(), static_cast<Eigen::Index>(differences.size()));
  return std::sqrt((all.array() - all.mean()).square().sum() / (n - 1.0) * n);
}

// Nats of fitted choices that selected terms gain on the polynomial of g, less one a term, which were fitted
// to them.
double gain_of_selection(const MlpReading& reading) {
  const auto fitted = [](const ReadPolynomial& polynomial) {
    const auto scores = std::ranges::find(polynomial.scores, kFittedSample, &PolynomialScores::sample);
    return scores == polynomial.scores.end() ? NAN : scores->nats;
  };
  if (!reading.of_choices) return 0.0;
  return fitted(reading.of_surface) - fitted(*reading.of_choices) -
         static_cast<double>(reading.of_choices->terms.size());
}

double determined_parameters(const Estimation& estimation, const MlpRule& mlp) {
  const std::vector<double>& precisions = estimation.fit.best.precisions;
  const std::vector<double>& parameters = estimation.fit.best.parameters;
  if (precisions.empty()) return static_cast<double>(estimation.objective.rule_parameters());
  const std::vector<double> scaled = estimation.scale.in_scale(parameters);
  const std::vector<double> determined = laplace_evidence(estimation.in_scale.curvature(scaled, {}), scaled,
                                                          parameter_groups(mlp).of, precisions)
                                             .determined;
  return std::accumulate(determined.begin(), determined.end(), 0.0);
}

}  // namespace

std::optional<MlpReading> read_mlp(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                                   const std::function<bool()>& interrupted) {
  const Objective& objective = estimation.objective;
  const std::vector<std::string> variables = {"x", "y", "w", "r"};
  std::vector<Term> terms;
  for (const AliasClass& one : alias_classes(objective.data(), dense_terms(variables, 2)).classes)
    terms.push_back(one.representative);
  MlpReading reading;
  try {
    reading.projection = projection(objective.with_rule(*mlp_of(objective.model().rule)),
                                    estimation.fit.best.parameters, terms);
  } catch (const NonFiniteError&) {
    return std::nullopt;
  }
  reading.determined = determined_parameters(estimation, *mlp_of(objective.model().rule));
  const Polynomial& short_one = reading.projection.short_one;
  reading.of_surface.terms = short_one.terms;
  reading.of_surface.coefficients = short_one.coefficients;
  if (fit_method(c) == "evidence" && c.fit.observe != "neural")
    reading.of_choices = selected(c, origin, estimation, interrupted);
  return reading;
}

void judge_reading(const Configuration& c, DataOrigin origin, const ReplayData& data,
                   const std::string& sample, bool same_sessions, RunResult& result) {
  if (!result.reading || data.sessions.empty()) return;
  std::vector<Matrix> initial = data.initial;
  use_estimated_weights(result, same_sessions, initial);
  const auto predicted = [&](const FittedPrediction& by) {
    return choice_nlls(by.prediction, data.sessions, initial);
  };
  std::size_t choices = 0;
  for (const EncodedSession& session : data.sessions) choices += session.scored_choices();
  const FittedPrediction mlp(c, origin, result, data.sessions, same_sessions);
  const std::vector<double> of_mlp = predicted(mlp);
  for (ReadPolynomial* polynomial : polynomials_of(*result.reading)) {
    const FittedPrediction other(c, origin, with_polynomial(result, *polynomial), data.sessions,
                                 same_sessions);
    std::vector<double> lost = predicted(other);
    for (std::size_t s = 0; s < lost.size(); ++s) lost[s] -= of_mlp[s];
    PolynomialScores scores{.sample = sample, .choices = choices, .r2_weights = {}};
    if (choices > 0) {
      scores.nats = std::accumulate(lost.begin(), lost.end(), 0.0);
      scores.error = standard_error(lost);
    }
    if (sample == kFittedSample)
      scores.by_chance =
          std::max(0.0, result.reading->determined - static_cast<double>(polynomial->terms.size()));
    scores.r2_weights = r2_of_weights({mlp.model.network, mlp.rule.rule}, mlp.rule.theta, other.model,
                                      other.rule.theta, {data.sessions, initial});
    polynomial->scores.push_back(std::move(scores));
  }
}

void judge_reading(const Configuration& c, const TrueRule& truth, const ReplayData& simulated,
                   RunResult& result) {
  if (!result.reading || simulated.sessions.empty()) return;
  for (ReadPolynomial* polynomial : polynomials_of(*result.reading)) {
    const TrueRule read = rule_of(c, with_polynomial(result, *polynomial));
    polynomial->r2_of_truth = r2_of_weights({network_of(c), truth.rule}, truth.theta,
                                            {network_of(c), read.rule}, read.theta, simulated);
  }
}

void add_reading_notes(RunResult& result) {
  if (!result.reading) return;
  const MlpReading& reading = *result.reading;
  if (reading.projection.not_a_polynomial)
    add_note(result, "no_polynomial", {{"r2", fmt::format("{:.2f}", reading.projection.short_one.r2)}});
  if (!reading.of_surface.explains()) {
    std::vector<std::string> lost;
    for (const PolynomialScores& scores : reading.of_surface.scores) {
      if (scores.loses()) lost.push_back(in_words(scores));
    }
    add_note(result, "polynomial_loses", {{"rule", reading.of_surface.text()}, {"lost", join(lost, ", ")}});
  }
  if (!reading.of_choices) return;
  const ReadPolynomial& selected = *reading.of_choices;
  if (const double gain = gain_of_selection(reading); gain > kAsGood)
    add_note(result, "better_polynomial", {{"rule", selected.text()}, {"nats", fmt::format("{:.1f}", gain)}});
  const PolynomialScores* scores = selected.most_telling();
  if (scores == nullptr) return;
  PolynomialScores of_mlp = *scores;
  of_mlp.nats = -scores->nats;
  of_mlp.by_chance = 0.0;
  if (of_mlp.loses())
    add_note(result, "terms_explain_more", {{"rule", selected.text()}, {"lost", in_words(of_mlp)}});
}

}  // namespace synfer
