#include "synfer/inference/lbfgs.h"

#include <LBFGSB.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/base/recorded_work.h"
#include "synfer/inference/whitening.h"

namespace synfer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct Interrupted {};

struct NoDescent : std::runtime_error {
  NoDescent() : std::runtime_error("no step along the descent direction lowers the loss") {}
};

// Steps back until the value falls enough (Armijo), along the path that the bounds bend: the function
// itself puts x back within them. The solver's own search interpolates, which infinite values spoil,
// and stops at the first bound, which may be no step at all. Curvature is not asked for: the solver
// skips a correction without it.
template <typename Scalar>
struct Backtracking {
  using Values = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  template <typename Function>
  static void LineSearch(Function& f, Scalar& fx, Values& x, Values& grad, Scalar& step,
                         const Scalar& /*step_max*/, const Values& direction, const Values& from,
                         const LBFGSpp::LBFGSBParam<Scalar>& param) {
    f.begin_iteration();
    const Scalar fx_before = fx;
    const Values grad_before = grad;
    step = Scalar(1);
    for (int n = 0; n < param.max_linesearch; ++n) {
      x.noalias() = from + step * direction;
      fx = f(x, grad);
      if (fx <= fx_before + param.ftol * grad_before.dot(x - from) && x != from) return;
      step *= std::isfinite(fx) ? Scalar(0.5) : Scalar(0.1);
    }
    throw NoDescent();
  }
};

// The problem as the solver sees it: free parameters alone; under L1 those of the rule twice, as
// the positive and the negative half; otherwise those of the rule as T u from their start.
class Minimand {
 public:
  Minimand(const FitProblem& problem, const LbfgsOptions& options, OptimiserState start,
           const OptimiserHooks& hooks)
      : problem_(problem),
        options_(options),
        hooks_(hooks),
        best_(std::move(start)),
        split_(problem.penalty.kind == Penalty::Kind::kL1) {
    if (best_.from.empty()) best_.from = best_.parameters;
    known_ = std::move(best_.answers);
    best_ = {.parameters = best_.from, .from = best_.from};
    for (std::size_t p = 0; p < best_.parameters.size(); ++p) {
      if (p < problem.frozen.size() && problem.frozen[p] != 0) continue;
      free_.push_back(p);
      if (p < problem.objective.rule_parameters()) ++free_of_rule_;
    }
    fixed_ = best_.parameters;
    if (const auto each = static_cast<std::size_t>(size()) + 1; known_.size() % each != 0)
      refuse_saved("current/answers",
                   fmt::format("found {} numbers, expected {} an evaluation", known_.size(), each));
    if (!split_ && free_of_rule_ > 0) whiten();
  }

  [[nodiscard]] Eigen::Index size() const {
    return static_cast<Eigen::Index>(free_.size() + (split_ ? free_of_rule_ : 0));
  }

  [[nodiscard]] Vector start() const {
    Vector x = Vector::Zero(size());
    for (std::size_t n = 0; n < free_.size(); ++n) {
      const double value = fixed_[free_[n]];
      if (split_ && n < free_of_rule_) {
        x[index(n)] = std::max(value, 0.0);
        x[negative(n)] = std::max(-value, 0.0);
      } else if (n >= free_of_rule_) {
        x[index(n)] = value;
      }
    }
    return x;
  }

  [[nodiscard]] Vector lower_bounds() const {
    Vector bounds = Vector::Constant(size(), -kInfinite);
    if (!split_) return bounds;
    bounds.head(static_cast<Eigen::Index>(free_of_rule_)).setZero();
    bounds.tail(static_cast<Eigen::Index>(free_of_rule_)).setZero();
    return bounds;
  }

  double operator()(Vector& x, Vector& slope) {
    const auto size_of_answer = static_cast<std::size_t>(size()) + 1;
    const std::size_t asked = static_cast<std::size_t>(best_.done) * size_of_answer;
    const bool known = asked < known_.size();
    if (!known && hooks_.interrupted()) throw Interrupted{};
    x = x.cwiseMax(lower_bounds());
    std::vector<double> parameters = fixed_;
    const Eigen::Index of_rule = index(free_of_rule_);
    // forward: theta = u - v (L1), or theta = start + T u
    const Vector moved =
        split_ ? Vector(x.head(of_rule) - x.tail(of_rule)) : Vector(whitening_ * x.head(of_rule));
    for (std::size_t n = 0; n < free_.size(); ++n) {
      double& parameter = parameters[free_[n]];
      parameter = n >= free_of_rule_ ? x[index(n)] : moved[index(n)] + (split_ ? 0.0 : parameter);
    }
    double value = kInfinite;
    if (known && std::isfinite(known_[asked])) {  // another is asked for again: for its overflow
      value = known_[asked];
      slope = Eigen::Map<const Vector>(known_.data() + asked + 1, size());
    } else {
      value = evaluate(parameters, slope);
    }
    best_.answers.push_back(value);
    best_.answers.insert(best_.answers.end(), slope.begin(), slope.end());
    ++best_.done;
    if (value < best_.loss) {
      best_.loss = value;
      best_.parameters = std::move(parameters);
    }
    if (best_.done % problem_.log_interval == 0) log();
    if (!known) hooks_.after(best_, most_evaluations());
    return value;
  }

  void begin_iteration() { ++iterations_; }
  [[nodiscard]] int iterations() const { return iterations_; }

