// Arrays from an HDF5 file, for files that may be damaged.
//
// What is asked for is read once, in a process of its own (apart.h), since damage can crash HDF5; the rest
// are plain values. An array may not claim more than the file can hold.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "synfer/files/array.h"
#include "synfer/files/memory_budget.h"

namespace synfer {

enum class Hdf5Depth {
  kAsked,  // data sets, and the names of what a group holds
  kBelow,  // groups with all below them, and what references point to
};

class Hdf5File {
 public:
  /// Reads the data sets at `paths`, such as intervals/trials/id, with the single numbers, texts and
  /// references (as paths) among their attributes, and lists the groups among `paths`. What is not there, or
  /// holds other things than numbers, truth values and text, is passed over. Ask for no more than is needed:
  /// damage elsewhere then does no harm.
  /// @throws DataError where the file is missing, damaged or not HDF5, where what is asked for leads out of
  /// the file,
  ///   holds itself or was never written, or takes more memory than a file may.
  Hdf5File(const std::string& file, const std::vector<std::string>& paths,
           Hdf5Depth depth = Hdf5Depth::kAsked);

  [[nodiscard]] const std::string& file() const { return file_; }

  /// Whether there is a group or data set at `path`, which is one of `paths` or in a listed group.
  [[nodiscard]] bool has(const std::string& path) const { return found_.contains(path); }

  /// Names of what a group holds, sorted; none where there is no such group.
  [[nodiscard]] std::vector<std::string> members(const std::string& group) const;

  /// Whether array() can give what is at `path`.
  [[nodiscard]] bool is_array(const std::string& path) const;

  /// Truth values are 1 and 0, values of another enumeration the names of its members. DataError, with the
  /// last part of `path` as the column, where that is no data set of numbers, truth values or text.
  [[nodiscard]] const Array& array(const std::string& path) const;

  /// The single text at `path`; nothing where there is none.
  [[nodiscard]] std::optional<std::string> text(const std::string& path) const;

  /// A number attached to the data set at `path`; nothing where there is none.
  [[nodiscard]] std::optional<double> attribute(const std::string& path, const std::string& name) const;

  /// A text attached to what is at `path`; nothing where there is none.
  [[nodiscard]] std::optional<std::string> text_attribute(const std::string& path,
                                                          const std::string& name) const;

  /// Whether a group is at `path`, listed or read.
  [[nodiscard]] bool is_group(const std::string& path) const { return groups_.contains(path); }

  /// The paths that a data set of references points to, in its shape; null where there is none (kBelow).
  [[nodiscard]] const Array* references(const std::string& path) const;

 private:
  void keep(std::string_view findings, MemoryBudget& budget);

  std::string file_;
  std::map<std::string, std::optional<Array>> found_;  // groups have no array; attributes are path@name
  std::set<std::string> groups_;
};

}  // namespace synfer
