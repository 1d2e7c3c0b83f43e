#include "synfer/inference/global_fit.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/random.h"

namespace synfer {
namespace {

using Starts = std::vector<std::vector<double>>;

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::size_t kRounds = 3;
constexpr double kFar = 3.0;         // standard errors, at which another optimum shows
constexpr double kRises = 0.6;       // of what the curvature says: another optimum may lie behind it
constexpr double kStep = 0.1;        // standard errors, at which steps of the loss show
constexpr double kKinkedStep = 0.3;  // likewise, of neurons with a kink, where they are few
constexpr double kSmooth = 0.01;     // nats
constexpr Eigen::Index kDirections = 3;
constexpr std::size_t kAround = 16;  // places around an end whose loss has steps
constexpr double kAroundSd = 0.5;    // standard errors
constexpr std::size_t kAroundFitted = 3;
constexpr double kMirrored = 10.0;  // nats above the end from which a mirror image is worth a fit

// Where another optimum may lie, seen from the end of a fit.
class Surroundings {
 public:
  Surroundings(const FitProblem& problem, const std::vector<double>& end, double size)
      : problem_(problem), end_(end), size_(size), curvature_(problem.objective.curvature(end, {})) {
    for (std::size_t p = 0; p < problem.objective.rule_parameters(); ++p) {
      const auto i = static_cast<Eigen::Index>(p);
      const bool frozen = p < problem.frozen.size() && problem.frozen[p] != 0;
      const bool at_bound =
          p < problem.bounds.size() && (end[p] <= problem.bounds[p].low || end[p] >= problem.bounds[p].high);
      if (!frozen && !at_bound && curvature_.information(i, i) > 0.0) free_.push_back(i);
    }
    loss_ = loss_at(end);
  }

  [[nodiscard]] bool has_steps() const { return has_steps_; }

  Starts promising(const Starts& mirrored, std::uint64_t round) {
    Starts found;
    if (free_.empty()) return found;
    const Matrix own = curvature_.information(free_, free_);
    const Vector scale = own.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<Matrix> solved(scale.asDiagonal() * own * scale.asDiagonal());
    const Eigen::Index count = std::min<Eigen::Index>(kDirections, own.rows());
    struct Place {
      std::vector<double> at;
      double most;  // the loss below which a fit starts from here
      double expected = NAN;
    };
    std::vector<Place> places;
    std::vector<double> steps = {kStep};
    const Activation::Kind f = problem_.objective.model().network.activation.kind;
    if (f == Activation::Kind::kRelu || f == Activation::Kind::kLeakyRelu) steps.push_back(kKinkedStep);
    for (Eigen::Index k = 0; k < count; ++k) {
      const double eigenvalue = std::max(solved.eigenvalues()[k], 1e-12);
      Vector error = scale.cwiseProduct(solved.eigenvectors().col(k)) / std::sqrt(eigenvalue);
      const double largest = error.cwiseAbs().maxCoeff();
      if (kFar * largest > size_) error *= size_ / (kFar * largest);
      const double rise = 0.5 * error.dot(own * error);
      for (const double side : {-1.0, 1.0}) {
        places.push_back({moved(side * kFar * error), loss_ + kRises * kFar * kFar * rise});
        if (k > 0) continue;
        for (const double step : steps) {
          const Vector by = side * step * error;
          if (is_within_bounds(by)) places.push_back({moved(by), -kInfinite, loss_ + step * step * rise});
        }
      }
    }
    for (const std::vector<double>& one : mirrored) places.push_back({one, loss_ + kMirrored});
    std::vector<double> losses(places.size());
    for_each_index(places.size(), [&](std::size_t n) { losses[n] = loss_at(places[n].at); });
    for (std::size_t n = 0; n < places.size(); ++n) {
      if (!std::isnan(places[n].expected))
        has_steps_ = has_steps_ || !(std::abs(losses[n] - places[n].expected) < kSmooth);
      else if (losses[n] < places[n].most)
        found.push_back(std::move(places[n].at));
    }
    if (has_steps_) std::ranges::move(around(own, round), std::back_inserter(found));
    return found;
  }

  [[nodiscard]] const Matrix& information() const { return curvature_.information; }

 private:
  [[nodiscard]] double loss_at(const std::vector<double>& at) const {
    const auto n = static_cast<double>(problem_.objective.observations());
    return problem_.objective.nll(at, {}) +
           n * problem_.penalty.value(std::span(at).first(problem_.objective.rule_parameters()));
  }
  [[nodiscard]] std::vector<double> moved(const Vector& by) const {
    std::vector<double> at = end_;
    for (std::size_t k = 0; k < free_.size(); ++k) {
      const auto p = static_cast<std::size_t>(free_[k]);
      at[p] += by[static_cast<Eigen::Index>(k)];
      if (p < problem_.bounds.size())
        at[p] = std::clamp(at[p], problem_.bounds[p].low, problem_.bounds[p].high);
    }
    return at;
  }
  [[nodiscard]] bool is_within_bounds(const Vector& by) const {
    const std::vector<double> at = moved(by);
    for (std::size_t k = 0; k < free_.size(); ++k) {
      const auto p = static_cast<std::size_t>(free_[k]);
      if (at[p] != end_[p] + by[static_cast<Eigen::Index>(k)]) return false;
    }
    return true;
  }
  [[nodiscard]] Starts around(const Matrix& own, std::uint64_t round) const {
    const Eigen::LLT<Matrix> factor(own + 1e-9 * Matrix(own.diagonal().asDiagonal()));
    if (factor.info() != Eigen::Success) return {};
    std::vector<std::pair<double, std::vector<double>>> all(kAround);
    for_each_index(kAround, [&](std::size_t n) {
      Vector z(own.rows());
      RandomStream(1, "around an end").normals({.step = round, .replicate = n}, free_.size(), z.data());
      all[n].second = moved(kAroundSd * Vector(factor.matrixU().solve(z)));
      all[n].first = loss_at(all[n].second);
    });
    std::ranges::sort(all);
    Starts best;
    for (std::size_t n = 0; n < kAroundFitted; ++n) best.push_back(std::move(all[n].second));
    return best;
  }

