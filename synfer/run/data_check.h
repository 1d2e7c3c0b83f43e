// `synfer check`: what data hold, read as a fit reads them, with nothing fitted.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/inventory.h"
#include "synfer/data/session.h"
#include "synfer/files/checksum.h"
#include "synfer/settings/configuration.h"

namespace synfer {

struct DataCheck {
  std::vector<DataFile> files;
  std::vector<std::string> left_out;  // data files in a given folder that were not read
  Inventory inventory;
};

/// @throws DataError, ConfigurationError as a fit would.
DataCheck check_data(const Configuration& c, const std::vector<std::string>& paths);

std::string table_of(const DataCheck& check);
std::string to_json(const DataCheck& check);

}  // namespace synfer
