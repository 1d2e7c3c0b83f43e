#include "synfer/results/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/model/expression.h"
#include "synfer/results/checked_json_private.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/inventory_text.h"
#include "synfer/results/predictive_table.h"
#include "synfer/results/result_shape.h"

namespace synfer {
namespace {

// Keys stand in the order in which a person reads them.
using Json = nlohmann::ordered_json;

constexpr long kVersion = 1;

// NaN becomes null. So does minus infinity, which JSON has not: sessions that were lost are listed beside.
Json json_of(const SessionScores& scores) {
  Json json = {{"median", scores.median}, {"sessions", scores.sessions}};
  for (std::size_t s = 0; s < scores.sessions.size(); ++s) {
    if (std::isinf(scores.sessions[s])) json["lost"].push_back(s);
  }
  return json;
}

Json json_of(const Scores& scores) {
  Json json = Json::object();
  if (scores.r2_weights) json["r2_weights"] = json_of(*scores.r2_weights);
  if (scores.r2_activity) json["r2_activity"] = json_of(*scores.r2_activity);
  if (!scores.sample.empty()) json["sample"] = scores.sample;
  if (!scores.prediction.empty()) json["prediction"] = scores.prediction;
  const auto add = [&](const char* key, const Deviances& deviances) {
    for (const auto& [null, percent] : deviances) json[key][null] = json_of(percent);
  };
  add("percent_deviance", scores.percent_deviance);
  add("percent_deviance_of_true_rule", scores.of_truth);
  add("percent_deviance_open_loop", scores.open_loop);
  return json;
}

Json json_of(const Estimate& e, const char* key) {
  Json json = {{key, e.name}, {"estimate", e.value}};
  if (!e.status.empty()) json["status"] = e.status;
  if (!std::isnan(e.standard_error)) json["standard_error"] = e.standard_error;
  if (!std::isnan(e.low)) json["interval"] = {e.low, e.high};
  if (std::isfinite(e.effect)) json["effect"] = e.effect;
  return json;
}

std::string text_of(const std::vector<Term>& terms, const std::vector<double>& coefficients) {
  Expression rule;
  for (std::size_t n = 0; n < terms.size(); ++n) rule.push_back({terms[n], coefficients[n]});
  return to_string(rule);
}

Json json_of(const TermSearch& search) {
  const auto sets = [](const std::vector<TermSearch::Set>& list) {
    Json json = Json::array();
    for (const TermSearch::Set& set : list) {
      json.push_back({{"rule", text_of(set.terms, set.coefficients)},
                      {"terms", set.terms.size()},
                      {"nll", set.nll},
                      {"criterion", set.criterion}});
    }
    return json;
  };
  return {{"candidates", search.candidates},
          {"aliases_told_apart", search.aliases_told_apart},
          {"fits", search.fits},
          {"near", sets(search.near)},
          {"by_size", sets(search.by_size)},
          {"stability", search.stability}};
}

Json optimum_json(const RunResult& result, const OptimumSearch& found) {
  Json others = Json::array();
  for (const OptimumSearch::Other& other : found.others)
    others.push_back({{"rule", rule_of(result, other)}, {"nats", other.nats}, {"starts", other.starts}});
  return {{"starts", found.starts},
          {"reached", found.reached},
          {"likelihood_has_steps", found.has_steps},
          {"others", others}};
}

Json json_of(const AliasClasses& classes) {
  Json json = {{"aliases", Json::array()}, {"never_varied", Json::array()}};
  for (const AliasClass& one : classes.classes) {
    Json members = Json::array();
    for (const Alias& alias : one.others) {
      members.push_back({{"term", to_string(alias.term)}, {"factor", alias.factor}});
    }
    json["aliases"].push_back({{"term", to_string(one.representative)}, {"aliases", members}});
  }
  for (const Term& term : classes.never_varied) json["never_varied"].push_back(to_string(term));
  return json;
}

Json json_of(const Matrix& m) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    rows.push_back(std::vector<double>(m.row(i).begin(), m.row(i).end()));
  return rows;
}

Json json_of(const Identifiability& found) {
  Json directions = Json::array();
  for (const Direction& direction : found.directions) {
    directions.push_back({{"eigenvalue", direction.eigenvalue},
                          {"combination", direction.combination},
                          {"standard_error", direction.standard_error},
                          {"weights", direction.weights}});
  }
  return {{"terms", found.terms},
          {"directions", directions},
          {"groups", found.groups},
          {"never_varied", found.never_varied}};
}

Json json_of(const ReadPolynomial& polynomial) {
  Json json = {{"rule", text_of(polynomial.terms, polynomial.coefficients)},
               {"explains", polynomial.explains()},
               {"scores", Json::array()}};
  for (const PolynomialScores& scores : polynomial.scores) {
    json["scores"].push_back({{"sample", scores.sample},
                              {"choices", scores.choices},
                              {"nats_lost", scores.nats},
                              {"standard_error", scores.error},
                              {"nats_by_chance", scores.by_chance},
                              {"r2_weights", json_of(scores.r2_weights)}});
  }
  if (polynomial.r2_of_truth) json["r2_weights_of_true_rule"] = json_of(*polynomial.r2_of_truth);
  return json;
}

Json json_of(const MlpReading& reading) {
  Json json = json_of(reading.of_surface);
  json["r2"] = reading.projection.short_one.r2;
  json["r2_of_all_terms"] = reading.projection.full.r2;
  json["is_a_polynomial"] = !reading.projection.not_a_polynomial;
  json["parameters_determined"] = reading.determined;
  if (reading.of_choices) json["of_choices"] = json_of(*reading.of_choices);
  json["better"] = {{"rule", reading.better().text()}, {"explains", reading.better().explains()}};
  return json;
}

Json rule_json(const RunResult& result) {
  Json list = Json::array();
  const bool taylor = result.rule_kind == "taylor";
  for (const Estimate& e : result.estimates) list.push_back(json_of(e, taylor ? "term" : "name"));
  Json json = {{"kind", result.rule_kind}, {taylor ? "terms" : "parameters", list}};
  if (!result.reward_term.empty()) json["r"] = result.reward_term;
  if (!result.input_scale.empty()) json["input_scale"] = result.input_scale;
  return json;
}

Json history_json(const RunResult& result) {
  Json json = {{"covariates", Json::array()}, {"alone", Json::array()}};
  for (const Estimate& e : result.history) json["covariates"].push_back(json_of(e, "name"));
  for (const Estimate& e : result.history_only) json["alone"].push_back(json_of(e, "name"));
  if (result.session_bias_sd) {
    json["session_bias_sd"] = *result.session_bias_sd;
    json["session_biases"] = result.session_biases;
    json["session_biases_alone"] = result.history_only_biases;
  }
  return json;
}

// The inverse of json_of, but for intervals, which are those of a fit and not of what is made of it later.
std::vector<Estimate> estimates_of(const std::vector<CheckedJson>& list, const char* key = "name") {
  std::vector<Estimate> estimates;
  for (const CheckedJson& e : list) {
    Estimate estimate{.name = e.at(key).text(), .value = e.at("estimate").number()};
    if (const auto error = e.find("standard_error")) estimate.standard_error = error->number();
    if (const auto effect = e.find("effect")) estimate.effect = effect->number();
    estimates.push_back(std::move(estimate));
  }
  return estimates;
}

Matrix matrix_in(const CheckedJson& json) {
  const std::vector<CheckedJson> rows = json.list();
  if (rows.empty()) json.refuse("found no row, expected one or more");
  Matrix m;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<double> row = rows[i].numbers();
    if (i == 0) m.resize(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(row.size()));
    if (row.size() != static_cast<std::size_t>(m.cols()))
      rows[i].refuse(fmt::format("found {} numbers, expected {}", row.size(), m.cols()));
    m.row(static_cast<Eigen::Index>(i)) = Eigen::Map<const Vector>(row.data(), m.cols()).transpose();
  }
  return m;
}

