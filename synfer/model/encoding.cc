#include "synfer/model/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/base/random.h"

namespace synfer {
namespace {

std::vector<double> stimulus_vectors(const Session& session, int inputs, double mean) {
  if (!session.x.empty()) {
    if (session.inputs != inputs) {
      throw ConfigurationError("network.inputs",
                               fmt::format("found {}, but the stimuli of session {} have {} inputs; set "
                                           "network.inputs={}",
                                           inputs, session.name, session.inputs, session.inputs));
    }
    return session.x;
  }
  constexpr std::size_t kMostCodes = 100'000'000;  // numbers in all
  const int count = static_cast<int>(session.stimuli.size());
  if (session.stimuli.size() * static_cast<std::size_t>(inputs) > kMostCodes) {
    throw ConfigurationError(
        "network.inputs",
        fmt::format("found {} for {} stimuli that are known by name, expected fewer; name what "
                    "was offered and not each offer apart, or give vectors (x0, x1, ...)",
                    inputs, count));
  }
  std::vector<std::vector<double>> codes;
  codes.reserve(session.stimuli.size());
  for (int index = 0; index < count; ++index) codes.push_back(group_code(index, count, inputs, mean));
  std::vector<double> x;
  x.reserve(session.stimulus.size() * static_cast<std::size_t>(inputs));
  for (const int index : session.stimulus) {
    const std::vector<double>& code = codes[static_cast<std::size_t>(index)];
    x.insert(x.end(), code.begin(), code.end());
  }
  return x;
}

// r at every step, 0 where no reward is known.
std::vector<double> reward_terms(const Session& session, RewardBaseline& baseline) {
  std::vector<double> r(session.steps(), 0.0);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (std::isnan(session.reward[t])) continue;
    r[t] = session.reward[t] - baseline.expected();
    baseline.receive(session.reward[t]);
  }
  return r;
}

// Labels may come again, in another block or after another trial; these numbers do not. Without labels
// there is one trial.
std::vector<int> counted_trials(const Session& session) {
  const auto changes = [](const std::vector<int>& labels, std::size_t t) {
    return t > 0 && !labels.empty() && labels[t] != labels[t - 1];
  };
  std::vector<int> trial;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool is_new = changes(session.trial, t) || changes(session.block, t);
    trial.push_back(t == 0 ? 0 : trial.back() + static_cast<int>(is_new));
  }
  return trial;
}

}  // namespace

std::vector<double> group_code(int index, int count, int inputs, double mean) {
  if (inputs < count) {
    throw ConfigurationError("network.inputs",
                             fmt::format("found {}, expected at least one input for each of the {} "
                                         "stimuli; if there are fewer, look for one that is spelt in two "
                                         "ways (synfer check lists them)",
                                         inputs, count));
  }
  std::vector<double> code(static_cast<std::size_t>(inputs), 0.0);
  for (int i = 0; i < inputs; ++i) {
    if (i * count / inputs == index) code[static_cast<std::size_t>(i)] = mean;
  }
  return code;
}

std::size_t EncodedSession::scored_choices() const {
  std::size_t count = 0;
  for (std::size_t t = scored_from; t < steps(); ++t) count += free_choice(t) != kNoChoice ? 1 : 0;
  return count;
}

EncodedSession encode(const Session& session, int inputs, double mean,
                      const ExpectedReward& expected_reward) {
  RewardBaseline baseline(expected_reward);
  return encode(session, inputs, mean, baseline);
}

EncodedSession encode(const Session& session, int inputs, double mean, RewardBaseline& baseline) {
  EncodedSession encoded;
  encoded.animal = session.animal;
  encoded.name = session.name;
  encoded.offers = session.offers;
  encoded.inputs = inputs;
  encoded.x = stimulus_vectors(session, inputs, mean);
  encoded.stimulus = session.stimulus;
  encoded.trial = counted_trials(session);
  encoded.choice = session.choice;
  encoded.r = reward_terms(session, baseline);
  encoded.learns.assign(session.learns.begin(), session.learns.end());
  encoded.scored.assign(session.scored.begin(), session.scored.end());
  encoded.recorded_neurons = session.recorded_neurons;
  encoded.recordings = session.recordings;
  return encoded;
}

EncodedSession resampled(const EncodedSession& session, double noise_sd, std::uint64_t seed,
                         std::uint64_t replicate) {
  EncodedSession drawn = session;
  const RandomStream stream(seed, "resampled stimuli", session.animal, session.name);
  const auto width = static_cast<std::size_t>(session.offers * session.inputs);
  std::vector<double> noise(width);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    stream.normals({.step = t, .replicate = replicate, .index = 0}, width, noise.data());
    for (std::size_t k = 0; k < width; ++k) drawn.x[t * width + k] += noise_sd * noise[k];
  }
  return drawn;
}

EncodedSession truncated(const EncodedSession& session, std::size_t steps) {
  EncodedSession head = session;
  head.x.resize(steps * static_cast<std::size_t>(session.offers * session.inputs));
  if (!head.stimulus.empty()) head.stimulus.resize(steps * static_cast<std::size_t>(session.offers));
  if (!head.trial.empty()) head.trial.resize(steps);
  head.choice.resize(steps);
  head.r.resize(steps);
  head.learns.resize(steps);
  if (!head.scored.empty()) head.scored.resize(steps);
  head.recordings.resize(steps * session.recorded_neurons.size());
  return head;
}

std::vector<EncodedSession> joined_by_animal(const std::vector<EncodedSession>& sessions) {
  std::vector<EncodedSession> joined;
  for (const EncodedSession& session : sessions) {
    const auto same = std::find_if(joined.begin(), joined.end(), [&](const EncodedSession& other) {
      return other.animal == session.animal;
    });
    if (same == joined.end()) {
      joined.push_back(session);
      continue;
    }
    if (same->offers != session.offers || same->recorded_neurons != session.recorded_neurons) {
      throw ConfigurationError(
          "data.carry_weights",
          fmt::format("session {} of animal {} differs from the one before in its offers or "
                      "recorded neurons, so that the two cannot be replayed as one",
                      session.name, session.animal));
    }
    const bool nothing_scored_yet = same->scored_from == same->steps();
    if (!nothing_scored_yet && session.scored_from > 0) {
      throw ConfigurationError(
          "data.carry_weights",
          fmt::format("session {} of animal {} is scored from its step {} on, after steps that "
                      "are scored, so that as one session the steps between would be scored too; "
                      "hold out the end of each animal, not of each session",
                      session.name, session.animal, session.scored_from));
    }
    if (nothing_scored_yet) same->scored_from += session.scored_from;
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    same->name += "+" + session.name;
    append(same->x, session.x);
    if (same->stimulus.empty() || session.stimulus.empty())
      same->stimulus.clear();
    else
      append(same->stimulus, session.stimulus);
    const int before = same->trial.empty() ? 0 : same->trial.back() + 1;
    for (const int trial : session.trial) same->trial.push_back(before + trial);
    append(same->choice, session.choice);
    append(same->r, session.r);
    append(same->learns, session.learns);
    if (!same->scored.empty() || !session.scored.empty()) {
      same->scored.resize(same->choice.size() - session.steps(), 1);
      append(same->scored, session.scored);
      same->scored.resize(same->choice.size(), 1);
    }
    append(same->recordings, session.recordings);
  }
  return joined;
}

}  // namespace synfer
