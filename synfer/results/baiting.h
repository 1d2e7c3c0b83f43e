// Whether baits stay in a recorded task until they are collected (plan/recorded_design.h).
#pragma once

#include <string>

namespace synfer {

struct Baiting {
  bool stays = true;   // until it is collected
  bool given = false;  // by task.baiting; otherwise as the payments are likelier
  double nats = 0.0;   // by which the payments are likelier with baits that stay
};

/// "rewards are drawn anew at each trial: the recorded payments are likelier so, by 35 nats, ...".
std::string in_words(const Baiting& baiting);

}  // namespace synfer
