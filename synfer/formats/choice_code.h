// What a cell of the choice column means: which offer, or none.
//
// In this order: a value of `no_choice`; a value of `choice_values`; a label among those that the row offers;
// the number of an offer, counted from 0 (one offer: 0 rejected, 1 accepted). Labels and numbers are never
// mixed in one table: where every choice is a label of its row, labels are meant, even where they look like
// numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synfer/files/table.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

class ChoiceCode {
 public:
  /// Looks at the whole column.
  /// @param table, columns  must outlive it; `columns` has a choice
  /// @throws DataError where choices are neither labels nor numbers throughout.
  ChoiceCode(const Table& table, const StepColumns& columns, const StepCoding& coding);

  /// The choice in `row`; kNoChoice where there is none. DataError where the cell means nothing.
  [[nodiscard]] int choice(std::size_t row) const;

  /// Where the table leaves it open, how it was understood.
  [[nodiscard]] const std::vector<std::string>& how() const { return how_; }

 private:
  enum class Kind { kValues, kLabels, kNumbers };

  [[nodiscard]] bool is_none(std::string_view cell) const;
  [[nodiscard]] std::optional<int> label(std::size_t row) const;
  [[nodiscard]] std::optional<int> number(std::size_t row) const;
  /// What the cell may mean that differs from it in case alone; empty where there is nothing.
  [[nodiscard]] std::string written_otherwise(std::size_t row) const;
  [[nodiscard]] std::string expected() const;
  [[nodiscard]] std::string way_to_say() const;
  [[nodiscard]] std::string found_values() const;

  const Table& table_;
  const StepColumns& columns_;
  std::size_t column_;  // of choices
  std::vector<std::string> values_;
  std::vector<std::string> none_;
  Kind kind_ = Kind::kNumbers;
  std::vector<std::string> how_;
};

/// Whether two cells are the same text, or the same number ("1" and "1.0"), or the same truth ("TRUE" and
/// "true").
bool same_value(std::string_view a, std::string_view b);

/// One text for all that are the same value.
std::string value_of(std::string_view cell);

/// The words of a choice column whose table names no stimuli, sorted: what there was to choose. Empty where
/// its cells are numbers, or one word alone. Words for no choice ("none", "omission") are left out.
std::vector<std::string> words_to_choose(const Table& table, std::size_t choice, const StepCoding& coding);

/// How often arms were chosen and whether they were paid, which tells a word for no choice among them.
class ArmCounts {
 public:
  void count(int choice, double reward);

  /// Of words that were taken for arms, those that may stand for no choice: chosen now and then, never paid,
  /// and not called as arms are.
  [[nodiscard]] std::vector<std::string> ask_for_none(const std::vector<std::string>& words) const;

 private:
  struct Arm {
    std::size_t chosen = 0;
    bool is_paid = false;
  };
  std::vector<Arm> arms_;
};

}  // namespace synfer
