#include "synfer/files/mat73.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "synfer/files/hdf5_file.h"
#include "synfer/files/unicode.h"

namespace synfer {
namespace {

using Kind = MatValue::Kind;

constexpr int kDeepest = 16;

bool is_number_class(std::string_view name) {
  constexpr std::string_view kNames[] = {"double", "single", "logical", "int8",  "uint8", "int16",
                                         "uint16", "int32",  "uint32",  "int64", "uint64"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

class Variables {
 public:
  Variables(const Hdf5File& file, MemoryBudget& budget) : file_(file), budget_(budget) {}

  [[nodiscard]] MatValue value(const std::string& path, int depth = 0) const {
    const std::string kind = file_.text_attribute(path, "MATLAB_class").value_or("");
    budget_.take(sizeof(MatValue) + 2 * sizeof(std::size_t));  // with a shape
    if (depth > kDeepest) return other("nested too deep");
    if (file_.is_group(path)) return kind.empty() || kind == "struct" ? record(path, depth) : other(kind);
    if (const Array* targets = file_.references(path)) return cells(*targets, depth);
    if (!file_.is_array(path)) return other(kind);
    const Array& array = file_.array(path);
    take(array);
    if (file_.attribute(path, "MATLAB_empty").value_or(0.0) != 0.0) return empty(kind, array);
    if (kind == "char") return text(array);
    if (!kind.empty() && !is_number_class(kind)) return other(kind);
    return as_python_keeps_it(array, kind);
  }

 private:
  // Cells can name one value any number of times.
  void take(const Array& array) const {
    budget_.take(array.numbers.size(), sizeof(double));
    for (const std::string& text : array.text)
      budget_.take(sizeof(MatValue) + sizeof(char32_t) * text.size());
  }

  static MatValue other(const std::string& kind) {
    MatValue value;
    value.what =
        kind.empty() ? "of a kind that is not read" : fmt::format("an object of MATLAB's class {}", kind);
    return value;
  }

  // HDF5 has the last dimension first: its order is MATLAB's, with the shape the other way round.
  static std::vector<std::size_t> turned(std::vector<std::size_t> shape) {
    std::ranges::reverse(shape);
    while (shape.size() < 2) shape.insert(shape.begin(), 1);
    return shape;
  }

  // The data of an empty variable are its shape.
  static MatValue empty(const std::string& kind, const Array& array) {
    MatValue value;
    value.kind = kind == "cell"     ? Kind::kCells
                 : kind == "struct" ? Kind::kStruct
                 : kind == "char"   ? Kind::kText
                                    : Kind::kNumbers;
    for (const double length : array.numbers)
      value.shape.push_back(length > 0.0 && length < 1e9 ? static_cast<std::size_t>(length) : 0);
    if (value.size() != 0) value.shape = {0, 0};
    return value;
  }

  static MatValue text(const Array& array) {
    MatValue value;
    value.kind = Kind::kText;
    value.shape = turned(array.shape);
    for (const double c : array.numbers)
      value.characters += c >= 0.0 && c < 0x110000 ? static_cast<char32_t>(c) : U'?';
    return value.characters.size() == value.size() ? value : other("char");
  }

  // Python's own arrays keep their shape; those that MATLAB is to read have a class and are turned.
  static MatValue as_python_keeps_it(const Array& array, const std::string& kind) {
    MatValue value;
    const bool is_turned = !kind.empty();
    value.shape = is_turned ? turned(array.shape) : array.shape;
    while (value.shape.size() < 2) value.shape.push_back(1);
    if (!array.is_text) {
      value.kind = Kind::kNumbers;
      value.numbers = is_turned || array.shape.size() < 2 ? array.numbers : in_fortran_order(array);
      return value;
    }
    value.kind = Kind::kCells;
    Array places;  // of texts, in the order of cells
    places.shape = array.shape;
    for (std::size_t i = 0; i < array.text.size(); ++i) places.numbers.push_back(static_cast<double>(i));
    const std::vector<double> order =
        is_turned || array.shape.size() < 2 ? places.numbers : in_fortran_order(places);
    for (const double at : order) {
      MatValue part;
      part.kind = Kind::kText;
      part.characters = to_utf32(array.text[static_cast<std::size_t>(at)]);
      part.shape = {1, part.characters.size()};
      value.parts.push_back(std::move(part));
    }
    return value;
  }

  [[nodiscard]] MatValue cells(const Array& targets, int depth) const {
    MatValue value;
    value.kind = Kind::kCells;
    value.shape = turned(targets.shape);
    for (const std::string& target : targets.text) value.parts.push_back(this->value(target, depth + 1));
    return value;
  }

  // A struct; where every field is a set of references without a class, an array of structs.
  [[nodiscard]] MatValue record(const std::string& path, int depth) const {
    MatValue value;
    value.kind = Kind::kStruct;
    value.shape = {1, 1};
    value.fields = file_.members(path);
    const auto elements = [&](const std::string& field) {
      const std::string at = path + "/" + field;
      return file_.text_attribute(at, "MATLAB_class") ? nullptr : file_.references(at);
    };
    const Array* first = value.fields.empty() ? nullptr : elements(value.fields.front());
    const bool is_array =
        first != nullptr && std::ranges::all_of(value.fields, [&](const std::string& field) {
          const Array* found = elements(field);
          return found != nullptr && found->text.size() == first->text.size();
        });
    if (!is_array) {
      for (const std::string& field : value.fields)
        value.parts.push_back(this->value(fmt::format("{}/{}", path, field), depth + 1));
      return value;
    }
    value.shape = turned(first->shape);
    for (std::size_t element = 0; element < first->text.size(); ++element) {
      for (const std::string& field : value.fields)
        value.parts.push_back(this->value(elements(field)->text[element], depth + 1));
    }
    return value;
  }

  const Hdf5File& file_;
  MemoryBudget& budget_;
};

}  // namespace

bool is_mat73(std::string_view bytes) {
  constexpr std::string_view kSignature("\x89HDF\r\n\x1A\n");
  for (std::size_t at = 0; at < bytes.size(); at = at == 0 ? 512 : 2 * at) {
    if (bytes.substr(at).starts_with(kSignature)) return true;
  }
  return false;
}

std::vector<std::string> names_of_mat73(const std::string& file) {
  std::vector<std::string> names = Hdf5File(file, {"/"}).members("/");
  std::erase_if(names, [](const std::string& name) { return name.starts_with('#'); });  // MATLAB's own
  return names;
}

MatValue value_of_mat73(const std::string& file, const std::string& name, MemoryBudget& budget) {
  return Variables(Hdf5File(file, {name}, Hdf5Depth::kBelow), budget).value(name);
}

}  // namespace synfer
