// An inventory of data for a terminal and for a program.
#pragma once

#include <string>

#include "synfer/data/inventory.h"

namespace synfer {

/// Lines of 80 columns, whatever the names.
/// @param what  was read: "3 files"
std::string table_of(const Inventory& found, const std::string& what);

/// An object; that of `data` in result.json.
std::string to_json(const Inventory& found);

}  // namespace synfer
