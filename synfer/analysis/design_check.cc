#include "synfer/analysis/design_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <numeric>
#include <set>

#include "synfer/analysis/certainty.h"
#include "synfer/analysis/estimation.h"
#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/evaluation/summary.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/fit_data.h"
#include "synfer/plan/machine.h"
#include "synfer/plan/recorded_design.h"
#include "synfer/simulation/recorded_task.h"

namespace synfer {
namespace {

using Estimates = std::vector<Estimate>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What one experiment gave, by size; empty where its fit diverged.
struct Experiment {
  std::vector<Estimates> sizes;
  std::exception_ptr overflow;
};

std::vector<Session> simulated_data(const Configuration& c, const AnimalModel& animal,
                                    const std::vector<Session>& sessions,
                                    const std::vector<RecordedTask>& tasks, std::size_t replicate,
                                    int multiple) {
  std::vector<Session> data;
  for (int copy = 0; copy < multiple; ++copy) {
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      const std::string name = fmt::format("{} {}.{}", sessions[s].animal, replicate + 1, copy + 1);
      SimulationOptions options = animal.options;
      options.task = tasks[s];
      options.bias =
          animal.session_bias_sd *
          RandomStream(c.seed, "design check: session bias", name, sessions[s].name).normal({.step = 0});
      if (!animal.initial_weights.empty()) {
        options.given_weights = animal.initial_weights[s % animal.initial_weights.size()];
      }
      data.push_back(simulate_session(options, animal.model, animal.theta, name, sessions[s].name).session);
    }
  }
  return data;
}

Estimates fitted(const Configuration& c, const std::vector<Session>& data,
                 const std::function<bool()>& interrupted) {
  EstimationHooks hooks;
  hooks.interrupted = interrupted;
  const Objective objective = objective_of(c, DataOrigin::recorded, split_recorded(c, data).training);
  const Estimation estimation = estimate(c, DataOrigin::recorded, objective, {}, hooks);
  if (estimation.fit.state == FitState::kDiverged || estimation.fit.state == FitState::kInterrupted)
    return {};
  return rule_estimates(c, DataOrigin::recorded, estimation);
}

// Terms of the true rule first, then those of fits in the order in which they come.
std::vector<std::string> terms_of(const AnimalModel& animal, const std::vector<Experiment>& experiments) {
  std::vector<std::string> terms;
  std::set<std::string> known;
  const auto add = [&](const std::string& term) {
    if (known.insert(term).second) terms.push_back(term);
  };
  if (const auto* taylor = animal.model.rule.as<TaylorRule>()) {
    for (const WeightedTerm& part : to_expression(*taylor, animal.theta)) add(to_string(part.term));
  }
  for (const Experiment& one : experiments) {
    for (const Estimates& estimates : one.sizes) {
      for (const Estimate& e : estimates) add(e.name);
    }
  }
  return terms;
}

double true_coefficient(const AnimalModel& animal, const std::string& term) {
  if (animal.model.rule.as<TaylorRule>() == nullptr) return kNone;
  const std::vector<std::string>& names = animal.model.rule.parameter_names();
  const auto at = std::ranges::find(names, term);
  return at == names.end() ? 0.0 : animal.theta[static_cast<std::size_t>(at - names.begin())];
}

bool is_found(const Estimate& e, double truth) {
  if (truth > 0) return e.low > 0;
  if (truth < 0) return e.high < 0;
  return e.low > 0 || e.high < 0;  // false of NaN
}

TermFound term_found(const std::string& term, double truth, const std::vector<const Estimates*>& fits) {
  std::vector<double> values;
  std::vector<double> widths;
  double found = 0.0;
  double covered = 0.0;
  double covering = 0.0;
  for (const Estimates* estimates : fits) {
    const auto at = std::ranges::find(*estimates, term, &Estimate::name);
    if (at == estimates->end()) {  // not selected: the estimate is 0, for sure
      values.push_back(0.0);
      ++covering;
      covered += truth == 0.0 ? 1.0 : 0.0;
      continue;
    }
    values.push_back(at->value);
    found += is_found(*at, truth) ? 1.0 : 0.0;
    if (std::isnan(at->low)) continue;
    widths.push_back(at->high - at->low);
    ++covering;
    covered += at->low <= truth && truth <= at->high ? 1.0 : 0.0;
  }
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  double squares = 0.0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {term,
          truth,
          found / n,
          mean - truth,
          n > 1 ? std::sqrt(squares / (n - 1)) : kNone,
          scores_over_sessions(widths).median,
          covering == 0.0 || std::isnan(truth) ? kNone : covered / covering};
}

PaidRewards paid_rewards(const Payments& payments) {
  PaidRewards paid{payments.by_place, payments.nothing, {}, payments.probabilities, {}};
  std::set<double> values;
  if (payments.nothing) values.insert(*payments.nothing);
  for (const auto& in_block : payments.paid) {
    std::vector<double>& means = paid.mean.emplace_back();
    for (const std::vector<double>& of : in_block) {
      values.insert(of.begin(), of.end());
      means.push_back(std::accumulate(of.begin(), of.end(), 0.0) / static_cast<double>(of.size()));
    }
  }
  paid.values.assign(values.begin(), values.end());
  return paid;
}

std::size_t trials_of(const std::vector<RecordedTask>& tasks) {
  std::size_t trials = 0;
  for (const RecordedTask& task : tasks) trials += task.block.size();
  return trials;
}

}  // namespace

