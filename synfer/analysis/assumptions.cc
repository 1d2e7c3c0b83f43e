#include "synfer/analysis/assumptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "synfer/analysis/certainty.h"
#include "synfer/analysis/cross_validate.h"
#include "synfer/analysis/estimation.h"
#include "synfer/analysis/rivals.h"
#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/quantiles.h"
#include "synfer/base/text.h"
#include "synfer/model/expression.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

constexpr DataOrigin kOrigin = DataOrigin::recorded;
constexpr const char* kOpen = "open";
constexpr int kStarts = 4;  // of terms that were selected under other settings

// Changes of a setting, those dropped that validate() refuses.
class Changes {
 public:
  explicit Changes(const Configuration& c) : c_(c) {}

  template <typename Change>
  void add(std::string name, Change&& change) {
    Configuration changed = c_;
    change(changed);
    if (changed == c_) return;
    try {
      validate(changed, kOrigin, {});
    } catch (const ConfigurationError&) {
      return;  // means nothing beside the other settings
    }
    made_.push_back({std::move(name), std::move(changed)});
  }

  // Half and twice a number.
  template <typename Set>
  void scale(const std::string& name, double value, Set&& set) {
    for (const double factor : {0.5, 2.0}) {
      const double other = factor * value;
      add(fmt::format("{}={}", name, shortest(other)), [&](Configuration& c) { set(c, other); });
    }
  }

  std::vector<Assumption> take() && { return std::move(made_); }

 private:
  const Configuration& c_;
  std::vector<Assumption> made_;
};

// Another number of hidden neurons with the same readout in all.
void set_hidden(Configuration& c, int hidden) {
  const std::vector<double> readout = readout_weights(c);
  const double all = std::accumulate(readout.begin(), readout.end(), 0.0);
  c.network.hidden = hidden;
  c.network.readout.reset();
  if (hidden > 0)
    c.network.readout =
        std::vector<double>(static_cast<std::size_t>(hidden), readout.empty() ? 5.0 / hidden : all / hidden);
}

void change_noise(const Configuration& c, Changes& changes) {
  const double sd = c.stimulus.noise_sd > 0 ? c.stimulus.noise_sd : StimulusSettings{}.noise_sd;
  if (stimulus_in_fit(c, kOrigin) != "mean") {
    changes.scale("stimulus.noise_sd", sd,
                  [](Configuration& other, double v) { other.stimulus.noise_sd = v; });
    return;
  }
  for (const double noise : {sd, 2 * sd}) {  // choices averaged over noise that the fit left out
    changes.add(fmt::format("noise averaged, sd={}", shortest(noise)), [&](Configuration& other) {
      other.stimulus.in_fit = "averaged";
      other.run.precision = "double";
      other.stimulus.noise_sd = noise;
    });
  }
}

void change_expected_reward(const Configuration& c, Changes& changes) {
  if (c.reward_term.baseline == "moving_average") {
    for (const int window : {std::max(c.reward_term.window / 2, 1), 2 * c.reward_term.window}) {
      changes.add(fmt::format("reward_term.window={}", window),
                  [&](Configuration& other) { other.reward_term.window = window; });
    }
  }
  if (c.reward_term.baseline == "exponential") {
    changes.scale("reward_term.rate", c.reward_term.rate,
                  [](Configuration& other, double v) { other.reward_term.rate = std::min(v, 1.0); });
  }
  if (c.reward_term.baseline == "none") {
    changes.add("reward_term.baseline=moving_average",
                [](Configuration& other) { other.reward_term.baseline = "moving_average"; });
  }
  changes.add("reward_term.baseline=none", [](Configuration& other) { other.reward_term.baseline = "none"; });
}

void change_initial_weights(const Configuration& c, Changes& changes) {
  const auto kind = [&](const char* name, const char* of) {
    changes.add(name, [&](Configuration& other) {
      InitialWeightSettings& weights = other.network.initial_weights;
      if (weights.kind == of) return;
      weights = InitialWeightSettings{};
      weights.kind = of;
      if (weights.kind == "estimated") other.belief.estimate_initial_sd = false;
    });
  };
  if (c.network.initial_weights.kind == "normal") {
    const double wide = 10.0 * initial_weight_sd(c);
    changes.add(fmt::format("initial_weights.sd={}", shortest(wide)),
                [&](Configuration& other) { other.network.initial_weights.sd = wide; });
  }
  kind("initial_weights.kind=normal", "normal");
  kind("initial_weights.kind=fan_in", "fan_in");
  kind("initial_weights.kind=estimated", "estimated");
}

std::string side_of(double low, double high) { return low > 0 ? "above 0" : high < 0 ? "below 0" : kOpen; }

