#include "synfer/analysis/sample.h"

#include <algorithm>
#include <cstring>

#include "synfer/base/text.h"
#include "synfer/files/checksum.h"

namespace synfer {
namespace {

constexpr std::size_t kDigits = 16;

template <typename T>
void add_bytes(std::string& bytes, const std::vector<T>& values) {
  for (const T value : values) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes.append(raw, sizeof(T));
  }
}

}  // namespace

std::string mark_of(const Session& session) {
  std::string bytes = std::to_string(session.offers);
  for (const int stimulus : session.stimulus) {
    bytes += stimulus < 0 ? std::string() : session.stimuli[static_cast<std::size_t>(stimulus)];
    bytes += '\n';
  }
  add_bytes(bytes, session.x);
  add_bytes(bytes, session.choice);
  for (const double reward : session.reward) bytes += shortest(reward) + "\n";  // any NaN is one
  for (const double value : session.recordings) bytes += shortest(value) + "\n";
  return sha256(bytes).substr(0, kDigits);
}

std::vector<FittedSession> fitted_sessions(const std::vector<Session>& sessions) {
  std::vector<FittedSession> fitted;
  for (const Session& session : sessions) fitted.push_back({session.animal, session.name, mark_of(session)});
  return fitted;
}

Sample sample_of(const std::vector<FittedSession>& fitted, const std::vector<Session>& sessions) {
  Sample sample;
  for (const Session& session : sessions) {
    if (std::ranges::count(fitted, mark_of(session), &FittedSession::mark) > 0) {
      ++sample.fitted;
    } else if (std::ranges::count(fitted, session.animal, &FittedSession::animal) > 0) {
      ++sample.new_sessions;
    } else {
      ++sample.new_animals;
    }
  }
  return sample;
}

std::string in_words(const Sample& sample) {
  const bool fitted = sample.fitted > 0;
  const bool sessions = sample.new_sessions > 0;
  const bool animals = sample.new_animals > 0;
  if (fitted && !sessions && !animals) return "the sessions that were fitted";
  if (sessions && !fitted && !animals) return "new sessions of fitted animals";
  if (animals && !fitted && !sessions) return "animals never seen";
  std::vector<std::string> parts;
  if (fitted) parts.push_back(counted(sample.fitted, "fitted session"));
  if (sessions) parts.push_back(counted(sample.new_sessions, "new session") + " of fitted animals");
  if (animals) parts.push_back(counted(sample.new_animals, "session") + " of animals never seen");
  return join(parts, ", ");
}

}  // namespace synfer
