#include "synfer/plan/parameter_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/base/text.h"
#include "synfer/inference/mlp_prior.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

std::vector<double> draws(const Configuration& c, const char* purpose, std::uint64_t replicate,
                          std::size_t count, double sd) {
  std::vector<double> values(count);
  RandomStream(c.seed, purpose).normals({.replicate = replicate}, count, values.data());
  for (double& v : values) v *= sd;
  return values;
}

// A term as the settings of a rule mean it: the published order is that of labels (X1Y0W0R1) alone.
Term term_of(const RuleSettings& rule, const std::string& text, const char* key) {
  const Term term = parse_term(text, key);
  return rule.published_order && is_published_label(text) ? in_published_order(term) : term;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// A bound as users write it: "w in [-2, 0]".
std::pair<Term, Bounds> parse_bound(const Configuration& c, const std::string& text) {
  const std::size_t in = text.find(" in ");
  const std::size_t open = text.find('[');
  const std::size_t comma = text.find(',');
  const std::size_t close = text.find(']');
  if (in != std::string::npos && in < open && open < comma && comma < close && close == text.size() - 1) {
    const auto low = parse_number(without_spaces(text.substr(open + 1, comma - open - 1)));
    const auto high = parse_number(without_spaces(text.substr(comma + 1, close - comma - 1)));
    if (low && high && *low <= *high)
      return {term_of(c.rule, text.substr(0, in), "rule.bounds"), {*low, *high}};
  }
  throw ConfigurationError("rule.bounds",
                           fmt::format("found '{}', expected a bound such as 'w in [-2, 0]'", text));
}

}  // namespace

std::vector<Bounds> bounds_of(const Configuration& c, const Rule& rule, DataOrigin origin,
                              double largest_input) {
  const auto* taylor = rule.as<TaylorRule>();
  if (taylor == nullptr) {
    if (c.rule.bounds && !c.rule.bounds->empty()) {
      throw ConfigurationError("rule.bounds", "bounds are of terms, and an MLP has none; leave them out");
    }
    return {};
  }
  const double eta = weight_change_rate(c);
  std::vector<Bounds> bounds(taylor->terms().size());
  if (!c.rule.bounds) {
    if (origin == DataOrigin::simulated) return {};
    // |1 + eta theta x^a| <= 1: what a weight loses at a change is at most twice itself. Where all weights
    // decay, those of the inputs that were active may decay less: forgetting of what was not chosen.
    const bool all_decay = std::ranges::find(taylor->terms(), Term{.w = 1}) != taylor->terms().end();
    for (std::size_t p = 0; p < bounds.size(); ++p) {
      const Term& term = taylor->terms()[p];
      if (term.w != 1 || term.y != 0 || term.r != 0) continue;
      const double most = 2.0 / (eta * std::pow(largest_input > 0.0 ? largest_input : 1.0, term.x));
      bounds[p] = {-most, term.x > 0 && all_decay ? most : 0.0};
    }
    return bounds;
  }
  const Rule whole = fitted_rule(c);
  for (const std::string& text : *c.rule.bounds) {
    const auto [term, bound] = parse_bound(c, text);
    if (std::ranges::find(whole.as<TaylorRule>()->terms(), term) == whole.as<TaylorRule>()->terms().end()) {
      throw ConfigurationError("rule.bounds",
                               fmt::format("found {}, which the fitted rule does not have", to_string(term)),
                               nearest(to_string(term), whole.parameter_names()));
    }
    const auto at = std::ranges::find(taylor->terms(), term);
    if (at == taylor->terms().end()) continue;  // a candidate that was not chosen
    bounds[static_cast<std::size_t>(at - taylor->terms().begin())] = {bound.low / eta, bound.high / eta};
  }
  return bounds;
}

std::vector<Term> bounded_terms(const Configuration& c) {
  std::vector<Term> terms;
  for (const std::string& text : c.rule.bounds.value_or(Strings{}))
    terms.push_back(parse_bound(c, text).first);
  return terms;
}

std::vector<char> frozen_parameters(const Configuration& c, const Rule& rule) {
  const std::vector<std::string>& names = rule.parameter_names();
  std::vector<char> frozen(names.size(), 0);
  for (const std::string& text : c.rule.frozen) {
    const std::string name = c.rule.kind == "taylor" ? to_string(term_of(c.rule, text, "rule.frozen")) : text;
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) {
      throw ConfigurationError("rule.frozen",
                               fmt::format("found {}, which the fitted rule does not have", text),
                               nearest(name, names));
    }
    frozen[static_cast<std::size_t>(at - names.begin())] = 1;
  }
  return frozen;
}

std::vector<std::vector<double>> starts_of(const Configuration& c, const Rule& rule, const DataScale& scale) {
  const std::vector<std::string>& names = rule.parameter_names();
  const std::vector<char> frozen = frozen_parameters(c, rule);
  std::vector<double> centre(names.size(), 0.0);
  const MlpRule* mlp = mlp_of(rule);
  if (mlp != nullptr && fit_method(c) == "evidence" && c.fit.start == "random") {
    return random_starts(*mlp, static_cast<std::size_t>(fit_starts(c)), c.seed);
  }
  const bool stated = c.fit.start != "random" && c.fit.start != "zeros";
  if (stated) {
    if (c.rule.kind != "taylor") {
      throw ConfigurationError("fit.start",
                               "an MLP starts from random or zeros; a rule in terms has no meaning for it");
    }
    for (const WeightedTerm& part : parse_expression(c.fit.start, c.rule.published_order, "fit.start")) {
      const auto at = std::ranges::find(names, to_string(part.term));
      if (at == names.end()) {
        throw ConfigurationError(
            "fit.start",
            fmt::format("the fitted rule has no term {}; add it to rule.terms", to_string(part.term)));
      }
      centre[static_cast<std::size_t>(at - names.begin())] =
          part.coefficient * coefficient_scale(part.term, scale);
    }
  }
  std::vector<std::vector<double>> starts;
  for (int n = 0; n < fit_starts(c); ++n) {
    std::vector<double> start = centre;
    // The first start is what was asked for; further ones scatter around it.
    const bool random = c.fit.start == "random" || n > 0;
    const std::vector<double> noise = draws(c, "start", static_cast<std::uint64_t>(n), names.size(),
                                            n == 0 ? start_sd(c) : further_start_sd(c));
    for (std::size_t p = 0; p < names.size(); ++p) {
      if (random && frozen[p] == 0) start[p] += noise[p];
    }
    starts.push_back(std::move(start));
  }
  return starts;
}

}  // namespace synfer
