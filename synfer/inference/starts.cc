#include "synfer/inference/starts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>

#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/inference/fisher_scoring.h"

namespace synfer {
namespace {

constexpr double kSizes[] = {0.1, 0.3, 1.0};  // of random starts, in usual coefficients
constexpr FisherOptions kFirst = {.max_iterations = 15, .tolerance = 0.1};
constexpr FisherOptions kNext = {.max_iterations = 10, .tolerance = 0.1};
constexpr double kLogOdds = 2.0;
constexpr std::size_t kMostDrawn = 8;          // coefficients, beyond which a draw hits nothing
constexpr double kChoicesToParameters = 10.0;  // fewer choices say too little

struct Candidate {
  std::vector<double> at;
  double loss = 0.0;  // nats, with the prior
  Matrix information;
};

// As a piece of recorded work; without a number where the fit diverged.
std::vector<double> numbers_of(const Candidate& one) {
  std::vector<double> numbers;
  if (one.at.empty()) return numbers;
  numbers.push_back(one.loss);
  numbers.insert(numbers.end(), one.at.begin(), one.at.end());
  numbers.insert(numbers.end(), one.information.data(), one.information.data() + one.information.size());
  return numbers;
}

Candidate candidate_of(std::span<const double> numbers, std::size_t parameters) {
  if (numbers.empty()) return {};
  const std::span at = numbers.subspan(1, parameters);
  const auto P = static_cast<Eigen::Index>(parameters);
  return {{at.begin(), at.end()},
          numbers.front(),
          Eigen::Map<const Matrix>(numbers.data() + 1 + parameters, P, P)};
}

// Ends a search in the midst of its fits.
struct CutShort {};

class Screen {
 public:
  Screen(const StartProblem& problem, const StartOptions& options, const std::function<bool()>& interrupted,
         RecordedWork& work)
      : problem_(problem), options_(options), interrupted_(interrupted), work_(work) {}

  std::vector<std::vector<double>> run() {
    std::vector<Candidate> kept;
    bool first = true;
    for (const double share : options_.shares) {
      const auto likelihood = problem_.early(share);
      if (static_cast<double>(likelihood->observations()) <
          kChoicesToParameters * static_cast<double>(problem_.near_zero.size()))
        continue;
      std::vector<std::vector<double>> starts = {problem_.near_zero};
      for (const Candidate& one : kept) starts.push_back(one.at);
      if (first) std::ranges::move(drawn(*likelihood), std::back_inserter(starts));
      kept = best_of(fits(*likelihood, starts, first ? kFirst : kNext));
      first = false;
    }
    std::vector<std::vector<double>> starts;
    for (Candidate& one : kept) starts.push_back(std::move(one.at));
    if (first) starts.push_back(problem_.near_zero);
    return starts;
  }

 private:
  [[nodiscard]] FisherProblem with_prior(const CurvedLikelihood& likelihood) const {
    const auto n = static_cast<double>(likelihood.observations());
    return {.penalty = {Penalty::Kind::kL2, 0.5 / (problem_.size * problem_.size * n)},
            .penalised = problem_.coefficients,
            .frozen = problem_.frozen,
            .bounds = problem_.bounds};
  }

  // The best of random starts by their value.
  [[nodiscard]] std::vector<std::vector<double>> drawn(const CurvedLikelihood& likelihood) const {
    if (problem_.coefficients > kMostDrawn || options_.draws == 0) return {};
    std::vector<std::pair<double, std::vector<double>>> all(static_cast<std::size_t>(options_.draws));
    const Penalty prior = with_prior(likelihood).penalty;
    for_each_index(all.size(), [&](std::size_t n) {
      std::vector<double> start = problem_.near_zero;
      std::vector<double> noise(problem_.coefficients);
      RandomStream(options_.seed, "promising starts")
          .normals({.replicate = n}, problem_.coefficients, noise.data());
      const double sd = problem_.size * kSizes[n % std::size(kSizes)];
      for (std::size_t p = 0; p < noise.size(); ++p) {
        if (p < problem_.frozen.size() && problem_.frozen[p] != 0) continue;
        start[p] = sd * noise[p];
        if (p < problem_.bounds.size())
          start[p] = std::clamp(start[p], problem_.bounds[p].low, problem_.bounds[p].high);
      }
      const double loss =
          likelihood.nll(start, {}) + static_cast<double>(likelihood.observations()) *
                                          prior.value(std::span(start).first(problem_.coefficients));
      all[n] = {loss, std::move(start)};
    });
    std::erase_if(all, [](const auto& one) { return !std::isfinite(one.first); });
    std::ranges::sort(all);
    all.resize(std::min(all.size(), static_cast<std::size_t>(options_.fitted)));
    std::vector<std::vector<double>> starts;
    for (auto& one : all) starts.push_back(std::move(one.second));
    return starts;
  }

