// Of which sessions are these scores? Sessions are known again by what happened in them, animals by name.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/results/result.h"

namespace synfer {

/// Sixteen hexadecimal digits of what happened: offers, choices, rewards; not of names.
std::string mark_of(const Session& session);

std::vector<FittedSession> fitted_sessions(const std::vector<Session>& sessions);

/// Sessions beside those of a fit.
struct Sample {
  std::size_t fitted = 0;        // sessions of the fit
  std::size_t new_sessions = 0;  // other sessions of its animals
  std::size_t new_animals = 0;   // sessions of animals that it never saw
};

Sample sample_of(const std::vector<FittedSession>& fitted, const std::vector<Session>& sessions);

/// "animals never seen"; "2 fitted sessions, 1 new session of fitted animals".
std::string in_words(const Sample& sample);

}  // namespace synfer
