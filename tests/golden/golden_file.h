// A golden file: one small problem with its exact answer, made by automatic differentiation of an
// independent implementation. Its three layouts (accept or reject, choice among offers,
// recordings) become one encoded session here; with latent weights the file names a belief as well.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"
#include "synfer/replay/belief.h"

namespace synfer::golden {

struct Expected {
  double loss = 0.0;                     // negative log likelihood, or sum of squared errors
  std::vector<double> gradient;          // P
  std::vector<double> initial_gradient;  // N M
  std::vector<double> final_weights;     // N M
  std::vector<double> logits;            // T K; empty where not given
  std::vector<double> last_activity;     // M; empty where not given
  // Of a belief; then there are no initial gradient and final weights.
  std::vector<double> log_probabilities;  // a scored choice each
  std::vector<double> final_mean;         // N M
  std::vector<double> final_covariance;   // (N M)^2
};

struct Problem {
  Model model;
  std::vector<double> theta;
  Matrix initial;
  EncodedSession session;
  std::optional<BeliefOptions> belief;  // where weights are latent
  Expected expected;
};

/// @throws nlohmann::json::exception or std::runtime_error where the file is not of the format.
Problem read_problem(const nlohmann::json& file);

}  // namespace synfer::golden
