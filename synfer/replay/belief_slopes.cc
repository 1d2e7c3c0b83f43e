// The slopes of a belief outside the line and the weight change (kernels/belief_slopes.cc): where they
// start, and those of logits without noise.

#include "synfer/replay/belief.h"

namespace synfer {

void Belief::prepare_slopes(const BeliefLanes& lanes) {
  lanes_ = LanePlaces(lanes, theta_.size(), now_.inputs * now_.neurons);
  sloped_ = true;
  d_ = BeliefSlopes(now_, lanes_.count, theta_.size());
  d_.offsets = lanes_.offsets > 0;
  const auto own = [](LaneArray& slopes, Eigen::Index lane) {
    if (lane >= 0) slopes.at(static_cast<std::size_t>(lane), 0) = 1.0;
  };
  own(d_.log_noise_sd, lanes_.noise_sd);
  own(d_.log_walk_sd, lanes_.walk_sd);
  for (std::size_t n = 0; n < lanes_.initials; ++n) d_.m.at(lanes_.initial + n, n) = 1.0;
  if (lanes_.initial_sd >= 0) {
    // forward: P = initial_sd^2 / size
    for (std::size_t d = 0; d < now_.modes; ++d) {
      const auto lane = static_cast<std::size_t>(lanes_.initial_sd);
      d_.p.at(lane, d * now_.modes + d) = 2.0 * now_.p(index(d), index(d));
      // forward: R = apart P
      if (now_.apart > 0.0) d_.r.at(lane, d * now_.modes + d) = 2.0 * now_.r(index(d), index(d));
    }
  }
}

void Belief::take_offset_slopes(const LogitOffset& offset) {
  for (std::size_t k = 0; k < now_.offers; ++k) {
    for (std::size_t n = 0; n < lanes_.offsets; ++n) {
      d_.offset.at(lanes_.offset + n, k) = offset.slopes[k * lanes_.offsets + n];
    }
  }
}

void Belief::activity_slopes(std::size_t offer, std::size_t neuron, LaneArray& out) const {
  // forward: y = f(z)
  const std::size_t kj = offer * now_.neurons + neuron;
  out.combine(0, 0.0, now_.y1[kj], d_.z, kj);
}

void Belief::logit_slopes(std::size_t k, LaneArray& out) const {
  // forward: logit_k = sum_j b_j f(z_kj) + offset_k
  out.combine(0, 0.0, 1.0, d_.offset, k);
  for (std::size_t j = 0; j < now_.neurons; ++j) {
    const std::size_t kj = k * now_.neurons + j;
    out.add(0, now_.readout[j] * now_.y1[kj], d_.z, kj);
  }
}

void Belief::line_slopes() {
  const std::size_t km = now_.drives();
  const std::size_t inputs = choice_inputs(now_);
  now_.moments.resize(inputs);
  for (std::size_t n = 0; n < inputs; ++n) {
    auto& of = now_.moments[n];
    of.fill(0.0);
    if (n == km && !d_.offsets) continue;
    for (std::size_t q = 0; q < kNodes; ++q) {
      const double slope = now_.second ? now_.node_slopes[n].lane[q]
                           : n < km    ? now_.slope_at_node[q * km + n]
                                       : 1.0;
      double term = now_.h[q] * slope;
      for (double& sum : of) {
        sum += term;
        term *= kNodeAt[q];
      }
    }
  }
  kernels::observe_along_line(now_, d_);
}

}  // namespace synfer
