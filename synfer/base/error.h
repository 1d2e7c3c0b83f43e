// What can go wrong, as types that carry what a caller needs to point at the fault.
//
// A message says what was found, what was expected and what to do. The command line turns each
// type into its exit code (2 usage, configuration or output, 3 data, 4 a fit that failed); Python
// turns each into an exception with the same fields.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace synfer {

/// The root of every error that synfer raises on purpose.
class Error : public std::runtime_error {
 public:
  /// What is quoted in the message is cut to some 60 characters, the message to 2,000.
  explicit Error(const std::string& message);
};

/// A recording cannot be used: a file is missing, damaged, or contradicts itself.
/// `row` counts as an editor does, from 1 with the header as row 1; 0 means the whole file.
/// `column` is the column's name, empty where the fault is not in one column.
class DataError : public Error {
 public:
  DataError(std::string file, std::size_t row, std::string column, const std::string& what_is_wrong);

  std::string file;
  std::size_t row;
  std::string column;
};

/// A setting is unknown or has a value that it cannot have.
/// `nearest` is the known key closest to an unknown one, empty otherwise.
class ConfigurationError : public Error {
 public:
  ConfigurationError(std::string key, const std::string& what_is_wrong, std::string nearest = "");

  std::string key;
  std::string nearest;
};

/// Results cannot be written where they were asked for.
class OutputError : public Error {
 public:
  OutputError(std::string path, const std::string& what_is_wrong);

  std::string path;
};

/// A trajectory left the finite numbers. `step` is the index of the step within the session at
/// which a weight (or its adjoint) first overflowed; `term` is the parameter of the rule whose
/// share of that weight change was largest.
class NonFiniteError : public Error {
 public:
  NonFiniteError(std::string animal, std::string session, std::size_t step, std::string term,
                 const std::string& quantity);

  std::string animal;
  std::string session;
  std::size_t step;
  std::string term;
};

}  // namespace synfer
