// Arrays from an HDF5 file, for files that may be damaged.
//
// HDF5 reads; what it leaves open is settled here: an array may not claim more than the file can hold, and
// HDF5's own printing of errors is off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synfer/data/array.h"

namespace synfer {

class Hdf5File {
 public:
  /// DataError where the file is missing, damaged or not HDF5.
  explicit Hdf5File(const std::string& file);
  ~Hdf5File();
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  [[nodiscard]] const std::string& file() const { return file_; }

  /// Whether there is a group or data set at `path`, such as intervals/trials/start_time.
  [[nodiscard]] bool has(const std::string& path) const;

  /// Names of what a group holds, sorted; none where there is no such group.
  [[nodiscard]] std::vector<std::string> members(const std::string& group) const;

  /// Whether array() can read what is at `path`: a data set of numbers, truth values or text.
  [[nodiscard]] bool is_array(const std::string& path) const;

  /// Truth values are 1 and 0. DataError, with the last part of `path` as the column, where that is no
  /// such data set or cannot be read.
  [[nodiscard]] Array array(const std::string& path) const;

  /// The single text at `path`; nothing where there is none.
  [[nodiscard]] std::optional<std::string> text(const std::string& path) const;

  /// A number attached to the data set or group at `path`; nothing where there is none.
  [[nodiscard]] std::optional<double> attribute(const std::string& path, const std::string& name) const;

 private:
  std::string file_;
  std::uint64_t bytes_ = 0;
  std::int64_t id_ = -1;  // HDF5's hid_t
};

}  // namespace synfer
