// In which order an animal's sessions come, as their names and times tell: by date, by number, or by nothing
// but the files. Weights that go from a session to the next go the wrong way where it is not the true one.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// The dates in these names, each a number that grows with the day; empty where a name holds none, or where
/// nothing tells days from months. Known are 2025-05-07 (also with / . _), 20250507, 7.5.2025, 7 May 2025,
/// May 7 2025, and 7/5/2025 where another name is of a day above 12.
std::vector<long> dates_in(const std::vector<std::string>& names);

struct SessionOrder {
  bool several = false;               // whether any animal has several sessions
  std::string how;                    // a sentence
  std::vector<std::string> reversed;  // a sentence for each animal whose sessions go back, in name or time
};

SessionOrder order_of_sessions(const std::vector<Session>& sessions);

}  // namespace synfer
