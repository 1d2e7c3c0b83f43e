// What was run: data with their checksums, settings, version. Enough to repeat it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostFiles = 50;
constexpr std::size_t kMostSettings = 20'000;  // bytes

// Counts whose key is no word.
std::string said(const std::string& key) {
  static const std::map<std::string, std::string> kWords = {
      {"trials_at_limit", "trials that ended at task.max_offers"},
      {"missing_trials", "numbers of trials left out"},
      {"unknown_rewards", "unknown rewards"},
      {"free_rewards", "rewards without a choice"}};
  const auto words = kWords.find(key);
  return words == kWords.end() ? key : words->second;
}

std::string of_run(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  Numbers counts{{{"data"}, {"count", true}}, {}};
  std::string files;
  if (result.contains("data")) {
    for (const auto& [key, value] : result.at("data").items()) {
      if (!value.is_number() || value.get<double>() == 0) continue;
      // Rewards may be a sum of any numbers.
      counts.rows.push_back(
          {said(key), value.is_number_integer() ? value.dump() : number(value.get<double>())});
    }
    if (result.at("data").contains("files")) {
      const Json& list = result.at("data").at("files");
      Numbers table{{{"file"}, {"SHA-256"}}, {}};
      for (std::size_t n = 0; n < std::min(list.size(), kMostFiles); ++n) {
        table.rows.push_back({list[n].value("path", std::string()), list[n].value("sha256", std::string())});
      }
      files = fmt::format(
          "<details><summary>Files <span>({})</span></summary>{}</details>\n", list.size(),
          to_html(table, fmt::format("files-{}", run.index), label_of(runs, run) + "Files that were read"));
    }
  }
  std::string html = runs.size() > 1 ? "<h3>" + escaped(run.label) + "</h3>\n" : std::string();
  html +=
      to_html(counts, fmt::format("data-{}", run.index), label_of(runs, run) + "What the data hold") + files;
  if (!run.files.configuration.empty()) {
    html += fmt::format("<details><summary>Settings</summary><pre tabindex=\"0\">{}</pre></details>\n",
                        escaped(std::string_view(run.files.configuration).substr(0, kMostSettings)));
  }
  return html +
         fmt::format(
             "<p class=\"quiet\">synfer {}, {:.1f} s; {} <code>configuration.yaml</code> in the run's folder "
             "repeats it, <code>result.json</code> and the tables beside it hold every number.</p>\n",
             escaped(result.value("synfer_version", std::string())), number_at(result, "seconds"),
             escaped(result.value("advice", std::string())) + ".");
}

}  // namespace

std::string about(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) parts.push_back(of_one_run(runs, run, of_run(runs, run)));
  return section("about", "The run", side_by_side(parts));
}

}  // namespace synfer::report
