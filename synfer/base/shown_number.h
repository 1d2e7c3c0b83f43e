// Numbers as tables show them: with as many digits as mean something, in any unit.
#pragma once

#include <limits>
#include <string>

namespace synfer {

/// Four decimals, as long as these say enough; more where the error (or without one the number itself) is so
/// small that they do not, and powers of ten where numbers would be long. "-" for a missing number.
/// @param error  standard error, of which two digits are to be seen; NaN where there is none
std::string shown_number(double value, double error = std::numeric_limits<double>::quiet_NaN());

}  // namespace synfer
