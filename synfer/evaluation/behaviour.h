// What the choices of a session look like from outside: how often offers are accepted, which stimulus is
// taken and how that changes, and how it follows reward. Statistics by which simulated animals are held
// against recorded ones.
//
// accept rate                of offers (K = 1), over all and of each stimulus
// share of S                 of stimulus S among those taken; of two stimuli, the second one's
// share of place k           of the offer at place k among those chosen (K >= 2)
// learning curve of S, n/10  share of S in the n-th tenth of the trials
// choice minus reward, block share of the second stimulus among those taken minus its share of the rewards
//                            in a block; 0 is perfect matching (Herrnstein, J Exp Anal Behav 1961)
// matching: slope, bias      of the generalised matching law (Baum, J Exp Anal Behav 1974), over blocks,
//                            log2((c_2 + 1/2) / (c_1 + 1/2)) = bias + slope log2((r_2 + 1/2) / (r_1 + 1/2)),
//                            c choices, r rewards; below 1: undermatching. Two stimuli.
//
// A reward counts by its share of the way from the lowest value to the highest one (data/reward_values.h): of
// two values, 0 and 1, -1 and 1, 0 and 40, the higher one is a reward.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/reward_values.h"
#include "synfer/data/session.h"

namespace synfer {

inline constexpr int kCurvePoints = 10;
inline constexpr const char* kCurve = "learning curve of ";
inline constexpr const char* kMatchingSlope = "matching: slope";
inline constexpr const char* kMatchingBias = "matching: bias";

struct Statistic {
  std::string name;
  double value = 0.0;  // NaN where there is nothing to count

  friend bool operator==(const Statistic&, const Statistic&) = default;
};

/// Choices and rewards of a block, as log2 ratios.
struct MatchingPoint {
  double choices = 0.0;
  double rewards = 0.0;
};

struct Behaviour {
  std::vector<Statistic> statistics;    // all but the matching law
  std::vector<MatchingPoint> matching;  // a block each; empty unless there are two stimuli
};

/// @param trial  T, counted from 0
/// @param block  of each trial, counted from 0
/// @param values  of rewards, in all sessions of the data
/// Names of statistics are the same for all sessions with the same stimuli, offers and blocks.
Behaviour behaviour_of(const Session& session, const std::vector<int>& trial, const std::vector<int>& block,
                       const RewardValues& values);

/// Slope and bias over these points; NaN where rewards never differ. Nothing where there are no points.
std::vector<Statistic> matching_of(const std::vector<MatchingPoint>& points);

}  // namespace synfer
