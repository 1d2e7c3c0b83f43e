// The values of a belief in eight sessions side by side, one offer a step: the lines of belief.cc and
// belief_change.cc with a session a lane, compiled for several instruction sets (vectors-inl.h).
#pragma once

#include "synfer/model/activation.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/kernels/belief_slopes.h"

namespace synfer::kernels {

/// What each lane chose, and how likely it was.
struct ChoiceLanes {
  Lanes toward;  // 1: accepted, -1: rejected, 0: no choice, which tells nothing
  Lanes offset;  // added to the logit
  Lanes p;       // of the choice, averaged along the line, and of the other one
  Lanes not_p;
};

/// z, y and the slopes there, given x and m.
void respond(const Activation& f, BlockValues& now);

/// The line, the choice averaged along it, and what it tells: all but the move of m and P. Moments, of which
/// slopes are made, where they are wanted.
void observe(const Activation& f, bool moments, ChoiceLanes& choice, BlockValues& now);

/// m and P as the choice moved them.
void move(BlockValues& now);

/// x as it is believed to have been; what a change adds up in is cleared.
void begin_change(BlockValues& now);

/// y of neuron j there, and its slopes.
void respond_to_believed(const Activation& f, std::size_t j, const BlockValues& now, Lanes& y,
                         ResponseSlopes<Lanes>& slopes);

/// Of the synapses of neuron j: now.spread; and g += D g (N), given the spread and the slopes of g.
void find_spread(std::size_t j, const ResponseSlopes<Lanes>& y, BlockValues& now);
void add_mean_above(std::size_t j, Lanes* g, const BlockValues& now);

/// phi, gamma, psi and G of neuron j, given the slopes of g.
void add_slopes_of_change(std::size_t j, const Lanes& y1, BlockValues& now);

/// m += eta g, of neuron j. g: N.
void change_mean(std::size_t j, const Lanes* g, BlockValues& now);

/// P, and R, after the weight change.
void change_covariance(BlockValues& now);

/// Whether some lane's weight, or its sd, is beyond `reach`.
bool beyond(double reach, const BlockValues& now);

/// sum (P x P, its lower half row by row) += weight J J', and gradient (P) += by J, of log_p's slopes.
void add_choice(const BeliefSlopes& d, const Lanes& weight, const Lanes& by, Lanes* gradient, Lanes* sum);

}  // namespace synfer::kernels
