#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/report/html_private.h"

namespace synfer::report {

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') html += c;
    }
  }
  return html;
}

std::string json_in_script(std::string_view json) {
  std::string text;
  for (const char c : json) text += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return text;
}

std::string number(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return fmt::format("{:.4g}", value);
}

std::string rounded(double value, double standard_error) {
  if (std::abs(value) >= 1e6) return fmt::format("{:.3g}", value);
  const bool known = std::isfinite(standard_error) && standard_error > 0;
  const int digits =
      known ? std::clamp(1 - static_cast<int>(std::floor(std::log10(standard_error))), 0, 8) : 4;
  return fmt::format("{:.{}f}", value, digits);
}

std::string plain_term(std::string_view term) {
  std::string text;
  for (std::size_t n = 0; n < term.size(); ++n) {
    if (term[n] == '*') {
      text += " ";
    } else if (term[n] == '^' && n + 1 < term.size()) {
      constexpr const char* kRaised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
      const int power = term[++n] - '0';
      text += power >= 0 && power <= 9 ? kRaised[power] : "^";
    } else {
      text += term[n];
    }
  }
  return text;
}

std::string html_term(std::string_view term) {
  const auto letter = [&](std::size_t n) { return n < term.size() && term[n] >= 'a' && term[n] <= 'z'; };
  for (std::size_t n = 0; n + 1 < term.size(); ++n) {
    if (letter(n) && letter(n + 1)) return "<code>" + escaped(term) + "</code>";  // no term: a setting's name
  }
  std::string html;
  for (std::size_t n = 0; n < term.size(); ++n) {
    if (term[n] == '*') {
      html += " ";
    } else if (term[n] == '^' && n + 1 < term.size()) {
      html += "<sup>" + escaped(term.substr(++n, 1)) + "</sup>";
    } else if (letter(n)) {
      html += "<i>" + escaped(term.substr(n, 1)) + "</i>";
    } else {
      html += escaped(term.substr(n, 1));
    }
  }
  return html;
}

std::string code_list(std::span<const std::string> names) {
  std::string html;
  for (const std::string& name : names)
    html += (html.empty() ? "" : ", ") + ("<code>" + escaped(name) + "</code>");
  return html;
}

}  // namespace synfer::report
