#include "synfer/data/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "synfer/base/error.h"
#include "synfer/data/file.h"
#include "synfer/data/hdf5_handle_private.h"

namespace synfer {
namespace {

using Handle = Hdf5Handle;

// deflate never shrinks anything more than 1032 times.
constexpr std::uint64_t kMostBytesPerByte = 1032;

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Handle open_object(hid_t file, const std::string& path) {
  return {H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose};
}

bool is_truth_value(hid_t type) { return H5Tget_class(type) == H5T_ENUM && H5Tget_size(type) == 1; }

bool is_readable(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || is_truth_value(type);
}

bool read_truth_values(hid_t set, hid_t type, std::vector<double>& values) {
  std::vector<std::int8_t> raw(values.size());
  if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return false;
  std::copy(raw.begin(), raw.end(), values.begin());
  return true;
}

bool read_long_texts(hid_t set, hid_t space, hid_t type, std::vector<std::string>& texts) {
  std::vector<char*> raw(texts.size(), nullptr);
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory.id(), H5T_VARIABLE);
  H5Tset_cset(memory.id(), H5Tget_cset(type));
  const bool done = H5Dread(set, memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) >= 0;
  for (std::size_t i = 0; done && i < raw.size(); ++i) texts[i] = raw[i] == nullptr ? "" : raw[i];
  H5Dvlen_reclaim(memory.id(), space, H5P_DEFAULT, raw.data());
  return done;
}

bool read_fixed_texts(hid_t set, hid_t type, std::vector<std::string>& texts) {
  const std::size_t width = H5Tget_size(type);
  std::vector<char> raw(texts.size() * width);
  if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return false;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const char* begin = raw.data() + i * width;
    texts[i].assign(begin, strnlen(begin, width));
  }
  return true;
}

}  // namespace

Hdf5File::Hdf5File(const std::string& file) : file_(file), bytes_(size_of_file(file)) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Read-only shares of laboratories often cannot lock.
  H5Pset_file_locking(access.id(), false, true);
  id_ = H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id());
  if (id_ < 0) {
    throw DataError(file, 0, "", "the file is damaged or not HDF5; copy or save the file again");
  }
}

Hdf5File::~Hdf5File() { H5Fclose(id_); }

bool Hdf5File::has(const std::string& path) const {
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    if (H5Lexists(id_, path.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    if (end == std::string::npos) break;
  }
  return H5Oexists_by_name(id_, path.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
  std::vector<std::string> names;
  if (!has(group)) return names;
  const Handle opened(H5Gopen2(id_, group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!opened) return names;
  const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
  };
  if (H5Literate(opened.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names) < 0) {
    throw DataError(file_, 0, last_part(group),
                    "the group cannot be read; the file is damaged: copy it again");
  }
  return names;
}

bool Hdf5File::is_array(const std::string& path) const {
  if (!has(path)) return false;
  const Handle set = open_object(id_, path);
  if (!set || H5Iget_type(set.id()) != H5I_DATASET) return false;
  const Handle type(H5Dget_type(set.id()), H5Tclose);
  return type && is_readable(type.id());
}

Array Hdf5File::array(const std::string& path) const {
  const auto reject = [&](const std::string& what_is_wrong) {
    throw DataError(file_, 0, last_part(path), what_is_wrong);
  };
  if (!is_array(path)) reject("expected an array of numbers, truth values or text at " + path);
  const Handle set = open_object(id_, path);
  const Handle type(H5Dget_type(set.id()), H5Tclose);
  const Handle space(H5Dget_space(set.id()), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> extent{};
  const int rank = space ? H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr) : -1;
  const bool damaged = rank < 0 || H5Sget_simple_extent_type(space.id()) == H5S_NULL;
  if (damaged) reject("its shape cannot be read; the file is damaged: copy or save it again");

  Array array;
  array.is_text = H5Tget_class(type.id()) == H5T_STRING;
  const std::uint64_t width = H5Tget_size(type.id());
  std::uint64_t left = width == 0 ? 0 : bytes_ * kMostBytesPerByte / width;
  std::size_t values = 1;
  for (int d = 0; d < rank; ++d) {
    const hsize_t length = extent[static_cast<std::size_t>(d)];
    array.shape.push_back(length);
    if (length > left) {
      reject("claims more values than the file can hold; it is damaged: copy or save it again");
    }
    if (length > 0) left /= length;
    values *= length;
  }
  if (values == 0) return array;

  bool done = false;
  if (array.is_text) {
    array.text.resize(values);
    done = H5Tis_variable_str(type.id()) > 0 ? read_long_texts(set.id(), space.id(), type.id(), array.text)
                                             : read_fixed_texts(set.id(), type.id(), array.text);
  } else {
    array.numbers.resize(values);
    done = is_truth_value(type.id()) ? read_truth_values(set.id(), type.id(), array.numbers)
                                     : H5Dread(set.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                               array.numbers.data()) >= 0;
  }
  if (!done) reject("its values cannot be read; the file is damaged: copy or save it again");
  return array;
}

std::optional<std::string> Hdf5File::text(const std::string& path) const {
  if (!is_array(path)) return std::nullopt;
  const Array found = array(path);
  if (found.text.size() != 1) return std::nullopt;
  return found.text.front();
}

std::optional<double> Hdf5File::attribute(const std::string& path, const std::string& name) const {
  if (!has(path) || H5Aexists_by_name(id_, path.c_str(), name.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
  const Handle attribute(H5Aopen_by_name(id_, path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const Handle space(attribute ? H5Aget_space(attribute.id()) : -1, H5Sclose);
  double value = 0.0;
  if (!space || H5Sget_simple_extent_npoints(space.id()) != 1 ||
      H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value) < 0) {
    throw DataError(
        file_, 0, last_part(path),
        fmt::format("its attribute '{}' is not a number; correct it or save the file again", name));
  }
  return value;
}

}  // namespace synfer
