#include "synfer/analysis/structure_conclusions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "synfer/analysis/assumptions.h"
#include "synfer/analysis/certainty.h"
#include "synfer/analysis/estimation.h"
#include "synfer/base/parallel.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

constexpr DataOrigin kOrigin = DataOrigin::recorded;
constexpr std::size_t kMostSelected = 4;  // allowed structures in which terms are selected

// Three digits: what is selected in another structure is to be read, not used.
std::string rule_in_words(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& one : findings) {
    text += text.empty() ? (one.value < 0 ? "-" : "") : (one.value < 0 ? " - " : " + ");
    text += fmt::format("{:.3g}{}", std::abs(one.value), one.of == "1" ? "" : "*" + one.of);
  }
  return text;
}

bool ended(const Estimation& estimation) {
  return estimation.fit.state != FitState::kDiverged && estimation.fit.state != FitState::kInterrupted;
}

Estimation estimated(const Configuration& c, const std::vector<Session>& sessions,
                     const std::function<bool()>& interrupted) {
  EstimationHooks hooks;
  hooks.interrupted = interrupted;
  return estimate(c, kOrigin, objective_of(c, kOrigin, split_recorded(c, sessions).training), {}, hooks);
}

std::vector<Finding> findings_of(const Configuration& c, const Estimation& estimation) {
  std::vector<Finding> findings;
  for (const Estimate& e : rule_estimates(c, kOrigin, estimation)) findings.push_back(finding_of(e));
  return findings;
}

std::string side_in(const std::vector<Finding>& findings, const std::string& of) {
  const auto at = std::ranges::find(findings, of, &Finding::of);
  return at == findings.end() ? "" : at->conclusion;
}

}  // namespace

void conclude_structures(const RunResult& result, const std::vector<Session>& sessions,
                         const std::function<bool()>& interrupted, const std::vector<Configuration>& settings,
                         Structures& found) {
  std::vector<std::size_t> allowed;
  for (std::size_t n = 0; n < found.tried.size(); ++n) {
    if (found.tried[n].standing == "allowed") allowed.push_back(n);
  }
  std::ranges::sort(allowed, {}, [&](std::size_t n) { return std::pair(found.tried[n].nats, n); });
  for_each_index(allowed.size(), [&](std::size_t place) {
    TriedStructure& one = found.tried[allowed[place]];
    if (interrupted()) return;
    Configuration other = settings[allowed[place]];
    other.uncertainty.method = "information";  // others take long, and a side of 0 is asked for
    const Configuration same = with_terms_of(result, other);
    const Estimation refit = estimated(same, sessions, interrupted);
    if (ended(refit)) one.refitted = findings_of(same, refit);
    // A search behind a hidden layer takes longer than all others together.
    const bool quick = other.network.hidden == 0 || one.complexity <= found.tried[found.chosen].complexity;
    if (!result.search || !quick || place >= kMostSelected || interrupted()) return;
    const Estimation anew = estimated(other, sessions, interrupted);
    if (!ended(anew)) return;
    one.selected = findings_of(other, anew);
    one.rule = rule_in_words(one.selected);
  });
  TriedStructure& chosen = found.tried[found.chosen];
  for (const Estimate& e : result.estimates) {
    if (e.status == "frozen") continue;
    chosen.selected.push_back(finding_of(e));
    StructureConclusion conclusion{e.name, chosen.selected.back().conclusion, {}};
    for (const std::size_t n : allowed) {
      const TriedStructure& other = found.tried[n];
      if (other.refitted.empty()) continue;
      if (side_in(other.selected, e.name) != conclusion.as_chosen &&
          side_in(other.refitted, e.name) != conclusion.as_chosen)
        conclusion.otherwise.push_back(other.name);
    }
    found.conclusions.push_back(std::move(conclusion));
  }
}

}  // namespace synfer