Json data_json(const RunResult& result) {
  Json json = Json::parse(to_json(result.inventory));
  if (result.files.empty()) json["trials_at_limit"] = result.trials_at_limit;
  for (const DataFile& file : result.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  return json;
}

Json notes_json(const RunResult& result) {
  Json list = Json::array();
  for (const Note& note : in_order(result.notes)) {
    const Sentence& of = sentence(note.id);
    list.push_back({{"id", note.id}, {"kind", to_string(of.kind)}, {"first", of.first}, {"text", note.text}});
  }
  return list;
}

// What a fit says of its estimates holds whatever they are used for.
std::vector<Note> reasons_in(const CheckedJson& json) {
  std::vector<Note> reasons;
  for (const CheckedJson& note : json.list("notes")) {
    if (note.at("kind").text() == to_string(SentenceKind::kUnusable))
      reasons.push_back({note.at("id").text(), note.at("text").text()});
  }
  return reasons;
}

Json evaluation_json(const RunResult& result) {
  if (result.simulated) return json_of(*result.simulated);
  Json json = Json::object();
  if (result.in_sample) json["in_sample"] = json_of(*result.in_sample);
  if (result.held_out) json["held_out"] = json_of(*result.held_out);
  return json;
}

}  // namespace

void add_note(RunResult& result, std::string_view id, Places places) {
  Note note = say(id, places);
  if (std::ranges::find(result.notes, note) == result.notes.end()) result.notes.push_back(std::move(note));
}

