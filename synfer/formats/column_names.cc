#include "synfer/formats/column_names.h"

#include <algorithm>

#include "synfer/base/text.h"

namespace synfer {
namespace {

// Other names by which columns go, in lower case and without `_`, `-` and spaces.
struct OtherNames {
  std::string_view key;
  std::vector<std::string_view> names;
};

const std::vector<OtherNames>& other_names() {
  static const std::vector<OtherNames> kNames = {
      {"animal",
       {"animalid", "mouse", "mouseid", "rat", "ratid", "fly", "flyid", "monkey", "bird", "fish", "subject",
        "subjectid", "subj", "subjid", "sub", "participant", "participantid"}},
      {"session", {"sessionid", "sessionno", "sess", "date", "day", "recordingday", "run"}},
      {"trial", {"trials", "trialnumber", "trialnum", "trialindex", "trialid", "trialno", "trialnr"}},
      {"block", {"blocknumber", "blocknum", "blockindex"}},
      {"choice", {"choices", "action", "response", "chosen", "side"}},
      {"reward", {"rewards", "rewarded", "outcome", "water", "juice", "points", "payoff"}},
      {"time", {"time", "timestamp", "onset", "start", "starttime", "trialstart", "trialonset"}},
      {"stimulus", {"stimuli", "stim", "cue", "odour", "odor"}},
  };
  return kNames;
}

std::string plain(const std::string& name) {
  std::string text = lower_case(name);
  std::erase_if(text, [](char c) { return c == '_' || c == '-' || c == ' '; });
  return text;
}

// Every key that has other names, and what it is called.
std::vector<std::pair<std::string_view, const std::string*>> keyed_names(const ColumnNames& names) {
  auto all = single_columns(names);
  all.emplace_back("stimulus", &names.stimulus);
  return all;
}

const std::string& name_of(std::string_view key, const ColumnNames& names) {
  const auto all = keyed_names(names);
  return *std::ranges::find(all, key, [](const auto& one) { return one.first; })->second;
}

}  // namespace

std::vector<std::pair<std::string_view, const std::string*>> single_columns(const ColumnNames& names) {
  return {{"animal", &names.animal}, {"session", &names.session}, {"trial", &names.trial},
          {"block", &names.block},   {"choice", &names.choice},   {"reward", &names.reward},
          {"time", &names.time},     {"scored", &names.scored},   {"learns", &names.learns}};
}

std::string_view common_meaning(const std::string& name, const ColumnNames& names) {
  static const ColumnNames kUsual;
  for (const auto& [key, called] : keyed_names(names)) {
    if (*called == name) return {};
  }
  const std::string text = plain(name);
  const auto known = std::ranges::find_if(other_names(), [&](const OtherNames& others) {
    return std::ranges::find(others.names, text) != others.names.end();
  });
  if (known == other_names().end()) return {};
  return name_of(known->key, names) == name_of(known->key, kUsual) ? known->key : std::string_view();
}

bool has_column(const std::vector<std::string>& header, const ColumnNames& names, std::string_view key) {
  return std::ranges::any_of(header, [&](const std::string& name) {
    return name == name_of(key, names) || common_meaning(name, names) == key;
  });
}

}  // namespace synfer
