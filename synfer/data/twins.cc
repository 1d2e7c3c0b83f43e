#include "synfer/data/twins.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "synfer/base/error.h"

namespace synfer {
namespace {

constexpr std::size_t kFewestSteps = 50;  // of a session that is not alike another by chance

bool are_equal(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b,
                            [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool are_alike(const Session& a, const Session& b) {
  return a.choice == b.choice && a.stimulus == b.stimulus && are_equal(a.reward, b.reward) &&
         are_equal(a.x, b.x);
}

bool could_not_be_chance(const Session& session) {
  std::map<int, std::size_t> times;
  for (const int choice : session.choice) {
    if (choice != kNoChoice) ++times[choice];
  }
  std::size_t chosen = 0;
  std::size_t most = 0;
  for (const auto& [choice, count] : times) {
    chosen += count;
    most = std::max(most, count);
  }
  return chosen >= kFewestSteps && chosen - most >= kFewestSteps / 10;
}

std::string whose(const Session& session) {
  return session.name == session.animal
             ? fmt::format("session '{}'", session.name)
             : fmt::format("session '{}' of animal '{}'", session.name, session.animal);
}

}  // namespace

void refuse_copies(const std::vector<std::vector<DataFile>>& units) {
  std::map<std::vector<std::string>, const DataFile*> seen;
  for (const std::vector<DataFile>& unit : units) {
    std::vector<std::string> sums;
    for (const DataFile& file : unit) sums.push_back(file.sha256);
    const auto [earlier, is_new] = seen.emplace(sums, &unit.front());
    if (is_new) continue;
    const std::string& path = unit.front().path;
    const std::string& other = earlier->second->path;
    throw DataError(path, 0, "",
                    path == other
                        ? std::string("is given twice; give each file once")
                        : fmt::format("holds the same bytes as {}, so that one recording would count as two; "
                                      "remove or leave out the copy",
                                      other));
  }
}

std::vector<std::string> say_twins(const std::vector<Session>& sessions) {
  std::vector<std::string> sentences;
  std::multimap<std::size_t, const Session*> seen;  // by their number of steps
  for (const Session& session : sessions) {
    if (!could_not_be_chance(session)) continue;
    const auto [first, last] = seen.equal_range(session.steps());
    const auto twin =
        std::find_if(first, last, [&](const auto& other) { return are_alike(*other.second, session); });
    if (twin == last) {
      seen.emplace(session.steps(), &session);
      continue;
    }
    sentences.push_back(fmt::format(
        "{} and {} are alike in every offer, choice and reward, which two recordings are not: one is "
        "a copy under another name, and is better left out",
        whose(*twin->second), whose(session)));
  }
  return sentences;
}

}  // namespace synfer