  [[nodiscard]] std::vector<Candidate> fits(const CurvedLikelihood& likelihood,
                                            const std::vector<std::vector<double>>& starts,
                                            const FisherOptions& options) const {
    const FisherProblem problem = with_prior(likelihood);
    const std::size_t parameters = problem_.near_zero.size();
    const auto fitted = [&](std::size_t n) {
      if (interrupted_()) throw CutShort{};
      OptimiserHooks hooks;
      hooks.interrupted = interrupted_;
      FisherSummary end = minimise_curved(likelihood, problem, options, {.parameters = starts[n]}, hooks);
      if (end.state == FitState::kInterrupted) throw CutShort{};
      if (end.state == FitState::kDiverged) return numbers_of({});
      return numbers_of({std::move(end.at.parameters),
                         end.at.loss * static_cast<double>(likelihood.observations()),
                         std::move(end.curvature.information)});
    };
    const auto possible = [&](std::size_t, const std::vector<double>& numbers) {
      return numbers.empty() || numbers.size() == 1 + parameters + parameters * parameters;
    };
    std::vector<Candidate> ends;
    for (const std::vector<double>& numbers : work_.next(starts.size(), fitted, possible)) {
      if (!numbers.empty()) ends.push_back(candidate_of(numbers, parameters));
    }
    return ends;
  }

  [[nodiscard]] std::vector<Candidate> best_of(std::vector<Candidate> all) const {
    std::ranges::sort(all, {},
                      [](const Candidate& one) { return std::pair(one.loss, std::span(one.at)[0]); });
    std::vector<Candidate> best;
    for (Candidate& one : all) {
      const bool behind = !best.empty() && one.loss > best.front().loss + options_.behind;
      if (behind || best.size() == static_cast<std::size_t>(options_.kept)) break;
      const bool met = std::ranges::any_of(
          best, [&](const Candidate& other) { return is_same_optimum(one.at, other.at, other.information); });
      if (!met) best.push_back(std::move(one));
    }
    return best;
  }

  const StartProblem& problem_;
  const StartOptions& options_;
  const std::function<bool()>& interrupted_;
  RecordedWork& work_;
};

}  // namespace

std::vector<std::vector<double>> promising_starts(const StartProblem& problem, const StartOptions& options,
                                                  const std::function<bool()>& interrupted,
                                                  RecordedWork* work) {
  RecordedWork own;
  try {
    return Screen(problem, options, interrupted, work == nullptr ? own : *work).run();
  } catch (const CutShort&) {
    return {};
  }
}

double usual_coefficient(const Objective& objective) {
  double squares = 0.0;
  double changes = 0.0;
  for (const EncodedSession& session : objective.data()) {
    const auto inputs = static_cast<std::size_t>(session.inputs);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.learns[t] == 0) continue;
      const std::size_t offer = t * static_cast<std::size_t>(session.offers) + session.learned_offer(t);
      const std::span x = std::span(session.x).subspan(offer * inputs, inputs);
      squares = std::inner_product(x.begin(), x.end(), x.begin(), squares);
      changes += 1.0;
    }
  }
  const Network& network = objective.model().network;
  const double readout = network.readout.empty()
                             ? 1.0
                             : std::transform_reduce(network.readout.begin(), network.readout.end(), 0.0,
                                                     std::plus<>(), [](double b) { return std::abs(b); });
  const double per_coefficient = squares > 0.0 ? readout * network.eta * squares / changes : 0.0;
  return per_coefficient > 0.0 ? kLogOdds / per_coefficient : 1.0;
}

bool is_same_optimum(std::span<const double> a, std::span<const double> b, const Matrix& information) {
  constexpr double kApart = 2.0;  // standard errors, squared
  const auto P = static_cast<Eigen::Index>(a.size());
  const Vector d = Eigen::Map<const Vector>(a.data(), P) - Eigen::Map<const Vector>(b.data(), P);
  return d.dot(information * d) < kApart;
}

}  // namespace synfer
