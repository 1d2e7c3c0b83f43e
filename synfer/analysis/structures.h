// Which structure? What stands around a rule (structure_choices.h) is searched on held-out choices, from
// simple to complex: begin with the simplest, change one choice at a time, keep what predicts better by more
// than two paired standard errors, until nothing does; a hidden layer is tried once, on the structure that
// won.
//
// Compared are nats of choices that a fit did not see, one step ahead: each animal left out in turn (groups
// of animals where there are many), or with fewer than three animals later sessions, or later trials of one.
// All structures have the same rule in this comparison: the terms of the settings where they are given, else
// those of common learners (common_learner_terms() in estimation.h), since selecting anew in each fold of
// each structure takes minutes. A difference is of sums over choices; its standard error is that of sums over
// animals, or over sessions where that is larger: five animals alone give an error that is itself off by a
// third.
//
// A structure is lost where weights overflow in a session, or where it predicts a part clearly worse than a
// coin flip: one animal that goes astray makes the error as large as the difference, and would excuse
// anything.
//
// The data allow each structure that is within two such errors of the best. The simplest of them is chosen,
// and the rule is selected in it; what is concluded of its terms is then asked of the others as well
// (structure_conclusions.h).
//
// Figures of the chosen structure on the choices that chose it flatter. `nested` are those without: of each
// animal (or later part) the structure that all others choose. Parameters of the fits that choose have seen
// the animal; the choice has not.
//
// Not for recordings, MLPs and other optimisers, whose settings stay as they are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synfer/analysis/structure_choices.h"
#include "synfer/base/recorded_work.h"
#include "synfer/data/session.h"
#include "synfer/results/result.h"

namespace synfer {

/// What was found, and the settings of each tried structure, resolved for the data.
struct SearchedStructures : Structures {
  std::vector<Configuration> settings;
};

struct StructureHooks {
  std::function<bool()> interrupted = [] { return false; };
  std::function<void()> before = [] {};                                  // something is open, and work begins
  std::function<void(long done, long total)> after = [](long, long) {};  // one call at a time
  RecordedWork* work = nullptr;  // pieces are folds of structures, where they are to be recorded
};

struct StructureSearch {
  Configuration settings;                   // those of the chosen structure; as given where nothing is open
  std::optional<SearchedStructures> found;  // empty where nothing is open, or where it was interrupted
  bool interrupted = false;
};

/// @param c      as given, validated, not resolved
/// @param given  keys that the user set
StructureSearch search_structures(const Configuration& c, const SetKeys& given,
                                  const std::vector<Session>& sessions, const StructureHooks& hooks = {});

}  // namespace synfer
