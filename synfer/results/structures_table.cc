// The structures that were tried, for a terminal, for a spreadsheet and for a program.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "synfer/base/columns.h"
#include "synfer/base/text.h"
#include "synfer/files/table.h"
#include "synfer/results/structures.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal
constexpr std::size_t kShownTerms = 6;

std::string left_out(const Structures& found) {
  if (found.scheme == "leave_one_out") return "each animal left out in turn";
  if (found.scheme == "grouped") return "groups of animals left out in turn";
  return fmt::format("{} than those that were fitted", found.scheme);
}

bool is_allowed(const TriedStructure& one) { return one.standing == "chosen" || one.standing == "allowed"; }

const Finding* finding(const std::vector<Finding>& findings, const std::string& of) {
  const auto at = std::ranges::find(findings, of, &Finding::of);
  return at == findings.end() ? nullptr : &*at;
}

std::string sign_of(const Finding& finding) {
  return finding.conclusion == "above 0" ? "+" : finding.conclusion == "below 0" ? "-" : "open";
}

// The sign of a term where it is selected; in brackets where it is not, but has this sign beside the others.
std::string sign_in(const TriedStructure& one, const std::string& of) {
  if (const Finding* selected = finding(one.selected, of)) return sign_of(*selected);
  const Finding* refitted = finding(one.refitted, of);
  return refitted == nullptr ? "" : fmt::format("({})", sign_of(*refitted));
}

std::string grid_of(const Structures& found) {
  const std::size_t shown = std::min(found.conclusions.size(), kShownTerms);
  if (shown == 0) return "";
  std::vector<std::size_t> widths = {36};
  widths.resize(1 + shown, 7);
  Columns table(widths);
  std::vector<std::string> row = {"sign of each term, by structure"};
  for (std::size_t n = 0; n < shown; ++n) row.push_back(found.conclusions[n].of);
  table.row(row);
  for (const TriedStructure& one : found.tried) {
    if (!is_allowed(one)) continue;
    row = {one.name};
    for (std::size_t n = 0; n < shown; ++n) row.push_back(sign_in(one, found.conclusions[n].of));
    table.row(row);
  }
  return fmt::format(
      "\n{}{}", table.text(),
      wrapped("in brackets: not selected there, but of this sign where the chosen terms are fitted", "  ",
              kWidth));
}

Json json_of(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& f : findings) {
    Json one = {{"of", f.of}, {"value", f.value}};
    if (!std::isnan(f.low)) one["interval"] = {f.low, f.high};
    one["conclusion"] = f.conclusion;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string table_of(const Structures& found) {
  std::string text = "\n";
  text += wrapped(fmt::format("structures on held-out choices, {}, one step ahead, all with the terms {}",
                              left_out(found), join(found.terms, ", ")),
                  "", kWidth);
  Columns table({36, 10, 18, 10});
  table.row({"", "nats a", "behind the", ""});
  table.row({"structure", "choice", "best", ""});
  for (const TriedStructure& one : found.tried) {
    const bool lost = !std::isfinite(one.nats);
    table.row({one.name, lost ? "-" : fmt::format("{:.4f}", one.nats),
               lost ? "-" : fmt::format("{:.4f} +- {:.4f}", one.behind, one.error), one.standing});
  }
  text += table.text();
  text += wrapped(
      "allowed: within two paired standard errors of the best; of those the simplest is chosen. lost: "
      "weights "
      "overflow, or an animal is predicted worse than by a coin flip",
      "  ", kWidth);
  text += grid_of(found);
  for (const TriedStructure& one : found.tried) {
    if (!one.rule.empty() && one.standing == "allowed")
      text += wrapped(fmt::format("selected with {}: {}", one.name, one.rule), "  ", kWidth);
  }
  return text;
}

std::string to_csv(const Structures& found) {
  std::ostringstream text("structure,settings,complexity,nats,behind,standard_error,standing,rule\n",
                          std::ios::ate);
  TableWriter table(text);
  for (const TriedStructure& one : found.tried) {
    table.text(one.name).text(one.made_by).whole(one.complexity);
    for (const double v : {one.nats, one.behind, one.error}) table.text(std::isfinite(v) ? shortest(v) : "");
    table.text(one.standing).text(one.rule).end_row();
  }
  return text.str();
}

std::string to_json(const Structures& found) {
  Json json = {{"scheme", found.scheme},
               {"unit", "nats a choice"},
               {"terms", found.terms},
               {"chosen", found.tried[found.chosen].name},
               {"nested", found.nested},
               {"parts", found.parts},
               {"parts_that_agree", found.agreed},
               {"tried", Json::array()},
               {"conclusions", Json::array()}};
  for (const TriedStructure& one : found.tried) {
    json["tried"].push_back({{"name", one.name},
                             {"settings", one.made_by},
                             {"complexity", one.complexity},
                             {"nats", one.nats},
                             {"behind", one.behind},
                             {"standard_error", one.error},
                             {"standing", one.standing},
                             {"rule", one.rule},
                             {"selected", json_of(one.selected)},
                             {"refitted", json_of(one.refitted)}});
  }
  for (const StructureConclusion& one : found.conclusions) {
    json["conclusions"].push_back({{"of", one.of},
                                   {"as_chosen", one.as_chosen},
                                   {"holds", one.otherwise.empty()},
                                   {"otherwise", one.otherwise}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace synfer
