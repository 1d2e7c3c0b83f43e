// Standard errors from the information alone, and from the sandwich clustered by animal, corrected for few
// animals (Bell and McCaffrey, Survey Methodology 2002, with scores in proportion to information).

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfer/base/quantiles.h"
#include "synfer/inference/uncertainty_methods.h"

namespace synfer {
namespace {

constexpr double kAlone = 1 - 1e-9;  // the share of the information of an animal that alone has any

// estimate -+ quantile times standard error.
void symmetric_interval(Interval& interval, double standard_error, double quantile) {
  if (interval.status != IntervalStatus::kEstimated) return;
  interval.standard_error = standard_error;
  interval.low = interval.estimate - quantile * standard_error;
  interval.high = interval.estimate + quantile * standard_error;
}

// What the sandwich of few animals lacks, as if their scores s_g = c' I^-1 gradient_g had variances in
// proportion to the animals' shares p_g of the information on a parameter (sum 1). At the estimate the s_g
// sum to 0, so that their covariance is V (diag(p) - p p'), V that of the estimate; its trace is V (1 - sum
// p^2).
struct FewAnimals {
  double inflation = 1.0;  // of the sum of s_g^2; G/(G-1) for equal shares
  double freedom = 0.0;    // (trace)^2 / trace of the square, after Satterthwaite; G-1 for equal shares

  explicit FewAnimals(const Eigen::ArrayXd& shares) {
    const double squares = shares.square().sum();
    const double trace = 1 - squares;
    inflation = 1 / trace;
    freedom = trace * trace / (squares - 2 * shares.cube().sum() + squares * squares);
  }
};

// G x F: each animal's share of the information on each parameter, c' I^-1 I_g I^-1 c, scaled to sum 1.
Matrix shares_of_information(const AtEstimate& at, const Clusters& animals) {
  Matrix shares(static_cast<Eigen::Index>(animals.count), at.covariance.rows());
  std::vector<double> weights(animals.of_session.size());
  for (std::size_t g = 0; g < animals.count; ++g) {
    std::ranges::transform(animals.of_session, weights.begin(),
                           [&](std::size_t animal) { return animal == g ? 1.0 : 0.0; });
    const Matrix whole = at.fitted.likelihood.curvature(at.fitted.parameters, weights).information;
    const Matrix own = whole(at.information.parameters, at.information.parameters);
    shares.row(static_cast<Eigen::Index>(g)) = (at.covariance * own * at.covariance).diagonal();
  }
  return shares.array().rowwise() / shares.colwise().sum().array();
}

}  // namespace

void information_intervals(const AtEstimate& at, Uncertainty& result) {
  const double quantile = normal_quantile(0.5 + at.options.level / 2);
  for (Eigen::Index n = 0; n < at.covariance.rows(); ++n)
    symmetric_interval(result.intervals[at.parameter(n)], std::sqrt(at.covariance(n, n)), quantile);
}

void clustered_intervals(const AtEstimate& at, Uncertainty& result) {
  const Clusters animals = clusters(at.fitted);
  // G x F
  Matrix gradients = Matrix::Zero(static_cast<Eigen::Index>(animals.count), at.covariance.rows());
  for (std::size_t s = 0; s < animals.of_session.size(); ++s) {
    gradients.row(static_cast<Eigen::Index>(animals.of_session[s])) +=
        at.curvature.session_gradients(static_cast<Eigen::Index>(s), at.information.parameters);
  }
  const Matrix scores = gradients * at.covariance;
  const Matrix shares = shares_of_information(at, animals);
  for (Eigen::Index n = 0; n < scores.cols(); ++n) {
    Interval& interval = result.intervals[at.parameter(n)];
    if (shares.col(n).maxCoeff() > kAlone) {  // a bias of its session: animals cannot differ in it
      symmetric_interval(interval, std::sqrt(at.covariance(n, n)),
                         normal_quantile(0.5 + at.options.level / 2));
      continue;
    }
    const FewAnimals few(shares.col(n).array());
    symmetric_interval(interval, std::sqrt(few.inflation * scores.col(n).squaredNorm()),
                       student_t_quantile(0.5 + at.options.level / 2, few.freedom));
    result.degrees_of_freedom = std::min(result.degrees_of_freedom.value_or(few.freedom), few.freedom);
  }
}

}  // namespace synfer
