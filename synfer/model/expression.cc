#include "synfer/model/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {
namespace {

struct Source {
  std::string_view text;
  const std::string& key;
};

[[noreturn]] void refuse(const Source& source, const std::string& why) {
  throw ConfigurationError(source.key, fmt::format("cannot read the rule '{}': {}; write rules like "
                                                   "x*r - 0.05*w",
                                                   source.text, why));
}

bool is_number_character(char c) { return (c >= '0' && c <= '9') || c == '.'; }

// Length of the number that `text` begins with: digits, a point, an exponent; 0 where there is none.
std::size_t number_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_number_character(text[n])) ++n;
  if (n == 0 || n == text.size() || (text[n] != 'e' && text[n] != 'E')) return n;
  std::size_t digits = n + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  if (digits == text.size() || text[digits] < '0' || text[digits] > '9') return n;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits;
}

// Where the summand that starts `text` ends: at the next + or - that is no exponent's sign.
std::size_t summand_length(std::string_view text) {
  std::size_t n = number_length(text);
  while (n < text.size() && text[n] != '+' && text[n] != '-') ++n;
  return n;
}

// "0.05*w", "0.05", "w", "0.05X0R0W1"
WeightedTerm parse_summand(const Source& whole, std::string_view summand, bool published_order) {
  if (summand.empty()) refuse(whole, "a term is missing");
  const std::size_t digits = number_length(summand);
  WeightedTerm result{Term{}, 1.0};
  if (digits > 0) {
    const std::optional<double> number = parse_number(summand.substr(0, digits));
    if (!number || !std::isfinite(*number)) {
      refuse(whole, fmt::format("'{}' is not a number", summand.substr(0, digits)));
    }
    result.coefficient = *number;
    summand.remove_prefix(digits);
    if (summand.empty()) return result;
    if (summand[0] == '*') {
      summand.remove_prefix(1);
    } else if (std::isupper(static_cast<unsigned char>(summand[0])) == 0) {
      refuse(whole, fmt::format("a * is missing before '{}'", summand));
    }
  }
  result.term = parse_term(summand, whole.key);
  if (published_order && is_published_label(summand)) result.term = in_published_order(result.term);
  return result;
}

}  // namespace

Expression parse_expression(std::string_view text, bool published_order, const std::string& key) {
  const Source source{text, key};
  std::string bare;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) bare += c;
  }
  if (bare.empty()) refuse(source, "it is empty");
  if (bare == "0") return {};
  Expression expression;
  std::string_view rest = bare;
  while (!rest.empty()) {
    double sign = 1.0;
    if (rest.starts_with('+') || rest.starts_with('-')) {
      sign = rest[0] == '-' ? -1.0 : 1.0;
      rest.remove_prefix(1);
    }
    const std::size_t length = summand_length(rest);
    WeightedTerm found = parse_summand(source, rest.substr(0, length), published_order);
    rest.remove_prefix(length);
    found.coefficient *= sign;
    const auto same = std::find_if(expression.begin(), expression.end(),
                                   [&](const WeightedTerm& other) { return other.term == found.term; });
    if (same == expression.end()) {
      expression.push_back(found);
    } else {
      same->coefficient = published_order ? found.coefficient : same->coefficient + found.coefficient;
    }
  }
  return expression;
}

std::string to_string(const Expression& expression) {
  std::string text;
  for (const auto& [term, coefficient] : expression) {
    const bool negative = std::signbit(coefficient);
    if (text.empty()) {
      text += negative ? "-" : "";
    } else {
      text += negative ? " - " : " + ";
    }
    const double size = std::abs(coefficient);
    if (term == Term{}) {
      text += shortest(size);
    } else if (size == 1.0) {
      text += to_string(term);
    } else {
      text += shortest(size) + "*" + to_string(term);
    }
  }
  return text.empty() ? "0" : text;
}

}  // namespace synfer
