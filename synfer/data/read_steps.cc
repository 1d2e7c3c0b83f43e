#include "synfer/data/read_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/data/stimuli.h"

namespace synfer {
namespace {

class Reader {
 public:
  Reader(const Table& table, const ColumnNames& names)
      : table_(table), at_(find_step_columns(table, names)) {}

  std::vector<Session> read() {
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      enter_session(row);
      Session& session = sessions_.back();
      session.trial.push_back(at_.trial ? table_.whole(row, *at_.trial) : static_cast<int>(session.steps()));
      session.block.push_back(at_.block ? table_.whole(row, *at_.block) : 0);
      const int choice = read_choice(row);
      check_trial_goes_on(row, session);
      session.choice.push_back(choice);
      session.learns.push_back(learns_after(at_.offers, choice, at_.choice.has_value()));
      session.reward.push_back(read_reward(row, choice));
      read_offers(row, session);
      for (const std::size_t column : at_.recordings)
        session.recordings.push_back(table_.number(row, column));
    }
    for (Session& session : sessions_) {
      session.stimuli = labels_;
      forget_silent_neurons(session);
    }
    share_stimuli(sessions_);
    return std::move(sessions_);
  }

 private:
  void enter_session(std::size_t row) {
    const std::string name = need_text(row, at_.session);
    const std::string animal = at_.animal ? need_text(row, *at_.animal) : name;
    if (!sessions_.empty() && sessions_.back().name == name && sessions_.back().animal == animal) return;
    if (!seen_.emplace(animal, name).second) {
      table_.reject(
          row, at_.session,
          fmt::format("session '{}' of animal '{}' goes on after rows of another; expected the rows "
                      "of a session to follow one another: sort the file by session",
                      name, animal));
    }
    Session session;
    session.animal = animal;
    session.name = name;
    session.offers = at_.offers;
    session.inputs = at_.inputs;
    session.recorded_neurons = at_.recorded_neurons;
    sessions_.push_back(std::move(session));
  }

  [[nodiscard]] std::string need_text(std::size_t row, std::size_t column) const {
    if (table_.empty(row, column))
      table_.reject(row, column, "the value is missing, expected a name; fill it in");
    return std::string(table_.cell(row, column));
  }

  [[nodiscard]] int read_choice(std::size_t row) const {
    if (!at_.choice || table_.empty(row, *at_.choice)) return kNoChoice;
    const int last = std::max(1, at_.offers - 1);
    const double value = table_.number(row, *at_.choice);
    if (value < 0 || value > last || value != std::trunc(value)) {
      table_.reject(
          row, *at_.choice,
          fmt::format("found '{}', expected {} or an empty cell (no choice)", table_.cell(row, *at_.choice),
                      at_.offers == 1 ? std::string("0 (rejected), 1 (accepted)")
                                      : fmt::format("the number of an offer, 0 to {},", last)));
    }
    return static_cast<int>(value);
  }

  // `session` has the labels of this step, but not its choice yet.
  void check_trial_goes_on(std::size_t row, const Session& session) const {
    const std::size_t step = session.steps();
    const bool ended = at_.offers == 1 && step > 0 && session.choice[step - 1] == 1 &&
                       session.trial[step] == session.trial[step - 1] &&
                       session.block[step] == session.block[step - 1];
    if (!ended) return;
    table_.reject(
        row, *at_.trial,  // NOLINT(bugprone-unchecked-optional-access): choices come with trials
        fmt::format("trial {} goes on after an acceptance, which ends a trial; give this row the number "
                    "of the next trial, or correct the choice above",
                    session.trial[step]));
  }

  [[nodiscard]] double read_reward(std::size_t row, int choice) const {
    if (!at_.reward) return std::numeric_limits<double>::quiet_NaN();
    const double reward = table_.number(row, *at_.reward);
    if (!at_.choice) return reward;
    const bool earns = learns_after(at_.offers, choice, true);
    if (earns && std::isnan(reward)) {
      table_.reject(
          row, *at_.reward,
          fmt::format("the value is missing, expected the reward of the {}; write 0 where there was none",
                      at_.offers == 1 ? "accepted offer" : "choice"));
    }
    if (!earns && reward == 0.0) return std::numeric_limits<double>::quiet_NaN();  // many a log writes it so
    if (!earns && !std::isnan(reward)) {
      table_.reject(row, *at_.reward,
                    fmt::format("found '{}' on a step {}; a reward stands on the step that earns it: move it "
                                "there, or empty the cell",
                                table_.cell(row, *at_.reward),
                                choice == kNoChoice ? "without a choice" : "that rejected its offer"));
    }
    return reward;
  }

  void read_offers(std::size_t row, Session& session) {
    for (const std::size_t column : at_.stimulus) {
      const auto next = static_cast<int>(labels_.size());
      const auto [known, is_new] = numbers_.emplace(need_text(row, column), next);
      if (is_new) labels_.push_back(known->first);
      session.stimulus.push_back(known->second);
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
  StepColumns at_;
  std::vector<Session> sessions_;
  std::set<std::pair<std::string, std::string>> seen_;  // animal, session
  std::vector<std::string> labels_;                     // stimulus names, in order of appearance
  std::unordered_map<std::string, int> numbers_;        // the place of each in labels_
};

}  // namespace

std::vector<Session> read_steps(const std::string& file, const ColumnNames& names) {
  return read_steps(read_table(file), names);
}

std::vector<Session> read_steps(const Table& table, const ColumnNames& names) {
  std::vector<Session> sessions = Reader(table, names).read();
  if (sessions.empty()) {
    throw DataError(table.file(), 0, "",
                    "found no steps below the names of the columns; expected one row a step");
  }
  return sessions;
}

bool learns_after(int offers, int choice, bool behaves) {
  if (!behaves) return true;
  return offers == 1 ? choice == 1 : choice != kNoChoice;
}

}  // namespace synfer
