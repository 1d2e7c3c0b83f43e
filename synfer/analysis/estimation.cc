#include "synfer/analysis/estimation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/global_fit.h"
#include "synfer/inference/session_bias.h"
#include "synfer/inference/term_likelihood.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/parameter_settings.h"
#include "synfer/replay/belief.h"

namespace synfer {
namespace {

TermSearch::Set in_words(const FittedSet& set, const std::vector<Term>& candidates, const DataScale& scale) {
  TermSearch::Set found{{}, {}, set.nll, set.criterion};
  for (std::size_t n = 0; n < set.terms.size(); ++n) {
    found.terms.push_back(candidates[set.terms[n]]);
    found.coefficients.push_back(set.parameters[n] / coefficient_scale(found.terms.back(), scale));
  }
  return found;
}

// Of terms that are one on the data, one stands for all: bounds are to be put on it.
void refuse_bounds_on_aliases(const Configuration& c, const AliasClasses& classes) {
  for (const Term& bounded : bounded_terms(c)) {
    for (const AliasClass& one : classes.classes) {
      const auto alias = std::ranges::find(one.others, bounded, &Alias::term);
      if (alias == one.others.end()) continue;
      const std::string stands = to_string(one.representative);
      throw ConfigurationError(
          "rule.bounds", fmt::format("found {}, which is {:.4g} {} on these data, so that {} is fitted in "
                                     "its place; bound {}",
                                     to_string(bounded), alias->factor, stands, stands, stands));
    }
  }
}

// x and x^2 are one function of a mean of two levels, but noise of known size comes through them differently,
// and the filter sees it in how weights scatter. Recorded animals' noise is a guess: there the simplest of a
// class stands for all.
bool noise_tells_aliases_apart(const Objective& objective, DataOrigin origin) {
  const ObjectiveOptions& options = objective.options();
  const auto offers = static_cast<std::size_t>(objective.data().front().offers);
  return origin == DataOrigin::simulated && learns_from_choices(options.belief, offers) &&
         options.belief.noise_sd > 0.0 && !options.estimate_noise_sd;
}

struct Chosen {
  TermSearch search;
  std::vector<double> parameters;  // of the chosen terms, then the others, in the scale of the data
  bool interrupted = false;
};

std::vector<Bounds> scaled_bounds(const Configuration& c, DataOrigin origin, const Objective& scaled,
                                  const DataScale& scale) {
  const Rule& rule = scaled.model().rule;
  return ParameterScale(scaled, scale)
      .in_scale(bounds_of(c, rule, origin, largest_input(scaled.data()) * scale.input));
}

// `objective` and `classes` are in this scale.
Chosen choose_terms(const Configuration& c, DataOrigin origin, const Objective& objective,
                    const DataScale& scale, const std::vector<AliasClass>& classes,
                    const EstimationHooks& hooks, RecordedWork& work) {
  Chosen chosen;
  std::vector<Term> candidates;
  for (const AliasClass& one : classes) candidates.push_back(one.representative);
  chosen.search.candidates = candidates.size();

  SelectionProblem problem;
  problem.candidates = candidates.size();
  chosen.search.aliases_told_apart = noise_tells_aliases_apart(objective, origin);
  if (chosen.search.aliases_told_apart) {
    for (std::size_t n = 0; n < classes.size(); ++n) {
      for (const Alias& alias : classes[n].others) {
        problem.stand_ins.push_back({n, alias.factor});
        candidates.push_back(alias.term);
      }
    }
  }
  if (!candidates.empty()) {
    problem.bounds = scaled_bounds(c, origin, objective.with_rule(TaylorRule(candidates)), scale);
  }
  const std::vector<double> start = objective.start_from(std::vector<double>(objective.rule_parameters()));
  problem.others.assign(start.begin() + static_cast<std::ptrdiff_t>(objective.rule_parameters()),
                        start.end());
  problem.clusters = animals_of(objective.data());
  const auto likelihood_of = [&](const Objective& data, std::span<const std::size_t> set) {
    std::vector<Term> terms;
    for (const std::size_t term : set) terms.push_back(candidates[term]);
    return likelihood_of_terms(data, std::move(terms));
  };
  problem.likelihood = [&](std::span<const std::size_t> set) { return likelihood_of(objective, set); };
  std::map<double, Objective> early;
  for (const double share : StartOptions{}.shares) early.emplace(share, objective.first_trials(share));
  problem.early = [&](std::span<const std::size_t> set, double share) {
    return likelihood_of(early.at(share), set);
  };
  problem.usual_coefficient = usual_coefficient(objective);
  for (std::size_t n = 0; n < classes.size(); ++n) {
    const auto is_named = [](const Term& term) {
      return std::ranges::count(common_learner_terms(), to_string(term)) > 0;
    };
    if (is_named(classes[n].representative) || std::ranges::any_of(classes[n].others, is_named, &Alias::term))
      problem.named.push_back(n);
  }
  SelectionOptions options;
  options.ebic_gamma = c.selection.ebic_gamma;
  options.most_terms = c.selection.most_terms;
  options.seed = c.seed;
  SelectionHooks during;
  during.interrupted = hooks.interrupted;
  during.after = [&](const FittedSet& set, int most) {
    hooks.after_size(set.terms.size(), most, set.criterion);
  };
  const SelectionSummary summary = select_terms(problem, options, during, &work);

  for (const FittedSet& set : summary.by_size)
    chosen.search.by_size.push_back(in_words(set, candidates, scale));
  for (const FittedSet& set : summary.near) chosen.search.near.push_back(in_words(set, candidates, scale));
  if (summary.near.empty()) chosen.search.near.push_back(in_words(summary.best, candidates, scale));
  for (std::size_t n = 0; n < summary.stability.size(); ++n) {
    if (summary.stability[n] > 0) chosen.search.stability[to_string(candidates[n])] = summary.stability[n];
  }
  chosen.search.fits = summary.fits;
  chosen.parameters = summary.best.parameters;
  chosen.interrupted = summary.state == FitState::kInterrupted;
  return chosen;
}

// Whether all products of variables are fitted without a penalty: of terms that are one on the data one is
// enough then, and terms that never vary have no coefficient.
bool only_terms_that_differ(const Configuration& c) {
  return c.rule.kind == "taylor" && !c.rule.terms && second_order(c) && penalty_kind(c) == "none";
}

// Factors between terms of x and r as the unit has them.
void put_in_unit(AliasClasses& classes, const DataScale& scale) {
  for (AliasClass& one : classes.classes) {
    for (Alias& alias : one.others) {
      alias.factor *= coefficient_scale(alias.term, scale) / coefficient_scale(one.representative, scale);
    }
  }
}

// A parameter that rests at a bound in the scale does so in the unit, whatever rounding says.
void keep_at_bounds(std::span<const double> scaled, std::span<const Bounds> scaled_bounds,
                    std::span<const Bounds> bounds, std::vector<double>& parameters) {
  for (std::size_t p = 0; p < bounds.size(); ++p) {
    if (scaled[p] == scaled_bounds[p].low) parameters[p] = bounds[p].low;
    if (scaled[p] == scaled_bounds[p].high) parameters[p] = bounds[p].high;
  }
}

Objective with_representatives(const Objective& objective, const std::vector<AliasClass>& classes) {
  std::vector<Term> terms;
  for (const AliasClass& one : classes) terms.push_back(one.representative);
  return terms.empty() ? objective : objective.with_rule(TaylorRule(std::move(terms)));
}

// Terms that choices cannot see are no candidates: a search would be free to add any of them to a rule.
std::vector<Term> without_candidates(AliasClasses& classes) {
  std::vector<Term> unseen;
  std::erase_if(classes.classes, [&](const AliasClass& one) {
    if (!is_common(one.representative)) return false;
    unseen.push_back(one.representative);
    for (const Alias& alias : one.others) unseen.push_back(alias.term);
    return true;
  });
  return unseen;
}

// In a rule that names them they keep the coefficient that the settings state, or 0.
std::vector<Term> held_at_start(const Configuration& c, const Rule& rule, const std::vector<Bounds>& bounds,
                                std::vector<char>& frozen, std::vector<std::vector<double>>& starts) {
  std::vector<Term> held;
  const auto* taylor = rule.as<TaylorRule>();
  if (taylor == nullptr) return held;
  const bool stated = c.fit.start != "random" && c.fit.start != "zeros";
  std::vector<Term> acting;  // a term that is held at 0 brings nothing to light
  for (std::size_t p = 0; p < frozen.size(); ++p) {
    const bool absent = frozen[p] != 0 && starts.front()[p] == 0.0;
    if (!absent) acting.push_back(taylor->terms()[p]);
  }
  for (const Term& term : hidden_common_terms(acting)) {
    const auto p =
        static_cast<std::size_t>(std::ranges::find(taylor->terms(), term) - taylor->terms().begin());
    if (frozen[p] != 0) continue;  // by the user, who knows
    frozen[p] = 1;
    held.push_back(term);
    double at = stated ? starts.front()[p] : 0.0;
    if (!bounds.empty()) at = std::clamp(at, bounds[p].low, bounds[p].high);
    for (std::vector<double>& start : starts) start[p] = at;
  }
  return held;
}

// Where one of two stimuli drives its inputs and the others get 0, (x h + f) r moves the weights of the
// chosen stimulus by (level h + f) r and the others by f r. Choices see the difference, and the sum only
// where the neurons saturate, which do so alike on both sides: f and -f - level h are nearly as likely.
std::vector<std::vector<double>> mirror_images(const Objective& scaled, const std::vector<char>& frozen,
                                               const std::vector<double>& parameters) {
  const auto* taylor = scaled.model().rule.as<TaylorRule>();
  if (taylor == nullptr || scaled.data().front().offers < 2) return {};
  const double level = largest_input(scaled.data());
  const std::vector<Term>& terms = taylor->terms();
  std::vector<double> image = parameters;
  for (std::size_t p = 0; p < terms.size(); ++p) {
    if (!is_common(terms[p]) || frozen[p] != 0) continue;
    image[p] = -parameters[p];
    for (std::size_t q = 0; q < terms.size(); ++q) {
      const Term of = {terms[q].x, terms[p].y, terms[p].w, terms[p].r};
      if (terms[q].x > 0 && terms[q] == of) image[p] -= std::pow(level, terms[q].x) * parameters[q];
    }
  }
  if (image == parameters) return {};
  return {image};
}

}  // namespace

const std::vector<std::string>& common_learner_terms() {
  static const std::vector<std::string> kTerms = {"1", "x", "r", "x*r", "w", "x*w", "x*w*r"};
  return kTerms;
}

Objective objective_of(const Configuration& c, DataOrigin origin, ReplayData data) {
  Rule rule = fitted_rule(c, origin, data.sessions);
  return {{fitted_network(c, origin), std::move(rule)},
          std::move(data.sessions),
          std::move(data.initial),
          objective_options(c, origin)};
}

std::vector<std::size_t> animals_of(const std::vector<EncodedSession>& sessions) {
  std::map<std::string, std::size_t> number;
  std::vector<std::size_t> animals;
  for (const EncodedSession& session : sessions) {
    animals.push_back(number.try_emplace(session.animal, number.size()).first->second);
  }
  return animals;
}

Method method_for(const Configuration& c, const Objective& objective) {
  Method method = method_of(c, objective.model().rule);
  if (objective.session_biases() == 0) return method;
  EvidenceOptions options{.max_iterations = fit_max_iterations(c)};
  if (const auto* evidence = std::get_if<EvidenceOptions>(&method)) options = *evidence;
  return with_session_biases(std::move(options), objective);
}

DataScale fit_scale(const Configuration& c, const Objective& objective) {
  const bool mlp = c.rule.kind == "mlp";
  if (fit_method(c) == "adam" || (mlp && fit_method(c) != "evidence")) return {};
  DataScale scale = data_scale(objective.data());
  if (mlp && mlp_output_activation(c) != "linear") scale.input = 1.0;
  return scale;
}

Estimation estimate(const Configuration& c, DataOrigin origin, const Objective& objective,
                    FitProgress progress, const EstimationHooks& hooks) {
  const DataScale scale = fit_scale(c, objective);
  Objective scaled = objective.in_scale(scale);
  std::optional<TermSearch> search;
  AliasClasses in_scale;
  if (const auto* taylor = scaled.model().rule.as<TaylorRule>()) {
    in_scale = alias_classes(scaled.data(), taylor->terms());
  }
  const CommonChanges common = common_changes(scaled);
  const bool hides = common == CommonChanges::kUnseen;
  std::vector<Term> unseen;
  AliasClasses classes = in_scale;
  put_in_unit(classes, scale);
  if (term_search(c) == "forward" || only_terms_that_differ(c)) refuse_bounds_on_aliases(c, classes);
  std::vector<char> frozen;
  std::vector<std::vector<double>> starts;
  bool cut_short = false;
  if (term_search(c) == "forward") {
    if (hides) unseen = without_candidates(in_scale);
    if (hides) without_candidates(classes);
    RecordedWork work(std::move(progress.work), [&](const WorkRecord& done) {
      FitProgress so_far;
      so_far.work = done;
      hooks.after_step(so_far, 0);
    });
    Chosen chosen = choose_terms(c, origin, scaled, scale, in_scale.classes, hooks, work);
    progress.work = work.done();
    std::vector<Term> terms = chosen.search.near.front().terms;
    // The empty rule is the term 1 with coefficient 0.
    frozen.assign(std::max<std::size_t>(terms.size(), 1), static_cast<char>(terms.empty()));
    if (terms.empty()) {
      terms.emplace_back();
      chosen.parameters.insert(chosen.parameters.begin(), 0.0);
    }
    scaled = scaled.with_rule(TaylorRule(terms));
    starts = {chosen.parameters};
    search = std::move(chosen.search);
    cut_short = chosen.interrupted;
  } else {
    if (only_terms_that_differ(c)) scaled = with_representatives(scaled, in_scale.classes);
    frozen = frozen_parameters(c, scaled.model().rule);
    for (const std::vector<double>& theta : starts_of(c, scaled.model().rule, scale)) {
      starts.push_back(scaled.start_from(theta));
    }
    if (hides) {
      unseen = held_at_start(c, scaled.model().rule, scaled_bounds(c, origin, scaled, scale), frozen, starts);
    }
  }
  Objective fitted = c.rule.kind == "taylor" ? objective.with_rule(scaled.model().rule) : objective;
  const ParameterScale parameter_scale(scaled, scale);
  const FitProblem problem{scaled, penalty_of(c), frozen, fit_log_interval(c),
                           scaled_bounds(c, origin, scaled, scale)};
  FitHooks during;
  during.interrupted = [&] { return cut_short || hooks.interrupted(); };
  during.after = hooks.after_step;
  const Method method = method_for(c, scaled);
  const auto mirrored = [&](const std::vector<double>& at) { return mirror_images(scaled, frozen, at); };
  const bool selects = term_search(c) == "forward";
  FitSummary summary =
      selects || looks_for_best_optimum(c)
          ? fit_globally(problem, method, starts, mirrored, {.screen = !selects, .starts = {.seed = c.seed}},
                         std::move(progress), during)
          : fit(problem, method, starts, std::move(progress), during);
  if (scaled.session_biases() > 0 && !summary.best.precisions.empty()) {
    const double sd = session_bias_sd(summary.best);
    fitted = fitted.with_session_bias_sd(sd);
    scaled = scaled.with_session_bias_sd(sd);
    if (c.rule.kind == "taylor") {
      summary.best.loss =
          scaled.nll(summary.best.parameters, {}) / static_cast<double>(scaled.observations());
    }
  }
  std::vector<Bounds> bounds = bounds_of(c, fitted.model().rule, origin, largest_input(fitted.data()));
  std::vector<double> parameters = parameter_scale.in_unit(summary.best.parameters);
  keep_at_bounds(summary.best.parameters, problem.bounds, bounds, parameters);
  summary.best.parameters = std::move(parameters);
  for (Optimum& other : summary.others) other.parameters = parameter_scale.in_unit(other.parameters);
  std::erase_if(classes.classes, [](const AliasClass& one) { return one.others.empty(); });
  return {fitted,
          std::move(summary),
          scale,
          std::move(scaled),
          parameter_scale,
          std::move(frozen),
          std::move(bounds),
          std::move(search),
          std::move(classes),
          common,
          std::move(unseen)};
}

}  // namespace synfer
