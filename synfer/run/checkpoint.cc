#include "synfer/run/checkpoint.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

// JSON has no infinity: a loss that is not yet known is null.
Json loss_of(double loss) { return std::isfinite(loss) ? Json(loss) : Json(nullptr); }
double loss_in(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::infinity() : json.get<double>();
}

Json state_of(const OptimiserState& state) {
  Json trace = Json::array();
  for (const TraceRow& row : state.trace) trace.push_back({row.done, loss_of(row.loss), row.parameters});
  return {{"parameters", state.parameters},       {"first_moment", state.first_moment},
          {"second_moment", state.second_moment}, {"steps", state.steps},
          {"left_out", state.left_out},           {"damping", state.damping},
          {"precisions", state.precisions},       {"done", state.done},
          {"loss", loss_of(state.loss)},          {"trace", trace}};
}

OptimiserState state_in(const Json& json) {
  OptimiserState state;
  json.at("parameters").get_to(state.parameters);
  json.at("first_moment").get_to(state.first_moment);
  json.at("second_moment").get_to(state.second_moment);
  json.at("steps").get_to(state.steps);
  json.at("left_out").get_to(state.left_out);
  json.at("damping").get_to(state.damping);
  json.at("precisions").get_to(state.precisions);
  json.at("done").get_to(state.done);
  state.loss = loss_in(json.at("loss"));
  for (const Json& row : json.at("trace")) {
    state.trace.push_back({row.at(0).get<long>(), loss_in(row.at(1)), row.at(2).get<std::vector<double>>()});
  }
  return state;
}

}  // namespace

std::string to_checkpoint(const FitProgress& progress) {
  Json finished = Json::array();
  for (const OptimiserSummary& end : progress.finished) {
    finished.push_back(
        {{"state", static_cast<int>(end.state)}, {"advice", end.advice}, {"at", state_of(end.at)}});
  }
  const Json json = {{"schema_version", kVersion},
                     {"start", progress.start},
                     {"current", progress.current ? state_of(*progress.current) : Json(nullptr)},
                     {"finished", finished}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

FitProgress from_checkpoint(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    FitProgress progress;
    json.at("start").get_to(progress.start);
    if (!json.at("current").is_null()) progress.current = state_in(json["current"]);
    for (const Json& end : json.at("finished")) {
      progress.finished.push_back({static_cast<FitState>(end.at("state").get<int>()),
                                   end.at("advice").get<std::string>(), state_in(end.at("at"))});
    }
    return progress;
  } catch (const Json::exception& error) {
    throw ConfigurationError(kCheckpointFile,
                             std::string("is not a saved state of this version: ") + error.what());
  }
}

}  // namespace synfer
