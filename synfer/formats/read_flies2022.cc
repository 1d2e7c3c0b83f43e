#include "synfer/formats/read_flies2022.h"

#include <fmt/format.h>

#include "synfer/base/error.h"
#include "synfer/files/table.h"

namespace synfer {
namespace {

constexpr int kOdours = 2;

int zero_or_one(const Table& table, std::size_t row, std::size_t column) {
  const double value = table.number(row, column);
  if (value != 0.0 && value != 1.0) {
    table.reject(row, column, fmt::format("found '{}', expected 0 or 1", table.cell(row, column)));
  }
  return value == 1.0 ? 1 : 0;
}

}  // namespace

std::vector<Session> read_flies2022(const std::string& choices_file, const std::string& rewards_file) {
  const Table choices = read_table(choices_file, Header::kNone);
  const Table rewards = read_table(rewards_file, Header::kNone);
  if (choices.rows() != rewards.rows() || choices.columns() != rewards.columns()) {
    throw DataError(
        rewards_file, 0, "",
        fmt::format("found {} flies x {} trials, expected {} x {} as in {}; give the files of the "
                    "same experiment",
                    rewards.rows(), rewards.columns(), choices.rows(), choices.columns(), choices_file));
  }

  std::vector<Session> sessions;
  for (std::size_t fly = 0; fly < choices.rows(); ++fly) {
    Session session;
    session.animal = session.name = fmt::format("fly{}", fly + 1);
    session.offers = kOdours;
    session.stimuli = {"0", "1"};
    for (std::size_t trial = 0; trial < choices.columns(); ++trial) {
      for (int odour = 0; odour < kOdours; ++odour) session.stimulus.push_back(odour);
      session.trial.push_back(static_cast<int>(trial));
      session.block.push_back(0);
      session.choice.push_back(zero_or_one(choices, fly, trial));
      session.reward.push_back(zero_or_one(rewards, fly, trial));
      session.learns.push_back(true);
    }
    sessions.push_back(std::move(session));
  }
  return sessions;
}

}  // namespace synfer
