#include "synfer/inference/evidence_fit.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "synfer/base/recorded_work.h"
#include "synfer/inference/fisher_scoring.h"

namespace synfer {
namespace {

// First rounds, damped by the information: they go far, and find steep rules. Then by the prior: they arrive.
constexpr long kFar = 8;
constexpr double kFirstDamping = 1e-3;  // of the information
constexpr double kLeastFar = 1e-4;      // likewise, after a step that failed
constexpr double kLeastDamping = 0.01;  // of the prior's precision, likewise
// Of the tolerance: where theta does not come to rest, a round that gains less or loses no more ends the
// climb.
constexpr double kSlowest = 0.1;
constexpr double kPast = 2.0;
constexpr double kFirstPrecision = 100.0;
constexpr double kLeastPrecision = 1e-6;
constexpr double kLargestPrecision = 1e8;

using Groups = std::span<const std::size_t>;

std::size_t count(Groups groups) {
  std::size_t most = 0;
  for (const std::size_t group : groups) {
    if (group != kNoPrior) most = std::max(most, group + 1);
  }
  return most;
}

bool frozen_at(std::span<const char> frozen, std::size_t p) { return p < frozen.size() && frozen[p] != 0; }

// P: the diagonal of A.
Vector prior(std::size_t parameters, Groups groups, std::span<const double> precisions,
             std::span<const char> frozen) {
  Vector a = Vector::Zero(static_cast<Eigen::Index>(parameters));
  for (std::size_t p = 0; p < groups.size(); ++p) {
    if (groups[p] != kNoPrior && !frozen_at(frozen, p))
      a[static_cast<Eigen::Index>(p)] = precisions[groups[p]];
  }
  return a;
}

// The likelihood's curvature at some parameters.
struct Known {
  std::vector<double> at;
  Curvature curvature;
};

const Curvature* known_at(const std::vector<Known>& known, std::span<const double> parameters) {
  const auto found =
      std::ranges::find_if(known, [&](const Known& one) { return std::ranges::equal(one.at, parameters); });
  return found == known.end() ? nullptr : &found->curvature;
}

// The likelihood times the prior. A curvature that is known is not asked for again.
class Posterior : public CurvedLikelihood {
 public:
  Posterior(const CurvedLikelihood& likelihood, Vector prior, std::vector<Known>& known)
      : likelihood_(likelihood), prior_(std::move(prior)), known_(known) {}

  [[nodiscard]] std::size_t parameters() const override { return likelihood_.parameters(); }
  [[nodiscard]] std::size_t sessions() const override { return likelihood_.sessions(); }
  [[nodiscard]] std::size_t observations() const override { return likelihood_.observations(); }

  [[nodiscard]] double nll(std::span<const double> parameters,
                           std::span<const double> weights) const override {
    return likelihood_.nll(parameters, weights) + 0.5 * prior_.dot(vector(parameters).cwiseAbs2());
  }
  [[nodiscard]] Curvature curvature(std::span<const double> parameters,
                                    std::span<const double> weights) const override {
    if (known_at(known_, parameters) == nullptr)
      known_.push_back({{parameters.begin(), parameters.end()}, likelihood_.curvature(parameters, weights)});
    Curvature c = *known_at(known_, parameters);
    const auto theta = vector(parameters);
    c.nll += 0.5 * prior_.dot(theta.cwiseAbs2());
    c.gradient += prior_.cwiseProduct(theta);
    c.information.diagonal() += prior_;
    return c;
  }

 private:
  static Eigen::Map<const Vector> vector(std::span<const double> values) {
    return {values.data(), static_cast<Eigen::Index>(values.size())};
  }

