#include "synfer/formats/mat_sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/file.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {
namespace {

using Kind = MatValue::Kind;

constexpr int kDeepest = 4;

struct NamedValue {
  std::string name;
  const MatValue* value;
};

using NamedValues = std::vector<NamedValue>;

// A struct that holds sessions, and how a MATLAB user calls it.
struct Found {
  std::string path;
  const MatValue* value;
};

bool is_a(const std::string& name, std::string_view meaning, const ColumnNames& names) {
  return meaning_of(name, names) == meaning;
}

// Choices, or recorded neurons, or a name that is a slip of the choice's.
bool holds_steps(const std::vector<std::string>& fields, const ColumnNames& names) {
  return std::ranges::any_of(fields, [&](const std::string& field) {
    return is_a(field, "choice", names) || is_a(field, "y", names) ||
           lower_case(field) == lower_case(names.choice);
  });
}

[[noreturn]] void reject(const std::string& file, const NamedValue& named) {
  const MatValue& value = *named.value;
  const bool is_session_each =
      value.kind == Kind::kCells && !value.parts.empty() && value.parts.front().size() > 1;
  throw DataError(
      file, 0, named.name,
      fmt::format(
          "found {}, expected numbers or text with one entry a step; {}", description_of(value),
          is_session_each
              ? fmt::format(
                    "where each cell is a session, put them one below the other (vertcat({}{{:}})) and "
                    "number them in 'session'",
                    named.name)
              : "convert it in MATLAB: full(...) of a sparse matrix, cellstr(...) of a string array, "
                "table2struct(t, 'ToScalar', true) of a table"));
}

// Labels that were joined to one line, as hdf5storage does, are told by the number of steps of the others.
std::optional<Array> as_labels(const NamedValue& named, std::size_t steps, const ColumnNames& names) {
  constexpr std::size_t kLongestName = 20;
  const std::string_view meaning = meaning_of(named.name, names);
  const bool is_name = meaning == "animal" || meaning == "session";
  if (meaning.empty() || steps < 2 || (is_name && steps < kLongestName)) return std::nullopt;
  return labels_of(*named.value, steps);
}

// The values that can be arrays; those that have a meaning must.
std::vector<NamedArray> arrays_of(const std::string& file, const NamedValues& values,
                                  const ColumnNames& names) {
  std::vector<NamedArray> arrays;
  for (const NamedValue& named : values) {
    std::optional<Array> array = array_of(*named.value);
    if (!array && has_meaning(named.name, names)) reject(file, named);
    if (array) arrays.push_back({named.name, *std::move(array)});
  }
  std::size_t steps = 0;
  for (const NamedArray& a : arrays) {
    if (is_a(a.name, "choice", names) && !a.array.shape.empty()) steps = a.array.shape[0];
  }
  for (const NamedValue& named : values) {
    std::optional<Array> labels = as_labels(named, steps, names);
    const auto at = std::ranges::find(arrays, named.name, &NamedArray::name);
    if (labels && at != arrays.end()) at->array = *std::move(labels);
  }
  return arrays;
}

NamedValues fields_of(const MatValue& value, std::size_t element) {
  NamedValues fields;
  for (const std::string& name : value.fields) fields.push_back({name, value.field(name, element)});
  return fields;
}

void find_structs(const Found& at, int depth, const ColumnNames& names, std::vector<Found>& found) {
  const MatValue& value = *at.value;
  if (value.kind != Kind::kStruct || depth > kDeepest || value.size() == 0) return;
  if (holds_steps(value.fields, names)) return found.push_back(at);
  for (std::size_t element = 0; element < value.size(); ++element) {
    const std::string path = value.size() == 1 ? at.path : fmt::format("{}({})", at.path, element + 1);
    for (const NamedValue& field : fields_of(value, element))
      find_structs({path + "." + field.name, field.value}, depth + 1, names, found);
  }
}

// Whether no element of a struct array holds more than one choice.
bool has_a_step_each(const MatValue& value, const ColumnNames& names) {
  return std::ranges::all_of(value.fields, [&](const std::string& name) {
    if (!is_a(name, "choice", names) && lower_case(name) != lower_case(names.choice)) return true;
    for (std::size_t element = 0; element < value.size(); ++element) {
      const std::optional<Array> array = array_of(*value.field(name, element));
      if (!array || std::max(array->numbers.size(), array->text.size()) > 1) return false;
    }
    return true;
  });
}

// A field of all elements, one element a row: of rows of one length a matrix, of others a cell array, which
// is an array where each has one value.
MatValue column_of(const MatValue& value, const std::string& name) {
  const std::size_t rows = value.size();
  const MatValue& first = *value.field(name, 0);
  const std::size_t width = first.size();
  const auto is_like_first = [&](std::size_t element) {
    const MatValue& other = *value.field(name, element);
    return other.kind == first.kind && other.size() == width;
  };
  bool is_matrix = width > 1 && (first.kind == Kind::kNumbers || first.kind == Kind::kCells);
  for (std::size_t element = 0; element < rows; ++element) is_matrix = is_matrix && is_like_first(element);
  MatValue column;
  column.kind = is_matrix ? first.kind : Kind::kCells;
  column.shape = {rows, is_matrix ? width : 1};
  for (std::size_t place = 0; place < column.shape[1]; ++place) {
    for (std::size_t element = 0; element < rows; ++element) {
      const MatValue& part = *value.field(name, element);
      if (!is_matrix) {
        column.parts.push_back(part);
      } else if (part.kind == Kind::kNumbers) {
        column.numbers.push_back(part.numbers[place]);
      } else {
        column.parts.push_back(part.parts[place]);
      }
    }
  }
  return column;
}

// Adds one session below others; fields that not all of them have are left out, but for those with a meaning.
void add_below(const std::string& file, const Found& from, std::vector<NamedArray> more,
               const ColumnNames& names, std::vector<NamedArray>& whole) {
  const bool has_name =
      std::ranges::any_of(more, [&](const NamedArray& a) { return is_a(a.name, "session", names); });
  if (!has_name) more.push_back({names.session, Array{{}, {}, {from.path}, true}});
  spread_names(more, names);
  if (whole.empty()) {
    whole = std::move(more);
    return;
  }
  const auto fits = [](const NamedArray& a, const NamedArray& b) {
    return a.name == b.name && !a.array.shape.empty() && a.array.shape.size() == b.array.shape.size() &&
           std::equal(a.array.shape.begin() + 1, a.array.shape.end(), b.array.shape.begin() + 1);
  };
  for (auto at = whole.begin(); at != whole.end();) {
    const auto other = std::ranges::find_if(more, [&](const NamedArray& a) { return fits(*at, a); });
    if (other == more.end() && has_meaning(at->name, names)) {
      throw DataError(
          file, 0, at->name,
          fmt::format("{} has none of the shape of those before; expected the same fields in every session",
                      from.path));
    }
    if (other != more.end()) {
      append(at->array, other->array);
      ++at;
    } else {
      at = whole.erase(at);
    }
  }
}

std::string session_of_element(const std::string& path, std::size_t element) {
  return fmt::format("{}{}", path.substr(path.rfind('.') + 1), element + 1);
}

MatArrays arrays_in(const std::string& file, const std::vector<Found>& structs, const ColumnNames& names) {
  MatArrays found;
  for (const Found& at : structs) {
    const MatValue& value = *at.value;
    const bool is_alone = structs.size() == 1;
    if (value.size() == 1) {
      std::vector<NamedArray> arrays = arrays_of(file, fields_of(value, 0), names);
      if (is_alone) {
        found.how.push_back(fmt::format("the steps were found in the fields of the struct '{}'", at.path));
        found.arrays = std::move(arrays);
      } else {
        add_below(file, at, std::move(arrays), names, found.arrays);
      }
    } else if (has_a_step_each(value, names)) {
      std::vector<MatValue> columns;
      for (const std::string& name : value.fields) columns.push_back(column_of(value, name));
      NamedValues values;
      for (std::size_t i = 0; i < columns.size(); ++i) values.push_back({value.fields[i], &columns[i]});
      std::vector<NamedArray> arrays = arrays_of(file, values, names);
      found.how.push_back(fmt::format("each element of the struct array '{}' was taken for a step", at.path));
      if (is_alone) {
        found.arrays = std::move(arrays);
      } else {
        add_below(file, at, std::move(arrays), names, found.arrays);
      }
    } else {
      found.how.push_back(
          fmt::format("each element of the struct array '{}' was taken for a session", at.path));
      for (std::size_t element = 0; element < value.size(); ++element) {
        add_below(file, {session_of_element(at.path, element), at.value},
                  arrays_of(file, fields_of(value, element), names), names, found.arrays);
      }
    }
  }
  if (structs.size() > 1) found.how.emplace_back("each struct with choices was taken for a session");
  return found;
}

}  // namespace

