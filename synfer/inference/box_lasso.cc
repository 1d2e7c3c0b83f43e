#include "synfer/inference/box_lasso.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <vector>

namespace synfer {
namespace {

using Eigen::Index;

double soft_threshold(double z, double by) { return z > by ? z - by : z < -by ? z + by : 0.0; }

class Descent {
 public:
  explicit Descent(const BoxLasso& problem) : q_(problem), u_(problem.from), s_(problem.s) {}

  Vector run() {
    // Ties between rest and motion could alternate by rounding; the point is good then, too.
    const Index most_rounds = 50 + 3 * u_.size();
    sweep();
    for (Index round = 0; round < most_rounds; ++round) {
      std::vector<int> face = signs();
      while (!step_on_face(face)) face = signs();
      sweep();
      if (signs() == face) break;
    }
    return u_;
  }

 private:
  void sweep() {
    for (Index p = 0; p < u_.size(); ++p) {
      if (q_.low[p] == q_.high[p]) continue;
      const double h = q_.H(p, p);
      const double free = soft_threshold(u_[p] - s_[p] / h, q_.l1[p] / h);
      const double to = std::clamp(free, q_.low[p], q_.high[p]);
      s_ += (to - u_[p]) * q_.H.row(p).transpose();
      u_[p] = to;
    }
  }

  // The face of the kinks and the box on which u lies: 0 for a coordinate at rest, otherwise the
  // side of 0 that it is on (1 where that does not matter).
  [[nodiscard]] std::vector<int> signs() const {
    std::vector<int> signs(static_cast<std::size_t>(u_.size()));
    for (Index p = 0; p < u_.size(); ++p) {
      const double u = u_[p];
      const bool inside = q_.low[p] < u && u < q_.high[p];
      const int side = u > 0 ? 1 : u < 0 ? -1 : 0;
      signs[static_cast<std::size_t>(p)] = !inside ? 0 : q_.l1[p] > 0 ? side : 1;
    }
    return signs;
  }

  // How far p may go in the direction of e before a kink or a bound.
  [[nodiscard]] double wall(Index p, double e) const {
    const bool kink = q_.l1[p] > 0 && u_[p] * e < 0;
    if (e > 0) return kink ? std::min(0.0, q_.high[p]) : q_.high[p];
    return kink ? std::max(0.0, q_.low[p]) : q_.low[p];
  }

  // To the least point of the face, or to the first wall on the way; whether it got there.
  bool step_on_face(const std::vector<int>& signs) {
    std::vector<Index> free;
    for (Index p = 0; p < u_.size(); ++p) {
      if (signs[static_cast<std::size_t>(p)] != 0) free.push_back(p);
    }
    if (free.empty()) return true;
    Vector slope = s_(free);
    for (std::size_t n = 0; n < free.size(); ++n) {
      const auto p = static_cast<std::size_t>(free[n]);
      slope[static_cast<Index>(n)] += q_.l1[free[n]] * signs[p];
    }
    const Matrix face = q_.H(free, free);
    const Vector e = -face.llt().solve(slope);
    double length = 1.0;
    Index hit = -1;
    double hit_wall = 0.0;
    for (std::size_t n = 0; n < free.size(); ++n) {
      const double along = e[static_cast<Index>(n)];
      if (along == 0.0) continue;
      const double to = wall(free[n], along);
      const double ratio = (to - u_[free[n]]) / along;
      if (ratio < length) {
        length = ratio;
        hit = free[n];
        hit_wall = to;
      }
    }
    const Vector before = u_;
    for (std::size_t n = 0; n < free.size(); ++n) u_[free[n]] += length * e[static_cast<Index>(n)];
    if (hit >= 0) u_[hit] = hit_wall;
    s_ += q_.H * (u_ - before);
    return hit < 0;
  }

  const BoxLasso& q_;
  Vector u_;
  Vector s_;  // slope of the quadratic at u
};

}  // namespace

Vector minimise(const BoxLasso& problem) { return Descent(problem).run(); }

}  // namespace synfer
