// Text as HTML: escapes, numbers, terms.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace synfer::report {

/// With &, <, > and quotes as entities; control characters, which no browser shows, are dropped.
std::string escaped(std::string_view text);

/// For a <script> element of JSON: "<" as <, so that nothing in it ends the element.
std::string json_in_script(std::string_view json);

/// Four significant digits; "" for NaN, "inf" and "-inf".
std::string number(double value);

/// As many digits as the standard error leaves, four where there is none.
std::string rounded(double value, double standard_error);

/// "x*y^2" as in a formula: "x y²".
std::string plain_term(std::string_view term);

/// "x*y^2" as HTML: <i>x</i> <i>y</i><sup>2</sup>; names of parameters that are no terms as code.
std::string html_term(std::string_view term);

/// Names as code, with commas between them.
std::string code_list(std::span<const std::string> names);

}  // namespace synfer::report
