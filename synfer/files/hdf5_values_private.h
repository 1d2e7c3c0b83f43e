// The values of one HDF5 data set, as they lie in its file: what kinds are read, and which are refused. It
// shows HDF5, so it is not installed with the other headers.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <vector>

#include "synfer/files/array.h"

namespace synfer {

/// Numbers, text and enumerations; truth values are an enumeration.
bool is_readable(hid_t type);

/// Whether values of `type` are read as text: also the names of an enumeration that are no truth values.
bool is_text_type(hid_t type);

/// What is wrong where the values of `set` lie in other files; null where they lie in its own.
const char* values_outside(hid_t set);

/// Whether every value was written. What was not would read as the fill value, 0 unless said otherwise.
bool is_written(hid_t set, hid_t space, const std::vector<std::size_t>& shape);

/// The values into an array whose is_text is set; false where they cannot be read.
bool read_values(hid_t set, hid_t type, hid_t space, std::size_t values, Array& array);

/// What is wrong where they cannot.
const char* why_unread(hid_t set);

/// A single text; false where it cannot be read.
bool read_text_attribute(hid_t attribute, hid_t type, Array& single);

}  // namespace synfer
