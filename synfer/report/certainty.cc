// What the data fix and what not: directions in the space of coefficients, from the stiffest to the
// sloppiest, terms that are one, terms that never varied. See synfer/inference/identifiability.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostDirections = 30;

constexpr const char* kDirections = R"json({
  "usermeta": {"width": 860, "labels": "above"},
  "transform": [{"calculate": "max(datum['information left'], 1e-6)", "as": "drawn"}],
  "encoding": {"y": {"field": "mostly", "type": "nominal", "sort": null, "title": null}},
  "layer": [
    {"mark": {"type": "rule", "strokeDash": [4, 3], "strokeOpacity": 0.7}, "encoding": {"x": {"datum": 0.05}, "y": null}},
    {"mark": {"type": "point", "size": 75},
     "encoding": {"x": {"field": "drawn", "type": "quantitative", "scale": {"type": "log", "nice": true},
                        "title": ["information on the combination", "(1: as if its terms did not overlap)"]},
                  "fill": {"field": "verdict", "type": "nominal", "title": null,
                           "scale": {"domain": ["fixed by the data", "hardly fixed"],
                                     "range": ["var(--sound)", "var(--doubtful)"]}}}}
  ]
})json";

constexpr double kSloppy = 0.05;  // as in synfer/inference/identifiability.h

// "logit history.bias rate" as "bias rate": labels are narrow, and the table says which is a logit.
std::string short_name(std::string name) {
  for (const std::string words : {"logit ", "history."}) {
    const std::size_t at = name.find(words);
    if (at != std::string::npos) name.erase(at, words.size());
  }
  return plain_term(name);
}

// The terms that weigh most in a direction, by the length of their share of it.
std::string mostly(std::size_t n, const Json& direction, const Json& terms) {
  std::vector<std::pair<double, std::string>> shares;
  const Json& weights = direction.at("weights");
  for (std::size_t p = 0; p < std::min(weights.size(), terms.size()); ++p) {
    shares.emplace_back(std::abs(weights[p].get<double>()), terms[p].get<std::string>());
  }
  std::ranges::sort(shares, std::greater());
  std::string text;
  for (std::size_t p = 0; p < std::min<std::size_t>(shares.size(), 3); ++p) {
    if (p > 0 && shares[p].first < 0.3) break;
    text += (text.empty() ? "" : ", ") + short_name(shares[p].second);
  }
  return fmt::format("{}. {}", n + 1, text);
}

std::string directions_figure(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("identifiability")) return {};
  const Json& directions = result.at("identifiability").at("directions");
  const Json& terms = result.at("identifiability").at("terms");
  if (directions.size() < 2) return {};
  Numbers numbers{{{"mostly"}, {"information left", true}, {"s.e.", true}, {"verdict"}, {"combination"}}, {}};
  std::size_t sloppy = 0;
  for (const Json& direction : directions) sloppy += number_at(direction, "eigenvalue") < kSloppy ? 1 : 0;
  // Of many the sloppiest matter most.
  const std::size_t first = directions.size() - std::min(directions.size(), kMostDirections);
  for (std::size_t n = first; n < directions.size(); ++n) {
    const double left = number_at(directions[n], "eigenvalue");
    numbers.rows.push_back({mostly(n, directions[n], terms), number(left),
                            number(number_at(directions[n], "standard_error")),
                            left < kSloppy ? "hardly fixed" : "fixed by the data",
                            plain_term(directions[n].value("combination", std::string()))});
  }
  return to_html({fmt::format("directions-{}", run.index),
                  fmt::format("{}Which combinations of terms the data fix", label_of(runs, run)),
                  fmt::format("Each dot is a combination of coefficients, named by the terms that weigh most "
                              "in it. Left of the dashed line the terms of a combination do almost the same "
                              "at the synapses that were visited, so that it may be added to the rule at "
                              "will: believe such terms together, not one by one. {} of {} lie left of it{}.",
                              sloppy, directions.size(),
                              first == 0 ? "" : fmt::format("; the {} sloppiest are drawn", kMostDirections)),
                  fmt::format("{} combinations of terms by the information that the data hold on them.",
                              numbers.rows.size()),
                  with_tooltips(kDirections, numbers), numbers});
}

