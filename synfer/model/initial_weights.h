// Weights before the first step of a session. All-zero weights make every neuron alike and leave
// terms in y and w without a slope, so random starts avoid them.
#pragma once

#include "synfer/base/matrix.h"
#include "synfer/base/random.h"

namespace synfer {

struct InitialWeights {
  enum class Kind { kNormal, kFanIn };

  Kind kind = Kind::kNormal;
  double sd = 0.01;  // normal: this; fan-in: 1 / sqrt(N) instead
};

/// An N x M draw from `stream`.
Matrix draw_initial_weights(const InitialWeights& options, int inputs, int neurons,
                            const RandomStream& stream);

}  // namespace synfer
