#include "synfer/run/result.h"

#include <nlohmann/json.hpp>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// Keys stand in the order in which a person reads them.
using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// NaN becomes null.
Json json_of(const SessionScores& scores) {
  return {{"median", scores.median}, {"sessions", scores.sessions}};
}

Json json_of(const Scores& scores) {
  Json json = Json::object();
  if (scores.r2_weights) json["r2_weights"] = json_of(*scores.r2_weights);
  if (scores.r2_activity) json["r2_activity"] = json_of(*scores.r2_activity);
  for (const auto& [null, percent] : scores.percent_deviance)
    json["percent_deviance"][null] = json_of(percent);
  return json;
}

Json json_of(const Matrix& m) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    rows.push_back(std::vector<double>(m.row(i).begin(), m.row(i).end()));
  return rows;
}

Json rule_json(const RunResult& result) {
  Json list = Json::array();
  const bool taylor = result.rule_kind == "taylor";
  for (const Estimate& e : result.estimates)
    list.push_back({{taylor ? "term" : "name", e.name}, {"estimate", e.value}});
  return {{"kind", result.rule_kind}, {taylor ? "terms" : "parameters", list}};
}

Json data_json(const RunResult& result) {
  const Inventory& found = result.inventory;
  Json json = {{"animals", found.animals},     {"sessions", found.sessions},
               {"steps", found.steps},         {"trials", found.trials},
               {"choices", found.choices},     {"accepted", found.accepted},
               {"omissions", found.omissions}, {"rewards", found.rewards},
               {"recorded", found.recorded},   {"gaps", found.gaps}};
  if (result.files.empty()) json["trials_at_limit"] = result.trials_at_limit;
  for (const DataFile& file : result.files) {
    json["files"].push_back({{"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  return json;
}

Json evaluation_json(const RunResult& result) {
  if (result.simulated) return json_of(*result.simulated);
  Json json = Json::object();
  if (result.in_sample) json["in_sample"] = json_of(*result.in_sample);
  if (result.held_out) json["held_out"] = json_of(*result.held_out);
  return json;
}

}  // namespace

std::string to_json(const RunResult& result) {
  Json json = {{"schema_version", kVersion}, {"synfer_version", SYNFER_VERSION}, {"command", result.command},
               {"state", result.state},      {"advice", result.advice},          {"rule", rule_json(result)}};
  if (!result.truth.empty()) json["truth"] = result.truth;
  json["fit"] = {{"loss", result.loss},
                 {"observations", result.observations},
                 {"start_losses", result.start_losses},
                 {"best_start", result.best_start}};
  if (result.sigma) json["fit"]["sigma"] = *result.sigma;
  for (const Matrix& m : result.initial_weights) json["fit"]["initial_weights"].push_back(json_of(m));
  json["fit"]["training_shares"] = result.training_shares;
  json["evaluation"] = evaluation_json(result);
  json["data"] = data_json(result);
  json["seconds"] = result.seconds;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunResult from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    RunResult result;
    json.at("command").get_to(result.command);
    json.at("state").get_to(result.state);
    json.at("rule").at("kind").get_to(result.rule_kind);
    const bool taylor = result.rule_kind == "taylor";
    for (const Json& e : json["rule"].at(taylor ? "terms" : "parameters")) {
      result.estimates.push_back(
          {e.at(taylor ? "term" : "name").get<std::string>(), e.at("estimate").get<double>()});
    }
    json.at("fit").at("training_shares").get_to(result.training_shares);
    if (json["fit"].contains("initial_weights")) {
      for (const Json& rows : json["fit"]["initial_weights"]) {
        Matrix m(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.at(0).size()));
        for (Eigen::Index i = 0; i < m.rows(); ++i) {
          for (Eigen::Index j = 0; j < m.cols(); ++j) {
            m(i, j) = rows.at(static_cast<std::size_t>(i)).at(static_cast<std::size_t>(j)).get<double>();
          }
        }
        result.initial_weights.push_back(std::move(m));
      }
    }
    return result;
  } catch (const Json::exception& error) {
    throw ConfigurationError(kResultFile, std::string("is not the result of a fit: ") + error.what());
  }
}

}  // namespace synfer
