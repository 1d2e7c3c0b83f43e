#include <cmath>
#include <nlohmann/json.hpp>

#include "synfer/results/inventory_text.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const ChoiceCounts& counts, const Inventory& found) {
  Json json = Json::object();
  for (std::size_t k = 0; k < counts.of_kind.size(); ++k) json[found.kinds[k]] = counts.of_kind[k];
  json["none"] = counts.none;
  return json;
}

}  // namespace

std::string to_json(const Inventory& found) {
  Json json = {{"animals", found.animals},
               {"sessions", found.sessions},
               {"steps", found.steps},
               {"trials", found.trials},
               {"choices", found.choices},
               {"accepted", found.accepted},
               {"omissions", found.omissions},
               {"rewards", found.rewards},
               {"recorded", found.recorded},
               {"gaps", found.gaps},
               {"forced", found.forced},
               {"unknown_rewards", found.unknown_rewards},
               {"free_rewards", found.free_rewards},
               {"missing_trials", found.missing_trials}};
  json["how"] = found.how;
  json["unusual"] = found.unusual;
  json["never_varies"] = found.never_varies;
  json["offers"] = {{"at_a_step", found.places}};
  json["times"] = Json::object();
  if (!std::isnan(found.first_time)) json["times"] = {{"first", found.first_time}, {"last", found.last_time}};
  json["by_choice"] = json_of(found.by_kind, found);
  json["over_time"] = Json::array();
  for (const ChoiceCounts& tenth : found.over_time) json["over_time"].push_back(json_of(tenth, found));
  json["reward_values"] = Json::array();
  for (const RewardCounts& one : found.reward_values) {
    json["reward_values"].push_back(
        {{"value", number(one.value)}, {"by_choice", json_of(one.choices, found)}});
  }
  json["reward_quantiles"] = Json::array();
  for (std::size_t n = 0; n < found.reward_quantiles.size(); ++n) {
    json["reward_quantiles"].push_back(
        {{"share", Inventory::kQuantiles[n]}, {"value", number(found.reward_quantiles[n])}});
  }
  json["stimuli"] = Json::array();
  for (const StimulusCounts& one : found.stimuli) {
    json["stimuli"].push_back({{"name", one.name},
                               {"offered", one.offered},
                               {"chosen", one.chosen},
                               {"mean_reward", number(one.mean_reward)},
                               {"at_place", one.at_place}});
  }
  json["by_animal"] = Json::array();
  for (const AnimalCounts& one : found.by_animal) {
    json["by_animal"].push_back({{"name", one.name},
                                 {"sessions", one.sessions},
                                 {"trials", one.trials},
                                 {"choices", one.choices},
                                 {"rewarded", number(one.rewarded)}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace synfer
