// An MLP read as a polynomial, and what that polynomial is worth (analysis/mlp_reading.h).
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/evaluation/summary.h"
#include "synfer/inference/projection.h"
#include "synfer/model/term.h"

namespace synfer {

/// The sample that was fitted: there an MLP of k parameters that the data determine gains, over a polynomial
/// of m terms, about k - m nats that other choices do not bear out (Akaike 1974).
inline constexpr const char* kFittedSample = "fitted";

/// Nats that two explanations may be apart and as good as one another.
inline constexpr double kAsGood = 2.0;

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

  /// The scores that say most, of choices that no fit saw; null where it was scored on none.
  [[nodiscard]] const PolynomialScores* most_telling() const;
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

}  // namespace synfer
