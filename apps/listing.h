// What the command line offers, as plain values: for completion and the manual page, which are other forms of
// the text of --help.
#pragma once

#include <string>
#include <vector>

#include "command_line.h"

namespace synfer {

struct ListedOption {
  std::string name;   // "--out"
  std::string value;  // "TEXT"; empty for a flag
  std::string meaning;
  std::vector<std::string> choices;  // empty: any
  bool required = false;
};

struct ListedCommand {
  std::string name;
  std::string meaning;
  std::string words;                 // what stands after it; empty: nothing
  std::vector<std::string> choices;  // of these words
  std::vector<ListedOption> options;
  std::string footer;  // its examples
  bool has_settings = false;
};

struct ListedSetting {
  std::string key;
  std::string value;  // the default, or what happens without one
  std::string meaning;
  std::string allowed;
  std::vector<std::string> choices;  // empty: any
};

/// The program's own options stand in a command without a name, which is the first.
std::vector<ListedCommand> listed_commands(const CommandLine& line);

std::vector<ListedSetting> listed_settings();

}  // namespace synfer
