// What the data can and cannot tell about a set of coefficients.
//
// The error of an estimate is a sum of independent moves, one along each eigenvector of the scaled
// information (scaled_information.h). A stiff direction is a combination of terms that the data fix, a
// sloppy one a combination that hardly does anything at the synapses that were visited: with x*y and x*w
// nearly alike, 0.71 x*y - 0.70 x*w may be added to the rule at will. Where several terms are sloppy
// together the rule is one of a class, and a single member must not be believed.
//
// Sloppy: an eigenvalue below .05, so that overlap has taken all but 5 % of the information that separate
// terms would have had. For two terms alone that is a correlation of their estimates beyond -+.95. Terms i
// and j are grouped where the projection on all sloppy directions joins them, |sum_k v_ik v_jk| > .1.
// Unlike single eigenvectors that projection is unique where eigenvalues are equal, and unlike pairwise
// correlations it finds three terms of which each is a combination of the others.
//
// This is the view from the estimate: at another one directions differ.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"

namespace synfer {

inline constexpr double kSloppy = 0.05;
inline constexpr double kJoined = 0.1;

struct Direction {
  double eigenvalue = 0.0;      // of the scaled information
  std::vector<double> weights;  // F, in scaled coefficients, of length 1
  /// The combination in the coefficients' own units, normalised: "0.71 x*y - 0.70 x*w". Terms with a
  /// weight below a tenth of the largest are left out; the first that stays is positive.
  std::string combination;
  double standard_error = 0.0;  // how far the rule may be moved along `combination`; infinite if singular
};

struct Identifiability {
  std::vector<std::string> terms;                // F, free and varied; those of Direction::weights
  std::vector<Direction> directions;             // F, from the stiffest to the sloppiest
  std::vector<std::vector<std::string>> groups;  // terms that the data cannot tell apart
  std::vector<std::string> never_varied;         // free terms without any information
};

/// @param information  P x P, expected, at the estimate
/// @param names        P
/// @param fixed        P; parameters that were held or stand at a bound. Empty: none
Identifiability identifiability(const Matrix& information, std::span<const std::string> names,
                                std::span<const char> fixed);

}  // namespace synfer
