#include "synfer/inference/alias_classes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

namespace synfer {
namespace {

constexpr double kTolerance = 1e-9;  // of the largest value

using Cue = std::pair<double, double>;  // x of an input and r at a weight change

std::vector<Cue> distinct_cues(std::span<const EncodedSession> sessions) {
  std::vector<Cue> cues;
  for (const EncodedSession& session : sessions) {
    const auto inputs = static_cast<std::size_t>(session.inputs);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.learns[t] == 0) continue;
      const std::size_t offer = t * static_cast<std::size_t>(session.offers) + session.learned_offer(t);
      for (std::size_t i = 0; i < inputs; ++i) cues.emplace_back(session.x[offer * inputs + i], session.r[t]);
    }
  }
  std::ranges::sort(cues);
  cues.erase(std::ranges::unique(cues).begin(), cues.end());
  return cues;
}

double data_factor(const Term& term, const Cue& cue) { return term.at(cue.first, 1.0, 1.0, cue.second); }

// Where |x^a r^d| is largest.
Cue strongest_cue(const Term& term, const std::vector<Cue>& cues) {
  return *std::ranges::max_element(cues, {},
                                   [&](const Cue& cue) { return std::abs(data_factor(term, cue)); });
}

// The c of term = c * representative; nothing where they are not proportional.
std::optional<double> ratio(const Term& term, const Term& representative, const std::vector<Cue>& cues) {
  if (term.y != representative.y || term.w != representative.w) return std::nullopt;
  const Cue strongest = strongest_cue(term, cues);
  const double largest = data_factor(term, strongest);
  const double there = data_factor(representative, strongest);
  if (there == 0) return std::nullopt;
  const double c = largest / there;
  const bool proportional = std::ranges::all_of(cues, [&](const Cue& cue) {
    return std::abs(data_factor(term, cue) - c * data_factor(representative, cue)) <=
           kTolerance * std::abs(largest);
  });
  return proportional ? std::optional(c) : std::nullopt;
}

}  // namespace

AliasClasses alias_classes(std::span<const EncodedSession> sessions, std::span<const Term> terms) {
  const std::vector<Cue> cues = distinct_cues(sessions);
  std::vector<Term> candidates(terms.begin(), terms.end());
  std::ranges::sort(candidates, {}, [](const Term& t) { return std::tuple(t.x + t.y + t.w + t.r, t.x, t); });
  AliasClasses result;
  for (const Term& term : candidates) {
    if (cues.empty() || data_factor(term, strongest_cue(term, cues)) == 0) {
      result.never_varied.push_back(term);
      continue;
    }
    std::optional<double> factor;
    const auto alike = std::ranges::find_if(result.classes, [&](const AliasClass& c) {
      return (factor = ratio(term, c.representative, cues)).has_value();
    });
    if (alike == result.classes.end() || !factor) {
      result.classes.push_back({term, {}});
    } else {
      alike->others.push_back({term, *factor});
    }
  }
  return result;
}

}  // namespace synfer
