#include "synfer/report/page.h"

#include <fmt/format.h>

#include <vector>

#include "synfer/base/error.h"
#include "synfer/report/embedded_private.h"
#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer {
namespace {

using namespace report;

std::string what_was_run(const Run& run) {
  const std::string command = run.files.result.value("command", std::string());
  if (command == "recover") return "A known rule, simulated and recovered";
  if (command == "evaluate") return "A fitted rule on further data";
  return "A plasticity rule fitted to recordings";
}

// Folders of the same name are told apart by their number.
std::vector<Run> runs_of(const std::vector<RunFiles>& files) {
  std::vector<Run> runs;
  for (std::size_t n = 0; n < files.size(); ++n) {
    std::string label = files[n].name;
    for (std::size_t other = 0; other < files.size(); ++other) {
      if (other != n && files[other].name == files[n].name)
        label = fmt::format("{} ({})", files[n].name, n + 1);
    }
    runs.push_back({.index = n, .label = std::move(label), .files = files[n]});
  }
  return runs;
}

struct Part {
  const char* id;
  const char* name;
  std::string html;
};

std::string page_of(std::span<const Run> runs) {
  const std::vector<Part> parts = {{"glance", "At a glance", at_a_glance(runs)},
                                   {"data", "The data", data_held(runs)},
                                   {"rule", "The rule", estimates(runs)},
                                   {"coefficients", "Coefficients", coefficients(runs)},
                                   {"shape", "What the rule does", rule_shape(runs)},
                                   {"choices", "Animal by animal", choices(runs)},
                                   {"block-changes", "Block changes", block_changes(runs)},
                                   {"prediction", "Prediction", scores(runs)},
                                   {"behaviour", "Behaviour", predictive(runs)},
                                   {"structures", "Structures", structures(runs)},
                                   {"assumptions", "Assumptions", assumed(runs)},
                                   {"certainty", "What the data fix", certainty(runs)},
                                   {"path", "How it was found", path(runs)},
                                   {"about", "The run", about(runs)},
                                   {"words", "Words", glossary()}};
  std::string names;
  for (const Run& run : runs) names += (names.empty() ? "" : ", ") + run.label;
  std::string links;
  std::string body;
  for (const Part& part : parts) {
    if (part.html.empty()) continue;
    links += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", part.id, part.name);
    body += part.html;
  }
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:\">\n"
      "<title>{0} · synfer</title>\n<style>\n{1}</style>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#glance\">Skip to the findings</a>\n"
      "<header><h1>{0}</h1>\n<p>{2}</p></header>\n"
      "<nav aria-label=\"Parts of the page\"><ol>\n{3}</ol></nav>\n<main>\n",
      escaped(names), kPageStyle,
      runs.size() > 1 ? fmt::format("{} runs side by side", runs.size()) : what_was_run(runs.front()), links);
  page += body;
  page +=
      "</main>\n<footer>Written by synfer. Everything in this page is in the page: it opens without a "
      "network. "
      "Figures drawn with Vega-Lite.</footer>\n<!--\n";
  page += kVegaLicense;
  page += "-->\n<script>";
  page += kVega;
  page += "</script>\n<script>\n";
  page += kPageScript;
  page += "</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace

std::string report_page(std::span<const std::string> folders) try {
  std::vector<RunFiles> files;
  for (const std::string& folder : folders) files.push_back(read_run_files(folder));
  std::vector<Run> runs = runs_of(files);
  for (const std::size_t sessions : {12, 6, 2, 0}) {  // fewer where they would not fit
    for (Run& run : runs) run.most_sessions = sessions;
    std::string page = page_of(runs);
    if (page.size() <= kLargestReport) return page;
  }
  throw ConfigurationError("report",
                           fmt::format("{} runs do not fit into one page; name fewer", folders.size()));
} catch (const Json::exception& error) {
  throw ConfigurationError("result.json",
                           fmt::format("{}; the file is damaged or was changed", error.what()));
}

}  // namespace synfer