  const FitProblem& problem_;
  const std::vector<double>& end_;
  double size_;
  Curvature curvature_;
  double loss_ = 0.0;
  std::vector<Eigen::Index> free_;
  bool has_steps_ = false;
};

void tell_optima(const Matrix& information, double observations, double near, FitSummary& summary) {
  summary.reached = 0;
  const double best = summary.best.loss;
  std::vector<const OptimiserState*> ends;
  for (const OptimiserSummary& end : summary.progress.finished) {
    if (end.state != FitState::kDiverged) ends.push_back(&end.at);
  }
  std::ranges::sort(ends, {}, [](const OptimiserState* end) { return end->loss; });
  for (const OptimiserState* end : ends) {
    if (is_same_optimum(end->parameters, summary.best.parameters, information)) {
      ++summary.reached;
      continue;
    }
    const double nats = (end->loss - best) * observations;
    if (!(nats < near)) continue;
    const auto met = std::ranges::find_if(summary.others, [&](const Optimum& other) {
      return is_same_optimum(end->parameters, other.parameters, information);
    });
    if (met == summary.others.end())
      summary.others.push_back({end->parameters, nats, 1});
    else
      ++met->starts;
  }
}

// Saved starts and the end that was looked around, as those of this fit could be.
void check(const OptimumProgress& optimum, std::size_t parameters) {
  const auto is_one = [&](const std::vector<double>& at) {
    return at.size() == parameters && std::ranges::all_of(at, [](double v) { return std::isfinite(v); });
  };
  if (optimum.starts.empty() || !std::ranges::all_of(optimum.starts, is_one) ||
      (optimum.rounds > 0) != !optimum.around.empty() || (optimum.rounds > 0 && !is_one(optimum.around)) ||
      optimum.rounds > kRounds)
    refuse_saved("optimum",
                 fmt::format("found starts or rounds that a fit of {} parameters cannot have", parameters));
}

}  // namespace

FitSummary fit_globally(
    const FitProblem& problem, const Method& method, std::vector<std::vector<double>> starts,
    const std::function<std::vector<std::vector<double>>(const std::vector<double>&)>& mirrored,
    const GlobalOptions& options, FitProgress progress, const FitHooks& hooks) {
  const Objective& objective = problem.objective;
  const double size = usual_coefficient(objective);
  const std::size_t parameters = starts.front().size();
  const auto early = [&](double share) { return std::make_unique<Objective>(objective.first_trials(share)); };
  if (!progress.optimum && options.screen) {
    RecordedWork work(std::move(progress.work), [&](const WorkRecord& done) {
      FitProgress so_far;
      so_far.work = done;
      hooks.after(so_far, 0);
    });
    Starts promising = promising_starts(
        {early, starts.front(), objective.rule_parameters(), size, problem.frozen, problem.bounds},
        options.starts, hooks.interrupted, &work);
    progress.work = work.done();
    if (!promising.empty()) starts = std::move(promising);
  }
  if (hooks.interrupted()) {
    FitSummary cut;
    cut.state = FitState::kInterrupted;
    cut.advice = "interrupted while starts were looked for; resume the run to go on";
    cut.best = progress.current ? *progress.current : OptimiserState{.parameters = starts.front()};
    cut.progress = std::move(progress);
    return cut;
  }
  if (options.screen) progress.work.clear();  // the starts are what it was for
  if (!progress.optimum) progress.optimum = OptimumProgress{.starts = std::move(starts)};
  check(*progress.optimum, parameters);
  const auto observations = static_cast<double>(objective.observations());
  OptimumProgress at = *progress.optimum;
  std::optional<Matrix> information;  // where the loss was last looked around
  FitSummary summary;
  while (true) {
    summary = fit(problem, method, at.starts, std::move(progress), hooks);
    if (summary.state == FitState::kInterrupted || summary.state == FitState::kDiverged) break;
    if (problem.penalty.kind == Penalty::Kind::kL1) break;  // has edges of its own
    const bool gained = at.rounds == 0 || (at.loss - summary.best.loss) * observations > kSmooth;
    if (!gained || at.rounds == kRounds) break;
    Starts more;
    try {
      Surroundings surroundings(problem, summary.best.parameters, size);
      more = surroundings.promising(mirrored(summary.best.parameters), at.rounds);
      information = surroundings.information();
      at.around = summary.best.parameters;
      at.has_steps = at.has_steps || surroundings.has_steps();
    } catch (const NonFiniteError&) {
      break;
    }
    if (more.empty()) break;
    ++at.rounds;
    at.loss = summary.best.loss;
    at.starts.clear();
    for (const OptimiserSummary& end : summary.progress.finished) at.starts.push_back(end.at.parameters);
    std::ranges::move(more, std::back_inserter(at.starts));
    progress = std::move(summary.progress);
    progress.optimum = at;
  }
  summary.has_steps = at.has_steps;
  if (summary.state == FitState::kInterrupted || summary.state == FitState::kDiverged) return summary;
  if (!information && !at.around.empty()) information = objective.curvature(at.around, {}).information;
  if (information) tell_optima(*information, observations, options.near, summary);
  return summary;
}

}  // namespace synfer
