#include "synfer/model/plastic_layer.h"

#include <utility>

namespace synfer {

PlasticLayer::PlasticLayer(Network network, Rule rule, const std::vector<double>& theta, Matrix initial)
    : network_(std::move(network)),
      rule_(std::move(rule)),
      columns_(rule_.columns(theta)),
      weights_(std::move(initial)),
      y_(static_cast<std::size_t>(network_.neurons)),
      after_(weights_.rows(), weights_.cols()) {}

std::span<const double> PlasticLayer::activity(std::span<const double> x) {
  for (Eigen::Index j = 0; j < weights_.cols(); ++j) {
    double z = 0.0;
    for (Eigen::Index i = 0; i < weights_.rows(); ++i) z += x[static_cast<std::size_t>(i)] * weights_(i, j);
    y_[static_cast<std::size_t>(j)] = network_.activation.value(z);
  }
  return y_;
}

double PlasticLayer::logit(std::span<const double> y) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < y.size(); ++j) sum += network_.readout[j] * y[j];
  return sum;
}

void PlasticLayer::change(std::span<const double> x, std::span<const double> y, double r) {
  columns_->change({x, y, r, network_.eta, weights_.data()}, after_.data());
  std::swap(weights_, after_);
}

}  // namespace synfer
