#include "synfer/replay/gaussian_particles.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>

#include "synfer/base/lanes.h"
#include "synfer/base/quantiles.h"
#include "synfer/base/random.h"
#include "synfer/base/stop.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/particle_cloud.h"

namespace synfer {
namespace {

// Of the mean variance, added to each so that a covariance without full rank has a root.
constexpr double kFloor = 1e-12;

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

// L with L L' = P, of which the lower half is read; 0 for P = 0.
Matrix root_of(const Matrix& p) {
  const double mean = p.trace() / static_cast<double>(p.rows());
  if (!(mean > 0.0)) return Matrix::Zero(p.rows(), p.cols());
  const Matrix floored = p + kFloor * mean * Matrix::Identity(p.rows(), p.cols());
  return Eigen::LLT<Matrix>(floored).matrixL();
}

// Standard normal numbers, a row for each of `rows`, of mean 0 and covariance I over the columns, and a
// coordinate t that takes evenly spaced quantiles. The second half is the first one with the other sign.
class Draws {
 public:
  Draws(std::size_t rows, std::size_t columns, const EncodedSession& session,
        const GaussianParticleOptions& options)
      : stream_(options.seed, "Gaussian particles", session.animal, session.name),
        replicate_(options.replicate),
        t_(index(columns)),
        half_(index(rows), index(columns / 2)),
        all_(index(rows), index(columns)) {
    const Eigen::Index half = half_.cols();
    for (Eigen::Index n = 0; n < half; ++n) {
      const double p = (static_cast<double>(half + n) + 0.5) / static_cast<double>(columns);
      t_[n] = normal_quantile(p);
      t_[half + n] = -t_[n];
    }
    t_ /= std::sqrt(t_.squaredNorm() / static_cast<double>(columns));
    const Vector t = t_.head(half);
    const Vector cube = t.array().cube();
    odd_.resize(half, 2);
    odd_ << t.normalized(), (cube - t * (t.dot(cube) / t.squaredNorm())).normalized();
  }

  void draw(std::size_t step) {
    stream_.normals({.step = step, .replicate = replicate_}, static_cast<std::uint64_t>(half_.size()),
                    half_.data());
    // Uncorrelated with t and t^3: with t^2 and all even functions they are by their signs.
    half_ -= (half_ * odd_) * odd_.transpose();
    const Matrix covariance = half_ * half_.transpose() / static_cast<double>(half_.cols());
    Eigen::LLT<Matrix>(covariance).matrixL().solveInPlace(half_);
    all_.leftCols(half_.cols()) = half_;
    all_.rightCols(half_.cols()) = -half_;
  }

  /// The step's draws with t for their coordinate along `direction`, of length 1 or 0.
  [[nodiscard]] Matrix along(const Vector& direction) const {
    if (direction.isZero(0.0)) return all_;
    const Vector shift = t_ - all_.transpose() * direction;
    return all_ + direction * shift.transpose();
  }

 private:
  RandomStream stream_;
  std::uint64_t replicate_;
  Vector t_;
  Matrix odd_;  // odd functions of t on the first half, orthonormal
  Matrix half_, all_;
};

// The belief at one point.
class GaussianParticles {
 public:
  GaussianParticles(const Model& model, const EncodedSession& session, const GaussianParticlePoint& point,
                    std::size_t count)
      : network_(model.network),
        session_(session),
        point_(point),
        cloud_(model, point.theta, session, point.offsets, count),
        weight_(count),
        self_(count),
        mean_(point.initial.reshaped<Eigen::RowMajor>()),
        covariance_(Matrix::Identity(mean_.size(), mean_.size()) * point.initial_sd * point.initial_sd) {
    std::iota(self_.begin(), self_.end(), std::size_t{0});
  }

  void step(std::size_t t, const Draws& draws) {
    const Matrix root = root_of(covariance_);
    const Matrix drawn = draws.along(direction(t, root));
    Eigen::Map<Matrix> w(cloud_.weights().data(), mean_.size(), drawn.cols());
    w.noalias() = root.triangularView<Eigen::Lower>() * drawn.topRows(mean_.size());
    w.colwise() += mean_;
    const Eigen::Index stimuli = index(cloud_.stimuli());
    Eigen::Map<Matrix> x(cloud_.seen().data(), stimuli, drawn.cols());
    x = point_.noise_sd * drawn.bottomRows(stimuli);
    x.colwise() += Eigen::Map<const Vector>(&session_.x[t * cloud_.stimuli()], stimuli);

    cloud_.level(weight_);
    cloud_.respond(t);
    const double log_probability = cloud_.weigh(t, weight_);
    if (t >= session_.scored_from) log_likelihood_ += log_probability;
    if (session_.learns[t] != 0) {
      cloud_.learn(t, self_);
      cloud_.hold();
    }
    become(Eigen::Map<const Matrix>(cloud_.weights().data(), mean_.size(), drawn.cols()));
    if (session_.learns[t] != 0) covariance_.diagonal().array() += point_.walk_sd * point_.walk_sd;
  }

