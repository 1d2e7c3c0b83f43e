// The walk through an HDF5 file that finds what is asked for, made in a process of its own (apart.h). No path
// leads out of the file, and none in a circle.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "synfer/files/hdf5_file.h"

namespace synfer {

/// What was found goes home as bytes: for each, its kind, path and content, an array as .npy or what is
/// wrong.
enum class Hdf5Finding : char { kName = 'n', kGroup = 'g', kArray = 'a', kFault = 'f' };

/// Ends the path under which the targets of a set of references go home.
inline constexpr const char* kHdf5References = "@references";

struct Hdf5Walk {
  std::function<void()> open;
  std::function<std::string()> read;  // the findings
};

/// `bytes`: how many the file has.
Hdf5Walk hdf5_walk(const std::string& file, const std::vector<std::string>& paths, std::uint64_t bytes,
                   Hdf5Depth depth);

}  // namespace synfer
