// What a search over terms found, in words of terms (analysis/estimation.h).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "synfer/model/term.h"

namespace synfer {

struct TermSearch {
  struct Set {
    std::vector<Term> terms;
    std::vector<double> coefficients;
    double nll = 0.0;
    double criterion = 0.0;
  };
  std::vector<Set> by_size;
  std::vector<Set> near;                    // within 2 of the best, the best first
  std::map<std::string, double> stability;  // share of bootstrap draws, terms that were ever chosen
  std::size_t candidates = 0;
  bool aliases_told_apart = false;  // whether members of an alias class were compared by their noise
  std::size_t fits = 0;
};

}  // namespace synfer
