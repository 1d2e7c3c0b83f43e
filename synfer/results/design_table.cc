// What a check of a design found, for a terminal, for a spreadsheet and for a program.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "synfer/base/columns.h"
#include "synfer/base/text.h"
#include "synfer/results/design_check.h"

namespace synfer {
namespace {

constexpr double kOften = 0.8;  // enough for a term to count on being found

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal

std::string number(double v) {
  if (std::isnan(v)) return "-";
  return std::isinf(v) ? "inf" : fmt::format("{:.3g}", v);
}

std::string percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.0f} %", 100 * share); }

// What the table comes to, a sentence for each term of the rule.
std::string conclusions(const DesignCheck& check) {
  std::string text;
  if (check.sizes.empty()) return text;
  for (const TermFound& term : check.sizes.front().terms) {
    if (term.truth == 0.0 || std::isnan(term.truth)) continue;
    const DesignSize* enough = enough_for(check, term.term);
    text += wrapped(enough == nullptr
                        ? fmt::format("{} is found in 80 % of experiments at none of these sizes", term.term)
                        : fmt::format("{} is found in 80 % of experiments or more with {}, {}", term.term,
                                      counted(enough->animals, "animal"), counted(enough->trials, "trial")),
                    "", kWidth);
  }
  return text;
}

// What choices are paid, where that is not 1 or 0.
std::string rewards_in_words(const DesignCheck& check) {
  constexpr std::size_t kMostListed = 6;
  std::set<double> values;
  for (const PaidRewards& paid : check.rewards) values.insert(paid.values.begin(), paid.values.end());
  if (values.empty() || values == std::set{0.0, 1.0}) return "";
  std::vector<std::string> names;
  for (const double v : values) names.push_back(shortest(v));
  const std::string listed =
      names.size() <= kMostListed
          ? join(names, ", ")
          : fmt::format("{} values from {} to {}", names.size(), names.front(), names.back());
  const std::optional<double>& nothing = check.rewards.front().nothing;
  return wrapped(fmt::format("rewards: {}, {}", listed,
                             nothing ? fmt::format("of which {} is none", shortest(*nothing))
                                     : "drawn from what a stimulus paid in the block"),
                 "", kWidth);
}

}  // namespace

const DesignSize* enough_for(const DesignCheck& check, const std::string& term) {
  const DesignSize* least = nullptr;
  for (const DesignSize& size : check.sizes) {
    const auto at = std::ranges::find(size.terms, term, &TermFound::term);
    if (at == size.terms.end() || at->found < kOften) continue;
    if (least == nullptr || size.multiple < least->multiple) least = &size;
  }
  return least;
}

std::string table_of(const DesignCheck& check) {
  const double false_rate = 1.0 - check.level;
  std::string text = wrapped(
      fmt::format("{} of the design of these data: {}, {}, {}",
                  counted(check.replicates, "simulated experiment"), counted(check.design.animals, "animal"),
                  counted(check.design.sessions, "session"), counted(check.design.trials, "trial")),
      "", kWidth);
  text += wrapped("simulated rule: " + check.rule, "", kWidth);
  text += rewards_in_words(check);
  text += wrapped("simulated choices: " + in_words(check.baiting), "", kWidth);
  Columns table({14, 9, 9, 8, 9, 10, 12, 9});
  table.row({"term", "truth", "animals", "trials", "found", "bias", "interval", "covers"});
  if (!check.sizes.empty()) {
    for (std::size_t n = 0; n < check.sizes.front().terms.size(); ++n) {
      for (const DesignSize& size : check.sizes) {
        if (n >= size.terms.size()) continue;
        const TermFound& term = size.terms[n];
        table.row({term.term, number(term.truth), std::to_string(size.animals), std::to_string(size.trials),
                   percent(term.found), number(term.bias), number(term.width), percent(term.coverage)});
      }
    }
  }
  text.append("\n").append(table.text());
  text += wrapped(
      fmt::format("found: the {:.4g} % interval excludes 0{}; of a term that the rule does not have about "
                  "{:.3g} % of intervals do by chance. interval: median width",
                  100 * check.level, check.selected ? " (and the term was selected)" : "", 100 * false_rate),
      "  ", kWidth);
  text += conclusions(check);
  for (const DesignSize& size : check.sizes) {
    const std::size_t lost = check.replicates - check.overflown - size.fitted;
    if (lost > 0) {
      text += fmt::format("{} with {} diverged: left out\n", counted(lost, "fit"),
                          counted(size.animals, "animal"));
    }
  }
  if (check.overflown > 0) {
    text += wrapped(fmt::format("in {} of {} the rule makes weights overflow: left out", check.overflown,
                                counted(check.replicates, "experiment")),
                    "", kWidth);
  }
  text += fmt::format("\n{:.1f} s\n", check.seconds);
  return text;
}

std::string to_csv(const DesignCheck& check) {
  std::string text = "term,truth,multiple,animals,trials,fitted,found,bias,spread,width,coverage\n";
  for (const DesignSize& size : check.sizes) {
    for (const TermFound& t : size.terms) {
      text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", t.term, shortest(t.truth), size.multiple,
                          size.animals, size.trials, size.fitted, shortest(t.found), shortest(t.bias),
                          shortest(t.spread), shortest(t.width), shortest(t.coverage));
    }
  }
  return text;
}

std::string to_json(const DesignCheck& check) {
  Json sizes = Json::array();
  for (const DesignSize& size : check.sizes) {
    Json terms = Json::array();
    for (const TermFound& t : size.terms) {
      terms.push_back({{"term", t.term},
                       {"truth", t.truth},
                       {"found", t.found},
                       {"bias", t.bias},
                       {"spread", t.spread},
                       {"width", t.width},
                       {"coverage", t.coverage}});
    }
    sizes.push_back({{"multiple", size.multiple},
                     {"animals", size.animals},
                     {"trials", size.trials},
                     {"fitted", size.fitted},
                     {"terms", terms}});
  }
  Json enough = Json::object();
  if (!check.sizes.empty()) {
    for (const TermFound& t : check.sizes.front().terms) {
      if (t.truth == 0.0 || std::isnan(t.truth)) continue;
      const DesignSize* size = enough_for(check, t.term);
      enough[t.term] = size == nullptr ? Json() : Json(size->trials);
    }
  }
  Json probabilities = Json::array();
  Json rewards = Json::array();
  for (const PaidRewards& paid : check.rewards) {
    probabilities.push_back(paid.probabilities);
    rewards.push_back({{"by", paid.by_place ? "place" : "stimulus"},
                       {"none", paid.nothing ? Json(*paid.nothing) : Json()},
                       {"values", paid.values},
                       {"mean", paid.mean}});
  }
  const Json json = {
      {"schema_version", 1},
      {"synfer_version", SYNFER_VERSION},
      {"command", "recover"},
      {"design_check",
       {{"rule", check.rule},
        {"level", check.level},
        {"selected", check.selected},
        {"replicates", check.replicates},
        {"overflown", check.overflown},
        {"trials_for_80_percent", enough},
        {"sizes", sizes},
        {"baiting",
         {{"stays", check.baiting.stays}, {"given", check.baiting.given}, {"nats", check.baiting.nats}}},
        {"reward_probabilities", probabilities},
        {"rewards", rewards}}},
      {"data",
       {{"animals", check.design.animals},
        {"sessions", check.design.sessions},
        {"trials", check.design.trials},
        {"choices", check.design.choices},
        {"rewards", check.design.rewards}}},
      {"seconds", check.seconds}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace synfer
