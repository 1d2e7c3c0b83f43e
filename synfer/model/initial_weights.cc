#include "synfer/model/initial_weights.h"

#include <cmath>

namespace synfer {

Matrix draw_initial_weights(const InitialWeights& options, int inputs, int neurons,
                            const RandomStream& stream) {
  const double sd = options.kind == InitialWeights::Kind::kNormal ? options.sd : 1.0 / std::sqrt(inputs);
  Matrix weights(inputs, neurons);
  stream.normals({}, static_cast<std::uint64_t>(weights.size()), weights.data());
  return sd * weights;
}

}  // namespace synfer
