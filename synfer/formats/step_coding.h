// How the cells of a table with one row a step are meant, where a file's own way is not synfer's: which value
// of a choice stands for which offer, which for none, and in which order rows come. Columns have their names
// in step_columns.h.
#pragma once

#include <string>
#include <vector>

namespace synfer {

struct StepCoding {
  /// Values of the choice column, in the order of the offers; with one offer those of reject and accept.
  /// Empty: the number of the offer, counted from 0, or one of the labels that the row offers.
  std::vector<std::string> choice_values = {};

  /// Values of the choice column that stand for no choice, beside a missing one.
  std::vector<std::string> no_choice = {};

  /// Labels of the offers, in the order of their places, where these are the same at every step and no column
  /// says so. Empty: columns of stimuli say it.
  std::vector<std::string> arms = {};

  /// Whether a rejected offer has an outcome, which then stands in its row and changes the weights too.
  bool rewards_on_rejection = false;

  /// `none`: rows are in order, which is checked. `trial` or `time`: they are put in order, those of one
  /// trial (of equal times) as they stand.
  std::string sort = "none";

  friend bool operator==(const StepCoding&, const StepCoding&) = default;
};

}  // namespace synfer
