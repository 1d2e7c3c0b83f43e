#include "synfer/formats/read_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/long_name.h"
#include "synfer/data/stimuli.h"
#include "synfer/files/file.h"
#include "synfer/formats/choice_code.h"
#include "synfer/formats/row_order.h"
#include "synfer/formats/session_column.h"

namespace synfer {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class Reader {
 public:
  Reader(const Table& table, const ColumnNames& names, const StepCoding& coding)
      : table_(table), coding_(coding), at_(find_step_columns(table, names, coding)) {
    if (at_.choice) code_.emplace(table, at_, coding);
    read_blocks();
    read_groups();
  }

  Reading read() {
    std::deque<RowOrder> orders;  // a session each
    const std::vector<std::size_t> rows = rows_in_order(table_, at_, coding_.sort, group_, blocks_);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const std::size_t row = rows[n];
      if (n == 0 || group_[row] != group_[rows[n - 1]]) {
        if (n > 0) orders.back().check_whole(sessions_.back());
        enter_session(row);
        orders.emplace_back(table_, at_, blocks_.numbered);
      }
      add_step(row, orders.back());
    }
    if (!orders.empty()) orders.back().check_whole(sessions_.back());
    for (Session& session : sessions_) {
      forget_silent_neurons(session);
      forget_what_says_nothing(session);
    }
    share_stimuli(sessions_, labels_);
    return {std::move(sessions_), how()};
  }

