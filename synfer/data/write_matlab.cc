#include "synfer/data/write_matlab.h"

#include <fmt/format.h>
#include <matio.h>

#include <filesystem>
#include <memory>

#include "synfer/base/error.h"
#include "synfer/data/step_arrays.h"
#include "synfer/data/unicode.h"

namespace synfer {
namespace {

// Without the date that matio would put there: equal data give equal files.
constexpr const char* kHeader = "MATLAB 5.0 MAT-file, sessions written by synfer";

struct Close {
  void operator()(mat_t* mat) const { Mat_Close(mat); }
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};

class Writer {
 public:
  explicit Writer(const std::string& file) : file_(file) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    mat_.reset(Mat_CreateVer(file.c_str(), kHeader, MAT_FT_MAT5));
    if (!mat_) throw OutputError(file, "cannot be made; check the folder and that you may write there");
  }

  // MATLAB's arrays have two dimensions at least.
  void numbers(const std::string& name, const Array& array) {
    std::vector<std::size_t> shape = array.shape;
    if (shape.size() == 1) shape.push_back(1);
    std::vector<double> values = in_fortran_order(array);
    put(name, MAT_C_DOUBLE, MAT_T_DOUBLE, shape, values.data());
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
    put(name, MAT_C_CHAR, MAT_T_UINT16, {steps, width}, values.data());
  }

 private:
  void put(const std::string& name, matio_classes kind, matio_types type, std::vector<std::size_t> shape,
           void* values) {
    const std::unique_ptr<matvar_t, Close> variable(
        Mat_VarCreate(name.c_str(), kind, type, static_cast<int>(shape.size()), shape.data(), values,
                      MAT_F_DONT_COPY_DATA));
    if (!variable || Mat_VarWrite(mat_.get(), variable.get(), MAT_COMPRESSION_ZLIB) != 0) {
      throw OutputError(file_, fmt::format("'{}' cannot be written; is the disk full?", name));
    }
  }

  const std::string& file_;
  std::unique_ptr<mat_t, Close> mat_;
};

}  // namespace

void write_matlab(const std::string& file, const std::vector<Session>& sessions) {
  const std::vector<NamedArray> arrays = step_arrays(sessions);
  Writer writer(file);
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
}

}  // namespace synfer
