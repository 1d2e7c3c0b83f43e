#include "synfer/inference/fisher_scoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/inference/box_lasso.h"

namespace synfer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kLeastDamping = 1e-9;
constexpr double kLeastScale = 1e-12;  // of D, relative to its largest
constexpr double kRounding = 1e-13;    // of the loss, relative
constexpr double kLeastKept = 1e-4;    // share of a promised decrease with which a step is taken

bool finite(const Curvature& c) {
  return std::isfinite(c.nll) && c.gradient.allFinite() && c.information.allFinite();
}

class Scoring {
 public:
  Scoring(const CurvedLikelihood& likelihood, const FisherProblem& problem, const FisherOptions& options,
          OptimiserState state, const OptimiserHooks& hooks)
      : likelihood_(likelihood),
        problem_(problem),
        options_(options),
        hooks_(hooks),
        at_(std::move(state)),
        n_(static_cast<double>(likelihood.observations())) {
    if (at_.damping == 0.0) at_.damping = options.damping;
    at_.loss = kInfinite;
    for (std::size_t p = 0; p < std::min(size(), problem.bounds.size()); ++p) {
      double& value = at_.parameters[p];
      if (!frozen(p)) value = std::clamp(value, problem.bounds[p].low, problem.bounds[p].high);
    }
  }

  FisherSummary run() {
    std::optional<Curvature> start = curvature_at(at_.parameters);
    if (!start) {
      if (overflow_.empty())
        overflow_ = "slopes are not finite at the start; start from smaller coefficients";
      return end(FitState::kDiverged, overflow_);
    }
    move_to(at_.parameters, std::move(*start));
    if (at_.done == 0) log();
    while (!(remaining_ < options_.tolerance)) {
      if (at_.done >= options_.max_iterations) {
        return end(FitState::kIterationLimit,
                   fmt::format("stopped at {} iterations with {:.2g} nats to gain; raise fit.max_iterations, "
                               "or drop terms that the data cannot tell apart",
                               at_.done, remaining_));
      }
      if (hooks_.interrupted()) {
        return end(FitState::kInterrupted,
                   fmt::format("interrupted after {} iterations; resume the run to go on", at_.done));
      }
      if (!try_step()) {
        return end(FitState::kIterationLimit,
                   "no step lowers the loss as its slopes promise: it has an edge or a jump here; bounds, a "
                   "penalty or fewer terms may help");
      }
    }
    std::string advice = fmt::format("converged after {} iterations", at_.done);
    if (const long silent = uninformed(); silent > 0) {
      advice +=
          fmt::format("; the data say nothing about {} of the parameters, which keep their start", silent);
    }
    return end(FitState::kConverged, std::move(advice));
  }

 private:
  [[nodiscard]] std::size_t size() const { return at_.parameters.size(); }
  [[nodiscard]] bool frozen(std::size_t p) const {
    return p < problem_.frozen.size() && problem_.frozen[p] != 0;
  }
  [[nodiscard]] long uninformed() const {
    long count = 0;
    for (std::size_t p = 0; p < size(); ++p) {
      const auto i = static_cast<Eigen::Index>(p);
      count += static_cast<long>(!frozen(p) && curvature_.information(i, i) == 0.0);
    }
    return count;
  }

  [[nodiscard]] double penalty(std::span<const double> parameters) const {
    return n_ * problem_.penalty.value(parameters.first(std::min(problem_.penalised, parameters.size())));
  }

  std::optional<Curvature> curvature_at(std::span<const double> parameters) {
    try {
      Curvature c = likelihood_.curvature(parameters, problem_.session_weights);
      if (finite(c)) return c;
    } catch (const NonFiniteError& error) {
      overflow_ = error.what();
    }
    return std::nullopt;
  }

  // Takes the point, and lays out the quadratic model there.
  void move_to(std::vector<double> parameters, Curvature curvature) {
    at_.parameters = std::move(parameters);
    curvature_ = std::move(curvature);
    minimand_ = curvature_.nll + penalty(at_.parameters);
    at_.loss = minimand_ / n_;

    const auto P = static_cast<Eigen::Index>(size());
    scale_ = curvature_.information.diagonal();
    model_ = {.H = curvature_.information,
              .s = curvature_.gradient,
              .from = Eigen::Map<const Vector>(at_.parameters.data(), P),
              .l1 = Vector::Zero(P),
              .low = Vector::Constant(P, -kInfinite),
              .high = Vector::Constant(P, kInfinite)};
    for (std::size_t n = 0; n < size(); ++n) {
      const auto p = static_cast<Eigen::Index>(n);
      if (n < problem_.bounds.size()) {
        model_.low[p] = problem_.bounds[n].low;
        model_.high[p] = problem_.bounds[n].high;
      }
      if (frozen(n) || scale_[p] == 0.0) model_.low[p] = model_.high[p] = model_.from[p];
      if (n >= problem_.penalised) continue;
      const double weight = n_ * problem_.penalty.weight;
      if (problem_.penalty.kind == Penalty::Kind::kL1) model_.l1[p] = weight;
      if (problem_.penalty.kind == Penalty::Kind::kL2) {
        model_.s[p] += 2.0 * weight * model_.from[p];
        model_.H(p, p) += 2.0 * weight;
      }
    }
    for (std::size_t n = 0; n < std::min(size(), problem_.damping_scale.size()); ++n) {
      if (problem_.damping_scale[n] > 0.0) scale_[static_cast<Eigen::Index>(n)] = problem_.damping_scale[n];
    }
    // Of parameters that move: how large others' information is must not matter.
    if (P > 0) {
      const double largest = (model_.low.array() < model_.high.array()).select(scale_, 0.0).maxCoeff();
      scale_ = scale_.cwiseMax(kLeastScale * largest).eval();
    }
    remaining_ = promised(step(kLeastDamping));
  }

