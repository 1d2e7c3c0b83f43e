#include "colour.h"

#include <fmt/color.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace synfer {
namespace {

std::string painted(std::string_view text, fmt::text_style style) { return fmt::format(style, "{}", text); }

// Each line without its end, and what is made of it.
template <typename Paint>
std::string line_by_line(const std::string& text, Paint paint) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += paint(std::string_view(text).substr(at, end - at), at == 0);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace

bool wants_colour(std::FILE* stream) {
  const char* forbidden = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(fileno(stream)) == 1 && (forbidden == nullptr || *forbidden == '\0') && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::string coloured_result(const std::string& table) {
  constexpr std::string_view kNote = "  note:";
  const fmt::text_style heed = fmt::fg(fmt::terminal_color::yellow);
  return line_by_line(table, [&](std::string_view line, bool first) -> std::string {
    const std::size_t colon = line.find(':');
    if (first && colon != std::string_view::npos) {
      const bool good = line.starts_with("converged") || line.starts_with("completed");
      const auto colour = good ? fmt::terminal_color::green : fmt::terminal_color::red;
      return painted(line.substr(0, colon), fmt::fg(colour) | fmt::emphasis::bold) +
             std::string(line.substr(colon));
    }
    if (line.starts_with(kNote)) return painted(kNote, heed) + std::string(line.substr(kNote.size()));
    return line.ends_with(" *") ? painted(line, heed) : std::string(line);
  });
}

std::string coloured_help(const std::string& help) {
  return line_by_line(help, [](std::string_view line, bool) {
    const bool heading = !line.starts_with(' ') && line.ends_with(':');
    return heading ? painted(line, fmt::emphasis::bold) : std::string(line);
  });
}

std::string coloured_error(const std::string& message) {
  return painted("synfer:", fmt::fg(fmt::terminal_color::red) | fmt::emphasis::bold) + " " + message;
}

}  // namespace synfer
