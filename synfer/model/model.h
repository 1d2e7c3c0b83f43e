// A model: a network and the rule by which its plastic layer learns. With the rule's parameters
// theta and initial weights it says how likely a recorded session is.
#pragma once

#include "synfer/model/network.h"
#include "synfer/model/rule.h"

namespace synfer {

struct Model {
  Network network;
  Rule rule;
};

}  // namespace synfer