Finding gain_of(const Configuration& c, const std::vector<Session>& sessions,
                const std::function<bool()>& interrupted) {
  CrossValidationHooks hooks;
  hooks.interrupted = interrupted;
  const CrossValidation found = cross_validate(c, sessions, hooks);
  const bool has_history = std::ranges::count(found.models, "history_only") > 0;
  const std::string rival = has_history ? "history_only" : "without_plasticity";
  Finding gain{"gain over " + rival};
  if (interrupted()) return gain;
  const PairedComparison paired = compare(found.scores, kFit, rival);
  if (paired.lost_by_model > 0) {  // what cannot predict a session has lost
    gain.value = gain.low = gain.high = -std::numeric_limits<double>::infinity();
    gain.conclusion = side_of(gain.low, gain.high);
    return gain;
  }
  const double reach = normal_quantile(0.5 + c.uncertainty.level / 2) * paired.standard_error;
  gain.value = paired.mean;
  gain.low = paired.mean - reach;
  gain.high = paired.mean + reach;
  gain.conclusion = side_of(gain.low, gain.high);
  return gain;
}

AssumedFit fit_under(const Assumption& assumption, const std::vector<Session>& sessions, bool cross_validated,
                     const std::function<bool()>& interrupted) {
  const Configuration c = resolved_for(assumption.settings, sessions);
  AssumedFit fit{assumption.name, to_string(FitState::kInterrupted), NAN, {}};
  if (interrupted()) return fit;
  EstimationHooks hooks;
  hooks.interrupted = interrupted;
  const Objective objective = objective_of(c, kOrigin, split_recorded(c, sessions).training);
  const Estimation estimation = estimate(c, kOrigin, objective, {}, hooks);
  fit.state = to_string(estimation.fit.state);
  if (estimation.fit.state == FitState::kDiverged || estimation.fit.state == FitState::kInterrupted)
    return fit;
  fit.loss = estimation.fit.best.loss;
  if (c.rule.kind == "taylor") {
    for (const Estimate& e : rule_estimates(c, kOrigin, estimation)) fit.findings.push_back(finding_of(e));
  }
  if (cross_validated) fit.findings.push_back(gain_of(c, sessions, interrupted));
  return fit;
}

std::vector<Conclusion> conclusions_of(const std::vector<AssumedFit>& fits) {
  std::vector<Conclusion> all;
  for (const Finding& as_fitted : fits.front().findings) {
    Conclusion one{as_fitted.of, as_fitted.conclusion, {}};
    for (const AssumedFit& fit : fits) {
      if (!fit.ended()) continue;
      const auto at = std::ranges::find(fit.findings, as_fitted.of, &Finding::of);
      if (at != fit.findings.end() && at->conclusion != one.as_fitted)
        one.otherwise.push_back(fit.assumption);
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::string rule_in_words(const RunResult& result) {
  Expression rule;
  for (const Estimate& e : result.estimates) rule.push_back({parse_term(e.name), e.value});
  return to_string(rule);
}

}  // namespace

Finding finding_of(const Estimate& e) {
  if (!e.status.empty() || std::isnan(e.low))
    return {e.name, e.value, NAN, NAN, e.status.empty() ? "no interval" : e.status};
  return {e.name, e.value, e.low, e.high, side_of(e.low, e.high)};
}

Configuration with_terms_of(const RunResult& result, Configuration c) {
  if (result.rule_kind != "taylor") return c;
  const bool nothing = result.estimates.size() == 1 && result.estimates.front().status == "frozen";
  c.rule.terms = Strings{};
  for (const Estimate& e : result.estimates) c.rule.terms->push_back(e.name);
  if (c.selection.search == "forward") {  // its single start is none for terms that are given
    c.fit.start = nothing ? "zeros" : rule_in_words(result);
    c.fit.starts = nothing ? 1 : kStarts;
    if (nothing) c.rule.frozen = {result.estimates.front().name};
  }
  c.selection.search = "none";
  c.evaluation.rivals = {"history_only"};
  return c;
}

std::vector<Assumption> assumptions_of(const Configuration& c) {
  Changes changes(c);
  changes.scale("stimulus.mean", c.stimulus.mean, [](Configuration& o, double v) { o.stimulus.mean = v; });
  change_noise(c, changes);
  const int hidden = c.network.hidden;
  for (const int other :
       hidden == 0 ? std::vector{1, 10} : std::vector{0, std::max(hidden / 2, 1), 2 * hidden}) {
    changes.add(fmt::format("network.hidden={}", other), [&](Configuration& o) { set_hidden(o, other); });
  }
  changes.scale("network.eta", weight_change_rate(c), [](Configuration& o, double v) { o.network.eta = v; });
  change_expected_reward(c, changes);
  change_initial_weights(c, changes);
  return std::move(changes).take();
}

Assumptions check_assumptions(const Configuration& c, const RunResult& result,
                              const std::vector<Session>& sessions,
                              const std::function<bool()>& interrupted) {
  const Configuration fitted = with_terms_of(result, c);
  const bool cross_validated = scheme_of(c, sessions) != "none";
  std::vector<Assumption> assumptions = assumptions_of(fitted);
  assumptions.insert(assumptions.begin(), {"as fitted", fitted});
  Assumptions found;
  found.level = c.uncertainty.level;
  found.fits.resize(assumptions.size());
  for_each_index(assumptions.size(), [&](std::size_t n) {
    found.fits[n] = fit_under(assumptions[n], sessions, cross_validated, interrupted);
  });
  found.conclusions = conclusions_of(found.fits);
  return found;
}

}  // namespace synfer
