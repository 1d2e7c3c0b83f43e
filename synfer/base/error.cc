#include "synfer/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace synfer {
namespace {

// Of what was found, enough to know it by: a cell, a name or a value may be as long as a file.
constexpr std::size_t kMostQuoted = 60;
constexpr std::size_t kMostOfKey = 400;
constexpr std::size_t kMostSaid = 2000;

// Characters of UTF-8 stay whole.
std::string without_middle(std::string_view text, std::size_t head, std::size_t tail) {
  const auto is_inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (head > 0 && is_inside(head)) --head;
  std::size_t from = text.size() - tail;
  while (from < text.size() && is_inside(from)) ++from;
  return fmt::format("{}...{}", text.substr(0, head), text.substr(from));
}

std::string shortened(std::string_view name) {
  return name.size() <= kMostQuoted ? std::string(name) : without_middle(name, kMostQuoted - 3, 0);
}

// Which may be a path, with the file at its end.
std::string shortened_key(std::string_view key) {
  return key.size() <= kMostOfKey ? std::string(key) : without_middle(key, kMostOfKey / 2, kMostOfKey / 2);
}

// The next apostrophe that opens or closes a quotation: others stand within words.
std::size_t next_quote(std::string_view text, std::size_t from, bool opens) {
  const auto is_word = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  while ((from = text.find('\'', from)) != std::string_view::npos && is_word(opens ? from - 1 : from + 1))
    ++from;
  return from;
}

// Words without blanks that are no paths.
void shorten_words(std::string& text) {
  std::string said;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size() - 1) + 1;
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    said += word.size() > 2 * kMostQuoted && word.find('/') == std::string_view::npos ? shortened(word) + " "
                                                                                      : std::string(word);
    begin = end;
  }
  text = std::move(said);
}

// What stands between apostrophes is shortened, then other words, and then the whole.
std::string with_short_quotes(std::string_view message) {
  std::string said;
  std::size_t done = 0;
  while (said.size() <= kMostSaid) {
    const std::size_t open = next_quote(message, done, true);
    const std::size_t close = open == std::string_view::npos ? open : next_quote(message, open + 1, false);
    if (close == std::string_view::npos) break;
    said += message.substr(done, open + 1 - done);
    said += shortened(message.substr(open + 1, close - open - 1));
    said += '\'';
    done = close + 1;
  }
  said += message.substr(done);
  std::ranges::replace(said, '\0', '?');  // who prints it would end there
  shorten_words(said);
  return said.size() <= kMostSaid ? said : without_middle(said, kMostSaid * 3 / 4, kMostSaid / 4);
}

std::string locate(const std::string& file, std::size_t row, const std::string& column) {
  std::string where = file;
  if (row > 0) where += fmt::format(", row {}", row);
  if (!column.empty()) where += fmt::format(", column {}", shortened(column));
  return where;
}

std::string suggest(const std::string& nearest) {
  return nearest.empty() ? std::string() : fmt::format("; did you mean {}?", shortened(nearest));
}

}  // namespace

Error::Error(const std::string& message) : std::runtime_error(with_short_quotes(message)) {}

DataError::DataError(std::string file_, std::size_t row_, std::string column_,
                     const std::string& what_is_wrong)
    : Error(locate(file_, row_, column_) + ": " + what_is_wrong),
      file(std::move(file_)),
      row(row_),
      column(std::move(column_)) {}

ConfigurationError::ConfigurationError(std::string key_, const std::string& what_is_wrong,
                                       std::string nearest_)
    : Error(shortened_key(key_) + ": " + what_is_wrong + suggest(nearest_)),
      key(std::move(key_)),
      nearest(std::move(nearest_)) {}

OutputError::OutputError(std::string path_, const std::string& what_is_wrong)
    : Error(path_ + ": " + what_is_wrong), path(std::move(path_)) {}

NonFiniteError::NonFiniteError(std::string animal_, std::string session_, std::size_t step_,
                               std::string term_, const std::string& quantity)
    : Error(fmt::format("{} of session {} left the finite numbers at step {}, driven by the term {}; "
                        "start from smaller coefficients, bound them, or leave the term out",
                        quantity, session_, step_, term_)),
      animal(std::move(animal_)),
      session(std::move(session_)),
      step(step_),
      term(std::move(term_)) {}

}  // namespace synfer
