#include "synfer/data/hdf5_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "synfer/base/error.h"
#include "synfer/data/apart.h"
#include "synfer/data/file.h"
#include "synfer/data/hdf5_handle_private.h"
#include "synfer/data/memory_budget.h"
#include "synfer/data/npy.h"
#include "synfer/data/unicode.h"

namespace synfer {
namespace {

using Handle = Hdf5Handle;

// deflate never shrinks anything more than 1032 times.
constexpr std::uint64_t kMostBytesPerByte = 1032;

// Far more than HDF5 needs for as many bytes, far less than an endless loop.
constexpr std::uint64_t kBytesPerSecond = 1'000'000;
constexpr unsigned kLeastSeconds = 5;
constexpr unsigned kSecondsPerProcessorSecond = 12;  // shares of laboratories are slow

constexpr std::size_t kDeepest = 16;  // groups and cells within each other

constexpr std::string_view kReferences = "@references";

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

bool is_readable(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM;
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

// Runs apart from the program. Its findings go home as bytes: the kind, path and content of each, which is an
// array as .npy or what is wrong.
class Reader {
 public:
  enum Kind : char { kName = 'n', kGroup = 'g', kArray = 'a', kFault = 'f' };

  Reader(std::uint64_t bytes, Hdf5Depth depth) : bytes_(bytes), depth_(depth) {}

  void open(const std::string& file) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5Lunregister(H5L_TYPE_EXTERNAL);  // so that no path leads out of the file
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Read-only shares of laboratories often cannot lock.
    H5Pset_file_locking(access.id(), false, true);
    file_ = H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id());  // open until the process ends
  }

  std::string read(const std::vector<std::string>& paths) {
    if (file_ < 0) fault("", "the file is damaged or not HDF5; copy or save the file again");
    for (const std::string& path : paths) {
      if (file_ >= 0 && (path == "/" || exists(path))) look_at(path);
    }
    return std::move(findings_);
  }

 private:
  // Whether there is something at `path`. A link that leads to nothing in this file is a fault.
  bool exists(const std::string& path) {
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
      const std::string part = path.substr(0, end);
      if (H5Lexists(file_, part.c_str(), H5P_DEFAULT) <= 0) return false;
      if (H5Oexists_by_name(file_, part.c_str(), H5P_DEFAULT) <= 0) {
        fault(
            part,
            "found a link to another file or to nothing, expected the data in this file; copy them into it");
        return false;
      }
      if (end == std::string::npos) return true;
    }
  }

  void look_at(const std::string& path) {
    const Handle object(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object) return fault(path, "it cannot be opened; the file is damaged: copy or save it again");
    const hobj_ref_t address = address_of(object.id());
    if (is_within(address)) return fault_of_circle(path);
    seen_[path] = address;
    within_.push_back(address);
    look_into(path, object.id());
    within_.pop_back();
  }