  const CurvedLikelihood& likelihood_;
  Vector prior_;  // P
  std::vector<Known>& known_;
};

}  // namespace

Evidence laplace_evidence(const Curvature& likelihood, std::span<const double> parameters, Groups groups,
                          std::span<const double> precisions, std::span<const char> frozen) {
  const Vector a = prior(parameters.size(), groups, precisions, frozen);
  std::vector<Eigen::Index> free;
  for (std::size_t n = 0; n < parameters.size(); ++n) {
    const auto p = static_cast<Eigen::Index>(n);
    if (!frozen_at(frozen, n) && likelihood.information(p, p) + a[p] > 0.0) free.push_back(p);
  }
  const auto size = static_cast<Eigen::Index>(free.size());
  Matrix posterior = likelihood.information(free, free);
  posterior.diagonal() += a(free);
  const Eigen::LDLT<Matrix> factor(posterior);
  const Matrix covariance = factor.solve(Matrix::Identity(size, size));

  Evidence evidence{.log_evidence = -likelihood.nll - 0.5 * factor.vectorD().array().log().sum(),
                    .determined = std::vector<double>(precisions.size(), 0.0),
                    .squares = std::vector<double>(precisions.size(), 0.0)};
  for (Eigen::Index k = 0; k < size; ++k) {
    const Eigen::Index p = free[static_cast<std::size_t>(k)];
    if (a[p] == 0.0) continue;
    const double theta = parameters[static_cast<std::size_t>(p)];
    const std::size_t group = groups[static_cast<std::size_t>(p)];
    evidence.log_evidence += 0.5 * (std::log(a[p]) - a[p] * theta * theta);
    evidence.determined[group] += 1.0 - a[p] * covariance(k, k);
    evidence.squares[group] += theta * theta;
  }
  return evidence;
}

EvidenceSummary maximise_evidence(const CurvedLikelihood& likelihood, const EvidenceProblem& problem,
                                  const EvidenceOptions& options, OptimiserState state,
                                  const OptimiserHooks& hooks) {
  const auto n = static_cast<double>(likelihood.observations());
  std::vector<std::size_t> groups = options.groups;
  if (groups.empty()) {
    groups.resize(std::min(problem.with_prior, likelihood.parameters()));
    std::iota(groups.begin(), groups.end(), std::size_t{0});
  }
  if (state.precisions.empty()) state.precisions = options.first;
  if (state.precisions.empty()) state.precisions.assign(count(groups), kFirstPrecision);
  if (state.precisions.size() != count(groups)) {
    refuse_saved("precisions",
                 fmt::format("found {} of them, expected {}", state.precisions.size(), count(groups)));
  }
  FisherProblem steps{
      .frozen = problem.frozen, .bounds = problem.bounds, .session_weights = problem.session_weights};
  FisherOptions fisher{.max_iterations = options.steps, .tolerance = 0.1 * options.tolerance};
  if (state.damping == 0.0) state.damping = kFirstDamping;
  OptimiserHooks inner;
  inner.interrupted = hooks.interrupted;
  std::vector<Known> known;  // of the round
  Curvature curvature;
  Evidence evidence;

  const auto least = [&](std::size_t g) {
    return g < options.least.size() ? options.least[g] : kLeastPrecision;
  };
  const auto log = [&] {
    if (state.trace.empty() || state.trace.back().done != state.done)
      state.trace.push_back({state.done, state.loss, state.parameters});
  };
  const auto end = [&](FitState how, std::string advice) {
    if (how != FitState::kInterrupted) log();  // else the trace of a resumed fit would have a row more
    return EvidenceSummary{
        {how, std::move(advice), state}, -n * state.loss, evidence.determined, std::move(curvature)};
  };
  while (state.done < options.max_iterations) {
    if (hooks.interrupted())
      return end(FitState::kInterrupted,
                 fmt::format("interrupted after {} rounds; resume the run to go on", state.done));
    const Vector a = prior(state.parameters.size(), groups, state.precisions, problem.frozen);
    const bool goes_far = state.done < kFar;
    fisher.damping = goes_far ? kLeastFar : kLeastDamping;
    if (!goes_far) steps.damping_scale.assign(a.begin(), a.end());
    if (state.done == kFar) state.damping = 1.0;
    const Posterior posterior(likelihood, a, known);
    FisherSummary round = minimise_curved(posterior, steps, fisher,
                                          {.parameters = state.parameters, .damping = state.damping}, inner);
    if (round.state == FitState::kDiverged) return end(round.state, round.advice);
    if (round.state == FitState::kInterrupted)
      return end(round.state,
                 fmt::format("interrupted after {} rounds; resume the run to go on", state.done));
    state.parameters = std::move(round.at.parameters);
    state.damping = round.at.damping;
    curvature = *known_at(known, state.parameters);
    known = {{state.parameters, curvature}};

    evidence = laplace_evidence(curvature, state.parameters, groups, state.precisions, problem.frozen);
    if (!std::isfinite(evidence.log_evidence))
      return end(FitState::kDiverged, "the evidence is not a number; start from smaller parameters");
    const double loss = -evidence.log_evidence / n;
    const double gain = n * (state.loss - loss);
    state.loss = loss;
    ++state.done;
    if (state.done % problem.log_interval == 0) log();
    // A round may lose evidence where parameters have yet to follow the precisions. Along a valley of a
    // flexible rule the information moves, at which the fixed point does not look: there theta does not come
    // to rest, and rounds that go on pass the most evidence and lose it again, slowly and without end.
    const bool at_rest = round.state == FitState::kConverged;
    const bool at_the_top = gain < kSlowest * options.tolerance && gain > -kPast * options.tolerance;
    if (at_rest ? std::abs(gain) < options.tolerance : at_the_top) {
      return end(
          FitState::kConverged,
          fmt::format("converged after {} rounds; the data determine {:.1f} parameters of {}", state.done,
                      std::accumulate(evidence.determined.begin(), evidence.determined.end(), 0.0),
                      state.parameters.size()));
    }
    for (std::size_t g = 0; g < state.precisions.size(); ++g) {
      const double target = std::clamp(evidence.determined[g] / std::max(evidence.squares[g], 1e-300),
                                       least(g), kLargestPrecision);
      state.precisions[g] *= std::pow(target / state.precisions[g], options.damping);
    }
    hooks.after(state, options.max_iterations);
  }
  return end(FitState::kIterationLimit,
             fmt::format("stopped at {} rounds; raise fit.max_iterations", state.done));
}

OptimiserSummary minimise(const FitProblem& problem, const EvidenceOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks) {
  const EvidenceProblem evidence{.with_prior = problem.objective.rule_parameters(),
                                 .frozen = problem.frozen,
                                 .bounds = problem.bounds,
                                 .log_interval = problem.log_interval};
  return maximise_evidence(problem.objective, evidence, options, std::move(state), hooks);
}

}  // namespace synfer
