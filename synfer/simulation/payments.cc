#include "synfer/simulation/payments.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "synfer/simulation/schedule.h"

namespace synfer {
namespace {

constexpr double kMuchBetter = 6.0;  // nats by which places must tell rewards better than stimuli do

// A reward that an offer earned.
struct Earned {
  int trial;
  int block;
  int stimulus;
  int place;
  double reward;
};

std::vector<Earned> earned_in(const Session& session, const std::vector<int>& trial,
                              const std::vector<int>& block) {
  std::vector<Earned> earned;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (!took_an_offer(session, t) || std::isnan(session.reward[t])) continue;
    const int place = session.offers == 1 ? 0 : session.choice[t];
    const std::size_t offer = t * static_cast<std::size_t>(session.offers) + static_cast<std::size_t>(place);
    earned.push_back({trial[t], block[static_cast<std::size_t>(trial[t])], session.stimulus[offer], place,
                      session.reward[t]});
  }
  return earned;
}

// Nats that it costs to tell rewards by the mean of their block and payer; half a logarithm for each mean.
template <typename PayerOf>
double cost_of(const std::vector<Earned>& earned, const RewardValues& values, PayerOf payer_of) {
  struct Moments {
    double count = 0.0;
    double sum = 0.0;
    double squares = 0.0;
  };
  std::map<std::pair<int, int>, Moments> cells;
  for (const Earned& one : earned) {
    const double share = values.share(one.reward);
    Moments& cell = cells[{one.block, payer_of(one)}];
    ++cell.count;
    cell.sum += share;
    cell.squares += share * share;
  }
  double left = 1.0;  // a reward more that nothing tells, so that sure ones do not cost minus infinity
  for (const auto& [at, cell] : cells) left += cell.squares - cell.sum * cell.sum / cell.count;
  const auto n = static_cast<double>(earned.size());
  return 0.5 * n * std::log(left) + 0.5 * static_cast<double>(cells.size()) * std::log(std::max(n, 1.0));
}

bool goes_by_place(const Session& session, const std::vector<Earned>& earned, const RewardValues& values) {
  if (session.offers == 1) return false;
  return cost_of(earned, values, [](const Earned& e) { return e.place; }) + kMuchBetter <
         cost_of(earned, values, [](const Earned& e) { return e.stimulus; });
}

}  // namespace

Payments payments_of(const Session& session, const std::vector<int>& trial, const std::vector<int>& block,
                     const RewardValues& values, bool baiting) {
  const std::vector<Earned> earned = earned_in(session, trial, block);
  Payments payments;
  payments.by_place = goes_by_place(session, earned, values);
  payments.nothing = values.nothing;
  payments.payer = session.stimulus;
  if (payments.by_place) {
    for (std::size_t n = 0; n < payments.payer.size(); ++n)
      payments.payer[n] = static_cast<int>(n) % session.offers;
  }
  const std::size_t payers =
      payments.by_place ? static_cast<std::size_t>(session.offers) : session.stimuli.size();
  const std::size_t blocks = block.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(block)) + 1;

  std::vector<Collection> collections;
  payments.paid.assign(blocks, std::vector<std::vector<double>>(payers));
  std::vector<std::vector<double>> of_payer(payers);  // in all blocks
  std::vector<double> of_all;
  for (const Earned& one : earned) {
    const int payer = payments.by_place ? one.place : one.stimulus;
    const bool rewarded = !values.nothing || one.reward != *values.nothing;
    collections.push_back({one.trial, payer, rewarded});
    if (!rewarded) continue;
    const auto p = static_cast<std::size_t>(payer);
    payments.paid[static_cast<std::size_t>(one.block)][p].push_back(one.reward);
    of_payer[p].push_back(one.reward);
    of_all.push_back(one.reward);
  }
  // Where nothing was paid, what was paid elsewhere.
  if (of_all.empty()) of_all = {values.values.back()};
  for (std::vector<std::vector<double>>& in_block : payments.paid) {
    for (std::size_t p = 0; p < payers; ++p) {
      if (in_block[p].empty()) in_block[p] = of_payer[p].empty() ? of_all : of_payer[p];
    }
  }
  payments.probabilities = values.nothing
                               ? estimated_schedule(block, static_cast<int>(payers), collections, baiting)
                               : RewardProbabilities(blocks, std::vector<double>(payers, 1.0));
  if (values.nothing)
    payments.nats_for_baiting = nats_for_baiting(block, static_cast<int>(payers), collections);
  return payments;
}

}  // namespace synfer