void add_reading(RunResult& result, const std::vector<std::string>& how) {
  constexpr std::size_t kMost = 3;
  add_how(result.inventory, how);
  std::vector<std::string> told = how;
  std::erase_if(told, [](const std::string& sentence) { return sentence.ends_with('?'); });
  if (told.empty()) return;
  const std::size_t more = told.size() > kMost ? told.size() - kMost : 0;
  told.resize(told.size() - more);
  if (more > 0) told.push_back(fmt::format("and {} more", more));
  add_note(result, "read_so", {{"how", join(told, "; ")}});
}

std::vector<std::string> said(const RunResult& result, SentenceKind kind) {
  std::vector<std::string> texts;
  for (const Note& note : in_order(result.notes)) {
    if (sentence(note.id).kind == kind) texts.push_back(note.text);
  }
  return texts;
}

std::string rule_of(const RunResult& result, const OptimumSearch::Other& other) {
  Expression rule;
  for (std::size_t p = 0; p < result.estimates.size(); ++p)
    rule.push_back({parse_term(result.estimates[p].name), other.values[p]});
  return to_string(rule);
}

std::string verdict_line(const RunResult& result) {
  const std::vector<std::string> reasons = said(result, SentenceKind::kUnusable);
  return reasons.empty() ? "usable: yes" : "usable: no, because " + join(reasons, "; ");
}

std::vector<std::string> warnings_of(const RunResult& result) {
  std::vector<std::string> texts = said(result, SentenceKind::kUnusable);
  for (std::string& text : said(result, SentenceKind::kWarning)) texts.push_back(std::move(text));
  return texts;
}

