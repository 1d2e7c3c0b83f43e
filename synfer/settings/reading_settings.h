// The settings that say how data are read: their format, the names of their columns, how choices are coded.
//
// Where nothing is read (simulate, recover) they mean nothing, and are refused; a fit keeps them, so that
// other data are read for it as its own were.
#pragma once

#include <string_view>
#include <vector>

#include "synfer/settings/schema.h"

namespace synfer {

bool is_of_reading(std::string_view key);

/// Those of them that are not as they are by default, bound to the fields of `configuration`.
std::vector<Setting> given_for_reading(Configuration& configuration);

/// @throws ConfigurationError where one is given. data.format may be, since it is what `simulate` writes in.
void refuse_reading(const Configuration& configuration);

/// The same of data.format, where nothing is written either.
void refuse_format(const Configuration& configuration);

}  // namespace synfer
