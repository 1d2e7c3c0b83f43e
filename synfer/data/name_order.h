// In which order the sessions of an animal were, as their names tell: by dates and times, or by numbers.
//
// A name can often be read in more than one way: the day or the month of a date may stand first, a dash may
// be a minus, of two numbers either may be the one that counts the days. Names go back only where they do
// under every reading; where readings differ, nothing is said of their order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/data/name_dates.h"

namespace synfer {

struct NameOrder {
  enum class Kind { kNone, kDates, kOpenDates, kNumbers };
  Kind kind = Kind::kNone;
  std::optional<std::size_t> goes_back;  // the first name that belongs before the one before it
};

/// @param orders  the orders that dates can have, as other names of the kind tell
NameOrder order_of_names(const std::vector<std::string>& names, const std::vector<DateOrder>& orders);

}  // namespace synfer
