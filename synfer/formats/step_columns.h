// Which columns of a table with one row a step hold what.
//
//   choice, reward                   always, but where neural data stand alone
//   animal, session, trial, block    where there are any; without a session each animal is one
//   start_time, scored, learns       where there are any
//   stimulus, or x0 x1 ...           K = 1: a label, the stimulus vector, or both
//   stimulus0 stimulus1 ..., or      K >= 2: a label for each offer, the vector of each offer
//   x0_0 x0_1 ... x1_0 ...           (xOFFER_INPUT), or both
//   y0 y3 ...                        recordings; yJ is neuron J of the plastic layer
//
// A column that goes by another common name of these (column_names.h) is taken for it where it is the only
// one, and the reading says so; two of them are refused. Other columns are left alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/files/table.h"
#include "synfer/formats/column_names.h"
#include "synfer/formats/step_coding.h"

namespace synfer {

/// Indices of columns of one table.
struct StepColumns {
  std::optional<std::size_t> session, animal, trial, block, choice, reward, time, scored, learns;
  std::vector<std::string> arms;        // labels of the offers where no column has them; K, or none
  int offers = 1;                       // K
  int inputs = 0;                       // N
  std::vector<std::size_t> stimulus;    // K, or none
  std::vector<std::size_t> x;           // K x N, or none
  std::vector<std::size_t> recordings;  // R, in the order of the table
  std::vector<int> recorded_neurons;    // R
  std::vector<std::string> how;         // a sentence for each column that goes by another name
};

/// DataError where a column is missing, or columns contradict one another.
StepColumns find_step_columns(const Table& table, const ColumnNames& names, const StepCoding& coding = {});

}  // namespace synfer
