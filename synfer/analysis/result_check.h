// Whether a result that came from disk is one of the settings beside it, before it is used on data: shapes
// and ranges that its kinds of values (results/result_shape.h) do not say.
#pragma once

#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// @param offers  at a step of the data that it is used on
/// @throws ConfigurationError that names result.json and the key.
void check_fitted(const Configuration& c, DataOrigin origin, const RunResult& result, int offers);

}  // namespace synfer
