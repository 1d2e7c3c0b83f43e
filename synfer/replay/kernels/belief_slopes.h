// The slopes of a belief in lanes, and the arithmetic that carries them along: compiled for several
// instruction sets, of which the machine's best is taken when the program runs (vectors-inl.h).
#pragma once

#include <span>
#include <vector>

#include "synfer/replay/belief_values.h"
#include "synfer/replay/lane_array.h"

namespace synfer {

/// Named as the values whose slopes they are; those of a matrix stand row by row.
struct BeliefSlopes {
  BeliefSlopes() = default;
  BeliefSlopes(const BeliefShape& of, std::size_t lanes, std::size_t theta_lanes);

  // Of the belief, and of the latest observation.
  LaneArray m, p, r, z, u, v;
  LaneArray log_p, alpha, kappa;
  LaneArray rows;  // 1, or K with three offers and more: see Belief::information_rows
  // Of the latest weight change.
  LaneArray xh, phi, gamma, psi, g;
  // Of what lanes stand for: 1 in the lane of its own, 0 elsewhere.
  LaneArray log_noise_sd, log_walk_sd;
  LaneArray offset;  // K
  bool offsets = false;

  std::size_t theta_blocks = 0;  // the first lanes are theta's
  LaneArray scratch;             // one block, of what does not outlive a line

  static constexpr std::size_t scratch_of(const BeliefShape& s) {
    return 4 * s.modes * s.modes + 2 * s.modes + s.offers * s.inputs + 2 * s.inputs + 2 * s.drives();
  }
};

namespace kernels {

// Each for one session, whose lanes are parameters, and for eight, of which every parameter has a block.

/// Given those of m: z.
void respond(const BeliefValues& now, BeliefSlopes& d);
void respond(const BlockValues& now, BeliefSlopes& d);

/// Given those of m, P and z: log Z, alpha and kappa, and u and v; then m and P as the choice moved them.
/// Values are those before the move; alpha, kappa and `filtered` say what it is.
void observe_along_line(const BeliefValues& now, BeliefSlopes& d);
void observe_along_line(const BlockValues& now, BeliefSlopes& d);

/// The learned offer as it is believed to have been; what changes add up in is cleared.
void begin_change(const BeliefValues& now, BeliefSlopes& d);
void begin_change(const BlockValues& now, BeliefSlopes& d);

/// f'(z), f''(z) and f'''(z) of a neuron at a weight change.
template <typename Number>
struct ResponseSlopes {
  Number first{}, second{}, third{};
};

/// The weight change of neuron j; values are those before it.
/// by_theta: of every input d(mean change)/dtheta, d(dg/dx)/dtheta, ... by y and w, theta_blocks each.
void change_weights(const BeliefValues& now, std::size_t j, const ResponseSlopes<double>& y,
                    const Lanes* by_theta, BeliefSlopes& d);
void change_weights(const BlockValues& now, std::size_t j, const ResponseSlopes<Lanes>& y,
                    const Lanes* by_theta, BeliefSlopes& d);

/// P, and R, after the weight change, with the values of that change.
void change_covariance(const BeliefValues& now, BeliefSlopes& d);
void change_covariance(const BlockValues& now, BeliefSlopes& d);

}  // namespace kernels
}  // namespace synfer
