// Which columns of a table with one row a step hold what.
//
//   session, trial, choice, reward   always, but where neural data stand alone: then no choice,
//                                    and trial and reward may be left out
//   animal, block                    where there are any
//   stimulus, or x0 x1 ...           K = 1: a label, the stimulus vector, or both
//   stimulus0 stimulus1 ..., or      K >= 2: a label for each offer, the vector of each offer
//   x0_0 x0_1 ... x1_0 ...           (xOFFER_INPUT), or both
//   y0 y3 ...                        recordings; yJ is neuron J of the plastic layer
//
// Other columns are left alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/data/table.h"

namespace synfer {

/// What the columns are called in a user's files. `stimulus`, `x` and `y` are also the part before
/// the numbers; `stimulus` may name the columns of all offers instead: "left,right".
struct ColumnNames {
  std::string animal = "animal";
  std::string session = "session";
  std::string trial = "trial";
  std::string block = "block";
  std::string choice = "choice";
  std::string reward = "reward";
  std::string stimulus = "stimulus";
  std::string x = "x";
  std::string y = "y";

  friend bool operator==(const ColumnNames&, const ColumnNames&) = default;
};

/// Indices of columns of one table.
struct StepColumns {
  std::size_t session = 0;
  std::optional<std::size_t> animal, trial, block, choice, reward;
  int offers = 1;                       // K
  int inputs = 0;                       // N
  std::vector<std::size_t> stimulus;    // K, or none
  std::vector<std::size_t> x;           // K x N, or none
  std::vector<std::size_t> recordings;  // R, in the order of the table
  std::vector<int> recorded_neurons;    // R
};

/// DataError where a column is missing, or columns contradict one another.
StepColumns find_step_columns(const Table& table, const ColumnNames& names);

}  // namespace synfer
