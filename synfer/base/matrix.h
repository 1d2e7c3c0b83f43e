// Linear algebra types. Matrices are row-major: row i of a weight matrix holds the synapses of
// input i onto all neurons, so that neighbouring neurons are neighbours in memory.
#pragma once

#include <Eigen/Core>

namespace synfer {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace synfer
