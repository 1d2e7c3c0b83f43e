// The commands, their options and what they call: the one listing that parsing, help, completion and the
// manual page read.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "synfer/run/commands.h"

namespace synfer {

enum Exit { kDone = 0, kUsage = 2, kData = 3, kNotConverged = 4, kInterruptedExit = 130 };

struct Arguments {
  std::string config;
  std::string format;
  std::vector<std::string> words;  // paths and key=value overrides, in any order
  Destination to;
  std::string rule;  // a run whose rule is simulated
  std::string language;
  std::string shell;
  bool like = false;
  bool quick = false;
  std::string page;
  bool markdown = false;
  bool json = false;
};

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App app;
  std::map<std::string, std::vector<std::string>> choices;  // of an option or a word that knows its values

  /// Parses and calls what was asked for.
  /// @return the exit code
  /// @throws Error of any kind
  int run(int argc, const char* const* argv);

 private:
  using Call = int (*)(const CommandLine&, const Arguments&);

  struct Entry {
    const char* name;
    const char* what;
    const char* words;  // what stands after the command; empty: nothing
    const char* example;
    Call call;
    bool has_settings = false;
    bool has_output = false;
  };

  CLI::App* add(const Entry& entry);

  Arguments arguments_;
  Call chosen_ = nullptr;
};

}  // namespace synfer
