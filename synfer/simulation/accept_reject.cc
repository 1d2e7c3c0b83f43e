#include "synfer/simulation/accept_reject.h"

#include <limits>
#include <utility>

#include "synfer/model/likelihood.h"
#include "synfer/simulation/baits.h"
#include "synfer/simulation/closed_loop.h"
#include "synfer/simulation/odours.h"
#include "synfer/simulation/sampling.h"

namespace synfer {
namespace {

constexpr double kNoReward = std::numeric_limits<double>::quiet_NaN();

class AcceptReject {
 public:
  AcceptReject(const AcceptRejectTask& task, const Subject& subject)
      : task_(task),
        odour_count_(count_odours(task.reward_probabilities, 1)),
        odours_(subject, odour_count_),
        baits_(task.reward_probabilities, task.baiting, subject.draws("baits")),
        offers_(subject.draws("offers")),
        choices_(subject.draws("choices")),
        loop_(subject, 1, odours_.names()) {}

  SimulatedSession perform() {
    const auto blocks = static_cast<int>(task_.reward_probabilities.size());
    std::size_t at_limit = 0;
    for (int trial = 0; trial < blocks * task_.trials_per_block; ++trial) {
      const int block = trial / task_.trials_per_block;
      baits_.begin_trial(trial, block);
      int offers = 0;
      bool accepted = false;
      while (!accepted && offers++ < task_.max_offers) accepted = offer(trial, block);
      if (!accepted) ++at_limit;
    }
    SimulatedSession simulated = std::move(loop_).finish();
    simulated.trials_at_limit = at_limit;
    return simulated;
  }

 private:
  // One step; whether its odour was accepted.
  bool offer(int trial, int block) {
    const std::size_t t = loop_.step();
    const int odour = sample_index(odour_count_, offers_.uniform({.step = t}));
    const double logit = loop_.present(odours_.offer({odour}, t), trial)[0];
    const bool accepted = choices_.uniform({.step = t}) < sigmoid(logit);
    const double reward = accepted ? baits_.collect(odour) : kNoReward;
    loop_.end_step({trial, block, accepted ? 1 : 0, reward, accepted});
    return accepted;
  }

  const AcceptRejectTask& task_;
  int odour_count_;
  Odours odours_;
  Baits baits_;
  RandomStream offers_;
  RandomStream choices_;
  ClosedLoop loop_;
};

}  // namespace

SimulatedSession perform(const AcceptRejectTask& task, const Subject& subject) {
  return AcceptReject(task, subject).perform();
}

}  // namespace synfer
