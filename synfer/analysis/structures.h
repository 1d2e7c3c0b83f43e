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
// and the rule is selected in it; what is concluded of its terms is then asked of the others as well: of the
// rule that is selected there, and of the same terms fitted there.
//
// Figures of the chosen structure on the choices that chose it flatter. `nested` are those without: of each
// animal (or later part) the structure that all others choose. Parameters of the fits that choose have seen
// the animal; the choice has not.
//
// Not for recordings, MLPs and other optimisers, whose settings stay as they are.
#pragma once

#include <cmath>
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

/// What holds in all structures that the data allow, once the rule is fitted in the chosen one.
/// @param settings  of each tried structure
void conclude_structures(const RunResult& result, const std::vector<Session>& sessions,
                         const std::function<bool()>& interrupted, const std::vector<Configuration>& settings,
                         Structures& found);

/// Choices that one fit did not see: those of a session that was left out, or of a later part.
struct PartScore {
  std::string part;     // those of one part are not independent: an animal, or a later part
  std::string session;  // within it
  std::size_t choices = 0;
  double nll = 0.0;
};

inline constexpr double kNegligible = 1e-4;  // nats a choice: half a nat in 5000 choices

/// The difference of two structures on the same choices, and its error.
struct PairedLoss {
  double mean = 0.0;   // nats a choice by which the first is worse
  double error = NAN;  // of sums over parts, or over sessions where that is larger; NaN of a single part

  /// More than two errors from 0, that is; by so little that nobody would call it worse, however small its
  /// error is (a walk of sd 0 beside none), it is not.
  [[nodiscard]] bool worse() const { return !(mean <= 2.0 * error) && !(mean <= kNegligible); }
};
PairedLoss paired_loss(const std::vector<PartScore>& one, const std::vector<PartScore>& other);

/// The place of the simplest that is within two errors of the best; of equally simple ones the better.
std::size_t simplest_allowed(const std::vector<std::vector<PartScore>>& scores,
                             const std::vector<int>& complexity);

}  // namespace synfer
