// What a page carries along so that it opens anywhere, offline: style, script, plotting library.
#pragma once

#include <string_view>

namespace synfer::report {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;
extern const std::string_view kVega;         // Vega, Vega-Lite and Vega-Embed
extern const std::string_view kVegaLicense;  // goes wherever they go

}  // namespace synfer::report
