#include "synfer/results/held_out_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "synfer/base/columns.h"
#include "synfer/base/error.h"
#include "synfer/base/shown_number.h"
#include "synfer/base/text.h"
#include "synfer/files/table.h"
#include "synfer/results/checked_json_private.h"
#include "synfer/results/result.h"
#include "synfer/results/result_shape.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal

std::string what_was_left_out(const CrossValidation& found) {
  if (found.scheme == "forward") return "later trials of every session, of which no fit saw any";
  const std::string one = found.scheme == "grouped" ? "a group of animals" : "one animal";
  return fmt::format("each fit left out {}, whole", one);
}

std::string number(double v, const char* format) {
  return std::isnan(v) ? "-" : fmt::format(fmt::runtime(format), v);
}

std::size_t animals_in(const std::vector<HeldOutScore>& scores) {
  std::set<std::string> animals;
  for (const HeldOutScore& score : scores) animals.insert(score.animal);
  return animals.size();
}

}  // namespace

std::string gain_in_words(const PairedComparison& paired) {
  if (!std::isfinite(paired.mean)) return number(paired.mean, "{:.4f}");
  return fmt::format("{:.4f} +- {}", paired.mean, number(paired.standard_error, "{:.4f}"));
}

std::string table_of(const CrossValidation& found) {
  std::string text;
  std::vector<std::string> lost;
  for (const ScoreGroup& group : groups_of(found)) {
    const std::size_t sessions = group.scores.size();
    text += "\n";
    text += wrapped(fmt::format("held out, {}{}: {}; {} of {}", found.prediction,
                                group.name.empty() ? "" : ", " + group.name, what_was_left_out(found),
                                counted(sessions, "session"), counted(animals_in(group.scores), "animal")),
                    "", kWidth);
    Columns table({20, 12, 12, 12, 22});
    table.row({"", "nats a", "% deviance", "fit better", "gain of the fit,"});
    table.row({"model or null", "step", "(median)", "sessions", "nats a step"});
    for (const std::string& rival : found.models) {
      const PairedComparison paired = compare(group.scores, kFit, rival);
      if (paired.lost_by_rival > 0) {
        lost.push_back(fmt::format("{} in {} of {}{}", rival, paired.lost_by_rival,
                                   counted(sessions, "session"),
                                   group.name.empty() ? "" : " (" + group.name + ")"));
      }
      if (rival == kFit) {
        table.row({rival, number(paired.model_nats, "{:.4f}")});
        continue;
      }
      table.row({rival, number(paired.rival_nats, "{:.4f}"), number(paired.percent_median, "{:.2f}"),
                 fmt::format("{} of {}", paired.above_zero, sessions), gain_in_words(paired)});
    }
    text += table.text();
  }
  text += wrapped(
      "% deviance of the rival that the fit explains; +- standard errors over animals; own_rate is an "
      "oracle that knows the scored choices",
      "  ", kWidth);
  if (!lost.empty()) {
    text += wrapped("weights overflow under " + join(lost, ", ") +
                        ": these sessions are lost, and no mean or gain is computed from the others",
                    "  ", kWidth);
  }
  return text;
}

std::string to_csv(const CrossValidation& found) {
  std::ostringstream text;
  TableWriter table(text);
  for (const char* column : {"fold", "animal", "session", "choices"}) table.text(column);
  for (const std::string& model : found.models) table.text(model);
  table.end_row();
  for (const HeldOutScore& score : found.scores) {
    table.text(score.fold).text(score.animal).text(score.session);
    table.whole(static_cast<long long>(score.choices));
    for (const std::string& model : found.models) {
      table.text(shortest(score.nll.at(model) / static_cast<double>(score.choices)));
    }
    table.end_row();
  }
  return text.str();
}

std::string to_json(const CrossValidation& found) {
  Json json = {{"sample", "held out"},
               {"scheme", found.scheme},
               {"prediction", found.prediction},
               {"unit", "nats a step"},
               {"models", found.models}};
  json["comparisons"] = Json::array();
  for (const ScoreGroup& group : groups_of(found)) {
    for (const std::string& rival : found.models) {
      if (rival == kFit) continue;
      const PairedComparison paired = compare(group.scores, kFit, rival);
      Json one = {{"null", rival}};
      if (!group.name.empty()) one["fold"] = group.name;
      one["nats_of_fit"] = paired.model_nats;
      one["nats_of_null"] = paired.rival_nats;
      one["gain"] = paired.mean;
      one["gain_standard_error"] = paired.standard_error;
      one["gain_median"] = paired.median;
      one["percent_deviance_median"] = paired.percent_median;
      one["sessions"] = group.scores.size();
      one["above_zero"] = paired.above_zero;
      one["lost_by_fit"] = paired.lost_by_model;
      one["lost_by_null"] = paired.lost_by_rival;
      one["gain_by_session"] = paired.gain;
      one["percent_deviance_by_session"] = paired.percent;
      json["comparisons"].push_back(one);
    }
  }
  json["folds"] = Json::array();
  for (std::size_t n = 0; n < found.folds.size(); ++n) {
    json["folds"].push_back({{"name", found.folds[n]}, {"rule", found.rules[n]}});
  }
  json["scores"] = Json::array();
  for (const HeldOutScore& score : found.scores) {
    json["scores"].push_back({{"fold", score.fold},
                              {"animal", score.animal},
                              {"session", score.session},
                              {"choices", score.choices},
                              {"nll", score.nll}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::optional<CrossValidation> cross_validation_of(const std::string& result) {
  check_result(result, kResultFile);
  const Json parsed = CheckedJson::parse(kResultFile, result);
  const auto json = CheckedJson(kResultFile, parsed).find("cross_validation");
  if (!json) return std::nullopt;
  CrossValidation found;
  found.scheme = json->at("scheme").text();
  found.prediction = json->at("prediction").text();
  found.models = json->at("models").texts();
  for (const CheckedJson& one : json->at("scores").list()) {
    HeldOutScore score;
    score.fold = one.at("fold").text();
    score.animal = one.at("animal").text();
    score.session = one.at("session").text();
    score.choices = one.at("choices").count();
    const CheckedJson nll = one.at("nll");
    for (const std::string& model : nll.keys()) {
      const auto value = nll.find(model);  // JSON has no infinity
      score.nll[model] = value ? value->number() : INFINITY;
    }
    for (const std::string& model : found.models) {
      if (!score.nll.contains(model)) nll.refuse(fmt::format("{} is missing", model));
    }
    found.scores.push_back(std::move(score));
  }
  if (found.scores.empty()) json->at("scores").refuse("found none, expected one or more");
  for (const CheckedJson& fold : json->at("folds").list()) {
    found.folds.push_back(fold.at("name").text());
    found.rules.push_back(fold.at("rule").text());
  }
  return found;
}

}  // namespace synfer
