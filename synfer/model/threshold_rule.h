// A rule that no short polynomial describes: only rewards that surprise change a synapse.
//
//   g = gain x h(r) - decay w,   h(r) = sign(r) where |r| > threshold, 0 elsewhere
//
// Dopamine neurons are silent about small errors of prediction; a Taylor rule of degree 2 can only
// draw a line or a parabola through h. It is a truth to be recovered.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/rule.h"

namespace synfer {

class ThresholdRule {
 public:
  explicit ThresholdRule(double threshold = 0.3) : threshold_(threshold) {}

  [[nodiscard]] std::vector<std::string> parameter_names() const { return {"gain", "decay"}; }
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const {
    return theta[0] * at.x * surprise(at.r) - theta[1] * at.w;
  }
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const {
    theta_slopes[0] = at.x * surprise(at.r);
    theta_slopes[1] = -at.w;
    return {.x = theta[0] * surprise(at.r), .y = 0.0, .w = -theta[1]};
  }
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta, const ThetaSlopes& out) const {
    const double h = surprise(at.r);
    const auto write = [](std::span<double> to, double gain, double decay) {
      to[0] = gain;
      to[1] = decay;
    };
    write(out.g, at.x * h, -at.w);
    write(out.x, h, 0.0);
    write(out.y, 0.0, 0.0);
    write(out.w, 0.0, -1.0);
    SecondSlopes slopes;
    slopes.x = theta[0] * h;
    slopes.w = -theta[1];
    return slopes;
  }

 private:
  [[nodiscard]] double surprise(double r) const {
    return std::abs(r) > threshold_ ? std::copysign(1.0, r) : 0.0;
  }

  double threshold_;
};

}  // namespace synfer
