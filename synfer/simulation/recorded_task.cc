#include "synfer/simulation/recorded_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/simulation/baits.h"
#include "synfer/simulation/closed_loop.h"
#include "synfer/simulation/sampling.h"

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

class Recorded {
 public:
  Recorded(const RecordedTask& task, const Subject& subject)
      : task_(task),
        session_(task.session),
        offers_per_step_(static_cast<std::size_t>(session_.offers)),
        inputs_(static_cast<std::size_t>(subject.model.network.inputs)),
        noise_sd_(subject.options.stimulus_noise_sd),
        noise_(subject.draws("stimulus noise")),
        draws_(subject.draws("offers")),
        choices_(subject.draws("choices")),
        values_(subject.draws("values of rewards")),
        baits_(task.payments.probabilities, task.baiting, subject.draws("baits")),
        loop_(subject, session_.offers, session_.stimuli) {
    for (std::size_t t = 0; t < session_.steps(); ++t) {
      if (session_.scored_choice(t) != kNoChoice) free_.push_back(t);
      if (task.rejections_earn && session_.choice[t] == 0)
        rejected_[{block_of(task.trial[t]), session_.stimulus[t]}].push_back(t);
    }
  }

  SimulatedSession perform() {
    std::size_t step = 0;
    for (int trial = 0; trial < static_cast<int>(task_.block.size()); ++trial) {
      baits_.begin_trial(trial, block_of(trial));
      const std::size_t first = step;
      while (step < task_.trial.size() && task_.trial[step] == trial) ++step;
      if (session_.offers > 1 || goes_as_recorded(first, step)) {
        as_recorded(first, step);
      } else {
        accept_or_reject(trial, first, step);
      }
    }
    SimulatedSession simulated = std::move(loop_).finish();
    simulated.trials_at_limit = at_limit_;
    return simulated;
  }

 private:
  [[nodiscard]] int block_of(int trial) const { return task_.block[static_cast<std::size_t>(trial)]; }
  [[nodiscard]] bool chosen(std::size_t t) const { return session_.choice[t] != kNoChoice; }
  [[nodiscard]] bool forced(std::size_t t) const {
    return chosen(t) && session_.scored_choice(t) == kNoChoice;
  }

  // Trials whose offers are not for the animal to go through: without a choice, or with one that was forced.
  [[nodiscard]] bool goes_as_recorded(std::size_t first, std::size_t end) const {
    bool any = false;
    for (std::size_t t = first; t < end; ++t) {
      if (forced(t)) return true;
      any = any || chosen(t);
    }
    return !any;
  }

  // Recorded steps `first` to `end` make the trial.
  void accept_or_reject(int trial, std::size_t first, std::size_t end) {
    std::size_t taken = first;  // the step that ended the recorded trial, if any
    while (taken < end && !took_an_offer(session_, taken)) ++taken;
    const int most = task_.one_offer_a_trial ? 1 : task_.max_offers;
    bool accepted = false;
    for (int n = 0; n < most && !accepted; ++n) {
      const auto draw = sample_index(static_cast<int>(free_.size()), draws_.uniform({.step = loop_.step()}));
      const std::size_t at = free_[static_cast<std::size_t>(draw)];
      const double logit = loop_.present(offer(at), trial)[0];
      accepted = choices_.uniform({.step = loop_.step()}) < sigmoid(logit);
      loop_.end_step(accepted ? earned(trial, at, 1, taken < end ? taken : kNowhere) : rejected(trial, at));
    }
    if (!accepted && !task_.one_offer_a_trial) ++at_limit_;
    for (std::size_t t = first; t < end; ++t) {
      if (!chosen(t) && !std::isnan(session_.reward[t])) without_choice(t);
    }
  }

  void as_recorded(std::size_t first, std::size_t end) {
    for (std::size_t t = first; t < end; ++t) {
      if (!chosen(t)) {
        without_choice(t);
        continue;
      }
      const int trial = task_.trial[t];
      const std::span<const double> logits = loop_.present(offer(t), trial);
      const int choice = forced(t) ? session_.choice[t] : choose(logits);
      Outcome outcome =
          session_.offers == 1 && choice == 0 ? rejected(trial, t) : earned(trial, t, choice, t);
      outcome.scored = !forced(t);
      loop_.end_step(outcome);
      if (session_.offers == 1 && choice == 1) return;  // the trial ends
    }
  }

  [[nodiscard]] int choose(std::span<const double> logits) const {
    const double uniform = choices_.uniform({.step = loop_.step()});
    return session_.offers > 1 ? sample_softmax(logits, uniform)
                               : static_cast<int>(uniform < sigmoid(logits[0]));
  }

