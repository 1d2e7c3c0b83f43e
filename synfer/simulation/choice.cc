#include "synfer/simulation/choice.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "synfer/simulation/baits.h"
#include "synfer/simulation/closed_loop.h"
#include "synfer/simulation/odours.h"
#include "synfer/simulation/sampling.h"

namespace synfer {

namespace {

// Letters, since a number could be read as a place: A, B, ..., then S26, S27, ...
std::vector<std::string> letters(int count) {
  std::vector<std::string> names;
  for (int n = 0; n < count; ++n) {
    names.push_back(n < 26 ? std::string(1, static_cast<char>('A' + n))
                           : std::string("S").append(std::to_string(n)));
  }
  return names;
}

}  // namespace

SimulatedSession perform(const ChoiceTask& task, const Subject& subject) {
  const int count = count_odours(task.reward_probabilities, 2);
  const Odours odours(subject, count);
  Baits baits(task.reward_probabilities, task.baiting, subject.draws("baits"));
  const RandomStream places = subject.draws("places");
  const RandomStream omissions = subject.draws("omissions");
  const RandomStream choices = subject.draws("choices");
  ClosedLoop loop(subject, count, letters(count));

  const int trials = static_cast<int>(task.reward_probabilities.size()) * task.trials_per_block;
  for (int trial = 0; trial < trials; ++trial) {
    const int block = trial / task.trials_per_block;
    baits.begin_trial(trial, block);
    const std::size_t t = loop.step();
    const std::vector<int> offered = random_order(count, places, {.step = t});
    const std::span<const double> logits = loop.present(odours.offer(offered, t), trial);
    Outcome outcome{trial, block, kNoChoice, std::numeric_limits<double>::quiet_NaN(), false};
    if (omissions.uniform({.step = t}) >= task.omission_probability) {
      outcome.choice = sample_softmax(logits, choices.uniform({.step = t}));
      outcome.reward = baits.collect(offered[static_cast<std::size_t>(outcome.choice)]);
      outcome.learns = true;
    }
    loop.end_step(outcome);
  }
  return std::move(loop).finish();
}

}  // namespace synfer
