// Where a fit of a rule starts, so that it ends in the best optimum and not in the nearest one.
//
// The likelihood of a whole session is rugged: weights go their own way for hundreds of trials, and far from
// the truth the choices say nothing more about where it lies. That of the first trials is smooth, since few
// weights have changed. So fits grow with the trials (the first eighth of each session, then a quarter, a
// half), each from where the one before it ended, as multiple shooting and tempered likelihoods do for
// chaotic systems. A Gaussian prior on the coefficients, as wide as a change of weights that moves log odds
// by 2, holds those that the first trials say nothing about; from weights near 0, terms in y and w have no
// slope, and a step along them would be a leap.
//
// The first fits start near 0 and from the best of some random coefficients of several sizes and both signs.
// What lies `behind` nats or more behind the best is given up; of those that met one goes on. As a search
// through the likelihood of the first trials is nearly free, all this costs about as much as one fit.
//
// Not for recordings of neurons, whose likelihood hardly depends on the start, nor for MLPs.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "synfer/base/recorded_work.h"
#include "synfer/inference/curvature.h"
#include "synfer/inference/objective.h"
#include "synfer/inference/optimiser.h"

namespace synfer {

struct StartOptions {
  std::vector<double> shares = {0.125, 0.25, 0.5};  // of the trials
  int draws = 16;                                   // random starts that are valued
  int fitted = 3;                                   // of them, the best, that are fitted
  int kept = 4;                                     // that go on from one share to the next
  double behind = 10.0;                             // nats
  std::uint64_t seed = 1;
};

/// What is to be started. Coefficients are the first parameters.
struct StartProblem {
  /// The likelihood of the first so much of each session.
  std::function<std::unique_ptr<CurvedLikelihood>(double share)> early;
  std::vector<double> near_zero;    // P, from which the first fit starts
  std::size_t coefficients = 0;     // the first so many parameters
  double size = 1.0;                // of a coefficient that is neither small nor large
  std::vector<char> frozen = {};    // of the first so many
  std::vector<Bounds> bounds = {};  // likewise
};

/// The most promising first. Empty where every fit diverged, or was interrupted.
/// @param work  a piece a fit, where they are to be recorded
std::vector<std::vector<double>> promising_starts(const StartProblem& problem, const StartOptions& options,
                                                  const std::function<bool()>& interrupted,
                                                  RecordedWork* work = nullptr);

/// The coefficient of x*r, r about 1, that moves the log odds of an offer by 2 at one change of weights.
double usual_coefficient(const Objective& objective);

/// Whether two ends of fits are one: nearly as likely, and no further apart than the information at one of
/// them can tell.
bool is_same_optimum(std::span<const double> a, std::span<const double> b, const Matrix& information);

}  // namespace synfer
