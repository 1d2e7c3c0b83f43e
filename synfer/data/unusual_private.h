// The parts of find_unusual, each a function of the sessions that gives sentences.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer::unusual {

using Lines = std::vector<std::string>;
using Sessions = std::vector<Session>;

Lines of_trials(const Sessions& sessions);    // numbers, ends and lengths of trials, blocks, times
Lines of_sessions(const Sessions& sessions);  // their names, order, lengths
Lines of_rewards(const Sessions& sessions);   // values, and what they depend on
Lines of_choices(const Sessions& sessions);
Lines of_offers(const Sessions& sessions);  // labels and their places
Lines of_inputs(const Sessions& sessions);
Lines of_copies(const Sessions& sessions);  // rows, stretches and sessions that are there twice

/// Rewards that look like codes for what is missing, beside what is `told` of their values already.
Lines of_codes(const Sessions& sessions, const Lines& told);

/// The numbers of a column, by session; NaN left out.
struct Column {
  std::string name;  // "rewards", "input x0_1"
  std::vector<std::vector<double>> of_session;
};

/// Values far from the others, values that are hardly there, sessions of another unit or code.
Lines of_column(const Sessions& sessions, const Column& column);

/// "session 'd1' of animal 'm1'", "session 'd1'" where they are called alike.
std::string called(const Session& session);

/// "3 trials", "1 trial".
std::string counted(std::size_t count, const std::string& what);

/// The first few of `found`, and how many more there are.
void add_some(Lines& lines, Lines found);

/// The middle of some numbers, which may be reordered; NaN of none.
double middle(std::vector<double> values);

}  // namespace synfer::unusual
