// Terms that are one function on the data. Where x takes two levels, 0 and c, x^2 is c x, whatever the
// weights do: no estimate can tell x^2*w from x*w, and one of each such class is candidate enough.
//
// A term is x^a r^d, which is data, times y^b w^c, which is the model's. Terms with equal b and c are
// aliases where their data factors are proportional over every input at every weight change, to 1e-9 of
// the largest. y and w themselves may also be nearly alike; that depends on the rule, and
// identifiability.h sees it.
//
// Under stimulus noise this speaks of the means: noisy x tells x from x^2, if only by the noise, and the
// end of a search makes use of it where the noise is known (selection.h).
#pragma once

#include <span>
#include <vector>

#include "synfer/model/encoding.h"
#include "synfer/model/term.h"

namespace synfer {

struct Alias {
  Term term;
  double factor = 1.0;  // term = factor * representative, on the data
};

/// The representative has the lowest degree, and among those the lowest power of x.
struct AliasClass {
  Term representative;
  std::vector<Alias> others;
};

struct AliasClasses {
  std::vector<AliasClass> classes;  // by the representative's degree, then its power of x
  std::vector<Term> never_varied;   // 0 at every weight change
};

AliasClasses alias_classes(std::span<const EncodedSession> sessions, std::span<const Term> terms);

}  // namespace synfer