  void log() {
    if (best_.trace.empty() || best_.trace.back().done != best_.done) {
      best_.trace.push_back({best_.done, best_.loss, best_.parameters});
    }
  }

  [[nodiscard]] const OptimiserState& best() const { return best_; }
  OptimiserState& best() { return best_; }
  [[nodiscard]] const std::string& overflow() const { return overflow_; }

 private:
  [[nodiscard]] static Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }
  [[nodiscard]] Eigen::Index negative(std::size_t n) const {
    return static_cast<Eigen::Index>(free_.size() + n);
  }
  [[nodiscard]] long most_evaluations() const { return std::max<long>(options_.max_iterations, best_.done); }

  double evaluate(const std::vector<double>& parameters, Vector& slope) {
    slope = Vector::Zero(size());
    std::vector<double> gradient(parameters.size());
    double value = 0.0;
    try {
      value = problem_.objective.loss_and_gradient(parameters, 0, gradient);
    } catch (const NonFiniteError& error) {
      overflow_ = error.what();
      return kInfinite;
    }
    const std::size_t rule_parameters = problem_.objective.rule_parameters();
    const std::span theta = std::span(parameters).first(rule_parameters);
    if (!split_) problem_.penalty.add_slope(theta, std::span(gradient).first(rule_parameters));
    for (std::size_t n = 0; n < free_.size(); ++n) {
      const double g = gradient[free_[n]];
      slope[index(n)] = g;
      if (!split_ || n >= free_of_rule_) continue;
      // forward: theta = u - v, penalty = lambda (u + v)
      slope[index(n)] = g + problem_.penalty.weight;
      slope[negative(n)] = -g + problem_.penalty.weight;
    }
    const Eigen::Index of_rule = index(free_of_rule_);
    // forward: theta = start + T u
    if (!split_) slope.head(of_rule) = (whitening_.transpose() * slope.head(of_rule)).eval();
    return value + problem_.penalty.value(theta);
  }

  // T for the free parameters of the rule: 1 where the start itself overflows, which shows later.
  void whiten() {
    const Eigen::Index of_rule = index(free_of_rule_);
    whitening_ = Matrix::Identity(of_rule, of_rule);
    try {
      whitening_ = whitening(problem_.objective, fixed_, std::span(free_).first(free_of_rule_));
    } catch (const NonFiniteError& error) {
      overflow_ = error.what();
    }
  }

  const FitProblem& problem_;
  const LbfgsOptions& options_;
  const OptimiserHooks& hooks_;
  OptimiserState best_;
  std::vector<double> known_;  // what an interrupted solver was told
  bool split_;
  std::vector<std::size_t> free_;  // parameters that move, those of the rule first
  std::size_t free_of_rule_ = 0;
  int iterations_ = 0;
  std::vector<double> fixed_;
  Matrix whitening_;      // free rule parameters, squared
  std::string overflow_;  // the last trajectory that left the finite numbers
};

// Where no step descends, the memory of curvature misleads: the solver begins anew where it stands, as
// long as that gains.
void solve(Minimand& minimand, LBFGSpp::LBFGSBParam<double> param, int max_iterations) {
  Vector x = minimand.start();
  const Vector lower = minimand.lower_bounds();
  const Vector upper = Vector::Constant(x.size(), kInfinite);
  double value = 0.0;
  double before = kInfinite;
  while (minimand.iterations() < max_iterations) {
    param.max_iterations = max_iterations - minimand.iterations();
    LBFGSpp::LBFGSBSolver<double, Backtracking> solver(param);
    try {
      solver.minimize(minimand, x, value, lower, upper);
      return;
    } catch (const NoDescent&) {
      if (!(minimand.best().loss < before)) throw;
      before = minimand.best().loss;
    }
  }
}

}  // namespace

OptimiserSummary minimise(const FitProblem& problem, const LbfgsOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks) {
  Minimand minimand(problem, options, std::move(state), hooks);
  LBFGSpp::LBFGSBParam<double> param;
  param.m = options.memory;
  param.epsilon = options.tolerance;
  param.epsilon_rel = options.tolerance;
  param.max_linesearch = 60;
  param.past = 5;  // no gain over five iterations ends it too
  param.delta = 1e-12;
  const auto end = [&](FitState how, std::string advice) {
    if (how != FitState::kInterrupted) minimand.log();  // else a resumed fit's trace would have a row more
    return OptimiserSummary{how, std::move(advice), std::move(minimand.best())};
  };
  try {
    solve(minimand, param, options.max_iterations);
    const int iterations = minimand.iterations();
    if (!std::isfinite(minimand.best().loss)) return end(FitState::kDiverged, minimand.overflow());
    if (iterations < options.max_iterations) {
      return end(FitState::kConverged, fmt::format("converged after {} iterations", iterations));
    }
    return end(FitState::kIterationLimit,
               fmt::format("stopped at {} iterations; raise fit.max_iterations, or drop terms that the data "
                           "cannot tell apart",
                           iterations));
  } catch (const Interrupted&) {
    return end(
        FitState::kInterrupted,
        fmt::format("interrupted after {} evaluations; resume the run to go on", minimand.best().done));
  } catch (const std::exception& error) {
    if (!std::isfinite(minimand.best().loss)) return end(FitState::kDiverged, minimand.overflow());
    return end(FitState::kIterationLimit,
               fmt::format("{}; the loss is flat or badly scaled here: a penalty or fewer terms may help",
                           error.what()));
  }
}

}  // namespace synfer
