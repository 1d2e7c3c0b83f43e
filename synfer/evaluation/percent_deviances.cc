#include "synfer/evaluation/percent_deviances.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/replay.h"

namespace synfer {
namespace {

// Fits count their draws from 0.
constexpr std::uint64_t kFirstDraw = std::uint64_t{1} << 40;

constexpr double kOverflow = -std::numeric_limits<double>::infinity();

double model_nll(const Prediction& prediction, const EncodedSession& session, const Matrix& initial,
                 const LogitOffsets& offsets) {
  if (prediction.belief.stimuli != BeliefOptions::Stimuli::kKnown) {
    return session_loss({prediction.model, prediction.theta, session, initial, prediction.belief, &offsets})
        .choice_nll;
  }
  const auto nll = [&](const EncodedSession& seen) {
    return session_loss(prediction.model, prediction.theta, seen, initial, offsets).choice_nll;
  };
  if (prediction.resampling_sd <= 0) return nll(session);
  double sum = 0.0;
  for (int n = 0; n < prediction.draws; ++n) {
    sum += nll(resampled(session, prediction.resampling_sd, prediction.seed,
                         kFirstDraw + static_cast<std::uint64_t>(n)));
  }
  return sum / prediction.draws;
}

bool has_scored_choice(const EncodedSession& session) { return session.scored_choices() > 0; }

double offsets_nll(const EncodedSession& session, const LogitOffsets& offsets) {
  double nll = 0.0;
  for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
    const int choice = session.scored_choice(t);
    if (choice == kNoChoice) continue;
    nll -= log_choice(offsets.at(t, static_cast<std::size_t>(session.offers), 0).value, choice);
  }
  return nll;
}

EncodedSession without_recordings(EncodedSession session) {
  session.recorded_neurons.clear();
  session.recordings.clear();
  return session;
}

double nll_of(const Prediction& prediction, std::size_t s, const EncodedSession& session,
              const Matrix& initial) {
  return model_nll(prediction, session, initial,
                   prediction.offsets.empty() ? LogitOffsets{} : prediction.offsets[s]);
}

std::map<std::string, double> of_session(const Prediction& prediction, std::size_t s,
                                         const EncodedSession& session, const Matrix& initial,
                                         const ChoiceShares& training) {
  const double nll = nll_of(prediction, s, session, initial);
  EncodedSession constant_weights = session;
  std::ranges::fill(constant_weights.learns, 0);
  std::map<std::string, double> nulls = {
      {"coin_flip", choice_nll(session, coin_flip(session.offers))},
      {"training_rate", choice_nll(session, training)},
      {"own_rate", choice_nll(session, choice_shares({session}))},
      {"without_plasticity", model_nll(prediction, constant_weights, initial, {})},
  };
  if (!prediction.history_only.empty())
    nulls["history_only"] = offsets_nll(session, prediction.history_only[s]);
  std::map<std::string, double> percent;
  for (const auto& [null, null_nll] : nulls) percent[null] = percent_deviance(nll, null_nll);
  return percent;
}

}  // namespace

std::vector<double> choice_nlls(const Prediction& prediction, const std::vector<EncodedSession>& sessions,
                                const std::vector<Matrix>& initial) {
  std::vector<double> nats;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    try {
      nats.push_back(nll_of(prediction, s, without_recordings(sessions[s]), initial[s]));
    } catch (const NonFiniteError&) {
      nats.push_back(std::numeric_limits<double>::infinity());
    }
  }
  return nats;
}

std::map<std::string, SessionScores> percent_deviances(const Prediction& prediction,
                                                       const std::vector<EncodedSession>& sessions,
                                                       const std::vector<Matrix>& initial,
                                                       const ChoiceShares& training) {
  std::map<std::string, std::vector<double>> by_null;
  if (std::ranges::none_of(sessions, has_scored_choice)) return {};
  for (const char* null : {"coin_flip", "training_rate", "own_rate", "without_plasticity"}) {
    by_null[null].assign(sessions.size(), NAN);
  }
  if (!prediction.history_only.empty()) by_null["history_only"].assign(sessions.size(), NAN);
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (!has_scored_choice(sessions[s])) continue;
    try {
      for (const auto& [null, percent] :
           of_session(prediction, s, without_recordings(sessions[s]), initial[s], training)) {
        by_null[null][s] = percent;
      }
    } catch (const NonFiniteError&) {
      for (auto& [null, percents] : by_null) percents[s] = kOverflow;
    }
  }
  std::map<std::string, SessionScores> scores;
  for (auto& [null, percents] : by_null) scores[null] = scores_over_sessions(std::move(percents));
  return scores;
}

}  // namespace synfer
