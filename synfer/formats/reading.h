// What a reader gives: sessions, and in words how it understood what the file leaves open.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

struct Reading {
  std::vector<Session> sessions;
  // A sentence each: what choices, places and orders were taken for. One that asks counts as unusual.
  std::vector<std::string> how;
};

}  // namespace synfer
