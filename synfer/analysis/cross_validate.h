// Cross-validation of a run: the rule and its rivals fitted anew for every fold and scored on what that fold
// kept from them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "synfer/evaluation/cross_validation.h"
#include "synfer/results/cross_validation.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// The scheme that the settings mean for these sessions: automatic becomes leave_one_out for 3 to 20 animals,
/// grouped for more, and none for fewer, for recordings alone and for other methods than fisher, which take
/// long.
std::string scheme_of(const Configuration& c, const std::vector<Session>& sessions);

std::size_t count_animals(const std::vector<Session>& sessions);

/// What each fold of leave_one_out, grouped (evaluation.folds) or forward (evaluation.cuts) fits and scores.
/// @throws ConfigurationError where animals are to be left out, and there is one.
std::vector<Fold> folds_of(const Configuration& c, const std::string& scheme,
                           const std::vector<Session>& recorded, const std::vector<EncodedSession>& replayed);

struct CrossValidationHooks {
  std::function<bool()> interrupted = [] { return false; };
  std::function<void(long done, long total)> after_fold = [](long, long) {};  // one call at a time
};

/// By the scheme that scheme_of() gives, which is not none. Folds run in parallel; results do not depend on
/// threads. Where it was interrupted scores lack models.
/// @throws ConfigurationError where the scheme does not fit the data.
CrossValidation cross_validate(const Configuration& c, const std::vector<Session>& sessions,
                               const CrossValidationHooks& hooks = {});

}  // namespace synfer
