#include "synfer/base/columns.h"

#include <algorithm>
#include <utility>

namespace synfer {
namespace {

constexpr std::size_t kGap = 2;

// Characters of UTF-8, not its bytes.
std::size_t length(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void Columns::row(std::vector<std::string> cells) {
  width_.resize(std::max(width_.size(), cells.size()));
  for (std::size_t n = 0; n < cells.size(); ++n)
    width_[n] = std::max(width_[n], length(cells[n]) + (n == 0 ? 0 : kGap));
  rows_.push_back({std::move(cells)});
}

void Columns::line(std::string text) { rows_.push_back({{std::move(text)}, true}); }

std::string Columns::text() const {
  std::string text;
  for (const auto& [cells, across] : rows_) {
    std::string line = across ? cells.front() : std::string();
    for (std::size_t n = 0; !across && n < cells.size(); ++n) {
      const std::string blank(width_[n] - length(cells[n]), ' ');
      line += n == 0 ? cells[n] + blank : blank + cells[n];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace synfer
