#include "synfer/formats/write_matlab.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "synfer/files/mat5_codes_private.h"
#include "synfer/files/unicode.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {
namespace {

template <typename T>
std::string raw(const T* values, std::size_t count) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the file holds numbers as memory does
  return {reinterpret_cast<const char*>(values), count * sizeof(T)};
}

std::string tag(mat5::Type type, std::size_t length, const std::string& variable) {
  if (length > std::numeric_limits<std::uint32_t>::max()) {
    throw std::invalid_argument(fmt::format(
        "'{}' takes {} bytes, and a MATLAB file of version 5 at most 4 GB an array; write another "
        "format, or fewer sessions",
        variable, length));
  }
  const std::uint32_t both[] = {type, static_cast<std::uint32_t>(length)};
  return raw(both, 2);
}

std::string packed(const std::string& bytes) {
  uLongf length = compressBound(bytes.size());
  std::string found(length, '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): how zlib takes bytes
  if (compress(reinterpret_cast<Bytef*>(found.data()), &length, reinterpret_cast<const Bytef*>(bytes.data()),
               bytes.size()) != Z_OK)
    throw std::bad_alloc();  // nothing else can go wrong
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  found.resize(length);
  return found;
}

class Writer {
 public:
  // MATLAB's arrays have two dimensions at least.
  void numbers(const std::string& name, const Array& array) {
    std::vector<std::size_t> shape = array.shape;
    if (shape.size() == 1) shape.push_back(1);
    const std::vector<double> values = in_fortran_order(array);
    put(name, mat5::kDoubleClass, shape, mat5::kDouble, raw(values.data(), values.size()));
  }

  // One row a step, filled up with spaces.
  void texts(const std::string& name, const ArrayColumn& column, std::size_t steps) {
    std::vector<std::u16string> rows;
    std::size_t width = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      rows.push_back(to_utf16(column.text(t)));
      width = std::max(width, rows.back().size());
    }
    std::u16string values(steps * width, u' ');
    for (std::size_t t = 0; t < steps; ++t) {
      for (std::size_t i = 0; i < rows[t].size(); ++i) values[i * steps + t] = rows[t][i];
    }
    put(name, mat5::kCharClass, {steps, width}, mat5::kUint16, raw(values.data(), values.size()));
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  // Without a date: equal data give equal files.
  static std::string header() {
    std::string text = "MATLAB 5.0 MAT-file, sessions written by synfer";
    text.resize(mat5::kHeaderBytes - 12, ' ');
    text.append(8, '\0');  // nothing of a subsystem
    const std::uint16_t version_and_order[] = {0x0100, 0x4D49};
    return text + raw(version_and_order, 2);
  }

  void put(const std::string& name, mat5::Class kind, const std::vector<std::size_t>& shape, mat5::Type type,
           const std::string& values) {
    std::string content;
    const auto add = [&](mat5::Type of, const std::string& part) {
      content += tag(of, part.size(), name) + part;
      content.resize((content.size() + 7) / 8 * 8);
    };
    const std::uint32_t flags[] = {kind, 0};
    add(mat5::kUint32, raw(flags, 2));
    const std::vector<std::int32_t> lengths(shape.begin(), shape.end());
    add(mat5::kInt32, raw(lengths.data(), lengths.size()));
    add(mat5::kInt8, name);
    add(type, values);
    const std::string whole = packed(tag(mat5::kMatrix, content.size(), name) + content);
    bytes_ += tag(mat5::kCompressed, whole.size(), name) + whole;
  }

  std::string bytes_ = header();
};

}  // namespace

std::string matlab_of(const std::vector<Session>& sessions) {
  const std::vector<NamedArray> arrays = step_arrays(sessions);
  Writer writer;
  for (const ArrayColumn& column : columns_of(arrays, {})) {
    if (column.is_text()) writer.texts(column.name, column, column.array->shape[0]);
  }
  // A version 5 file that breaks off between two variables looks whole, so one that choices need comes last.
  const std::string last = ColumnNames().reward;
  for (const bool at_end : {false, true}) {
    for (const auto& [name, array] : arrays) {
      if (!array.is_text && (name == last) == at_end) writer.numbers(name, array);
    }
  }
  return writer.bytes();
}

}  // namespace synfer