 private:
  // Blocks are whole numbers, or names counted in the order in which they come.
  void read_blocks() {
    blocks_.of_row.assign(table_.rows(), 0);
    if (!at_.block) return;
    bool numbered = true;
    std::map<std::string, int, std::less<>> number;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const std::string name = need_text(row, *at_.block);
      const std::optional<double> value = parse_number(name);
      numbered = numbered && value && *value == std::trunc(*value) && std::abs(*value) < 1e9;
      blocks_.of_row[row] = number.emplace(name, static_cast<int>(number.size())).first->second;
    }
    blocks_.numbered = numbered;
    for (std::size_t row = 0; numbered && row < table_.rows(); ++row)
      blocks_.of_row[row] = table_.whole(row, *at_.block);
  }

  // Which session each row belongs to, counted in the order of their first rows.
  void read_groups() {
    std::map<std::pair<std::string, std::string>, std::size_t> number;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const auto [at, is_new] = number.emplace(name_of(row), number.size());
      const bool goes_on = row > 0 && group_.back() == at->second;
      if (!is_new && !goes_on && coding_.sort == "none") {
        table_.reject(
            row, at_.session ? *at_.session : at_.animal.value_or(0),
            fmt::format("session '{}' of animal '{}' goes on after rows of another; expected the rows "
                        "of a session to follow one another: sort the file by session, or set "
                        "data.sort=trial",
                        at->first.second, at->first.first));
      }
      group_.push_back(at->second);
    }
  }

  // Animal and session of a row.
  [[nodiscard]] std::pair<std::string, std::string> name_of(std::size_t row) const {
    const std::string session = at_.session ? need_text(row, *at_.session) : name_of_file(table_.file());
    const std::string animal = at_.animal ? need_text(row, *at_.animal) : session;
    return {animal, at_.session || !at_.animal ? session : animal};
  }

  void enter_session(std::size_t row) {
    Session session;
    std::tie(session.animal, session.name) = name_of(row);
    session.offers = at_.offers;
    session.inputs = at_.inputs;
    session.recorded_neurons = at_.recorded_neurons;
    sessions_.push_back(std::move(session));
  }

  void add_step(std::size_t row, RowOrder& order) {
    Session& session = sessions_.back();
    session.trial.push_back(trial_of(row, session));
    session.block.push_back(blocks_.of_row[row]);
    if (at_.time) {
      session.time.push_back(table_.number(row, *at_.time));
      untimed_ += std::isnan(session.time.back()) ? 1 : 0;
    }
    const int choice = code_ ? code_->choice(row) : kNoChoice;
    order.check_next(row, session);
    check_trial_goes_on(row, session);
    session.choice.push_back(choice);
    session.learns.push_back(read_learns(row, choice));
    if (at_.scored) session.scored.push_back(read_scored(row, choice));
    session.reward.push_back(read_reward(row, choice, session.learns.back() || learns(choice)));
    read_offers(row, session);
    arms_.count(choice, session.reward.back());
    for (const std::size_t column : at_.recordings) session.recordings.push_back(table_.number(row, column));
  }

  // Without a column for them a trial ends with an acceptance, or is a row.
  [[nodiscard]] int trial_of(std::size_t row, const Session& session) const {
    if (at_.trial) return table_.whole(row, *at_.trial);
    if (session.steps() == 0) return 0;
    return session.trial[session.steps() - 1] + (!trial_goes_on() || session.choice.back() == 1 ? 1 : 0);
  }

  [[nodiscard]] bool trial_goes_on() const {
    return at_.choice && at_.offers == 1 && !coding_.rewards_on_rejection;
  }

  [[nodiscard]] std::string need_text(std::size_t row, std::size_t column) const {
    if (table_.empty(row, column)) {
      const std::string mark = trimmed(std::string(table_.text(row, column)));
      table_.reject(row, column,
                    mark.empty()
                        ? std::string("the value is missing, expected a name; fill it in")
                        : fmt::format("found '{}', which stands for a missing value; expected a name: "
                                      "fill it in, or give what is called so another name",
                                      mark));
    }
    if (const auto fault = fault_of_name(table_.cell(row, column))) table_.reject(row, column, *fault);
    return std::string(table_.cell(row, column));
  }

  [[nodiscard]] bool yes_or_no(std::size_t row, std::size_t column) const {
    const double value = table_.number(row, column);
    if (value == 0.0 || value == 1.0) return value == 1.0;
    table_.reject(row, column,
                  fmt::format("found '{}', expected 0 or 1 (false or true)", table_.cell(row, column)));
  }

  [[nodiscard]] bool read_learns(std::size_t row, int choice) const {
    const bool usual = learns(choice);
    if (!at_.learns || (table_.empty(row, *at_.learns) && choice == kNoChoice)) return usual;
    const bool says = yes_or_no(row, *at_.learns);
    if (says && at_.offers > 1 && choice == kNoChoice) {
      table_.reject(row, *at_.learns,
                    "found 1 where nothing was chosen, so that there is no offer to learn from; expected 0");
    }
    return says;
  }

  [[nodiscard]] bool read_scored(std::size_t row, int choice) const {
    if (!at_.scored || (table_.empty(row, *at_.scored) && choice == kNoChoice)) return true;
    return yes_or_no(row, *at_.scored);
  }

  // `session` has the labels of this step, but not its choice yet.
  void check_trial_goes_on(std::size_t row, const Session& session) const {
    const std::size_t step = session.steps();
    const bool ended = at_.trial && at_.offers == 1 && step > 0 && session.choice[step - 1] == 1 &&
                       session.trial[step] == session.trial[step - 1] &&
                       session.block[step] == session.block[step - 1];
    if (!ended) return;
    table_.reject(
        row, *at_.trial,
        fmt::format("trial {} goes on after an acceptance, which ends a trial; give this row the number "
                    "of the next trial, or correct the choice above",
                    session.trial[step]));
  }

  [[nodiscard]] bool learns(int choice) const {
    const bool rejected = at_.offers == 1 && choice == 0;
    return learns_after(at_.offers, choice, at_.choice.has_value()) ||
           (rejected && coding_.rewards_on_rejection);
  }

  double read_reward(std::size_t row, int choice, bool earns) {
    if (!at_.reward) return kNaN;
    const double reward = table_.number(row, *at_.reward);
    if (!at_.choice) return reward;
    if (earns) {
      if (choice != kNoChoice) ++(std::isnan(reward) ? unknown_ : known_);
      return reward;
    }
    if (reward == 0.0) ++(choice == kNoChoice ? none_without_choice_ : none_on_rejection_);
    if (reward == 0.0 || std::isnan(reward)) return kNaN;  // many a log writes 0 where none could be earned
    if (choice == kNoChoice) {
      ++free_;
      return reward;
    }
    table_.reject(
        row, *at_.reward,
        fmt::format("found '{}' on a step that rejected its offer; a reward stands on the step that earns "
                    "it: move it there, or empty the cell; where the task pays rejections too, set "
                    "data.rewards_on_rejection=true",
                    table_.cell(row, *at_.reward)));
  }

  // The place of a label in labels_, and whether it was unknown so far.
  std::pair<int, bool> label_number(const std::string& label) {
    const auto [known, is_new] = numbers_.emplace(label, static_cast<int>(labels_.size()));
    if (is_new) labels_.push_back(label);
    return {known->second, is_new};
  }

  void check_written_alike(std::size_t row, std::size_t column, const std::string& label) {
    const auto [known, is_new] = by_value_.emplace(value_of(label), label);
    if (is_new) return;
    table_.reject(row, column,
                  fmt::format("found the label '{}', which is '{}' of an earlier step written in another "
                              "way; expected one name for a stimulus: write both alike",
                              label, known->second));
  }

  void read_offers(std::size_t row, Session& session) {
    for (const std::string& arm : at_.arms) session.stimulus.push_back(label_number(arm).first);
    for (const std::size_t column : at_.stimulus) {
      const std::string label = need_text(row, column);
      const auto [number, is_new] = label_number(label);
      if (is_new) check_written_alike(row, column, label);
      session.stimulus.push_back(number);
    }
    for (const std::size_t column : at_.x) {
      const double value = table_.number(row, column);
      if (std::isnan(value)) {
        table_.reject(row, column,
                      "the value is missing, expected a number: the stimulus must be known at every "
                      "step; fill it in, or leave the step out");
      }
      session.x.push_back(value);
    }
  }

  [[nodiscard]] std::string recorded_columns() const {
    const std::string& first = table_.header()[at_.recordings.front()];
    if (at_.recordings.size() == 1) return fmt::format("column '{}' was", first);
    return fmt::format("columns '{}' to '{}' were", first, table_.header()[at_.recordings.back()]);
  }

  // How what the table leaves open was understood.
  [[nodiscard]] std::vector<std::string> how() const {
    std::vector<std::string> sentences;  // what may be most wrong first
    if (code_) sentences = code_->how();
    if (coding_.arms.empty()) {
      for (std::string& question : arms_.ask_for_none(at_.arms)) sentences.push_back(std::move(question));
    }
    sentences.insert(sentences.end(), at_.how.begin(), at_.how.end());
    const auto say = [&](std::string sentence) { sentences.push_back(std::move(sentence)); };
    if (coding_.sort != "none") say(fmt::format("rows were put in order by {}", coding_.sort));
    if (!at_.trial) {
      say(trial_goes_on() ? "no column numbers trials: a trial ends with an acceptance"
                          : "no column numbers trials: each row was taken for one");
    }
    if (!at_.trial && !at_.time) say("no column says in which order rows come: that of the file was taken");
    if (!at_.session)
      say(at_.animal ? "no column names sessions: each animal was taken for one session"
                     : "no column names sessions: the file was taken for one session");
    if (!at_.animal && at_.session) say("no column names animals: each session was taken for an animal");
    if (at_.reward && unknown_ > 0 && known_ == 0) {
      table_.reject_column(*at_.reward,
                           "no reward is known, expected one on each step that earns one; write 0 where "
                           "there was none");
    }
    if (unknown_ > 0)
      say("some rewards are missing: what they were is unknown, and these steps teach nothing of them");
    if (free_ > 0) say("some rewards fell without a choice: they move the expected reward and teach nothing");
    if (none_on_rejection_ > 0) say("a reward of 0 on a rejected offer was taken for none");
    if (none_without_choice_ > 0) say("a reward of 0 without a choice was taken for none");
    if (untimed_ > 0) say("some steps have no time: their order is that of the file");
    const std::vector<std::size_t> aside = left_aside();
    if (!aside.empty()) say("columns left aside: " + some_names(aside));
    if (!at_.session) {
      for (std::string& question : ask_for_sessions(table_, at_, aside, group_)) say(std::move(question));
    }
    if (!at_.recordings.empty()) {
      say(fmt::format("{} taken for {}", recorded_columns(),
                      at_.recordings.size() == 1 ? "the recording of a neuron" : "recordings of neurons"));
    }
    return sentences;
  }

  // Columns that mean nothing here; one of them may be a name that was misspelt.
  [[nodiscard]] std::vector<std::size_t> left_aside() const {
    std::vector<bool> used(table_.columns(), false);
    for (const auto& one : {at_.session, at_.animal, at_.trial, at_.block, at_.choice, at_.reward, at_.time,
                            at_.scored, at_.learns}) {
      if (one) used[*one] = true;
    }
    for (const std::vector<std::size_t>* some : {&at_.stimulus, &at_.x, &at_.recordings}) {
      for (const std::size_t column : *some) used[column] = true;
    }
    std::vector<std::size_t> aside;
    for (std::size_t column = 0; column < used.size(); ++column) {
      if (!used[column]) aside.push_back(column);
    }
    return aside;
  }

  [[nodiscard]] std::string some_names(const std::vector<std::size_t>& columns) const {
    constexpr std::size_t kMost = 6;
    std::vector<std::string> names;
    for (const std::size_t column : columns) names.push_back(table_.header()[column]);
    const std::size_t more = names.size() > kMost ? names.size() - kMost : 0;
    names.resize(names.size() - more);
    return join(names, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
  }

  // Where all choices count, or no time is known, a session is as one of a table without the column.
  static void forget_what_says_nothing(Session& session) {
    if (std::ranges::all_of(session.scored, std::identity())) session.scored.clear();
    if (std::ranges::all_of(session.time, [](double time) { return std::isnan(time); })) session.time.clear();
  }

  static void forget_silent_neurons(Session& session) {
    const std::size_t columns = session.recorded_neurons.size();
    std::vector<std::size_t> heard;
    for (std::size_t j = 0; j < columns; ++j) {
      bool has_value = false;
      for (std::size_t t = 0; t < session.steps(); ++t) {
        has_value = has_value || !std::isnan(session.recordings[t * columns + j]);
      }
      if (has_value) heard.push_back(j);
    }
    if (heard.size() == columns) return;
    std::vector<int> neurons;
    std::vector<double> recordings;
    neurons.reserve(heard.size());
    recordings.reserve(session.steps() * heard.size());
    for (const std::size_t j : heard) neurons.push_back(session.recorded_neurons[j]);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      for (const std::size_t j : heard) recordings.push_back(session.recordings[t * columns + j]);
    }
    session.recorded_neurons = std::move(neurons);
    session.recordings = std::move(recordings);
  }

  const Table& table_;
  const StepCoding& coding_;
  StepColumns at_;
  std::optional<ChoiceCode> code_;
  RowBlocks blocks_;
  std::vector<std::size_t> group_;  // the session of each row
  std::vector<Session> sessions_;
  std::vector<std::string> labels_;                        // stimulus names, in order of appearance
  std::unordered_map<std::string, int> numbers_;           // the place of each in labels_
  std::unordered_map<std::string, std::string> by_value_;  // labels by what they stand for
  // Of steps with a choice that earns one, known and missing rewards; rewards without a choice.
  std::size_t known_ = 0;
  std::size_t unknown_ = 0;
  std::size_t free_ = 0;
  // Zeros in the reward column where none could be earned; steps whose time is missing.
  std::size_t none_on_rejection_ = 0;
  std::size_t none_without_choice_ = 0;
  std::size_t untimed_ = 0;
  ArmCounts arms_;
};

}  // namespace

Reading read_steps(const std::string& file, const ColumnNames& names, const StepCoding& coding) {
  return read_steps(read_table(file), names, coding);
}

Reading read_steps(const Table& table, const ColumnNames& names, const StepCoding& coding) {
  if (table.rows() == 0) {
    throw DataError(table.file(), 0, "",
                    "found no steps below the names of the columns; expected one row a step");
  }
  return Reader(table, names, coding).read();
}

bool learns_after(int offers, int choice, bool behaves) {
  if (!behaves) return true;
  return offers == 1 ? choice == 1 : choice != kNoChoice;
}

}  // namespace synfer
