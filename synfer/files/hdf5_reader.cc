#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include "synfer/files/hdf5_handle_private.h"
#include "synfer/files/hdf5_reader_private.h"
#include "synfer/files/hdf5_values_private.h"
#include "synfer/files/npy.h"
#include "synfer/files/unicode.h"
#include "synfer/files/unpack.h"

namespace synfer {
namespace {

using Handle = Hdf5Handle;

constexpr std::size_t kDeepest = 16;  // groups and cells within each other

// For HDF5 to go through the links of a group or the attributes of a set with.
constexpr auto kKeepName = [](hid_t, const char* name, const auto*, void* into) -> herr_t {
  static_cast<std::vector<std::string>*>(into)->emplace_back(name);
  return 0;
};

class Reader {
 public:
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
    if (H5Iget_type(object) != H5I_GROUP) return send(Hdf5Finding::kName, path, "");
    send(Hdf5Finding::kGroup, path, "");
    std::vector<std::string> names;
    if (H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, kKeepName, &names) < 0) {
      return fault(path, "the group cannot be read; the file is damaged: copy or save it again");
    }
    if (depth_ == Hdf5Depth::kBelow) read_attributes(path, object);
    for (const std::string& name : names) {
      const std::string below = path == "/" ? name : fmt::format("{}/{}", path, name);
      send(Hdf5Finding::kName, below, "");
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
    send(Hdf5Finding::kArray, path + std::string(kHdf5References), npy_of(array));
    send(Hdf5Finding::kName, path, "");
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
      return send(Hdf5Finding::kName, path, "");
    }
    std::array<hsize_t, H5S_MAX_RANK> extent{};
    const int rank = H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
    if (rank < 0) return fault(path, "its shape cannot be read; the file is damaged: copy or save it again");

    Array array;
    array.is_text = is_text_type(type.id());
    std::size_t values = 1;
    std::uint64_t left = bytes_ * kMostBytesPerPackedByte / std::max<std::size_t>(H5Tget_size(type.id()), 1);
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
      return fault(path, why_unread(set));
    }
    if (!std::all_of(array.text.begin(), array.text.end(), [](const std::string& t) { return is_utf8(t); })) {
      return fault(path, "found text that is not UTF-8; the file is damaged: copy or save it again");
    }
    send(Hdf5Finding::kArray, path, npy_of(array));
    read_attributes(path, set);
  }

  void read_attributes(const std::string& path, hid_t set) {
    std::vector<std::string> names;
    if (H5Aiterate2(set, H5_INDEX_NAME, H5_ITER_INC, nullptr, kKeepName, &names) < 0) {
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
      send(Hdf5Finding::kArray, fmt::format("{}@{}", path, name), npy_of(single));
    }
  }

  void fault(const std::string& path, const std::string& what_is_wrong) {
    send(Hdf5Finding::kFault, path, what_is_wrong);
  }

  void send(Hdf5Finding kind, const std::string& path, const std::string& content) {
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

}  // namespace

Hdf5Walk hdf5_walk(const std::string& file, const std::vector<std::string>& paths, std::uint64_t bytes,
                   Hdf5Depth depth) {
  const auto reader = std::make_shared<Reader>(bytes, depth);
  return {[=] { reader->open(file); }, [=] { return reader->read(paths); }};
}

}  // namespace synfer
