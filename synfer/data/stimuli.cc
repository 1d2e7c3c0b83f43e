#include "synfer/data/stimuli.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {
namespace {

// Every session holds the names of all stimuli.
constexpr std::size_t kMostNames = 10'000'000;

}  // namespace

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

namespace {

// The names that sessions have in common.
class Shared {
 public:
  Shared(std::vector<std::string> names, std::size_t sessions) : names_(sorted_stimuli(std::move(names))) {
    if (names_.size() * sessions > kMostNames) {
      throw DataError("data", 0, "stimulus",
                      fmt::format("found {} stimuli in {} sessions, expected few that come again; name what "
                                  "was offered, and not each offer apart",
                                  names_.size(), sessions));
    }
    for (const std::string& name : names_) numbers_.emplace(name, static_cast<int>(numbers_.size()));
  }

  [[nodiscard]] std::vector<int> numbers_of(const std::vector<std::string>& names) const {
    std::vector<int> numbers;
    for (const std::string& name : names) numbers.push_back(numbers_.at(name));
    return numbers;
  }

  void give(const std::vector<int>& numbers, Session& session) const {
    for (int& stimulus : session.stimulus) stimulus = numbers[static_cast<std::size_t>(stimulus)];
    session.stimuli = names_;
  }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> numbers_;
};

}  // namespace

void share_stimuli(std::vector<Session>& sessions) {
  std::set<std::string> names;
  for (const Session& session : sessions) names.insert(session.stimuli.begin(), session.stimuli.end());
  const Shared all({names.begin(), names.end()}, sessions.size());
  for (Session& session : sessions) all.give(all.numbers_of(session.stimuli), session);
}

void share_stimuli(std::vector<Session>& sessions, const std::vector<std::string>& names) {
  const Shared all(names, sessions.size());
  const std::vector<int> numbers = all.numbers_of(names);
  for (Session& session : sessions) all.give(numbers, session);
}

}  // namespace synfer
