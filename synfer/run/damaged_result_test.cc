// A result.json that was damaged or edited: what reads it gives the right numbers or an error that names the
// file and the key, and never crashes.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "synfer/analysis/analysis.h"
#include "synfer/base/error.h"
#include "synfer/base/files_for_test.h"
#include "synfer/report/page.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/result_shape.h"
#include "synfer/run/commands.h"
#include "synfer/run/export_run.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/run_origin.h"
#include "synfer/settings/yaml_reader.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;
using for_test::Folder;
using ::testing::HasSubstr;

// Every key, and the first of every list.
void each_place(const Json& json, const Json::json_pointer& at,
                const std::function<void(const Json::json_pointer&)>& visit) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    if (json.is_array() && key != "0") break;
    const Json::json_pointer place = json.is_array() ? at / std::size_t{0} : at / key;
    visit(place);
    each_place(value, place, visit);
  }
}

Json without(Json whole, const Json::json_pointer& place) {
  Json& parent = whole[place.parent_pointer()];
  if (parent.is_array())
    parent.erase(std::size_t{0});
  else
    parent.erase(place.back());
  return whole;
}

struct DamagedResult : testing::Test {
  Folder folder;
  Json whole;
  std::vector<Session> unseen;
  Configuration c;

  void fit(const std::vector<std::string>& settings) {
    Configuration task;
    task.data.sessions = 3;
    task.task.trials_per_block = 15;
    task.network.inputs = 4;
    simulate_run(task, {folder.path("seen"), false});
    task.seed = 5;
    for (SimulatedSession& one : simulate_sessions(task).sessions) unseen.push_back(std::move(one.session));
    ConfigurationReader reader;
    for (const std::string& setting : settings) reader.override_with(setting);
    fit_run(reader.configuration(), {folder.path("seen/sessions.csv")}, {folder.path("run"), false});
    const RunFolder run = RunFolder::open_existing(folder.path("run"));
    whole = Json::parse(run.read(kResultFile));
    ConfigurationReader resolved;
    resolved.read_text(run.read(kConfigurationFile), kConfigurationFile);
    c = resolved.configuration();
  }

  // Nothing where it is refused.
  std::optional<std::string> scores(const std::string& text) const {
    return taken([&] {
      const Analysis found = evaluate_sessions(c, from_json(text), "run", unseen, {});
      std::string all;
      for (const auto& [null, percent] : found.result.held_out->percent_deviance)
        for (const double score : percent.sessions) all += fmt::format("{} {}\n", null, score);
      return all;
    });
  }
  std::optional<std::string> page(const std::string& text) const {
    folder.write("run/result.json", text);
    return taken([&] { return report_page(std::vector{folder.path("run")}); });
  }
  static std::optional<std::string> compared(const std::string& text) {
    return taken([&] { return to_csv(cross_validation_of(text).value_or(CrossValidation{})); });
  }
  std::optional<std::string> exported(const std::string& text) const {
    folder.write("run/result.json", text);
    return taken([&] { return export_run(folder.path("run"), "python"); });
  }

  static std::optional<std::string> taken(const std::function<std::string()>& use) {
    try {
      return use();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("result.json: "), HasSubstr("rule"),
                                               HasSubstr("term"), HasSubstr("history")));
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    return std::nullopt;
  }

  void expect_right_or_refused() {
    const std::string right = scores(whole.dump()).value();
    EXPECT_TRUE(page(whole.dump()).has_value());
    EXPECT_TRUE(exported(whole.dump()).has_value());
    std::size_t tried = 0;
    std::size_t refused = 0;
    each_place(whole, Json::json_pointer(), [&](const Json::json_pointer& place) {
      std::vector<Json> damaged = {without(whole, place)};
      for (const Json& other :
           {Json(nullptr), Json("text"), Json(-1.5), Json::array(), Json::object(), Json(true)}) {
        if (other.type() == whole.at(place).type()) continue;
        damaged.push_back(whole);
        damaged.back()[place] = other;
      }
      Json of_no_kind = whole;  // that any value has
      of_no_kind[place] = whole.at(place).is_object() ? Json("text") : Json::object();
      EXPECT_THROW(check_result(of_no_kind.dump(), kResultFile), ConfigurationError) << place;
      for (const Json& one : damaged) {
        SCOPED_TRACE(
            fmt::format("{}: {}", place.to_string(), one.contains(place) ? one.at(place).dump() : "none"));
        const std::string text = one.dump();
        const auto found = scores(text);
        // Who replaces a number by another has another rule.
        if (found && !whole.at(place).is_number()) {
          EXPECT_EQ(*found, right);
        }
        refused += found && page(text) && compared(text) && exported(text) ? 0 : 1;
        ++tried;
      }
    });
    EXPECT_GT(tried, 500U);
    EXPECT_GT(refused, tried / 2);
  }
};

TEST_F(DamagedResult, OfARuleWithAllChecksIsRefusedOrGivesTheRightNumbers) {
  fit({"rule.terms=[x*r, w]", "network.inputs=4", "network.hidden=0", "evaluation.shuffles=1",
       "evaluation.predictive_draws=2", "history.session_bias=true",
       "history.covariates=[bias, choice_kernel]", "uncertainty.method=none"});
  expect_right_or_refused();
}

TEST_F(DamagedResult, OfEstimatedInitialWeightsIsRefusedOrGivesTheRightNumbers) {
  fit({"rule.terms=[x*r, w]", "network.inputs=4", "network.hidden=0",
       "network.initial_weights.kind=estimated", "network.initial_weights.per_session=true",
       "stimulus.in_fit=mean", "evaluation.cross_validate=none", "evaluation.predictive_draws=0",
       "uncertainty.method=none"});
  const auto weights = Json::json_pointer("/fit/initial_weights");
  expect_right_or_refused();
  for (const Json& other :
       {Json::array(), Json::array({{{1.0}}}), Json::array({{{1.0}, {2.0}, {3.0, 4.0}, {5.0}}})}) {
    Json changed = whole;
    changed[weights] = other;
    EXPECT_FALSE(scores(changed.dump())) << other;
  }
}

}  // namespace
}  // namespace synfer
