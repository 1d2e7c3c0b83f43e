#include "synfer/simulation/recorded_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/simulation/baits.h"
#include "synfer/simulation/closed_loop.h"
#include "synfer/simulation/sampling.h"
#include "synfer/simulation/schedule.h"

namespace synfer {
namespace {

constexpr double kNoReward = std::numeric_limits<double>::quiet_NaN();

// Blocks of the trials, counted; one block alone is cut into pieces.
std::vector<int> blocks_of(const Session& session, const std::vector<int>& trial, int trials_per_block) {
  std::vector<int> block;
  int current = 0;
  for (std::size_t t = 0; t < trial.size(); ++t) {
    if (t > 0 && session.block[t] != session.block[t - 1]) ++current;
    if (t == 0 || trial[t] != trial[t - 1]) block.push_back(current);
  }
  if (current > 0) return block;
  for (std::size_t n = 0; n < block.size(); ++n) block[n] = static_cast<int>(n) / trials_per_block;
  // What is left over belongs to the last piece, unless it is all there is.
  const int whole = static_cast<int>(block.size()) / trials_per_block;
  const bool short_end = 2 * (static_cast<int>(block.size()) % trials_per_block) < trials_per_block;
  if (short_end && whole > 0) {
    for (int& b : block) b = std::min(b, whole - 1);
  }
  return block;
}

struct Collected {
  std::vector<Collection> collections;
  std::vector<double> reward;  // S, the mean of those that were paid
};

Collected collected(const Session& session, const RecordedTask& task) {
  const std::size_t stimuli = task.stimuli.size();
  Collected found{{}, std::vector<double>(stimuli)};
  std::vector<double> paid(stimuli);
  double all = 0.0;
  double times = 0.0;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool taken = task.offers == 1 ? session.choice[t] == 1 : session.choice[t] != kNoChoice;
    if (!taken || std::isnan(session.reward[t])) continue;
    const auto offer = static_cast<std::size_t>(task.offers == 1 ? 0 : session.choice[t]);
    const int stimulus = task.stimulus[t * static_cast<std::size_t>(task.offers) + offer];
    const double reward = session.reward[t];
    found.collections.push_back({task.trial[t], stimulus, reward != 0.0});
    if (reward == 0.0) continue;
    found.reward[static_cast<std::size_t>(stimulus)] += reward;
    ++paid[static_cast<std::size_t>(stimulus)];
    all += reward;
    ++times;
  }
  for (std::size_t s = 0; s < stimuli; ++s) {
    found.reward[s] = paid[s] > 0 ? found.reward[s] / paid[s] : times > 0 ? all / times : 1.0;
  }
  return found;
}

class Recorded {
 public:
  Recorded(const RecordedTask& task, const Subject& subject)
      : task_(task),
        offers_per_step_(static_cast<std::size_t>(task.offers)),
        inputs_(static_cast<std::size_t>(subject.model.network.inputs)),
        noise_sd_(subject.options.stimulus_noise_sd),
        noise_(subject.draws("stimulus noise")),
        draws_(subject.draws("offers")),
        choices_(subject.draws("choices")),
        baits_(task.reward_probabilities, task.baiting, subject.draws("baits")),
        loop_(subject, task.offers, task.stimuli) {
    for (std::size_t t = 0; t < task.trial.size(); ++t) {
      if (task.chosen[t] != 0) with_choice_.push_back(t);
    }
  }

  SimulatedSession perform() {
    std::size_t step = 0;
    for (int trial = 0; trial < static_cast<int>(task_.block.size()); ++trial) {
      baits_.begin_trial(trial, block_of(trial));
      const std::size_t first = step;
      while (step < task_.trial.size() && task_.trial[step] == trial) ++step;
      task_.offers == 1 ? accept_or_reject(trial, first, step) : choose(trial, first, step);
    }
    SimulatedSession simulated = std::move(loop_).finish();
    simulated.trials_at_limit = at_limit_;
    return simulated;
  }

 private:
  [[nodiscard]] int block_of(int trial) const { return task_.block[static_cast<std::size_t>(trial)]; }