  // An omission, or a free reward.
  void without_choice(std::size_t t) {
    const int trial = task_.trial[t];
    loop_.present(offer(t), trial);
    loop_.end_step({trial, block_of(trial), kNoChoice, session_.reward[t], false});
  }

  // What choosing an offer of recorded step `offered` brings, and whether that is known and teaches, as it
  // was at recorded step `like`.
  Outcome earned(int trial, std::size_t offered, int choice, std::size_t like) {
    Outcome outcome{trial, block_of(trial), choice, kNoReward, true};
    if (like != kNowhere) {
      outcome.learns = session_.learns[like];
      if (took_an_offer(session_, like) && std::isnan(session_.reward[like])) return outcome;
    }
    const std::size_t place = session_.offers == 1 ? 0 : static_cast<std::size_t>(choice);
    outcome.reward = pay(block_of(trial), task_.payments.payer[offered * offers_per_step_ + place]);
    return outcome;
  }

  double pay(int block, int payer) {
    const Payments& payments = task_.payments;
    if (baits_.collect(payer) == 0.0 && payments.nothing) return *payments.nothing;
    const std::vector<double>& values =
        payments.paid[static_cast<std::size_t>(block)][static_cast<std::size_t>(payer)];
    const double uniform = values_.uniform({.step = loop_.step()});
    return values[static_cast<std::size_t>(sample_index(static_cast<int>(values.size()), uniform))];
  }

  [[nodiscard]] Outcome rejected(int trial, std::size_t offered) const {
    Outcome outcome{trial, block_of(trial), 0, kNoReward, false};
    const auto like = rejected_.find({outcome.block, session_.stimulus[offered]});
    if (like == rejected_.end()) return outcome;
    const double uniform = values_.uniform({.step = loop_.step()});
    const auto at = sample_index(static_cast<int>(like->second.size()), uniform);
    const std::size_t t = like->second[static_cast<std::size_t>(at)];
    outcome.reward = session_.reward[t];
    outcome.learns = session_.learns[t];
    return outcome;
  }

  // The offers of a recorded step, with noise of their own.
  [[nodiscard]] Stimulus offer(std::size_t recorded) const {
    Stimulus stimulus;
    const auto names = session_.stimulus.begin() + static_cast<std::ptrdiff_t>(recorded * offers_per_step_);
    stimulus.odours.assign(names, names + session_.offers);
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

  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  const RecordedTask& task_;
  const Session& session_;
  std::size_t offers_per_step_;
  std::size_t inputs_;
  double noise_sd_;
  RandomStream noise_;
  RandomStream draws_;
  RandomStream choices_;
  RandomStream values_;
  Baits baits_;
  ClosedLoop loop_;
  std::vector<std::size_t>
      free_;  // recorded steps with a choice of the animal's own: offers are drawn from them
  std::map<std::pair<int, int>, std::vector<std::size_t>>
      rejected_;  // by block and stimulus, where they earn
  std::size_t at_limit_ = 0;
};

}  // namespace

RecordedTask recorded_task(const Session& session, const EncodedSession& encoded, const RewardValues& values,
                           const RecordedTaskOptions& options) {
  if (session.stimulus.empty()) {
    throw ConfigurationError(
        "data.columns.stimulus",
        fmt::format("session {} has stimuli as vectors without names, so that the rewards of each cannot be "
                    "told; name them in a column",
                    session.name));
  }
  RecordedTask task;
  task.session = session;
  task.session.x.clear();  // `x` below is what the network sees
  task.session.recordings.clear();
  task.x = encoded.x;
  task.trial = encoded.trial;
  task.block = blocks_of(session, task.trial, options.trials_per_block);
  task.payments = payments_of(session, task.trial, task.block, values, options.baiting);
  task.one_offer_a_trial = task.block.size() == session.steps();
  task.max_offers = options.max_offers;
  task.baiting = options.baiting;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool rejection = session.offers == 1 && session.choice[t] == 0;
    if (rejection && (session.learns[t] || !std::isnan(session.reward[t]))) task.rejections_earn = true;
  }
  return task;
}

RecordedTask with_baiting(RecordedTask task, const RewardValues& values, bool baiting) {
  task.baiting = baiting;
  task.payments = payments_of(task.session, task.trial, task.block, values, baiting);
  return task;
}

SimulatedSession perform(const RecordedTask& task, const Subject& subject) {
  return Recorded(task, subject).perform();
}

}  // namespace synfer
