#include "synfer/analysis/structures.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "synfer/analysis/certainty.h"
#include "synfer/analysis/cross_validate.h"
#include "synfer/analysis/estimation.h"
#include "synfer/analysis/structure_scores.h"
#include "synfer/analysis/unseen_nll.h"
#include "synfer/base/parallel.h"
#include "synfer/base/text.h"
#include "synfer/evaluation/cross_validation.h"
#include "synfer/inference/unseen_terms.h"
#include "synfer/model/term.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

constexpr DataOrigin kOrigin = DataOrigin::recorded;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr std::size_t kFewestAnimals = 3;   // of which each can be left out
constexpr std::size_t kMostFolds = 6;       // structures are many: animals are left out in so many groups
constexpr std::size_t kFewestSessions = 4;  // of an animal whose later ones can be left out
constexpr std::size_t kMostSteps = 6;       // changes of structure, one after the other
constexpr double kLost = 1.1;               // nats a choice, of those of a coin flip
const std::vector<double> kCuts = {0.5, 0.6, 0.7, 0.8, 0.9};

using Scores = std::vector<PartScore>;

std::string scheme_for(const Configuration& c, const std::vector<Session>& sessions) {
  const std::string& wanted = c.evaluation.cross_validate;
  if (wanted == "grouped" || wanted == "leave_one_out") return wanted;
  if (wanted != "forward" && count_animals(sessions) >= kFewestAnimals)
    return count_animals(sessions) <= kMostFolds ? "leave_one_out" : "grouped";
  std::map<std::string, std::size_t> count;
  for (const Session& session : sessions) ++count[session.animal];
  const bool many = std::ranges::all_of(count, [](const auto& of) { return of.second >= kFewestSessions; });
  return many ? "later sessions" : "later trials";
}

