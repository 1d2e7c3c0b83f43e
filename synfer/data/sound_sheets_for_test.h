// Sound tables of several shapes, to be damaged at random.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace synfer::for_test {

/// Draws that are the same with every standard library.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  double unit() { return static_cast<double>(engine_() >> 11) / 9007199254740992.0; }
  bool yes(double p) { return unit() < p; }
  double normal() { return std::sqrt(-2 * std::log(1 - unit())) * std::cos(6.283185307179586 * unit()); }

 private:
  std::mt19937_64 engine_;
};

using Row = std::vector<std::string>;

/// A table as text.
struct Sheet {
  Row header;
  std::vector<Row> rows;

  [[nodiscard]] bool has(const std::string& name) const {
    return std::ranges::find(header, name) != header.end();
  }
  [[nodiscard]] std::size_t at(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin());
  }
  std::string& cell(std::size_t row, const std::string& name) { return rows[row][at(name)]; }
  [[nodiscard]] const std::string& cell(std::size_t row, const std::string& name) const {
    return rows[row][at(name)];
  }

  [[nodiscard]] bool same_session(std::size_t a, std::size_t b) const {
    return cell(a, "animal") == cell(b, "animal") && cell(a, "session") == cell(b, "session");
  }
  /// The rows of the session that `row` belongs to: first, and one past the last.
  [[nodiscard]] std::pair<std::size_t, std::size_t> session_of(std::size_t row) const {
    std::size_t first = row;
    std::size_t end = row + 1;
    while (first > 0 && same_session(first - 1, row)) --first;
    while (end < rows.size() && same_session(end, row)) ++end;
    return {first, end};
  }
  [[nodiscard]] std::string text() const {
    std::string csv;
    const auto line = [&](const Row& row) {
      for (std::size_t n = 0; n < row.size(); ++n) csv += (n > 0 ? "," : "") + row[n];
      csv += "\n";
    };
    line(header);
    for (const Row& row : rows) line(row);
    return csv;
  }
};

/// Two arms that pay with probabilities that change between two blocks; some trials are omitted.
/// @param order  the columns that say it: trial and block, start_time, or none
/// @param words  choices by label, sides that change from row to row, and rewards of -1 and 1
inline Sheet two_arms(Chance& chance, const std::vector<std::string>& order, bool words) {
  Sheet sheet;
  sheet.header = {"animal", "session"};
  sheet.header.insert(sheet.header.end(), order.begin(), order.end());
  for (const char* name : {"stimulus0", "stimulus1", "choice", "reward"}) sheet.header.emplace_back(name);
  for (int s = 0; s < 8; ++s) {
    double time = 0;
    double value[2] = {0, 0};
    for (int t = 0; t < 80; ++t) {
      time += 2 + 3 * chance.unit();
      Row row = {fmt::format("mouse{}", s / 2 + 1), fmt::format("day{}", s % 2 + 1)};
      for (const std::string& name : order) {
        row.push_back(name == "trial"   ? std::to_string(t + 1)
                      : name == "block" ? std::to_string(t / 40)
                                        : fmt::format("{:.2f}", time));
      }
      const bool turned = words && chance.yes(0.5);
      const std::size_t left = turned ? 1 : 0;  // the arm at the left
      const char* const names[] = {words ? "star" : "L", words ? "ring" : "R"};
      row.emplace_back(names[left]);
      row.emplace_back(names[1 - left]);
      if (chance.yes(0.05)) {
        row.insert(row.end(), {"", ""});
      } else {
        const std::size_t arm = chance.yes(1 / (1 + std::exp(2 * (value[0] - value[1])))) ? 1 : 0;
        const bool paid = chance.yes((t < 40) == (arm == 0) ? 0.7 : 0.3);
        value[arm] += 0.3 * ((paid ? 1 : 0) - value[arm]);
        row.emplace_back(words ? names[arm] : arm == left ? "0" : "1");
        row.emplace_back(paid ? "1" : words ? "-1" : "0");
      }
      sheet.rows.push_back(std::move(row));
    }
  }
  return sheet;
}

/// One odour at a time, until one is accepted.
inline Sheet odours(Chance& chance) {
  Sheet sheet;
  sheet.header = {"animal", "session", "trial", "stimulus", "choice", "reward"};
  for (int fly = 0; fly < 6; ++fly) {
    for (int trial = 1; trial <= 60; ++trial) {
      for (bool accepted = false; !accepted;) {
        const bool oct = chance.yes(0.5);
        accepted = chance.yes(oct ? 0.6 : 0.4);
        sheet.rows.push_back({fmt::format("fly{}", fly + 1), "s1", std::to_string(trial), oct ? "OCT" : "MCH",
                              accepted ? "1" : "0",
                              !accepted                     ? ""
                              : chance.yes(oct ? 0.8 : 0.2) ? "1"
                                                            : "0"});
      }
    }
  }
  return sheet;
}

/// Offers as vectors, rewards of any size.
inline Sheet vectors(Chance& chance) {
  Sheet sheet;
  sheet.header = {"animal", "session", "trial", "x0_0", "x0_1", "x1_0", "x1_1", "choice", "reward"};
  for (int s = 0; s < 6; ++s) {
    for (int t = 0; t < 80; ++t) {
      Row row = {fmt::format("rat{}", s / 2 + 1), fmt::format("2025-05-0{}", s % 2 + 1), std::to_string(t)};
      double x[4];
      for (double& one : x) {
        one = chance.normal();
        row.push_back(fmt::format("{:.4f}", one));
      }
      const bool second = chance.yes(1 / (1 + std::exp(x[0] - x[2])));
      row.emplace_back(second ? "1" : "0");
      row.push_back(fmt::format("{:.3f}", 8 + chance.normal() + x[second ? 2 : 0]));
      sheet.rows.push_back(std::move(row));
    }
  }
  return sheet;
}

}  // namespace synfer::for_test
