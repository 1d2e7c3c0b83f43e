// Two structures on the same held-out choices: which predicts better, and by how much more than chance?
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace synfer {

/// Choices that one fit did not see: those of a session that was left out, or of a later part.
struct PartScore {
  std::string part;     // those of one part are not independent: an animal, or a later part
  std::string session;  // within it
  std::size_t choices = 0;
  double nll = 0.0;
};

/// A choice; infinite where one of them is.
double nats_of(const std::vector<PartScore>& scores);

inline constexpr double kNegligible = 1e-4;  // nats a choice: half a nat in 5000 choices

/// The difference of two structures on the same choices, and its error.
struct PairedLoss {
  double mean = 0.0;   // nats a choice by which the first is worse
  double error = NAN;  // of sums over parts, or over sessions where that is larger; NaN of a single part

  /// More than two errors from 0, that is; by so little that nobody would call it worse, however small its
  /// error is (a walk of sd 0 beside none), it is not.
  [[nodiscard]] bool worse() const { return !(mean <= 2.0 * error) && !(mean <= kNegligible); }
};
PairedLoss paired_loss(const std::vector<PartScore>& one, const std::vector<PartScore>& other);

/// The place of the simplest that is within two errors of the best; of equally simple ones the better.
std::size_t simplest_allowed(const std::vector<std::vector<PartScore>>& scores,
                             const std::vector<int>& complexity);

}  // namespace synfer
