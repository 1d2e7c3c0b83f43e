#include "synfer/data/write_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "synfer/data/read_steps.h"
#include "synfer/data/step_columns.h"
#include "synfer/data/table.h"

namespace synfer {
namespace {

bool chose_nothing(const Session& session) {
  return std::all_of(session.choice.begin(), session.choice.end(),
                     [](int choice) { return choice == kNoChoice; });
}

// Neural data alone: every step learns though none has a choice.
bool is_neural_alone(const Session& session) {
  return session.steps() > 0 && session.learns.front() && chose_nothing(session);
}

void check_alike(const std::vector<Session>& sessions, bool behaves) {
  const Session& first = sessions.front();
  for (const Session& session : sessions) {
    bool alike = session.offers == first.offers && session.inputs == first.inputs &&
                 session.stimulus.empty() == first.stimulus.empty() && session.x.empty() == first.x.empty();
    for (std::size_t t = 0; t < session.steps(); ++t) {
      alike = alike && session.learns[t] == learns_after(session.offers, session.choice[t], behaves);
    }
    if (!alike) {
      throw std::invalid_argument("session " + session.name + " cannot share a table with session " +
                                  first.name);
    }
  }
}

void write_header(TableWriter& table, const Session& like, bool behaves, const std::set<int>& neurons) {
  const ColumnNames names;
  for (const std::string& name : {names.animal, names.session, names.trial, names.block}) table.text(name);
  if (!like.stimulus.empty()) {
    for (int k = 0; k < like.offers; ++k) {
      table.text(like.offers == 1 ? names.stimulus : fmt::format("{}{}", names.stimulus, k));
    }
  }
  for (int k = 0; !like.x.empty() && k < like.offers; ++k) {
    for (int i = 0; i < like.inputs; ++i) {
      table.text(like.offers == 1 ? fmt::format("{}{}", names.x, i) : fmt::format("{}{}_{}", names.x, k, i));
    }
  }
  if (behaves) table.text(names.choice);
  table.text(names.reward);
  for (const int neuron : neurons) table.text(fmt::format("{}{}", names.y, neuron));
  table.end_row();
}

void write_session(TableWriter& table, const Session& session, bool behaves, const std::set<int>& neurons) {
  const auto offers = static_cast<std::size_t>(session.offers);
  const std::size_t inputs = offers * static_cast<std::size_t>(session.inputs);
  std::map<int, std::size_t> place;  // of each recorded neuron within a step's recordings
  for (const int neuron : session.recorded_neurons) place.emplace(neuron, place.size());

  for (std::size_t t = 0; t < session.steps(); ++t) {
    table.text(session.animal).text(session.name).whole(session.trial[t]).whole(session.block[t]);
    for (std::size_t k = 0; !session.stimulus.empty() && k < offers; ++k) {
      table.text(session.stimuli[static_cast<std::size_t>(session.stimulus[t * offers + k])]);
    }
    for (std::size_t i = 0; !session.x.empty() && i < inputs; ++i) table.number(session.x[t * inputs + i]);
    if (behaves && session.choice[t] == kNoChoice) table.text("");
    if (behaves && session.choice[t] != kNoChoice) table.whole(session.choice[t]);
    table.number(session.reward[t]);
    for (const int neuron : neurons) {
      const auto found = place.find(neuron);
      table.number(found == place.end() ? std::nan("")
                                        : session.recordings[t * place.size() + found->second]);
    }
    table.end_row();
  }
}

}  // namespace

void write_steps(std::ostream& out, const std::vector<Session>& sessions) {
  if (sessions.empty()) throw std::invalid_argument("there are no sessions to write");
  const bool behaves = !std::all_of(sessions.begin(), sessions.end(), is_neural_alone);
  check_alike(sessions, behaves);
  std::set<int> neurons;
  for (const Session& session : sessions) {
    neurons.insert(session.recorded_neurons.begin(), session.recorded_neurons.end());
  }
  TableWriter table(out);
  write_header(table, sessions.front(), behaves, neurons);
  for (const Session& session : sessions) write_session(table, session, behaves, neurons);
}

}  // namespace synfer
