// An MLP read as a polynomial, and what that polynomial is worth: judged on the animal's choices, not on g.
//
// A polynomial that describes g where the data went (inference/projection.h) need not describe the animal:
// what g leaves over adds up in the weights, and an MLP may itself be off the animal's rule. So the
// polynomial takes the MLP's place in the replay of the sessions, and what it loses is told in nats; so is
// how far its weights follow the MLP's. Beside it stand terms that were selected by their likelihood on the
// same choices (selection.h), which owe nothing to the MLP: where they explain more, they are the reading.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synfer/evaluation/summary.h"
#include "synfer/inference/projection.h"
#include "synfer/run/configuration.h"
#include "synfer/run/estimation.h"
#include "synfer/run/fit_data.h"

namespace synfer {

struct RunResult;
struct TrueRule;

/// The sample that was fitted: there an MLP of k parameters that the data determine gains, over a polynomial
/// of m terms, about k - m nats that other choices do not bear out (Akaike 1974).
inline constexpr const char* kFittedSample = "fitted";

/// A polynomial in the place of the MLP, in the replay of some sessions.
struct PolynomialScores {
  std::string sample;  // which sessions these are, in words
  std::size_t choices = 0;
  double nats = 0.0;   // by which it predicts the choices worse; infinite where weights overflow
  double error = NAN;  // its standard error, over sessions
  double by_chance =
      0.0;  // of them those that the MLP gains on choices that it was fitted to by chance alone
  SessionScores r2_weights;  // of the MLP's weights, as the fit replays them

  /// Whether it predicts worse by more than two nats and two standard errors, beyond chance.
  [[nodiscard]] bool loses() const;
};

struct ReadPolynomial {
  std::vector<Term> terms;  // none: the rule 0
  std::vector<double> coefficients;
  std::vector<PolynomialScores> scores;      // of fitted sessions, then of those that no fit saw
  std::optional<SessionScores> r2_of_truth;  // of the true rule's weights, on fresh simulated sessions

  /// Whether it can stand for the MLP wherever it was scored.
  [[nodiscard]] bool explains() const;
  /// "x*r - 0.05*w".
  [[nodiscard]] std::string text() const;
};

struct MlpReading {
  Projection projection;
  ReadPolynomial of_surface;                 // the projection's short polynomial
  std::optional<ReadPolynomial> of_choices;  // terms selected by likelihood; not of a fit by first order
  double determined = 0.0;  // parameters of the MLP that the data determine; all of them without priors

  /// The one that explains the choices better, of those that no fit saw where there are any.
  [[nodiscard]] const ReadPolynomial& better() const;
};

/// The reading of a fitted MLP; nothing where trajectories overflow.
/// @param interrupted  asked during the selection; true leaves it out
std::optional<MlpReading> read_mlp(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                                   const std::function<bool()>& interrupted);

/// Scores the polynomials of a result's reading on sessions; nothing without a reading.
/// @param sample         kFittedSample, or other sessions in words
/// @param same_sessions  whether they are those of the fit, as a whole or in part
void judge_reading(const Configuration& c, DataOrigin origin, const ReplayData& data,
                   const std::string& sample, bool same_sessions, RunResult& result);

/// The same against the true rule.
/// @param simulated  fresh sessions as they were
void judge_reading(const Configuration& c, const TrueRule& truth, const ReplayData& simulated,
                   RunResult& result);

/// Notes of what the reading is worth; none without one.
void add_reading_notes(RunResult& result);

}  // namespace synfer
