// What was found under other assumptions, for a terminal, for a spreadsheet and for a program.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "synfer/base/columns.h"
#include "synfer/base/text.h"
#include "synfer/files/table.h"
#include "synfer/results/assumptions.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal
constexpr const char* kLoss = "nats";
constexpr std::size_t kColumns = 5;  // of findings side by side

bool decided(const std::string& conclusion) { return conclusion == "above 0" || conclusion == "below 0"; }

// Three digits, and a star where 0 is excluded.
std::string cell(const AssumedFit& fit, const std::string& of) {
  if (of == kLoss) return fmt::format("{:.4f} ", fit.loss);
  const auto at = std::ranges::find(fit.findings, of, &Finding::of);
  if (at == fit.findings.end()) return "- ";
  return fmt::format("{:.3g}{}", at->value, decided(at->conclusion) ? "*" : " ");
}

std::string head(const std::string& of) {
  if (of.starts_with("gain")) return "gain ";
  return of.size() < 10 ? of + " " : of.substr(0, 7) + ".. ";
}

std::string verdicts(const Assumptions& found) {
  std::vector<std::string> hold;
  std::vector<std::string> fall;
  std::vector<std::string> open;
  for (const Conclusion& one : found.conclusions) {
    if (!decided(one.as_fitted) && one.otherwise.empty()) {
      open.push_back(fmt::format("{} ({})", one.of, one.as_fitted));
    } else if (one.otherwise.empty()) {
      hold.push_back(one.of + " " + one.as_fitted);
    } else {
      fall.push_back(fmt::format("{} ({} as fitted, otherwise with {})", one.of, one.as_fitted,
                                 join(one.otherwise, ", ")));
    }
  }
  std::string text =
      wrapped("hold under all of these: " + (hold.empty() ? "none" : join(hold, ", ")), "  ", kWidth);
  if (!fall.empty()) text += wrapped("depend on them: " + join(fall, "; "), "  ", kWidth);
  if (!open.empty()) text += wrapped("not told from 0 under any: " + join(open, ", "), "  ", kWidth);
  return text;
}

}  // namespace

std::string table_of(const Assumptions& found) {
  std::string text = "\nthe same rule under other assumptions, one changed at a time\n";
  std::vector<std::string> all;
  for (const Conclusion& one : found.conclusions) all.push_back(one.of);
  all.emplace_back(kLoss);
  for (std::size_t first = 0; first < all.size(); first += kColumns) {
    const std::size_t end = std::min(first + kColumns, all.size());
    Columns table({30, 10, 10, 10, 10, 10});
    std::vector<std::string> row = {""};
    for (std::size_t n = first; n < end; ++n) row.push_back(head(all[n]));
    table.row(row);
    for (const AssumedFit& fit : found.fits) {
      row = {fit.assumption};
      for (std::size_t n = first; n < end && !fit.findings.empty(); ++n) row.push_back(cell(fit, all[n]));
      if (fit.findings.empty()) row.push_back(fit.state);
      table.row(row);
    }
    text += table.text();
  }
  std::string words =
      fmt::format("* the {:.4g} % interval excludes 0; nats: an observation, in sample", 100 * found.level);
  for (const std::string& of : all) {
    if (of.starts_with("gain")) words += "; gain: held out, nats a step, over " + of.substr(10);
  }
  text += wrapped(words, "  ", kWidth);
  for (const AssumedFit& fit : found.fits) {
    if (fit.ended() || fit.findings.empty()) continue;
    text += wrapped(fmt::format("{}: {}, and not counted below", fit.assumption, fit.state), "  ", kWidth);
  }
  return text + verdicts(found);
}

std::string to_csv(const Assumptions& found) {
  std::ostringstream text("assumption,state,loss,of,value,low,high,conclusion\n", std::ios::ate);
  TableWriter table(text);
  for (const AssumedFit& fit : found.fits) {
    if (fit.findings.empty()) {
      table.text(fit.assumption).text(fit.state);
      for (int empty = 0; empty < 6; ++empty) table.text("");
      table.end_row();
    }
    for (const Finding& f : fit.findings) {
      table.text(fit.assumption).text(fit.state).text(shortest(fit.loss)).text(f.of);
      for (const double v : {f.value, f.low, f.high}) table.text(shortest(v));
      table.text(f.conclusion).end_row();
    }
  }
  return text.str();
}

std::string to_json(const Assumptions& found) {
  Json json = {{"level", found.level}, {"fits", Json::array()}, {"conclusions", Json::array()}};
  for (const AssumedFit& fit : found.fits) {
    Json findings = Json::array();
    for (const Finding& f : fit.findings) {
      Json one = {{"of", f.of}, {"value", f.value}};
      if (!std::isnan(f.low)) one["interval"] = {f.low, f.high};
      one["conclusion"] = f.conclusion;
      findings.push_back(std::move(one));
    }
    json["fits"].push_back(
        {{"assumption", fit.assumption}, {"state", fit.state}, {"loss", fit.loss}, {"findings", findings}});
  }
  for (const Conclusion& one : found.conclusions) {
    json["conclusions"].push_back({{"of", one.of},
                                   {"as_fitted", one.as_fitted},
                                   {"holds", one.otherwise.empty()},
                                   {"otherwise", one.otherwise}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace synfer