std::string names(const Json& list) {
  std::string text;
  for (const Json& one : list) text += (text.empty() ? "" : ", ") + html_term(one.get<std::string>());
  return text;
}

std::string words_of(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  std::string items;
  const bool known = result.contains("identifiability");
  if (known) {
    for (const Json& group : result.at("identifiability").at("groups")) {
      items += "<li>The data hardly tell apart: " + names(group) + ".</li>\n";
    }
    if (!result.at("identifiability").at("never_varied").empty()) {
      items += "<li>The data say nothing of " + names(result.at("identifiability").at("never_varied")) +
               ".</li>\n";
    }
    if (items.empty()) items += "<li>The data tell the terms of the rule apart from one another.</li>\n";
  }
  if (result.contains("aliases") && !result.at("aliases").empty()) {
    Numbers aliases{{{"term"}, {"the same on these data"}}, {}};
    for (const Json& one : result.at("aliases")) {
      std::string others;
      for (const Json& alias : one.at("aliases")) {
        others += fmt::format(
            "{}{} = {} {}", others.empty() ? "" : ", ", plain_term(alias.value("term", std::string())),
            number(number_at(alias, "factor")), plain_term(one.value("term", std::string())));
      }
      aliases.rows.push_back({plain_term(one.value("term", std::string())), others});
    }
    const char* stands =
        told_apart_by_noise(result)
            ? "The search took the simplest of each group. At the end each chosen term was tried against the "
              "others "
              "of its group, which differ from it by how noise in the stimulus reaches the weights. Which of "
              "them "
              "is shown therefore rests on the assumed size of the noise alone "
              "(<code>stimulus.noise_sd</code>)."
            : "One of each stands for all: which of them acts cannot be concluded from these data.";
    items += fmt::format(
        "<li>{} terms are multiples of others at the mean stimulus of every synapse that was visited (with "
        "two stimulus levels x² is a multiple of x). {}\n<details><summary>Terms that are one on these "
        "data</summary>{}</details></li>\n",
        aliases.rows.size(), stands,
        to_html(aliases, fmt::format("aliases-{}", run.index),
                label_of(runs, run) + "Terms that are one on these data"));
  }
  if (result.contains("selection") && result.at("selection").at("near").size() > 1) {
    Numbers near{{{"rule"}, {"criterion, above the best", true}}, {}};
    const double best = number_at(result.at("selection").at("near")[0], "criterion");
    for (const Json& set : result.at("selection").at("near")) {
      near.rows.push_back(
          {short_rule(set.value("rule", std::string())), number(number_at(set, "criterion") - best)});
    }
    items +=
        "<li>Other sets of terms explain the data nearly as well:" +
        to_html(near, fmt::format("near-{}", run.index), label_of(runs, run) + "Rules within 2 of the best") +
        "</li>\n";
  }
  const Json optimum = result.value("fit", Json::object()).value("optimum", Json::object());
  if (!optimum.value("others", Json::array()).empty()) {
    Numbers others{{{"rule"}, {"nats above the estimates", true}}, {}};
    for (const Json& other : optimum.at("others"))
      others.rows.push_back(
          {short_rule(other.value("rule", std::string())), number(number_at(other, "nats"))});
    items += "<li>Other coefficients of the same terms are nearly as likely:" +
             to_html(others, fmt::format("optima-{}", run.index),
                     label_of(runs, run) + "Optima within 2 nats of the estimates") +
             "</li>\n";
  }
  if (items.empty()) return {};
  const std::string label = runs.size() > 1 ? "<h3>" + escaped(run.label) + "</h3>\n" : std::string();
  return label + "<ul>\n" + items + "</ul>\n";
}

}  // namespace

std::string certainty(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    std::string part = words_of(runs, run) + directions_figure(runs, run);
    if (!part.empty()) parts.push_back(of_one_run(runs, run, part));
  }
  return section("certainty", "What the data fix, and what not", side_by_side(parts));
}

}  // namespace synfer::report