MatArrays find_mat_arrays(const MatFile& mat, const ColumnNames& names) {
  // Of a large file that is read which can have to do with steps, by its name or as a struct.
  constexpr std::uint64_t kSmallFile = 100'000'000;
  const bool is_small = size_of_file(mat.file()) <= kSmallFile;
  const bool has_steps = holds_steps(mat.names(), names);
  std::vector<std::pair<std::string, MatValue>> variables;
  for (const std::string& name : mat.names()) {
    const bool is_asked_for = !meaning_of(name, names).empty();
    if (is_asked_for || is_small || !has_steps) variables.emplace_back(name, mat.value(name));
  }
  NamedValues values;
  for (const auto& [name, value] : variables) values.push_back({name, &value});
  if (has_steps) return {arrays_of(mat.file(), values, names), {}};

  std::vector<Found> structs;
  for (const auto& [name, value] : variables) find_structs({name, &value}, 0, names, structs);
  if (structs.empty()) return {arrays_of(mat.file(), values, names), {}};
  MatArrays found = arrays_in(mat.file(), structs, names);
  // A name beside the struct is that of all its steps.
  for (const NamedValue& named : values) {
    const std::string_view meaning = meaning_of(named.name, names);
    const bool is_known =
        std::ranges::any_of(found.arrays, [&](const NamedArray& a) { return is_a(a.name, meaning, names); });
    std::optional<Array> array = array_of(*named.value);
    const bool is_single = array && std::max(array->numbers.size(), array->text.size()) == 1;
    if ((meaning == "animal" || meaning == "session") && !is_known && is_single)
      found.arrays.push_back({named.name, *std::move(array)});
  }
  return found;
}

std::string variables_of(const MatFile& mat) {
  constexpr std::size_t kMostShown = 20;
  std::vector<std::string> found;
  for (const std::string& name : mat.names()) {
    if (found.size() < kMostShown)
      found.push_back(fmt::format("{} ({})", name, description_of(mat.value(name))));
  }
  if (found.empty()) return "no variables";
  const std::size_t more = mat.names().size() - found.size();
  return join(found, "; ") + (more > 0 ? fmt::format("; and {} more", more) : "");
}

}  // namespace synfer
