#include "synfer/data/mat_file.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <matio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "synfer/base/error.h"
#include "synfer/data/file.h"
#include "synfer/data/unicode.h"

namespace synfer {
namespace {

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kTagBytes = 8;

// deflate never shrinks anything more than 1032 times.
constexpr std::size_t kMostElementsPerByte = 1032;

[[noreturn]] void reject_file(const std::string& file, const std::string& what_is_wrong) {
  throw DataError(file, 0, "", what_is_wrong + "; copy or save the file again");
}

template <typename T>
T read_at(std::string_view bytes, std::size_t at, bool swapped) {
  std::array<char, sizeof(T)> raw{};
  std::memcpy(raw.data(), bytes.data() + at, sizeof(T));
  if (swapped) std::reverse(raw.begin(), raw.end());
  return std::bit_cast<T>(raw);
}

// Walks the parts of a version 5 file: header, then (type, length, content) until the end.
void check_is_whole(const std::string& file, std::string_view bytes) {
  const bool little = bytes.substr(126, 2) == "IM";
  if (!little && bytes.substr(126, 2) != "MI") {
    reject_file(file, "expected a MATLAB file of version 5, 7 or 7.3 (save -v7)");
  }
  const bool swapped = little != (std::endian::native == std::endian::little);
  const auto version = read_at<std::uint16_t>(bytes, 124, swapped);
  if (version == MAT_FT_MAT73) return;  // HDF5 checks its own length
  if (version != MAT_FT_MAT5) {
    reject_file(file, "expected a MATLAB file of version 5, 7 or 7.3 (save -v7)");
  }
  std::size_t at = kHeaderBytes;
  while (at < bytes.size()) {
    if (bytes.size() - at < kTagBytes) reject_file(file, "the file breaks off");
    const auto type = read_at<std::uint32_t>(bytes, at, swapped);
    const auto length = read_at<std::uint32_t>(bytes, at + 4, swapped);
    if (type != MAT_T_MATRIX && type != MAT_T_COMPRESSED) {
      reject_file(file, fmt::format("the file is damaged at byte {}", at));
    }
    at += kTagBytes;
    if (bytes.size() - at < length) reject_file(file, "the file breaks off");
    at += length;
  }
}

struct FreeVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};

using Variable = std::unique_ptr<matvar_t, FreeVariable>;

// Fills with all-one bytes first: NaN, -1 or the largest number, so that a cell which matio leaves
// out for want of bytes cannot pass for data.
template <typename T>
bool read_as(mat_t* mat, matvar_t* variable, std::vector<double>& values) {
  std::vector<T> raw(values.size());
  std::memset(raw.data(), 0xFF, raw.size() * sizeof(T));
  const auto rank = static_cast<std::size_t>(variable->rank);
  std::vector<int> start(rank, 0);
  std::vector<int> stride(rank, 1);
  std::vector<int> edge(variable->dims, variable->dims + rank);
  if (Mat_VarReadData(mat, variable, raw.data(), start.data(), stride.data(), edge.data()) != 0) return false;
  std::copy(raw.begin(), raw.end(), values.begin());
  return true;
}

bool read_values(mat_t* mat, matvar_t* variable, std::vector<double>& values) {
  switch (variable->class_type) {
    case MAT_C_DOUBLE:
      return read_as<double>(mat, variable, values);
    case MAT_C_SINGLE:
      return read_as<float>(mat, variable, values);
    case MAT_C_INT8:
      return read_as<std::int8_t>(mat, variable, values);
    case MAT_C_UINT8:
      return read_as<std::uint8_t>(mat, variable, values);
    case MAT_C_INT16:
      return read_as<std::int16_t>(mat, variable, values);
    case MAT_C_UINT16:
      return read_as<std::uint16_t>(mat, variable, values);
    case MAT_C_INT32:
      return read_as<std::int32_t>(mat, variable, values);
    case MAT_C_UINT32:
      return read_as<std::uint32_t>(mat, variable, values);
    case MAT_C_INT64:
      return read_as<std::int64_t>(mat, variable, values);
    case MAT_C_UINT64:
      return read_as<std::uint64_t>(mat, variable, values);
    default:
      return false;
  }
}

Variable info(mat_t* mat, const std::string& name) { return Variable(Mat_VarReadInfo(mat, name.c_str())); }

[[noreturn]] void reject_kind(const std::string& file, const std::string& name) {
  throw DataError(file, 0, name,
                  "expected a full matrix of real numbers with two dimensions; convert it in MATLAB");
}

// In MATLAB's order.
Array numbers(const std::string& file, std::size_t bytes, mat_t* mat, const std::string& name) {
  const Variable variable = info(mat, name);
  if (!variable) {
    throw DataError(file, 0, name,
                    "there is no such variable; save X, Y and R, and check that the file is whole");
  }
  const bool is_numeric = variable->class_type >= MAT_C_DOUBLE && variable->class_type <= MAT_C_UINT64;
  if (!is_numeric || variable->isComplex != 0 || variable->rank < 2 || variable->dims == nullptr) {
    reject_kind(file, name);
  }
  Array array;
  std::size_t left = std::min<std::size_t>(bytes * kMostElementsPerByte, std::numeric_limits<int>::max());
  std::size_t values = 1;
  for (int d = 0; d < variable->rank; ++d) {
    const std::size_t length = variable->dims[d];
    if (length > left) {
      throw DataError(file, 0, name,
                      "claims more numbers than the file can hold; it is damaged: copy or save it again");
    }
    array.shape.push_back(length);
    if (length > 0) left /= length;
    values *= length;
  }
  array.numbers.resize(values);
  if (array.numbers.empty()) return array;
  // Mat_VarReadData leaks its decompressor where the stream is damaged; Mat_VarRead finds that first.
  const Variable trial(Mat_VarRead(mat, name.c_str()));
  if (!trial || !trial->data || !read_values(mat, variable.get(), array.numbers)) {
    throw DataError(file, 0, name, "its numbers cannot be read; the file is damaged: copy or save it again");
  }
  return array;
}

}  // namespace

