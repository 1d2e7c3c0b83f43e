// All that a result says of itself in words: every verdict, warning, note and finding that terminal, report
// and Python print, in one table, the most important first. A test runs small fits and holds the table
// against what they print: a sentence that no run prints, or that every run prints, is none
// (sentences_test.cc).
//
// Conditions are computed where the numbers are (verdict.h, warnings.h, held_out_notes.h, conclusions.h);
// what is said stands here alone.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synfer {

enum class SentenceKind {
  kUnusable,  // the numbers must not be used: a reason of the verdict
  kWarning,   // to be known before they are believed
  kNote,      // likewise, of less weight
  kFinding,   // what was found
};

/// "unusable", "warning", "note", "finding".
std::string to_string(SentenceKind kind);

struct Sentence {
  std::string_view id;
  SentenceKind kind;
  bool first;                  // stands above the estimates
  std::string_view condition;  // in words
  std::string_view text;       // with {places}
};

/// In the order of their importance.
std::span<const Sentence> sentences();

/// @throws std::invalid_argument where there is none of that id.
const Sentence& sentence(std::string_view id);

/// A sentence with its places filled in.
struct Note {
  std::string id;
  std::string text;

  friend bool operator==(const Note&, const Note&) = default;
};

using Places = std::initializer_list<std::pair<std::string_view, std::string>>;

/// @throws std::invalid_argument where the sentence is unknown, or a place has no text or a text no place.
Note say(std::string_view id, Places places = {});

/// In the order of the table; those of one sentence in the order in which they came.
std::vector<Note> in_order(std::vector<Note> notes);

/// "a", "a and b"; of more than eight the first six, and how many others.
std::string first_of(const std::vector<std::string>& names);

}  // namespace synfer
