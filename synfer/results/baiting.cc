#include "synfer/results/baiting.h"

#include <fmt/format.h>

#include <cmath>

namespace synfer {

std::string in_words(const Baiting& baiting) {
  const char* schedule =
      baiting.stays ? "baits stay until they are collected" : "rewards are drawn anew at each trial";
  const double nats = baiting.stays ? baiting.nats : -baiting.nats;
  const std::string by = fmt::format("by {:.3g} nats", std::abs(nats));
  if (baiting.given) {
    const std::string told = nats == 0.0  ? std::string("do not tell")
                             : nats > 0.0 ? "are likelier so, " + by
                                          : "are likelier otherwise, " + by;
    return fmt::format("{}, as task.baiting says: the recorded payments {}", schedule, told);
  }
  if (nats == 0.0)
    return fmt::format("{}: the recorded payments do not tell; set task.baiting where they do not stay",
                       schedule);
  return fmt::format("{}: the recorded payments are likelier so, {}; set task.baiting to decide it yourself",
                     schedule, by);
}

}  // namespace synfer
