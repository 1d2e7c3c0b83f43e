// The manual page, in the language of man(7), from the listing that --help prints.
#pragma once

#include <string>
#include <vector>

#include "listing.h"

namespace synfer {

std::string manual_page(const std::vector<ListedCommand>& commands,
                        const std::vector<ListedSetting>& settings);

}  // namespace synfer
