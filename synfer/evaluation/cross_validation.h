// Cross-validation: what a model says of steps that its fit never saw, beside rivals on the same steps.
//
// A fold states what is fitted and what is scored. Animals left out: one rule for all is fitted to some
// animals and scored on the others, whole; this asks whether a rule is shared. Forward chaining: the head of
// every session is fitted, and the part behind it scored; this asks whether a rule goes on to hold, and lets
// what is peculiar to an animal count. Scored steps are replayed from the session's start under the
// fitted parameters, so a model may react to what happened before them.
//
// Two models are compared session by session, on the same choices, by the difference of their nats a step.
// Sessions of one animal are not independent: standard errors are clustered by animal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/encoding.h"

namespace synfer {

/// Steps from `from` up to, and without, `to`.
struct StepRange {
  std::size_t from = 0;
  std::size_t to = 0;

  friend bool operator==(const StepRange&, const StepRange&) = default;
};

/// S sessions.
struct Fold {
  std::string name;
  std::vector<std::size_t> fitted;  // S; so many first steps of each session are fitted, 0: none
  std::vector<StepRange> scored;    // S; empty ranges are not scored
};

/// Each animal in turn is scored and all others are fitted, in the order in which animals first come.
/// @param animals  of each session (S)
/// @param steps    of each session (S)
/// @throws std::invalid_argument where there are fewer than two animals.
std::vector<Fold> leave_one_out(std::span<const std::string> animals, std::span<const std::size_t> steps);

/// Animals are dealt into groups of as equal a number as possible, in an order drawn from the seed; each
/// group in turn is scored. No more groups than animals are made.
/// @throws std::invalid_argument where there are fewer than two animals or groups.
std::vector<Fold> grouped_folds(std::span<const std::string> animals, std::span<const std::size_t> steps,
                                std::size_t groups, std::uint64_t seed);

/// For each cut (a fraction of trials) the trials before it are fitted, and those from it to the next cut,
/// or to the end, are scored.
/// @param trial_starts  of each session (S), the steps at which trials begin, ascending
/// @param cuts          ascending, between 0 and 1
std::vector<Fold> forward_chaining(std::span<const std::vector<std::size_t>> trial_starts,
                                   std::span<const std::size_t> steps, std::span<const double> cuts);

/// What a fit of this fold may see; of what comes later nothing is left.
std::vector<EncodedSession> fitted_part(const Fold& fold, const std::vector<EncodedSession>& sessions);

/// What is scored: sessions up to the end of their scored steps, of which earlier ones are replayed alone.
/// Sessions without a scored choice are left out.
std::vector<EncodedSession> scored_part(const Fold& fold, const std::vector<EncodedSession>& sessions);

/// The scored steps of one session in one fold.
struct HeldOutScore {
  std::string fold;
  std::string animal;
  std::string session;
  std::size_t choices = 0;
  std::map<std::string, double> nll;  // nats, by the model's name; infinite where its weights overflow
};

/// Fits what there is to fit on fold `n` and gives, by the model's name, the nll (nats) of each of the scored
/// parts in their order.
using FitAndScore = std::function<std::map<std::string, std::vector<double>>(
    std::size_t n, const std::vector<EncodedSession>& fitted, const std::vector<EncodedSession>& scored)>;

/// Folds in parallel; scores in their order. The error of the first fold that failed is thrown.
std::vector<HeldOutScore> cross_validate(std::span<const Fold> folds,
                                         const std::vector<EncodedSession>& sessions,
                                         const FitAndScore& fit_and_score);

/// A model against a rival on the same held-out choices. One value a session where arrays. A model whose
/// weights overflow cannot predict a session and has lost it: its nats there are infinite, and so is every
/// mean with such a session in it. No difference is computed from the sessions that are left.
struct PairedComparison {
  std::vector<double> gain;     // nats a step by which the model beats the rival; NaN where both lost
  std::vector<double> percent;  // deviance explained by the model, the rival being the null
  double model_nats = 0.0;      // a step, mean over sessions
  double rival_nats = 0.0;
  double mean = 0.0;  // of gain; minus infinity where the model lost a session, NaN where both did
  double median = 0.0;
  double standard_error = 0.0;  // of the mean, clustered by animal; NaN where there is but one, or no mean
  double percent_median = 0.0;
  std::size_t above_zero = 0;     // sessions with a gain
  std::size_t lost_by_model = 0;  // sessions that it cannot predict
  std::size_t lost_by_rival = 0;

  /// Better, or worse, by more than twice the standard error.
  [[nodiscard]] bool better() const { return mean > 2.0 * standard_error; }
  [[nodiscard]] bool worse() const { return mean < -2.0 * standard_error; }
};

/// @throws std::invalid_argument where a score lacks one of the two models.
PairedComparison compare(std::span<const HeldOutScore> scores, const std::string& model,
                         const std::string& rival);

/// Standard error of the mean of values of which those of one cluster are not independent:
/// G/(G-1) sum over clusters (sum of deviations)^2 / n^2, the square root of it. For clusters of one this is
/// s / sqrt(n). Source: Cameron and Miller, J. Human Resources 50 (2015). NaN for fewer than two clusters.
double clustered_standard_error(std::span<const double> values, std::span<const std::string> clusters);

}  // namespace synfer