// Sessions before the n-th of each animal are fitted, and that one is scored.
std::vector<Fold> later_sessions(const Configuration& c, const std::vector<Session>& sessions,
                                 std::size_t replayed) {
  const std::vector<ReplayPlace> places = replay_places(c, sessions);
  std::map<std::string, std::size_t> count;
  std::vector<std::size_t> order;  // of each session within its animal
  for (const Session& session : sessions) order.push_back(count[session.animal]++);
  const std::size_t most = std::ranges::max(order) + 1;
  std::vector<Fold> folds;
  for (std::size_t n = (most + 1) / 2; n < most; ++n) {
    Fold fold{fmt::format("session {}", n + 1), std::vector<std::size_t>(replayed, 0),
              std::vector<StepRange>(replayed)};
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      const std::size_t end = places[s].offset + sessions[s].steps();
      if (order[s] < n) fold.fitted[places[s].session] = std::max(fold.fitted[places[s].session], end);
      if (order[s] == n) fold.scored[places[s].session] = {places[s].offset, end};
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

std::vector<Fold> folds_for(Configuration c, const std::string& scheme, const std::vector<Session>& sessions,
                            const std::vector<EncodedSession>& replayed) {
  if (scheme == "later sessions") return later_sessions(c, sessions, replayed.size());
  c.evaluation.cuts = kCuts;
  c.evaluation.folds = static_cast<int>(kMostFolds);
  return folds_of(c, scheme == "later trials" ? "forward" : scheme, sessions, replayed);
}

// The same terms in all structures; those that choices among offers cannot see are none.
Configuration with_screening_terms(Configuration c, int offers) {
  if (c.rule.terms) return c;
  const auto allowed = [&](const std::string& text) {
    const Term term = parse_term(text);
    if (offers > 1 && is_common(term)) return false;
    const auto has = [&](const char* variable, int power) {
      return power == 0 || (std::ranges::count(c.rule.variables, variable) > 0 && power <= c.rule.degree);
    };
    return has("x", term.x) && has("y", term.y) && has("w", term.w) && has("r", term.r);
  };
  c.rule.terms = Strings{};
  std::ranges::copy_if(common_learner_terms(), std::back_inserter(*c.rule.terms), allowed);
  c.rule.bounds.reset();
  c.selection.search = "none";
  return c;
}

// A structure with what its comparison needs.
struct Prepared {
  Configuration settings;  // resolved, with the terms of the comparison
  std::vector<EncodedSession> replayed;
  std::vector<Fold> folds;
};

class Search {
 public:
  Search(const Configuration& c, const std::vector<StructureChoice>& choices,
         const std::vector<Session>& sessions, const StructureHooks& hooks)
      : c_(c),
        choices_(choices),
        sessions_(sessions),
        hooks_(hooks),
        work_(hooks.work == nullptr ? own_work_ : *hooks.work),
        scheme_(scheme_for(c, sessions)) {}

  StructureSearch run() {
    try {
      search();
    } catch (const CutShort&) {
      return {c_, std::nullopt, true};
    }
    return chosen();
  }

 private:
  // Ends a search in the midst of its fits.
  struct CutShort {};

  void search() {
    Structure current{std::vector<std::size_t>(choices_.size(), 0)};
    evaluate({current});
    for (std::size_t step = 0; step < kMostSteps; ++step) {
      const std::vector<Structure> others = neighbours(current);
      evaluate(others);
      const Structure* next = nullptr;
      for (const Structure& other : others) {
        if (!std::isfinite(nats_of(known_[other])) || !paired_loss(known_[current], known_[other]).worse())
          continue;
        if (next == nullptr || nats_of(known_[other]) < nats_of(known_[*next])) next = &other;
      }
      if (next == nullptr) break;
      current = *next;
    }
    for (std::size_t n = 0; n < choices_.size(); ++n) {
      if (choices_[n].of != kHiddenChoice) continue;
      Structure hidden = current;
      hidden.options[n] = 1;
      evaluate({hidden});
    }
  }

  [[nodiscard]] std::vector<Structure> neighbours(const Structure& of) const {
    std::vector<Structure> all;
    for (std::size_t n = 0; n < choices_.size(); ++n) {
      if (choices_[n].of == kHiddenChoice) continue;
      for (std::size_t option = 0; option < choices_[n].options.size(); ++option) {
        Structure other = of;
        other.options[n] = option;
        if (other != of) all.push_back(other);
      }
    }
    return all;
  }

  [[nodiscard]] Configuration settings(const Structure& structure) const {
    return settings_of(structure, choices_, c_);
  }

  // Folds of all structures side by side.
  void evaluate(const std::vector<Structure>& structures) {
    std::vector<Structure> fresh;
    for (const Structure& one : structures) {
      if (!known_.contains(one)) fresh.push_back(one);
    }
    std::vector<Prepared> prepared(fresh.size());
    std::vector<std::pair<std::size_t, std::size_t>> rounds;  // structure and fold
    for (std::size_t n = 0; n < fresh.size(); ++n) {
      Prepared& one = prepared[n];
      one.settings = with_screening_terms(settings(fresh[n]), sessions_.front().offers);
      one.settings = resolved_for(resolved(one.settings, kOrigin), sessions_);
      one.replayed = replayed_sessions(one.settings, sessions_);
      one.folds = folds_for(one.settings, scheme_, sessions_, one.replayed);
      for (std::size_t fold = 0; fold < one.folds.size(); ++fold) rounds.emplace_back(n, fold);
    }
    total_ += static_cast<long>(rounds.size());
    const auto scored_in = [&](std::size_t n) {
      return scored_sessions(prepared[rounds[n].first], rounds[n].second);
    };
    const auto nll_of = [&](std::size_t n) {
      std::vector<double> nll = score(prepared[rounds[n].first], rounds[n].second);
      const std::lock_guard lock(one_at_a_time_);
      hooks_.after(++done_, total_);
      return nll;
    };
    const auto possible = [&](std::size_t n, const std::vector<double>& nll) {
      return nll.size() == scored_in(n).size();
    };
    const std::vector<std::vector<double>> nll = work_.next(rounds.size(), nll_of, possible);
    for (std::size_t n = 0; n < rounds.size(); ++n) {
      const auto& [structure, fold] = rounds[n];
      Scores scores = parts_of(prepared[structure], fold);
      for (std::size_t s = 0; s < scores.size(); ++s) scores[s].nll = nll[n][s];
      lose_parts(std::max(2, prepared[structure].replayed.front().offers), scores);
      Scores& all = known_[fresh[structure]];
      all.insert(all.end(), scores.begin(), scores.end());
    }
  }

  // None where the fold leaves nothing to fit.
  [[nodiscard]] static std::vector<EncodedSession> scored_sessions(const Prepared& of, std::size_t n) {
    if (fitted_part(of.folds[n], of.replayed).empty()) return {};
    return scored_part(of.folds[n], of.replayed);
  }

  [[nodiscard]] Scores parts_of(const Prepared& of, std::size_t n) const {
    Scores scores;
    const bool by_animal = scheme_ == "leave_one_out" || scheme_ == "grouped";
    for (const EncodedSession& session : scored_sessions(of, n)) {
      scores.push_back({by_animal ? session.animal : of.folds[n].name, session.animal + "/" + session.name,
                        session.scored_choices()});
    }
    return scores;
  }

  // A scored session each.
  [[nodiscard]] std::vector<double> score(const Prepared& of, std::size_t n) const {
    if (hooks_.interrupted()) throw CutShort{};
    const std::vector<EncodedSession> fitted = fitted_part(of.folds[n], of.replayed);
    const std::vector<EncodedSession> scored = scored_sessions(of, n);
    if (scored.empty()) return {};
    EstimationHooks during;
    during.interrupted = hooks_.interrupted;
    const Estimation estimation = estimate(
        of.settings, kOrigin,
        objective_of(of.settings, kOrigin, {fitted, assumed_weights(of.settings, fitted)}), {}, during);
    if (hooks_.interrupted()) throw CutShort{};
    return estimation.fit.state == FitState::kDiverged
               ? std::vector<double>(scored.size(), kInfinite)
               : unseen_nll(of.settings, estimation.objective, estimation.fit.best.parameters, scored);
  }

  static void lose_parts(int offers, Scores& scores) {
    std::map<std::string, double> left;  // nats that the coin flip has more
    for (const PartScore& one : scores)
      left[one.part] += kLost * static_cast<double>(one.choices) * std::log(offers) - one.nll;
    for (PartScore& one : scores) {
      if (!(left[one.part] >= 0.0)) one.nll = kInfinite;
    }
  }

  [[nodiscard]] StructureSearch chosen() const {
    std::vector<Structure> tried;
    for (const auto& [structure, scores] : known_) tried.push_back(structure);
    std::ranges::sort(tried, {}, [&](const Structure& one) {
      return std::pair(complexity_of(one, choices_), one.options);
    });
    std::vector<Scores> scores;
    std::vector<int> complexity;
    for (const Structure& one : tried) {
      scores.push_back(known_.at(one));
      complexity.push_back(complexity_of(one, choices_));
    }
    SearchedStructures found;
    found.scheme = scheme_;
    found.chosen = simplest_allowed(scores, complexity);
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): set there
    found.terms = with_screening_terms(c_, sessions_.front().offers).rule.terms.value();
    const auto best =
        static_cast<std::size_t>(std::ranges::min_element(scores, {}, nats_of) - scores.begin());
    for (std::size_t n = 0; n < tried.size(); ++n) {
      const PairedLoss loss = paired_loss(scores[n], scores[best]);
      const double nats = nats_of(scores[n]);
      const bool lost = !std::isfinite(nats);
      found.tried.push_back({.name = name_of(tried[n], choices_),
                             .made_by = settings_in_words(tried[n], choices_),
                             .complexity = complexity[n],
                             .nats = nats,
                             .behind = loss.mean,
                             .error = loss.error,
                             .standing = n == found.chosen            ? "chosen"
                                         : lost                       ? "lost"
                                         : n == best || !loss.worse() ? "allowed"
                                                                      : "ruled out",
                             .rule = {},
                             .selected = {},
                             .refitted = {}});
      found.settings.push_back(resolved_for(resolved(settings(tried[n]), kOrigin), sessions_));
    }
    add_nested(scores, complexity, found);
    return {settings(tried[found.chosen]), std::move(found), false};
  }

  // Each part under the structure that the others choose.
  static void add_nested(const std::vector<Scores>& scores, const std::vector<int>& complexity,
                         Structures& found) {
    std::set<std::string> parts;
    for (const PartScore& one : scores.front()) parts.insert(one.part);
    found.parts = parts.size();
    if (parts.size() < kFewestAnimals) return;
    double nll = 0.0;
    std::size_t choices = 0;
    for (const std::string& part : parts) {
      std::vector<Scores> others = scores;
      for (Scores& one : others)
        std::erase_if(one, [&](const PartScore& score) { return score.part == part; });
      const std::size_t theirs = simplest_allowed(others, complexity);
      if (theirs == found.chosen) ++found.agreed;
      for (const PartScore& score : scores[theirs]) {
        if (score.part != part) continue;
        nll += score.nll;
        choices += score.choices;
      }
    }
    found.nested = nll / static_cast<double>(choices);
  }

  const Configuration& c_;
  const std::vector<StructureChoice>& choices_;
  const std::vector<Session>& sessions_;
  const StructureHooks& hooks_;
  RecordedWork own_work_;
  RecordedWork& work_;
  std::string scheme_;
  std::map<Structure, Scores> known_;
  std::mutex one_at_a_time_;
  long done_ = 0;
  long total_ = 0;
};

// As many inputs as the data have, where nothing else was said.
void suit_inputs(const SetKeys& given, const std::vector<Session>& sessions, Configuration& c) {
  if (given.contains("network.inputs")) return;
  const Session& first = sessions.front();
  const int needed = first.inputs > 0 ? first.inputs : static_cast<int>(first.stimuli.size());
  if (first.inputs > 0 || c.network.inputs < needed) c.network.inputs = needed;
}

}  // namespace

StructureSearch search_structures(const Configuration& c, const SetKeys& given,
                                  const std::vector<Session>& sessions, const StructureHooks& hooks) {
  const std::vector<StructureChoice> choices = structure_choices(c, given, sessions);
  if (choices.empty()) return {c, std::nullopt, false};
  Configuration suited = c;
  suit_inputs(given, sessions, suited);
  const Configuration simplest = resolved_for(resolved(suited, kOrigin), sessions);
  check_uncertainty(simplest, kOrigin, replayed_sessions(simplest, sessions));  // before it takes long
  hooks.before();
  const std::string scheme = scheme_for(c, sessions);
  // Animals that are left out whole hold out enough.
  if (!given.contains("data.held_out") && (scheme == "leave_one_out" || scheme == "grouped"))
    suited.data.held_out = 0.0;
  return Search(suited, choices, sessions, hooks).run();
}

}  // namespace synfer
