#include "synfer/data/unusual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/stop.h"
#include "synfer/data/unusual_private.h"

namespace synfer {
namespace unusual {

std::string called(const Session& session) {
  return session.animal == session.name
             ? fmt::format("session '{}'", session.name)
             : fmt::format("session '{}' of animal '{}'", session.name, session.animal);
}

std::string counted(std::size_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void add_some(Lines& lines, Lines found) {
  constexpr std::size_t kMost = 4;
  const std::size_t more = found.size() > kMost + 1 ? found.size() - kMost : 0;
  found.resize(found.size() - more);
  lines.insert(lines.end(), found.begin(), found.end());
  if (more > 0) lines.push_back(fmt::format("and {} more of this kind", more));
}

double middle(std::vector<double> values) {
  if (values.empty()) return NAN;
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, half);
  return *half;
}

}  // namespace unusual

std::vector<std::string> find_unusual(const std::vector<Session>& sessions) {
  std::vector<std::string> lines;
  for (const auto part : {unusual::of_sessions, unusual::of_trials, unusual::of_choices, unusual::of_rewards,
                          unusual::of_offers, unusual::of_inputs, unusual::of_copies}) {
    stop_if_asked();
    const unusual::Lines found = part(sessions);
    lines.insert(lines.end(), found.begin(), found.end());
  }
  return lines;
}

}  // namespace synfer
