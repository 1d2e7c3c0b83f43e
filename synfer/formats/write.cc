#include "synfer/formats/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/npz_file.h"
#include "synfer/formats/read.h"
#include "synfer/formats/step_arrays.h"
#include "synfer/formats/write_matlab.h"
#include "synfer/formats/write_nwb.h"
#include "synfer/formats/write_steps.h"

namespace synfer {
namespace {

using Sessions = std::vector<Session>;

std::string csv_of(const Sessions& sessions) {
  std::ostringstream text;
  write_steps(text, sessions);
  return std::move(text).str();
}

struct Format {
  const char* name;
  const char* suffix;
  bool one_session_a_file;
  std::string (*bytes_of)(const Sessions& sessions);
};

const Format kFormats[] = {
    {"steps", ".csv", false, csv_of},
    {"matlab", ".mat", false, matlab_of},
    {"npz", ".npz", false, [](const Sessions& sessions) { return npz_of(step_arrays(sessions)); }},
    {"nwb", ".nwb", true, [](const Sessions& sessions) { return nwb_of(sessions.front()); }},
};

const Format& format_named(const std::string& name) {
  if (name == kAutomaticFormat) return kFormats[0];
  for (const Format& format : kFormats) {
    if (name == format.name) return format;
  }
  const std::vector<std::string> known = written_format_names();
  throw ConfigurationError(
      "data.format",
      fmt::format("found '{}', which cannot be written; expected one of {}", name, join(known, ", ")),
      nearest(name, known));
}

// A name that every file system takes, and no other session's.
std::string file_name(const Session& session, std::set<std::string>& taken) {
  std::string name = session.animal == session.name ? session.name : session.animal + "_" + session.name;
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!plain) c = '_';
  }
  constexpr std::size_t kMost = 100;
  name = name.substr(0, kMost);
  std::string free = name;
  for (int n = 2; !taken.insert(free).second; ++n) free = fmt::format("{}_{}", name, n);
  return free;
}

}  // namespace

std::vector<std::string> written_format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

bool is_written_data(const std::string& name) {
  return std::ranges::any_of(kFormats, [&](const Format& format) {
    return format.one_session_a_file ? name.starts_with("sessions/") && name.ends_with(format.suffix)
                                     : name == std::string("sessions") + format.suffix;
  });
}

std::vector<std::string> write_data(
    const Sessions& sessions, const std::string& format,
    const std::function<void(const std::string& name, std::string_view bytes)>& put) {
  const Format& chosen = format_named(format);
  std::vector<std::string> names;
  if (!chosen.one_session_a_file) {
    names.push_back(std::string("sessions") + chosen.suffix);
    put(names.back(), chosen.bytes_of(sessions));
    return names;
  }
  std::set<std::string> taken;
  for (const Session& session : sessions) {
    names.push_back("sessions/" + file_name(session, taken) + chosen.suffix);
    put(names.back(), chosen.bytes_of({session}));
  }
  return names;
}

}  // namespace synfer
