// A fit that looks for the best optimum: from promising starts (starts.h) where it has none, and once it has
// ended, from where another optimum may lie.
//
// Another optimum lies where the loss does not rise as its curvature at the end says. So the loss is asked
// three standard errors away on both sides along the directions that the data fix least, and at mirror images
// that are named (those of a choice between two stimuli, say); where it rises by much less, a fit starts.
// Where the loss has steps (a ReLU, a filter near its limits) a tenth of a standard error tells: then a few
// fits start around the end, and the best of them is taken. It goes on until nothing better is found.
//
// What is told: in how many starts the fit ended in its optimum, and which other optima are nearly as likely.
#pragma once

#include <vector>

#include "synfer/inference/fit.h"
#include "synfer/inference/starts.h"

namespace synfer {

struct GlobalOptions {
  bool screen = true;  // whether promising starts take the place of those that are given
  StartOptions starts = {};
  double near = 2.0;  // nats; optima so near to the best are told
};

/// @param starts     all parameters each; a screen goes out from the first one, and holds what is frozen
/// @param mirrored   images of a set of parameters that may be as likely; may be empty
/// @param progress   that of an interrupted fit, or empty
FitSummary fit_globally(
    const FitProblem& problem, const Method& method, std::vector<std::vector<double>> starts,
    const std::function<std::vector<std::vector<double>>(const std::vector<double>&)>& mirrored,
    const GlobalOptions& options = {}, FitProgress progress = {}, const FitHooks& hooks = {});

}  // namespace synfer
