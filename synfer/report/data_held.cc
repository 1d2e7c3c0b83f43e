// What the data hold, before anything is believed: what is unusual, how files were understood, rewards by
// choice, choices by stimulus and over time, animals. It is the inventory of `synfer check`.
#include <fmt/format.h>

#include <algorithm>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostRows = 200;

std::string list_of(const Json& lines) {
  std::string items;
  for (const Json& line : lines) items += "<li>" + escaped(line.get<std::string>()) + ".</li>\n";
  return "<ul>\n" + items + "</ul>\n";
}

std::string cell(const Json& value) {
  if (value.is_number_integer()) return fmt::format("{}", value.get<long long>());
  if (value.is_number()) return number(value.get<double>());
  return value.is_string() ? value.get<std::string>() : std::string();
}

// A row an object of the list, a column each key that is no list; counts of choices a column each kind.
Numbers table_of(const Json& list) {
  Numbers numbers;
  for (std::size_t n = 0; n < std::min(list.size(), kMostRows); ++n) {
    std::vector<std::string>& row = numbers.rows.emplace_back();
    const auto add = [&](const std::string& name, const Json& value) {
      if (n == 0) numbers.columns.push_back({name, !value.is_string()});
      row.push_back(cell(value));
    };
    for (const auto& [key, value] : list[n].items()) {
      if (value.is_object()) {
        for (const auto& [kind, count] : value.items()) add(kind, count);
      } else if (!value.is_array()) {
        add(key == "mean_reward" ? "mean reward" : key == "rewarded" ? "share rewarded" : key, value);
      }
    }
  }
  return numbers;
}

std::string of_run(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("data") || !result.at("data").contains("unusual")) return {};
  const Json& data = result.at("data");
  const std::string label = label_of(runs, run);
  std::string html = runs.size() > 1 ? "<h3>" + escaped(run.label) + "</h3>\n" : std::string();
  if (data.at("unusual").empty()) {
    html += "<p>Nothing in the data is unusual.</p>\n";
  } else {
    html += "<div class=\"box warn\"><h3>" + escaped(label) + "Unusual in the data: to look at</h3>\n" +
            list_of(data.at("unusual")) + "</div>\n";
  }
  if (!data.at("how").empty())
    html += "<h3>" + escaped(label) + "How the data were understood</h3>\n" + list_of(data.at("how"));
  if (!data.at("never_varies").empty())
    html += "<h3>" + escaped(label) + "Never varies</h3>\n" + list_of(data.at("never_varies"));
  std::string tables;
  const auto add = [&](const Json& list, const char* id, const char* caption) {
    if (!list.empty())
      tables += to_html(table_of(list), fmt::format("{}-{}", id, run.index), label + caption);
  };
  add(data.at("reward_values"), "reward-values", "Rewards by choice");
  add(data.at("reward_quantiles"), "reward-quantiles", "Rewards: the share that is no larger");
  add(data.at("stimuli"), "stimuli", "Choices by stimulus");
  Json tenths = Json::array();
  for (std::size_t n = 0; n < data.at("over_time").size() && data.value("choices", 0) > 0; ++n) {
    tenths.push_back(
        {{"trials", fmt::format("{} to {} %", 10 * n, 10 * (n + 1))}, {"choices", data.at("over_time")[n]}});
  }
  add(tenths, "over-time", "Choices over the trials of a session");
  add(data.at("by_animal"), "animals", "Animals");
  return html + "<details><summary>Rewards, choices, animals</summary>\n" + tables + "</details>\n";
}

}  // namespace

std::string data_held(Runs runs) {
  std::vector<std::string> parts;
  bool any = false;
  for (const Run& run : runs) {
    const std::string html = of_run(runs, run);
    any = any || !html.empty();
    parts.push_back(of_one_run(runs, run, html));
  }
  return any ? section("data", "The data", side_by_side(parts)) : std::string();
}

}  // namespace synfer::report
