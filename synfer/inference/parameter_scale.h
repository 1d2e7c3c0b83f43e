// Parameters of an objective, and of the same in the scale of its data (synfer/model/data_scale.h).
//
// A fit is made in the scale of its data: there starts, priors, damping and the places where terms are probed
// mean the same in every unit. What a user gives or reads is in the unit of the file.
#pragma once

#include <span>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/inference/optimiser.h"

namespace synfer {

class ParameterScale {
 public:
  /// @param objective  in the unit of the file, or in the scale: parameters have the same places
  ParameterScale(const Objective& objective, const DataScale& scale);

  [[nodiscard]] std::vector<double> in_scale(std::span<const double> parameters) const;
  [[nodiscard]] std::vector<double> in_unit(std::span<const double> parameters) const;
  /// Of the rule's parameters.
  [[nodiscard]] std::vector<Bounds> in_scale(std::span<const Bounds> bounds) const;

 private:
  std::vector<double> factor_;  // P
  std::vector<double> shift_;   // P, of logarithms: in scale = unit * factor + shift
};

}  // namespace synfer
