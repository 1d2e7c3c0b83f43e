#include "synfer/base/error.h"

#include <fmt/format.h>

#include <utility>

namespace synfer {
namespace {

std::string locate(const std::string& file, std::size_t row, const std::string& column) {
  std::string where = file;
  if (row > 0) where += fmt::format(", row {}", row);
  if (!column.empty()) where += fmt::format(", column {}", column);
  return where;
}

std::string suggest(const std::string& nearest) {
  return nearest.empty() ? std::string() : fmt::format("; did you mean {}?", nearest);
}

}  // namespace

DataError::DataError(std::string file_, std::size_t row_, std::string column_,
                     const std::string& what_is_wrong)
    : Error(locate(file_, row_, column_) + ": " + what_is_wrong),
      file(std::move(file_)),
      row(row_),
      column(std::move(column_)) {}

ConfigurationError::ConfigurationError(std::string key_, const std::string& what_is_wrong,
                                       std::string nearest_)
    : Error(key_ + ": " + what_is_wrong + suggest(nearest_)),
      key(std::move(key_)),
      nearest(std::move(nearest_)) {}

OutputError::OutputError(std::string path_, const std::string& what_is_wrong)
    : Error(path_ + ": " + what_is_wrong), path(std::move(path_)) {}

NonFiniteError::NonFiniteError(std::string animal_, std::string session_, std::size_t step_,
                               std::string term_, const std::string& quantity)
    : Error(fmt::format("{} of session {} left the finite numbers at step {}, driven by the term {}; "
                        "start from smaller coefficients, bound them, or leave the term out",
                        quantity, session_, step_, term_)),
      animal(std::move(animal_)),
      session(std::move(session_)),
      step(step_),
      term(std::move(term_)) {}

}  // namespace synfer
