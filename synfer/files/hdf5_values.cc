#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "synfer/files/hdf5_handle_private.h"
#include "synfer/files/hdf5_values_private.h"
#include "synfer/files/unicode.h"

namespace synfer {
namespace {

using Handle = Hdf5Handle;

std::string member_name(hid_t type, unsigned at) {
  char* raw = H5Tget_member_name(type, at);
  std::string name = raw != nullptr ? raw : "";
  H5free_memory(raw);
  return name;
}

bool is_enumeration(hid_t type) { return H5Tget_class(type) == H5T_ENUM; }

// h5py's: FALSE and TRUE in a byte. Every other enumeration stands for the names of its members.
bool is_truth_value(hid_t type) {
  if (!is_enumeration(type) || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
  std::int8_t value[2] = {-1, -1};
  for (unsigned at = 0; at < 2; ++at) {
    if (H5Tget_member_value(type, at, &value[at]) < 0) return false;
  }
  const unsigned truth = value[0] == 1 ? 0 : 1;
  return value[truth] == 1 && value[1 - truth] == 0 && member_name(type, truth) == "TRUE" &&
         member_name(type, 1 - truth) == "FALSE";
}

bool read_truth_values(hid_t set, hid_t type, std::vector<double>& values) {
  std::vector<std::int8_t> raw(values.size());
  if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return false;
  std::copy(raw.begin(), raw.end(), values.begin());
  return true;
}

// The names of an enumeration's values; false where a value has none.
bool read_names(hid_t set, hid_t type, std::vector<std::string>& texts) {
  constexpr std::size_t kLongest = 256;
  const std::size_t width = H5Tget_size(type);
  std::vector<char> raw(texts.size() * width);
  if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return false;
  std::array<char, kLongest> name{};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (H5Tenum_nameof(type, raw.data() + i * width, name.data(), name.size()) < 0) return false;
    texts[i] = name.data();
  }
  return true;
}

bool read_long_texts(hid_t set, hid_t space, hid_t type, std::vector<std::string>& texts) {
  std::vector<char*> raw(texts.size(), nullptr);
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory.id(), H5T_VARIABLE);
  H5Tset_cset(memory.id(), H5Tget_cset(type));
  const bool done =
      H5Dread(set, memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<void*>(raw.data())) >= 0;
  for (std::size_t i = 0; done && i < raw.size(); ++i) texts[i] = raw[i] == nullptr ? "" : raw[i];
  H5Dvlen_reclaim(memory.id(), space, H5P_DEFAULT, static_cast<void*>(raw.data()));
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

bool is_readable(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM;
}

bool is_text_type(hid_t type) {
  return H5Tget_class(type) == H5T_STRING || (is_enumeration(type) && !is_truth_value(type));
}

const char* values_outside(hid_t set) {
  const Handle made(H5Dget_create_plist(set), H5Pclose);
  if (made && H5Pget_layout(made.id()) == H5D_VIRTUAL)
    return "found a virtual data set, expected the values themselves; copy them into a data set of this "
           "file";
  if (made && H5Pget_external_count(made.id()) != 0)
    return "its values lie in another file, expected them in this one; copy them into it (h5repack)";
  return nullptr;
}

// What was never written would read as the fill value, 0 unless said otherwise. Chunks are counted, since
// HDF5 takes the bytes of packed ones for a part of what is needed.
bool is_written(hid_t set, hid_t space, const std::vector<std::size_t>& shape) {
  H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
  if (H5Dget_space_status(set, &status) < 0 || status == H5D_SPACE_STATUS_NOT_ALLOCATED) return false;
  const Handle made(H5Dget_create_plist(set), H5Pclose);
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  const int rank = static_cast<int>(shape.size());
  if (H5Pget_layout(made.id()) != H5D_CHUNKED) return status == H5D_SPACE_STATUS_ALLOCATED;
  if (H5Pget_chunk(made.id(), rank, chunk.data()) != rank) return false;
  hsize_t needed = 1;
  for (std::size_t d = 0; d < shape.size(); ++d)
    needed *= (shape[d] + chunk[d] - 1) / std::max<hsize_t>(chunk[d], 1);
  hsize_t written = 0;
  return H5Dget_num_chunks(set, space, &written) >= 0 && written >= needed;
}

bool read_values(hid_t set, hid_t type, hid_t space, std::size_t values, Array& array) {
  if (array.is_text) {
    array.text.resize(values);
    if (is_enumeration(type)) return read_names(set, type, array.text);
    return H5Tis_variable_str(type) > 0 ? read_long_texts(set, space, type, array.text)
                                        : read_fixed_texts(set, type, array.text);
  }
  array.numbers.resize(values);
  if (is_truth_value(type)) return read_truth_values(set, type, array.numbers);
  return H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.numbers.data()) >= 0;
}

const char* why_unread(hid_t set) {
  const Handle made(H5Dget_create_plist(set), H5Pclose);
  for (int at = 0; at < H5Pget_nfilters(made.id()); ++at) {
    unsigned flags = 0;
    std::size_t none = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(made.id(), static_cast<unsigned>(at), &flags, &none, nullptr, 0, nullptr, nullptr);
    if (H5Zfilter_avail(filter) <= 0)
      return "its values are packed by a program that HDF5 does not bring along, expected gzip; pack them "
             "anew "
             "(h5repack -f GZIP=4)";
  }
  return "its values cannot be read; the file is damaged: copy or save it again";
}

bool read_text_attribute(hid_t attribute, hid_t type, Array& single) {
  std::string text;
  if (H5Tis_variable_str(type) > 0) {
    char* raw = nullptr;
    if (H5Aread(attribute, type, static_cast<void*>(&raw)) < 0) return false;
    if (raw != nullptr) text = raw;
    H5free_memory(raw);
  } else {
    std::vector<char> raw(H5Tget_size(type) + 1, '\0');
    if (H5Aread(attribute, type, raw.data()) < 0) return false;
    text = raw.data();
  }
  single.text.push_back(is_utf8(text) ? text
                                      : std::string());  // none that synfer asks for is of another kind
  return true;
}

}  // namespace synfer
