// A table for a terminal: columns as wide as their widest cell, so that none runs into the next, whatever
// names and numbers come.
#pragma once

#include <string>
#include <vector>

namespace synfer {

class Columns {
 public:
  /// @param least  the width of each column where its cells ask for no more; the first stands to the left,
  /// the
  ///               others to the right, two spaces apart
  explicit Columns(std::vector<std::size_t> least) : width_(std::move(least)) {}

  /// A row may end early.
  void row(std::vector<std::string> cells);

  /// A line across all columns, which widens none.
  void line(std::string text);

  [[nodiscard]] std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool across = false;
  };
  std::vector<std::size_t> width_;
  std::vector<Row> rows_;
};

}  // namespace synfer
