// A variable of a MATLAB file, whatever the file's version: numbers, text, a cell array or a struct.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/files/array.h"

namespace synfer {

/// Values lie in MATLAB's order, first dimension first.
struct MatValue {
  enum class Kind { kNumbers, kText, kCells, kStruct, kOther };

  Kind kind = Kind::kOther;
  std::vector<std::size_t> shape;
  std::vector<double> numbers;      // kNumbers; truth values are 1 and 0
  std::u32string characters;        // kText; as the file has them, which may be in pairs of UTF-16
  std::vector<MatValue> parts;      // kCells; kStruct: the fields of one element after the other
  std::vector<std::string> fields;  // kStruct
  std::string what;                 // kOther: what it is, in words

  [[nodiscard]] std::size_t size() const;

  /// The value of a field in one element of a struct; null where there is no such field.
  [[nodiscard]] const MatValue* field(const std::string& name, std::size_t element = 0) const;
};

/// The value as an array: numbers; text, where a matrix of characters is one text a row, without what fills
/// it up; a cell array of texts or of single numbers. A row of values is a vector, as MATLAB keeps them.
/// Nothing for anything else.
std::optional<Array> array_of(const MatValue& value);

/// Labels that were joined: where `value` is a line of characters, `count` labels of one length.
std::optional<Array> labels_of(const MatValue& value, std::size_t count);

/// In words: what it is, with the fields of a struct.
std::string description_of(const MatValue& value);

}  // namespace synfer
