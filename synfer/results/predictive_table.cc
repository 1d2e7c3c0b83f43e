#include "synfer/results/predictive_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "synfer/base/columns.h"
#include "synfer/base/text.h"
#include "synfer/evaluation/behaviour.h"
#include "synfer/files/table.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal

// Those that are many: a point each of the curves, a block each.
bool is_detail(const std::string& name) {
  return name.starts_with(kCurve) || name.starts_with("choice minus reward");
}

Json json_of(const Band& band) {
  return {{"observed", band.observed},
          {"simulated", band.mean},
          {"band", {band.low, band.high}},
          {"inside", band.inside()}};
}

}  // namespace

std::size_t PredictedStatistic::inside() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(sessions, [](const SessionBand& s) { return s.band.inside(); }));
}

std::string table_of(const PredictiveCheck& check) {
  std::string text = "\n";
  text += wrapped(fmt::format("predictive check, in sample: each animal simulated {} in closed loop under "
                              "the fitted rule",
                              counted(check.draws, "time")),
                  "", kWidth);
  Columns table({24, 10, 12, 18, 13});
  table.row(
      {"", "animals,", "simulated,", fmt::format("{:.4g} % band of", 100 * check.level), "sessions in"});
  table.row({"statistic", "mean", "mean", "the mean", "their band"});
  struct Count {
    std::size_t inside = 0;
    std::size_t all = 0;
  };
  Count sessions;
  Count means;
  Count curves;
  for (const PredictedStatistic& s : check.statistics) {
    sessions.inside += s.inside();
    sessions.all += s.sessions.size();
    means.inside += s.all.inside() ? 1U : 0U;
    ++means.all;
    if (s.name.starts_with(kCurve)) {
      curves.inside += s.all.inside() ? 1U : 0U;
      ++curves.all;
    }
    if (is_detail(s.name)) continue;
    std::vector<std::string> row = {s.name, fmt::format("{:.3f}", s.all.observed),
                                    fmt::format("{:.3f}", s.all.mean),
                                    fmt::format("{:.3f} .. {:.3f}", s.all.low, s.all.high),
                                    fmt::format("{} of {}", s.inside(), s.sessions.size())};
    if (!s.all.inside()) row.emplace_back("*");
    table.row(std::move(row));
  }
  text += table.text();
  std::string words;
  if (curves.all > 0)
    words = fmt::format("learning curve of the mean: {} of {} points inside; ", curves.inside, curves.all);
  words += fmt::format(
      "of all {} values of single sessions {} lie inside their band, where {:.0f} are expected of a model "
      "that "
      "is right; * outside: the fitted rule does not do what the animals did",
      sessions.all, sessions.inside, check.level * static_cast<double>(sessions.all));
  text += wrapped(words, "  ", kWidth);
  text += wrapped("simulated choices: " + in_words(check.baiting), "  ", kWidth);
  if (check.overflown > 0) {
    text += wrapped(fmt::format("in {} of {} simulated sessions weights overflow: left out", check.overflown,
                                check.draws * check.sessions),
                    "  ", kWidth);
  }
  return text;
}

std::string to_csv(const PredictiveCheck& check) {
  std::ostringstream text("statistic,animal,session,observed,simulated,low,high,inside\n", std::ios::ate);
  TableWriter table(text);
  const auto row = [&](const std::string& name, const std::string& animal, const std::string& session,
                       const Band& band) {
    table.text(name).text(animal).text(session);
    for (const double v : {band.observed, band.mean, band.low, band.high}) table.text(shortest(v));
    table.whole(band.inside() ? 1 : 0).end_row();
  };
  for (const PredictedStatistic& s : check.statistics) {
    row(s.name, "all", "all", s.all);
    for (const SessionBand& one : s.sessions) row(s.name, one.animal, one.session, one.band);
  }
  return text.str();
}

std::string to_json(const PredictiveCheck& check) {
  Json json = {
      {"sample", "in sample"},
      {"draws", check.draws},
      {"level", check.level},
      {"overflown", check.overflown},
      {"baiting",
       {{"stays", check.baiting.stays}, {"given", check.baiting.given}, {"nats", check.baiting.nats}}},
      {"statistics", Json::array()}};
  for (const PredictedStatistic& s : check.statistics) {
    Json one = {{"name", s.name}};
    one.update(json_of(s.all));
    one["sessions_inside"] = s.inside();
    one["sessions"] = Json::array();
    for (const SessionBand& of : s.sessions) {
      Json session = {{"animal", of.animal}, {"session", of.session}};
      session.update(json_of(of.band));
      one["sessions"].push_back(std::move(session));
    }
    json["statistics"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace synfer