  // Recorded steps `first` to `end` make the trial.
  void accept_or_reject(int trial, std::size_t first, std::size_t end) {
    const bool any = std::any_of(task_.chosen.begin() + static_cast<std::ptrdiff_t>(first),
                                 task_.chosen.begin() + static_cast<std::ptrdiff_t>(end),
                                 [](char chosen) { return chosen != 0; });
    if (!any) {
      loop_.present(offer(first), trial);
      loop_.end_step({trial, block_of(trial), kNoChoice, kNoReward, false});
      return;
    }
    const int most = task_.one_offer_a_trial ? 1 : task_.max_offers;
    for (int n = 0; n < most; ++n) {
      const std::size_t t = loop_.step();
      const auto at = static_cast<std::size_t>(
          sample_index(static_cast<int>(with_choice_.size()), draws_.uniform({.step = t})));
      const double logit = loop_.present(offer(with_choice_[at]), trial)[0];
      const bool accepted = choices_.uniform({.step = t}) < sigmoid(logit);
      const double reward = accepted ? collect(task_.stimulus[with_choice_[at]]) : kNoReward;
      loop_.end_step({trial, block_of(trial), accepted ? 1 : 0, reward, accepted});
      if (accepted) return;
    }
    if (!task_.one_offer_a_trial) ++at_limit_;
  }

  void choose(int trial, std::size_t first, std::size_t end) {
    for (std::size_t t = first; t < end; ++t) {
      const std::span<const double> logits = loop_.present(offer(t), trial);
      Outcome outcome{trial, block_of(trial), kNoChoice, kNoReward, false};
      if (task_.chosen[t] != 0) {
        outcome.choice = sample_softmax(logits, choices_.uniform({.step = t}));
        outcome.reward =
            collect(task_.stimulus[t * offers_per_step_ + static_cast<std::size_t>(outcome.choice)]);
        outcome.learns = true;
      }
      loop_.end_step(outcome);
    }
  }

  double collect(int stimulus) {
    return baits_.collect(stimulus) * task_.reward[static_cast<std::size_t>(stimulus)];
  }

  // The offers of a recorded step, with noise of their own.
  [[nodiscard]] Stimulus offer(std::size_t recorded) const {
    Stimulus stimulus;
    const auto names = task_.stimulus.begin() + static_cast<std::ptrdiff_t>(recorded * offers_per_step_);
    stimulus.odours.assign(names, names + task_.offers);
    const std::size_t width = offers_per_step_ * inputs_;
    const auto mean = task_.x.begin() + static_cast<std::ptrdiff_t>(recorded * width);
    stimulus.mean.assign(mean, mean + static_cast<std::ptrdiff_t>(width));
    stimulus.seen = stimulus.mean;
    if (noise_sd_ == 0.0) return stimulus;
    noise_.normals({.step = loop_.step()}, width, stimulus.seen.data());
    for (std::size_t i = 0; i < width; ++i) {
      stimulus.seen[i] = stimulus.mean[i] + noise_sd_ * stimulus.seen[i];
    }
    return stimulus;
  }

  const RecordedTask& task_;
  std::size_t offers_per_step_;
  std::size_t inputs_;
  double noise_sd_;
  RandomStream noise_;
  RandomStream draws_;
  RandomStream choices_;
  Baits baits_;
  ClosedLoop loop_;
  std::vector<std::size_t> with_choice_;  // recorded steps from which offers are drawn
  std::size_t at_limit_ = 0;
};

}  // namespace

RecordedTask recorded_task(const Session& session, const EncodedSession& encoded,
                           const RecordedTaskOptions& options) {
  if (session.stimulus.empty()) {
    throw ConfigurationError(
        "data.columns.stimulus",
        fmt::format("session {} has stimuli as vectors without names, so that the rewards of each cannot be "
                    "told; name them in a column",
                    session.name));
  }
  RecordedTask task;
  task.offers = session.offers;
  task.stimuli = session.stimuli;
  task.stimulus = session.stimulus;
  task.x = encoded.x;
  task.trial = encoded.trial;
  for (const int choice : session.choice) task.chosen.push_back(static_cast<char>(choice != kNoChoice));
  task.block = blocks_of(session, task.trial, options.trials_per_block);
  task.one_offer_a_trial = task.block.size() == session.steps();
  task.max_offers = options.max_offers;
  task.baiting = options.baiting;
  Collected found = collected(session, task);
  task.reward = std::move(found.reward);
  task.reward_probabilities = estimated_schedule(task.block, static_cast<int>(task.stimuli.size()),
                                                 found.collections, options.baiting);
  return task;
}

SimulatedSession perform(const RecordedTask& task, const Subject& subject) {
  return Recorded(task, subject).perform();
}

}  // namespace synfer