  [[nodiscard]] double log_likelihood() const { return log_likelihood_; }

 private:
  // Along which the draws move the probability of the choice most, at the mean; 0 without a free choice.
  [[nodiscard]] Vector direction(std::size_t t, const Matrix& root) const {
    const Eigen::Index stimuli = index(cloud_.stimuli());
    Vector slopes = Vector::Zero(mean_.size() + stimuli);
    const int choice = session_.free_choice(t);
    if (choice == kNoChoice) return slopes;
    const auto neurons = static_cast<Eigen::Index>(network_.neurons);
    const auto offers = static_cast<Eigen::Index>(session_.offers);
    const Eigen::Map<const Matrix> w(mean_.data(), mean_.size() / neurons, neurons);
    const Eigen::Map<const Matrix> mu(&session_.x[t * cloud_.stimuli()], offers, w.rows());
    const Eigen::Map<const Vector> readout(network_.readout.data(), neurons);
    // y = f(z), logit = b . y, so that dlogit/dz = b f'(z).
    Matrix by_drive = mu * w;
    std::vector<double> logits(static_cast<std::size_t>(offers)), logit_bar(logits.size());
    const LogitOffset offset = point_.offsets.at(t, logits.size(), 0);
    for (Eigen::Index k = 0; k < offers; ++k) {
      double& logit = logits[static_cast<std::size_t>(k)];
      if (!offset.value.empty()) logit = offset.value[static_cast<std::size_t>(k)];
      for (Eigen::Index j = 0; j < neurons; ++j) {
        const double y = network_.activation.value(by_drive(k, j));
        logit += readout[j] * y;
        by_drive(k, j) = readout[j] * network_.activation.slope(by_drive(k, j), y);
      }
    }
    pull_back_log_choice(logits, choice, 1.0, logit_bar);
    const Matrix z_bar = Eigen::Map<const Vector>(logit_bar.data(), offers).asDiagonal() * by_drive;
    const Matrix w_bar = mu.transpose() * z_bar;
    const Matrix x_bar = z_bar * w.transpose();
    slopes << root.transpose() * w_bar.reshaped<Eigen::RowMajor>(),
        point_.noise_sd * x_bar.reshaped<Eigen::RowMajor>();
    return slopes.stableNormalized();
  }

  void become(const Eigen::Map<const Matrix>& w) {
    const Eigen::Map<const Vector> weight(weight_.data(), w.cols());
    mean_ = w * weight;
    const Matrix weighted = (w.colwise() - mean_) * weight.cwiseSqrt().asDiagonal();
    covariance_.setZero();
    covariance_.selfadjointView<Eigen::Lower>().rankUpdate(weighted);
  }

  const Network& network_;
  const EncodedSession& session_;
  const GaussianParticlePoint& point_;
  ParticleCloud cloud_;
  std::vector<double> weight_;     // sum 1
  std::vector<std::size_t> self_;  // every particle goes on from itself
  Vector mean_;                    // N M; i M + j
  Matrix covariance_;              // N M x N M
  double log_likelihood_ = 0.0;
};

}  // namespace

std::vector<double> gaussian_particle_log_likelihoods(const Model& model, const EncodedSession& session,
                                                      std::span<const GaussianParticlePoint> points,
                                                      const GaussianParticleOptions& options) {
  const auto inputs = static_cast<std::size_t>(session.inputs);
  const std::size_t rows = inputs * static_cast<std::size_t>(model.network.neurons + session.offers);
  const std::size_t pairs_of_lanes = 2 * kLanes;  // each draw comes with its negative
  const std::size_t wanted = std::max(options.particles, 4 * rows);
  const std::size_t count = (wanted + pairs_of_lanes - 1) / pairs_of_lanes * pairs_of_lanes;
  Draws draws(rows, count, session, options);
  std::vector<std::unique_ptr<GaussianParticles>> beliefs;
  for (const GaussianParticlePoint& point : points)
    beliefs.push_back(std::make_unique<GaussianParticles>(model, session, point, count));
  for (std::size_t t = 0; t < session.steps(); ++t) {
    stop_if_asked();
    draws.draw(t);
    for (const auto& belief : beliefs) belief->step(t, draws);
  }
  std::vector<double> log_likelihoods;
  for (const auto& belief : beliefs) log_likelihoods.push_back(belief->log_likelihood());
  return log_likelihoods;
}

}  // namespace synfer