std::string to_json(const RunResult& result) {
  const std::vector<std::string> unusable = said(result, SentenceKind::kUnusable);
  Json json = {{"schema_version", kVersion},
               {"synfer_version", SYNFER_VERSION},
               {"instruction_set", result.instruction_set},
               {"precision", result.precision},
               {"command", result.command},
               {"usable", {{"value", unusable.empty() ? "yes" : "no"}, {"reasons", unusable}}},
               {"state", result.state},
               {"advice", result.advice},
               {"rule", rule_json(result)}};
  if (!result.truth.empty()) json["truth"] = result.truth;
  json["fit"] = {{"loss", result.loss},
                 {"observations", result.observations},
                 {"start_losses", result.start_losses},
                 {"best_start", result.best_start}};
  if (result.optimum) json["fit"]["optimum"] = optimum_json(result, *result.optimum);
  if (result.command != "evaluate") {
    json["fit"]["choices"] = result.fitted_choices;
    json["fit"]["held_out_choices"] = result.held_out_choices;
  }
  for (const FittedSession& one : result.fitted_sessions)
    json["fit"]["sessions"].push_back({{"animal", one.animal}, {"session", one.session}, {"mark", one.mark}});
  if (result.sigma) json["fit"]["sigma"] = *result.sigma;
  for (const Estimate& e : result.others) json["fit"]["others"].push_back(json_of(e, "name"));
  if (!result.history.empty() || result.session_bias_sd) json["history"] = history_json(result);
  json["intervals"] = {{"method", result.intervals.method},
                       {"level", result.intervals.level},
                       {"note", result.intervals.note}};
  if (result.reading) json["reading"] = json_of(*result.reading);
  if (result.search) json["selection"] = json_of(*result.search);
  if (result.rule_kind == "taylor") json.update(json_of(result.aliases));
  if (!result.unseen.empty()) json["unseen_by_choices"] = result.unseen;
  if (result.identifiability) json["identifiability"] = json_of(*result.identifiability);
  if (result.belief_check) {
    const BeliefCheck& check = *result.belief_check;
    json["belief_check"] = {{"sessions", check.sessions},
                            {"two_humped", check.two_humped},
                            {"nats_apart", check.nats_apart},
                            {"nats_error", check.nats_error}};
    if (check.bias) {
      Json parameters = Json::array();
      for (const ParameterBias& one : check.bias->parameters)
        parameters.push_back({{"parameter", one.parameter}, {"bias", one.bias}, {"error", one.error}});
      json["belief_check"]["bias"] = {{"sessions", check.bias->sessions},
                                      {"verdict", to_string(verdict_of(*check.bias))},
                                      {"in_standard_errors", parameters}};
    }
  }
  json["warnings"] = warnings_of(result);
  json["notes"] = notes_json(result);
  for (const Matrix& m : result.initial_weights) json["fit"]["initial_weights"].push_back(json_of(m));
  json["fit"]["training_shares"] = result.training_shares;
  json["evaluation"] = evaluation_json(result);
  if (result.cross_validation) json["cross_validation"] = Json::parse(to_json(*result.cross_validation));
  if (result.structures) json["structures"] = Json::parse(to_json(*result.structures));
  if (result.predictive_check) json["predictive_check"] = Json::parse(to_json(*result.predictive_check));
  if (result.assumptions) json["assumptions"] = Json::parse(to_json(*result.assumptions));
  json["data"] = data_json(result);
  json["seconds"] = result.seconds;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunResult from_json(const std::string& text) {
  check_result(text, kResultFile);
  const Json parsed = CheckedJson::parse(kResultFile, text);
  const CheckedJson json(kResultFile, parsed);
  json.want_version(kVersion);
  RunResult result;
  result.command = json.at("command").text();
  result.state = json.at("state").text();
  const CheckedJson rule = json.at("rule");
  result.rule_kind = rule.at("kind").text();
  const bool taylor = result.rule_kind == "taylor";
  result.estimates = estimates_of(rule.at(taylor ? "terms" : "parameters").list(), taylor ? "term" : "name");
  if (const auto scale = rule.find("input_scale")) result.input_scale = scale->numbers();
  if (const auto r = rule.find("r")) result.reward_term = r->text();
  if (const auto selection = json.find("selection")) {
    const std::vector<CheckedJson> near = selection->at("near").list();
    const std::size_t terms = near.empty() ? 0 : near.front().at("terms").count();
    if (std::max<std::size_t>(terms, 1) != result.estimates.size())
      rule.refuse(
          fmt::format("found {} terms, expected the {} that were selected", result.estimates.size(), terms));
  }
  const CheckedJson fit = json.at("fit");
  result.others = estimates_of(fit.list("others"));
  if (const auto history = json.find("history")) {
    result.history = estimates_of(history->at("covariates").list());
    result.history_only = estimates_of(history->at("alone").list());
    if (const auto sd = history->find("session_bias_sd")) {
      result.session_bias_sd = sd->number();
      result.session_biases = history->at("session_biases").numbers();
      result.history_only_biases = history->at("session_biases_alone").numbers();
    }
  }
  result.notes = reasons_in(json);
  for (const CheckedJson& one : fit.list("sessions")) {
    result.fitted_sessions.push_back(
        {one.at("animal").text(), one.at("session").text(), one.at("mark").text()});
  }
  result.training_shares = fit.at("training_shares").numbers();
  for (const CheckedJson& weights : fit.list("initial_weights"))
    result.initial_weights.push_back(matrix_in(weights));
  return result;
}

}  // namespace synfer