DesignCheck check_design(const Configuration& c, const AnimalModel& animal,
                         const std::vector<Session>& sessions, const DesignHooks& hooks) {
  const auto began = std::chrono::steady_clock::now();
  if (c.rule.kind != "taylor") {
    throw ConfigurationError("rule.kind", fmt::format("found {}, but it is terms that are looked for; use "
                                                      "taylor",
                                                      c.rule.kind));
  }
  const MachineLimits limits(c);
  const RecordedDesign design = recorded_design(c, sessions);
  const std::vector<RecordedTask>& tasks = design.tasks;
  const std::vector<int>& multiples = c.design.multiples;
  const auto replicates = static_cast<std::size_t>(c.design.replicates);
  std::vector<Experiment> experiments(replicates);
  std::mutex one_at_a_time;
  long done = 0;
  for_each_index(replicates, [&](std::size_t n) {
    if (hooks.interrupted()) return;
    Experiment& experiment = experiments[n];
    experiment.sizes.resize(multiples.size());
    try {
      const std::vector<Session> data =
          simulated_data(c, animal, sessions, tasks, n, std::ranges::max(multiples));
      for (std::size_t m = 0; m < multiples.size(); ++m) {
        const auto count = static_cast<std::ptrdiff_t>(sessions.size()) * multiples[m];
        experiment.sizes[m] = fitted(c, {data.begin(), data.begin() + count}, hooks.interrupted);
      }
    } catch (const NonFiniteError&) {
      experiment.overflow = std::current_exception();
    }
    const std::lock_guard lock(one_at_a_time);
    hooks.after_experiment(++done, static_cast<long>(replicates));
  });

  DesignCheck check;
  check.rule = animal.rule;
  check.design = take_inventory(sessions);
  check.level = c.uncertainty.level;
  check.selected = term_search(c) == "forward";
  check.replicates = replicates;
  check.interrupted = hooks.interrupted();
  check.baiting = design.baiting;
  for (const RecordedTask& task : tasks) check.rewards.push_back(paid_rewards(task.payments));
  for (const Experiment& one : experiments) check.overflown += one.overflow ? 1U : 0U;
  if (check.overflown == replicates) std::rethrow_exception(experiments.front().overflow);
  const std::vector<std::string> terms = terms_of(animal, experiments);
  for (std::size_t m = 0; m < multiples.size(); ++m) {
    const auto multiple = static_cast<std::size_t>(multiples[m]);
    DesignSize size{multiples[m], multiple * check.design.animals, multiple * trials_of(tasks), 0, {}};
    std::vector<const Estimates*> fits;
    for (const Experiment& one : experiments) {
      if (!one.overflow && !one.sizes.empty() && !one.sizes[m].empty()) fits.push_back(&one.sizes[m]);
    }
    size.fitted = fits.size();
    if (!fits.empty()) {
      for (const std::string& term : terms)
        size.terms.push_back(term_found(term, true_coefficient(animal, term), fits));
    }
    check.sizes.push_back(std::move(size));
  }
  check.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return check;
}

}  // namespace synfer