  // Where the model with this damping is least.
  [[nodiscard]] Vector step(double damping) const {
    BoxLasso damped = model_;
    damped.H.diagonal() += damping * scale_;
    return minimise(damped);
  }

  // The decrease up to u by the model without damping, in nats.
  [[nodiscard]] double promised(const Vector& u) const {
    const Vector d = u - model_.from;
    return -d.dot(model_.s + 0.5 * (model_.H * d)) - model_.l1.dot(u.cwiseAbs() - model_.from.cwiseAbs());
  }

  // One trial step; false where it is so damped that trying on has no sense.
  bool try_step() {
    const Vector u = step(at_.damping);
    const double promise = promised(u);
    if (at_.rejected && promise < 1e-3 * options_.tolerance) return false;
    std::vector<double> trial(u.begin(), u.end());
    const double fixed = penalty(trial);
    // Both differences drown in rounding near the end; the step is then as good as promised.
    const double noise = kRounding * std::max(1.0, std::abs(minimand_));
    const auto ratio = [&](double nll) { return (minimand_ - nll - fixed + noise) / (promise + noise); };

    std::optional<Curvature> there;
    double kept = -kInfinite;  // share of the promise
    if (at_.rejected || !options_.curvature_at_once) {
      const double nll = likelihood_.nll(trial, problem_.session_weights);
      if (std::isfinite(nll)) kept = ratio(nll);
      if (kept > kLeastKept) there = curvature_at(trial);
    } else {
      there = curvature_at(trial);
      if (there) kept = ratio(there->nll);
    }
    at_.rejected = !there || !(kept > kLeastKept);
    if (at_.rejected) {
      at_.damping = std::max(options_.damping, 4.0 * at_.damping);
    } else {
      const double factor = std::abs(kept - 1.0) < 0.1 ? 0.04 : kept > 0.75 ? 0.2 : kept < 0.25 ? 4.0 : 1.0;
      at_.damping = std::max(kLeastDamping, factor * at_.damping);
      move_to(std::move(trial), std::move(*there));
    }
    ++at_.done;
    if (at_.done % problem_.log_interval == 0) log();
    hooks_.after(at_, options_.max_iterations);
    return true;
  }

  void log() {
    if (at_.trace.empty() || at_.trace.back().done != at_.done) {
      at_.trace.push_back({at_.done, at_.loss, at_.parameters});
    }
  }

  FisherSummary end(FitState state, std::string advice) {
    if (state != FitState::kInterrupted) log();  // else the trace of a resumed fit would have a row more
    std::vector<char> at_bound(size(), 0);
    for (std::size_t p = 0; p < std::min(size(), problem_.bounds.size()); ++p) {
      const double value = at_.parameters[p];
      at_bound[p] = static_cast<char>(!frozen(p) &&
                                      (value == problem_.bounds[p].low || value == problem_.bounds[p].high));
    }
    return {
        {state, std::move(advice), std::move(at_)}, std::move(curvature_), std::move(at_bound), remaining_};
  }

  const CurvedLikelihood& likelihood_;
  const FisherProblem& problem_;
  const FisherOptions& options_;
  const OptimiserHooks& hooks_;
  OptimiserState at_;
  double n_;
  Curvature curvature_;
  double minimand_ = kInfinite;  // nats
  BoxLasso model_;
  Vector scale_;  // P, D
  double remaining_ = kInfinite;
  std::string overflow_;
};

}  // namespace

FisherSummary minimise_curved(const CurvedLikelihood& likelihood, const FisherProblem& problem,
                              const FisherOptions& options, OptimiserState state,
                              const OptimiserHooks& hooks) {
  return Scoring(likelihood, problem, options, std::move(state), hooks).run();
}

OptimiserSummary minimise(const FitProblem& problem, const FisherOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks) {
  const FisherProblem curved{.penalty = problem.penalty,
                             .penalised = problem.objective.rule_parameters(),
                             .frozen = problem.frozen,
                             .bounds = problem.bounds,
                             .log_interval = problem.log_interval};
  return minimise_curved(problem.objective, curved, options, std::move(state), hooks);
}

}  // namespace synfer
