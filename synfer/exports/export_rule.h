// A fitted rule leaves synfer alive: as a formula for a paper, or as code that runs without synfer.
//
// Every language says the same: w changes by eta g(x, y, w, r), all four variables those of one synapse.
// A new language is one file and one line of kLanguages in export_rule.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synfer/model/rule.h"

namespace synfer {

struct ExportedRule {
  Rule rule;                                 // Taylor or MLP
  std::vector<double> theta;                 // P
  double eta = 1.0;                          // of every weight change
  std::vector<double> standard_errors = {};  // P, NaN where there is none; empty: none at all
  std::string reward = {};                   // what r is, in words: "reward minus ..."
  std::string source = {};                   // of the numbers: a run, a file
};

/// "brian2", "c++", "latex", "nestml", "python".
std::vector<std::string> export_languages();

/// The rule in a language, as a whole file.
/// @throws ConfigurationError with `key` on another language, or a rule that is neither Taylor nor MLP.
std::string export_rule(const ExportedRule& exported, std::string_view language,
                        const std::string& key = "--to");

}  // namespace synfer