void MatFile::Close::operator()(_mat_t* mat) const { Mat_Close(mat); }

MatFile::MatFile(const std::string& file) : file_(file) {
  const std::string bytes = read_file(file);
  if (bytes.empty()) throw DataError(file, 0, "", "the file is empty; expected a MATLAB file");
  if (bytes.size() < kHeaderBytes) reject_file(file, "the file breaks off, or is not a MATLAB file");
  check_is_whole(file, bytes);
  bytes_ = bytes.size();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // it would print a stack of its own for each fault
  mat_.reset(Mat_Open(file.c_str(), MAT_ACC_RDONLY));
  if (!mat_) reject_file(file, "the file is damaged or not a MATLAB file");
}

MatMatrix MatFile::matrix(const std::string& name) const {
  const Variable variable = info(mat_.get(), name);
  if (variable && variable->rank == 2 && variable->class_type == MAT_C_CHAR) reject_kind(file_, name);
  Array array = numbers(file_, bytes_, mat_.get(), name);
  if (array.shape.size() != 2) reject_kind(file_, name);
  return {array.shape[0], array.shape[1], std::move(array.numbers)};
}

bool MatFile::has(const std::string& name) const { return info(mat_.get(), name) != nullptr; }

std::vector<std::string> MatFile::names() const {
  std::size_t count = 0;
  char* const* found = Mat_GetDir(mat_.get(), &count);
  return found == nullptr ? std::vector<std::string>{} : std::vector<std::string>(found, found + count);
}

Array MatFile::array(const std::string& name) const {
  const Variable variable = info(mat_.get(), name);
  if (variable && variable->class_type == MAT_C_CHAR) {
    Array array;
    array.is_text = true;
    array.text = texts(name);
    array.shape = {array.text.size()};
    return array;
  }
  Array array = numbers(file_, bytes_, mat_.get(), name);
  to_c_order(array);
  return array;
}

std::vector<std::string> MatFile::texts(const std::string& name) const {
  const auto damaged = [&] {
    return DataError(file_, 0, name, "its text cannot be read; the file is damaged: copy or save it again");
  };
  const Variable variable(Mat_VarRead(mat_.get(), name.c_str()));
  if (!variable || variable->rank != 2) throw damaged();
  const std::size_t rows = variable->dims[0];
  const std::size_t width = variable->dims[1];
  if (rows == 0 || width == 0) return std::vector<std::string>(std::min(rows, bytes_));
  const bool wide = variable->data_type == MAT_T_UINT16 || variable->data_type == MAT_T_UTF16;
  const bool narrow = variable->data_type == MAT_T_UINT8 || variable->data_type == MAT_T_UTF8;
  const std::size_t most = variable->nbytes / (wide ? 2 : 1);
  if (!variable->data || (!wide && !narrow) || width > most / rows) throw damaged();
  std::vector<std::string> found;
  for (std::size_t row = 0; row < rows; ++row) {
    std::u16string text;
    for (std::size_t column = 0; column < width; ++column) {
      const std::size_t at = column * rows + row;
      text += wide ? static_cast<const char16_t*>(variable->data)[at]
                   : static_cast<const unsigned char*>(variable->data)[at];
    }
    text.erase(text.find_last_not_of(u' ') + 1);
    const std::optional<std::string> narrowed = to_utf8(text);
    if (!narrowed) throw damaged();
    found.push_back(*narrowed);
  }
  return found;
}

}  // namespace synfer
