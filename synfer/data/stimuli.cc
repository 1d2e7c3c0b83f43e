#include "synfer/data/stimuli.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "synfer/base/text.h"

namespace synfer {

std::vector<std::string> sorted_stimuli(std::vector<std::string> names) {
  std::vector<std::tuple<double, std::string>> keyed;
  bool numeric = true;
  for (std::string& name : names) {
    const double value = parse_number(name).value_or(std::nan(""));
    numeric = numeric && std::isfinite(value);
    keyed.emplace_back(value, std::move(name));
  }
  if (!numeric) {
    for (auto& key : keyed) std::get<double>(key) = 0.0;
  }
  std::sort(keyed.begin(), keyed.end());
  keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());
  names.clear();
  for (auto& key : keyed) names.push_back(std::move(std::get<std::string>(key)));
  return names;
}

void share_stimuli(std::vector<Session>& sessions) {
  std::vector<std::string> all;
  for (const Session& session : sessions)
    all.insert(all.end(), session.stimuli.begin(), session.stimuli.end());
  all = sorted_stimuli(std::move(all));
  for (Session& session : sessions) {
    std::vector<int> renumbered;
    renumbered.reserve(session.stimuli.size());
    for (const std::string& name : session.stimuli) {
      renumbered.push_back(static_cast<int>(std::find(all.begin(), all.end(), name) - all.begin()));
    }
    for (int& stimulus : session.stimulus) stimulus = renumbered[static_cast<std::size_t>(stimulus)];
    session.stimuli = all;
  }
}

}  // namespace synfer