  void look_into(const std::string& path, hid_t object) {
    if (H5Iget_type(object) == H5I_DATASET) return read_set(path, object);
    if (H5Iget_type(object) != H5I_GROUP) return send(kName, path, "");
    send(kGroup, path, "");
    std::vector<std::string> names;
    const auto keep = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
      static_cast<std::vector<std::string>*>(into)->emplace_back(name);
      return 0;
    };
    if (H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names) < 0) {
      return fault(path, "the group cannot be read; the file is damaged: copy or save it again");
    }
    if (depth_ == Hdf5Depth::kBelow) read_attributes(path, object);
    for (const std::string& name : names) {
      const std::string below = path == "/" ? name : fmt::format("{}/{}", path, name);
      send(kName, below, "");
      if (depth_ == Hdf5Depth::kBelow) look_at_once(below);
    }
  }

  // Several paths can lead to one object, and a path back to where it came from.
  void look_at_once(const std::string& path) {
    constexpr std::size_t kMostObjects = 1'000'000;
    const auto seen = seen_.find(path);
    if (seen != seen_.end()) return is_within(seen->second) ? fault_of_circle(path) : void();
    if (within_.size() <= kDeepest && seen_.size() < kMostObjects && exists(path)) look_at(path);
  }

  static hobj_ref_t address_of(hid_t object) {
    hobj_ref_t address{};
    H5Rcreate(&address, object, ".", H5R_OBJECT, -1);
    return address;
  }

  [[nodiscard]] bool is_within(hobj_ref_t address) const {
    return std::ranges::find(within_, address) != within_.end();
  }

  void fault_of_circle(const std::string& path) {
    fault(path, "found a group or cell that holds itself, expected an end; save the file again");
  }

  // Paths begin without a '/'; none where nothing is there, or its path is none.
  static std::string path_of(hid_t holder, const hobj_ref_t& reference) {
    const Handle target(H5Rdereference2(holder, H5P_DEFAULT, H5R_OBJECT, &reference), H5Oclose);
    std::array<char, 1024> name{};
    const ssize_t length = target ? H5Iget_name(target.id(), name.data(), name.size()) : -1;
    const bool is_named =
        length > 1 && static_cast<std::size_t>(length) < name.size() && is_utf8(name.data());
    return is_named ? name.data() + 1 : "";
  }

  static bool read_reference(hid_t attribute, Array& single) {
    hobj_ref_t reference{};
    if (H5Aread(attribute, H5T_STD_REF_OBJ, &reference) < 0) return false;
    single.text.push_back(path_of(attribute, reference));
    return true;
  }

  // What the references of a set point to is read as well, and named.
  void read_references(const std::string& path, hid_t set, Array array, std::size_t count) {
    std::vector<hobj_ref_t> raw(count);
    if (H5Dread(set, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) {
      return fault(path, "its references cannot be read; the file is damaged: copy or save it again");
    }
    array.is_text = true;
    for (const hobj_ref_t& reference : raw) array.text.push_back(path_of(set, reference));
    send(kArray, path + std::string(kReferences), npy_of(array));
    send(kName, path, "");
    read_attributes(path, set);
    for (const std::string& target : array.text) {
      if (!target.empty()) look_at_once(target);
    }
  }

  void read_set(const std::string& path, hid_t set) {
    if (const char* outside = values_outside(set)) return fault(path, outside);
    const Handle type(H5Dget_type(set), H5Tclose);
    const Handle space(H5Dget_space(set), H5Sclose);
    if (!type || !space)
      return fault(path, "its shape cannot be read; the file is damaged: copy or save it again");
    const bool refers = depth_ == Hdf5Depth::kBelow && H5Tequal(type.id(), H5T_STD_REF_OBJ) > 0;
    if ((!refers && !is_readable(type.id())) || H5Sget_simple_extent_type(space.id()) == H5S_NULL) {
      return send(kName, path, "");
    }
    std::array<hsize_t, H5S_MAX_RANK> extent{};
    const int rank = H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
    if (rank < 0) return fault(path, "its shape cannot be read; the file is damaged: copy or save it again");

    Array array;
    array.is_text =
        H5Tget_class(type.id()) == H5T_STRING || (is_enumeration(type.id()) && !is_truth_value(type.id()));
    std::size_t values = 1;
    std::uint64_t left = bytes_ * kMostBytesPerByte / std::max<std::size_t>(H5Tget_size(type.id()), 1);
    for (int d = 0; d < rank; ++d) {
      const hsize_t length = extent[static_cast<std::size_t>(d)];
      if (length > left) {
        return fault(path, "claims more values than the file can hold; it is damaged: copy or save it again");
      }
      array.shape.push_back(length);
      if (length > 0) left /= length;
      values *= length;
    }
    if (values > 0 && !is_written(set, space.id(), array.shape)) {
      return fault(
          path, "some of its values were never written, expected all; save the file again, or leave it out");
    }
    if (refers) return read_references(path, set, std::move(array), values);
    if (values > 0 && !read_values(set, type.id(), space.id(), values, array)) {
      return fault(path, "its values cannot be read; the file is damaged: copy or save it again");
    }
    if (!std::all_of(array.text.begin(), array.text.end(), [](const std::string& t) { return is_utf8(t); })) {
      return fault(path, "found text that is not UTF-8; the file is damaged: copy or save it again");
    }
    send(kArray, path, npy_of(array));
    read_attributes(path, set);
  }

  // What is wrong where the values lie in other files; null where they lie in this one.
  static const char* values_outside(hid_t set) {
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
  static bool is_written(hid_t set, hid_t space, const std::vector<std::size_t>& shape) {
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

  static bool read_values(hid_t set, hid_t type, hid_t space, std::size_t values, Array& array) {
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

  void read_attributes(const std::string& path, hid_t set) {
    std::vector<std::string> names;
    const auto keep = [](hid_t, const char* name, const H5A_info_t*, void* into) -> herr_t {
      static_cast<std::vector<std::string>*>(into)->emplace_back(name);
      return 0;
    };
    if (H5Aiterate2(set, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &names) < 0) {
      return fault(path, "its attributes cannot be read; the file is damaged: copy or save it again");
    }
    for (const std::string& name : names) {
      const Handle attribute(H5Aopen(set, name.c_str(), H5P_DEFAULT), H5Aclose);
      const Handle type(H5Aget_type(attribute.id()), H5Tclose);
      const Handle space(H5Aget_space(attribute.id()), H5Sclose);
      const H5T_class_t kind = H5Tget_class(type.id());
      const bool is_number = kind == H5T_INTEGER || kind == H5T_FLOAT;
      const bool refers = H5Tequal(type.id(), H5T_STD_REF_OBJ) > 0;
      if ((!is_number && !refers && kind != H5T_STRING) || H5Sget_simple_extent_npoints(space.id()) != 1)
        continue;
      Array single;
      single.is_text = !is_number;
      if (is_number) single.numbers.resize(1);
      const bool done = is_number ? H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, single.numbers.data()) >= 0
                        : refers  ? read_reference(attribute.id(), single)
                                  : read_text_attribute(attribute.id(), type.id(), single);
      if (!done)
        return fault(path, "its attributes cannot be read; the file is damaged: copy or save it again");
      send(kArray, fmt::format("{}@{}", path, name), npy_of(single));
    }
  }

  static bool read_text_attribute(hid_t attribute, hid_t type, Array& single) {
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

  void fault(const std::string& path, const std::string& what_is_wrong) { send(kFault, path, what_is_wrong); }

  void send(Kind kind, const std::string& path, const std::string& content) {
    findings_ += static_cast<char>(kind);
    for (const std::string* text : {&path, &content}) {
      const std::uint64_t length = text->size();
      findings_.append(reinterpret_cast<const char*>(&length), sizeof length);
      findings_ += *text;
    }
  }

  std::uint64_t bytes_;
  Hdf5Depth depth_;
  std::map<std::string, hobj_ref_t> seen_;
  std::vector<hobj_ref_t> within_;  // what is being looked into, outermost first
  hid_t file_ = -1;
  std::string findings_;
};

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string_view take(std::string_view& from, std::size_t count) {
  const std::string_view taken = from.substr(0, count);
  from.remove_prefix(count);
  return taken;
}

std::string_view take_text(std::string_view& from) {
  std::uint64_t length = 0;
  std::memcpy(&length, take(from, sizeof length).data(), sizeof length);
  return take(from, length);
}

}  // namespace

Hdf5File::Hdf5File(const std::string& file, const std::vector<std::string>& paths, Hdf5Depth depth)
    : file_(file) {
  const std::uint64_t bytes = size_of_file(file);
  MemoryBudget budget(file);
  ApartLimits limits;
  limits.processor_seconds = static_cast<unsigned>(kLeastSeconds + bytes / kBytesPerSecond);
  limits.seconds = kSecondsPerProcessorSecond * limits.processor_seconds;
  limits.bytes = 2 * budget.left();  // the values, and what is sent home
  Reader reader(bytes, depth);
  const ApartResult findings =
      done_apart([&] { reader.open(file); }, [&] { return reader.read(paths); }, limits);
  if (findings.end == ApartEnd::kOutOfMemory) budget.reject();
  if (findings.end != ApartEnd::kDone) {
    throw DataError(file, 0, "", "is so damaged that HDF5 cannot read it; copy or save the file again");
  }
  std::string_view left = findings.bytes;
  while (!left.empty()) {
    const char kind = take(left, 1).front();
    const std::string path(take_text(left));
    const std::string_view content = take_text(left);
    if (kind == Reader::kFault) throw DataError(file, 0, last_part(path), std::string(content));
    std::optional<Array>& found = found_[path];  // listed, perhaps, before it is read
    if (kind == Reader::kGroup) groups_.insert(path);
    if (kind == Reader::kArray) found = array_from_npy(file, last_part(path), content, budget);
  }
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
  std::vector<std::string> names;
  const std::string within = group == "/" ? "" : group + "/";
  for (auto at = found_.lower_bound(within); at != found_.end() && at->first.starts_with(within); ++at) {
    const std::string name = at->first.substr(within.size());
    if (name.find_first_of("/@") == std::string::npos) names.push_back(name);
  }
  return names;
}

bool Hdf5File::is_array(const std::string& path) const {
  const auto found = found_.find(path);
  return found != found_.end() && found->second.has_value();
}

const Array& Hdf5File::array(const std::string& path) const {
  const auto found = found_.find(path);
  if (found != found_.end()) {
    const std::optional<Array>& array = found->second;
    if (array) return *array;
  }
  throw DataError(file_, 0, last_part(path), "expected an array of numbers, truth values or text at " + path);
}

std::optional<std::string> Hdf5File::text(const std::string& path) const {
  if (!is_array(path) || array(path).text.size() != 1) return std::nullopt;
  return array(path).text.front();
}

std::optional<double> Hdf5File::attribute(const std::string& path, const std::string& name) const {
  const std::string key = path + "@" + name;
  if (!is_array(key) || array(key).is_text) return std::nullopt;
  return array(key).numbers.front();
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& path, const std::string& name) const {
  return text(path + "@" + name);
}

const Array* Hdf5File::references(const std::string& path) const {
  const std::string key = path + std::string(kReferences);
  return is_array(key) ? &array(key) : nullptr;
}

}  // namespace synfer
