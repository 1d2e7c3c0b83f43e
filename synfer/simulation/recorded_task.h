// A recorded session as a task (RecordedTask in task.h): its offers, trials and blocks, and what choices paid
// (payments.h).
//
// Accept or reject, where rejections have outcomes: a rejected offer has that of a recorded rejection of the
// same stimulus in the same block, drawn at random. What a recording does not show is not invented: a
// schedule that depends on choices otherwise than by baiting, or changes within a block, is not reproduced.
#pragma once

#include "synfer/data/session.h"
#include "synfer/model/encoding.h"
#include "synfer/simulation/simulate.h"
#include "synfer/simulation/subject.h"
#include "synfer/simulation/task.h"

namespace synfer {

struct RecordedTaskOptions {
  int trials_per_block = 80;  // where the recording names one block alone
  bool baiting = true;
  int max_offers = 1000;  // of a trial (K = 1)
};

/// @param encoded  the same session, for its mean vectors and counted trials
/// @param values   of rewards, in all sessions of the data
/// @throws ConfigurationError (data.columns.stimulus) where stimuli have no names: whether one pays could
///         not be told.
RecordedTask recorded_task(const Session& session, const EncodedSession& encoded, const RewardValues& values,
                           const RecordedTaskOptions& options);

/// The same task, with baits that stay or do not.
RecordedTask with_baiting(RecordedTask task, const RewardValues& values, bool baiting);

SimulatedSession perform(const RecordedTask& task, const Subject& subject);

}  // namespace synfer
