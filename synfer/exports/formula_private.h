// A rule with numbers as a few lines of arithmetic that most languages share: sums, products, and a handful
// of functions that each of them spells its own way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "synfer/exports/export_rule.h"
#include "synfer/model/activation.h"

namespace synfer {

/// How a language spells functions of one argument: "np.tanh({})".
struct Dialect {
  const char* tanh;
  const char* exp;
  const char* log;
  const char* sqrt;
  const char* positive;  // max(a, 0)
};

struct Formula {
  std::vector<std::pair<std::string, std::string>> lines;  // names and what they stand for, in order
  std::string g;                                           // of x, y, w, r and the names
};

/// x, y, w and r go by these names.
Formula formula(const ExportedRule& exported, const Dialect& dialect);

/// A real number with as many digits as it needs, recognisable as real: "1.0", "-0.05", "1e-05".
std::string number(double value);

/// What there is to know of a rule: what it says, its variables, whence its numbers, whom to cite.
std::vector<std::string> about(const ExportedRule& exported);

/// `lines`, each after `prefix`.
std::string prefixed(const std::vector<std::string>& lines, const std::string& prefix);

// The languages; each gives a whole file.
std::string to_brian2(const ExportedRule& exported);
std::string to_cpp(const ExportedRule& exported);
std::string to_latex(const ExportedRule& exported);
std::string to_nestml(const ExportedRule& exported);
std::string to_python(const ExportedRule& exported);

}  // namespace synfer
