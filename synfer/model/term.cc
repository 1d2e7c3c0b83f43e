#include "synfer/model/term.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// What is being read, for messages.
struct Source {
  std::string_view text;
  const std::string& key;
};

[[noreturn]] void refuse(const Source& source, const std::string& why) {
  throw ConfigurationError(
      source.key,
      fmt::format("cannot read the term '{}': {}; write terms like 1, x*r or x*y^2*w", source.text, why));
}

int* power_of(Term& term, char variable) {
  switch (variable) {
    case 'x':
      return &term.x;
    case 'y':
      return &term.y;
    case 'w':
      return &term.w;
    case 'r':
      return &term.r;
    default:
      return nullptr;
  }
}

void raise_power(Term& term, const Source& source, char variable, int by) {
  int* power = power_of(term, variable);
  if (power == nullptr) refuse(source, fmt::format("'{}' is not one of the variables x, y, w, r", variable));
  *power += by;
  if (*power > kHighestPower) {
    refuse(source, fmt::format("the power of {} is above {}", variable, kHighestPower));
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A factor "x" or "x^2".
void multiply_factor(Term& term, const Source& source, std::string_view factor) {
  if (factor == "1") return;
  const bool plain = factor.size() == 1;
  const bool raised = factor.size() == 3 && factor[1] == '^' && is_digit(factor[2]);
  if (!plain && !raised) refuse(source, fmt::format("'{}' is not a factor", factor));
  raise_power(term, source, factor[0], plain ? 1 : factor[2] - '0');
}

// "X1Y0W0R1": letter and digit in turn, each variable at most once.
Term parse_label(const Source& source, std::string_view label) {
  Term term;
  std::string seen;
  for (std::size_t k = 0; k < label.size(); k += 2) {
    const char variable = static_cast<char>(std::tolower(static_cast<unsigned char>(label[k])));
    if (k + 1 >= label.size() || !is_digit(label[k + 1]))
      refuse(source, "a label needs a digit after each letter");
    if (seen.find(variable) != std::string::npos) refuse(source, "a label names each variable once");
    seen += variable;
    raise_power(term, source, variable, label[k + 1] - '0');
  }
  return term;
}

}  // namespace

std::array<double, kHighestPower + 1> powers(double v) { return {1.0, v, v * v, v * v * v, v * v * (v * v)}; }

double Term::at(double x_value, double y_value, double w_value, double r_value) const {
  // A power of 0 must not touch its variable: it may be infinite.
  const auto raise = [](double v, int n) { return n == 0 ? 1.0 : powers(v)[static_cast<std::size_t>(n)]; };
  return raise(x_value, x) * raise(y_value, y) * raise(w_value, w) * raise(r_value, r);
}

std::string to_string(const Term& term) {
  std::string text;
  const auto factor = [&text](char variable, int power) {
    if (power == 0) return;
    if (!text.empty()) text += '*';
    text += variable;
    if (power > 1) text += fmt::format("^{}", power);
  };
  factor('x', term.x);
  factor('y', term.y);
  factor('w', term.w);
  factor('r', term.r);
  return text.empty() ? "1" : text;
}

bool is_published_label(std::string_view text) {
  const auto first =
      std::find_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) == 0; });
  return first != text.end() && std::isupper(static_cast<unsigned char>(*first)) != 0;
}

Term parse_term(std::string_view text, const std::string& key) {
  const Source source{text, key};
  std::string bare;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) bare += c;
  }
  if (bare.empty()) refuse(source, "it is empty");
  if (is_published_label(bare)) return parse_label(source, bare);
  Term term;
  std::string_view rest = bare;
  while (true) {
    const std::size_t star = rest.find('*');
    multiply_factor(term, source, rest.substr(0, star));
    if (star == std::string_view::npos) return term;
    rest.remove_prefix(star + 1);
  }
}

Term in_published_order(const Term& label) { return {label.r, label.w, label.y, label.x}; }

std::vector<Term> dense_terms(std::span<const std::string> variables, int degree) {
  if (degree < 0 || degree > kHighestPower) {
    throw ConfigurationError("rule.degree",
                             fmt::format("found {}, expected a power from 0 to {}", degree, kHighestPower));
  }
  Term highest;
  for (const std::string& variable : variables) {
    int* power = variable.size() == 1 ? power_of(highest, variable[0]) : nullptr;
    if (power == nullptr || *power != 0) {
      throw ConfigurationError("rule.variables",
                               fmt::format("found '{}', expected each of x, y, w, r at most once", variable));
    }
    *power = std::max(degree, 1);
  }
  if (degree == 0) highest = Term{};
  std::vector<Term> terms;
  for (int x = 0; x <= highest.x; ++x) {
    for (int y = 0; y <= highest.y; ++y) {
      for (int w = 0; w <= highest.w; ++w) {
        for (int r = 0; r <= highest.r; ++r) terms.push_back({x, y, w, r});
      }
    }
  }
  return terms;
}

}  // namespace synfer
