#include "synfer/formats/read_matlab.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/file.h"
#include "synfer/files/mat_file.h"
#include "synfer/formats/mat_sessions.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {
namespace {

constexpr double kNoReward = std::numeric_limits<double>::quiet_NaN();

// A vector, whichever way it lies, of 0 and 1.
std::vector<int> zeros_and_ones(const std::string& file, const std::string& name, const MatMatrix& matrix) {
  if (!matrix.values.empty() && matrix.rows != 1 && matrix.columns != 1) {
    throw DataError(file, 0, name,
                    fmt::format("found {} x {}, expected a vector", matrix.rows, matrix.columns));
  }
  std::vector<int> values;
  for (const double value : matrix.values) {
    if (value != 0.0 && value != 1.0) {
      throw DataError(
          file, values.size() + 1, name,
          fmt::format("found {}, expected 0 or 1; correct it or save the file again", shortest(value)));
    }
    values.push_back(value == 1.0 ? 1 : 0);
  }
  return values;
}

// The odour of each row of X, which must be all 0 but for one 1.
std::vector<int> offered_odours(const std::string& file, const MatMatrix& x) {
  std::vector<int> odours;
  for (std::size_t row = 0; row < x.rows; ++row) {
    int odour = -1;
    for (std::size_t column = 0; column < x.columns; ++column) {
      const double value = x.at(row, column);
      if (value != 0.0 && value != 1.0) {
        throw DataError(
            file, row + 1, "X",
            fmt::format("found {}, expected 0 or 1; correct it or save the file again", shortest(value)));
      }
      if (value == 1.0 && odour >= 0) {
        throw DataError(file, row + 1, "X",
                        "found two ones, expected exactly one odour a step; correct the row");
      }
      if (value == 1.0) odour = static_cast<int>(column);
    }
    if (odour < 0) {
      throw DataError(file, row + 1, "X", "found no one, expected exactly one odour a step; correct the row");
    }
    odours.push_back(odour);
  }
  return odours;
}

Reading read_published(const std::string& file, const MatFile& mat) {
  const MatMatrix x = mat.matrix("X");
  const std::vector<int> accepted = zeros_and_ones(file, "Y", mat.matrix("Y"));
  const std::vector<int> rewarded = zeros_and_ones(file, "R", mat.matrix("R"));
  if (x.values.empty()) throw DataError(file, 0, "X", "found no steps; expected one row a step");
  if (accepted.size() != x.rows) {
    throw DataError(
        file, 0, "Y",
        fmt::format("found {} entries, expected {}: one for each row of X", accepted.size(), x.rows));
  }

  Session session;
  session.animal = session.name = name_of_file(file);
  for (std::size_t odour = 0; odour < x.columns; ++odour) session.stimuli.push_back(std::to_string(odour));
  session.stimulus = offered_odours(file, x);
  std::size_t trial = 0;
  for (std::size_t step = 0; step < x.rows; ++step) {
    const bool ends_trial = accepted[step] == 1;
    session.trial.push_back(static_cast<int>(trial));
    session.block.push_back(0);
    session.choice.push_back(accepted[step]);
    session.learns.push_back(ends_trial);
    session.reward.push_back(ends_trial && trial < rewarded.size() ? rewarded[trial] : kNoReward);
    if (ends_trial) ++trial;
  }
  if (trial != rewarded.size()) {
    throw DataError(
        file, 0, "R",
        fmt::format("found {} rewards, expected {}: one for each acceptance in Y; check that X, Y and R "
                    "are of one session",
                    rewarded.size(), trial));
  }
  if (accepted.back() != 1) {
    throw DataError(
        file, accepted.size(), "Y",
        "the last step is rejected, expected an acceptance, which ends the last trial; remove the steps "
        "of the unfinished trial");
  }
  return {{std::move(session)}, {}};
}

// Two of X, Y and R, and nothing that is called a choice.
bool is_published(const MatFile& mat, const ColumnNames& names) {
  const auto& all = mat.names();
  const bool has_choice =
      std::ranges::any_of(all, [&](const std::string& name) { return meaning_of(name, names) == "choice"; });
  return !has_choice && std::ranges::count_if(all, [](const std::string& name) {
                          return name == "X" || name == "Y" || name == "R";
                        }) >= 2;
}

}  // namespace

Reading read_matlab(const std::string& file, const ColumnNames& names, const StepCoding& coding) {
  const MatFile mat(file);
  if (is_published(mat, names)) return read_published(file, mat);
  MatArrays found = find_mat_arrays(mat, names);
  const bool is_called = std::ranges::any_of(found.arrays, [&](const NamedArray& a) {
    return !meaning_of(a.name, names).empty() || lower_case(a.name) == lower_case(names.choice);
  });
  if (!is_called) {
    const std::string near = nearest(names.choice, mat.names());
    throw DataError(
        file, 0, names.choice,
        fmt::format("no variable is called so{}, and no struct has such a field; found {}; rename "
                    "variables or fields, or say which is which: data.columns.choice=NAME",
                    near.empty() ? "" : " (is it '" + near + "'?)", variables_of(mat)));
  }
  Reading reading = sessions_of(file, std::move(found.arrays), names, coding, name_of_file(file));
  reading.how.insert(reading.how.begin(), found.how.begin(), found.how.end());
  return reading;
}

}  // namespace synfer
