// A figure and the table of its numbers, which are one: the page's script draws the figure from the rows
// of the table, so that nothing is shown that cannot be read, and nothing is stored twice.
#pragma once

#include <string>
#include <vector>

namespace synfer::report {

struct Column {
  std::string name;  // as people read it, and as the figure's specification names the field
  bool numeric = false;
};

struct Numbers {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // cells as text; "" where there is no number
};

struct Figure {
  std::string id;  // unique in the page
  std::string title;
  std::string how_to_read;    // a sentence
  std::string alt;            // what it shows, for who cannot see it
  std::string specification;  // Vega-Lite, JSON; its data are the table's rows
  Numbers numbers;
};

/// Specification with what all figures share: `tooltip` in the encoding (or that of each layer that has an
/// encoding) lists the table's columns.
/// @throws std::logic_error where the text is no JSON.
std::string with_tooltips(const std::string& specification, const Numbers& numbers);

/// A table alone.
std::string to_html(const Numbers& numbers, const std::string& id, const std::string& caption);

std::string to_html(const Figure& figure);

}  // namespace synfer::report
