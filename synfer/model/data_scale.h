// The scale of a data set: what its inputs and rewards are measured in while a rule is fitted, so that
// starts, priors, bounds and stopping rules mean the same whatever unit a file has.
//
// In the scale of the data inputs are x / input, reward terms r / reward and weights w input, so that logits
// and activities stay as they are, and a coefficient of x^a y^b w^c r^d is
//
//   theta input^(1 + a - c) reward^d
//
// Both are 1 for what the defaults are made for: inputs of .75 or 0, rewards of 1 or 0.
#pragma once

#include <span>
#include <vector>

#include "synfer/model/encoding.h"
#include "synfer/model/rule.h"
#include "synfer/model/term.h"

namespace synfer {

struct DataScale {
  double input = 1.0;
  double reward = 1.0;

  friend bool operator==(const DataScale&, const DataScale&) = default;
};

/// Input: the root mean square of inputs that are not 0, over .75. Reward: the largest |r| of the middle
/// session, among those that have any, so that one odd session does not set it. 1 where there is nothing to
/// go by.
DataScale data_scale(std::span<const EncodedSession> sessions);

/// The largest |x|.
double largest_input(std::span<const EncodedSession> sessions);

/// DataScale::input of inputs in any order, such as those of sessions as recorded.
class InputScale {
 public:
  void add(std::span<const double> x);
  [[nodiscard]] double value() const;
  [[nodiscard]] double root_mean_square() const;         // of inputs that are not 0
  [[nodiscard]] double count() const { return count_; }  // of these

 private:
  double squares_ = 0.0;
  double count_ = 0.0;
};

/// DataScale::reward from the largest |r| of each session; those of 0 do not count.
double reward_scale(std::vector<double> largest);

/// By how much a term's coefficient is larger in the scale of the data.
double coefficient_scale(const Term& term, const DataScale& scale);

EncodedSession in_scale(EncodedSession session, const DataScale& scale);

/// The same change of weights, by parameters that are parameter_scales() times as large.
Rule in_scale(const Rule& rule, const DataScale& scale);

/// By how much each parameter of a rule is larger in the scale of the data. Of a Taylor rule its terms; of an
/// MLP, whose inputs have scales of their own, the weights and the bias of its (linear) output.
std::vector<double> parameter_scales(const Rule& rule, const DataScale& scale);

}  // namespace synfer
