// A golden file: one small problem with its exact answer, made by automatic differentiation of an
// independent implementation. Its three layouts (accept or reject, choice among offers,
// recordings) become one encoded session here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"

namespace synfer::golden {

struct Expected {
  double loss = 0.0;                     // negative log likelihood, or sum of squared errors
  std::vector<double> gradient;          // P
  std::vector<double> initial_gradient;  // N M
  std::vector<double> final_weights;     // N M
  std::vector<double> logits;            // T K; empty where not given
  std::vector<double> last_activity;     // M; empty where not given
};

struct Problem {
  Model model;
  std::vector<double> theta;
  Matrix initial;
  EncodedSession session;
  Expected expected;
};

/// @throws nlohmann::json::exception or std::runtime_error where the file is not of the format.
Problem read_problem(const nlohmann::json& file);

}  // namespace synfer::golden
