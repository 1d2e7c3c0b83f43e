// The first thing on the page: whether the numbers are usable, what must be known before believing them, then
// what was found. The sentences are those of the result (synfer/results/sentences.h), the same as in a
// terminal.
#include <fmt/format.h>

#include <array>

#include "synfer/base/text.h"
#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

std::string capital(std::string text) {
  const std::size_t word = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  const bool plain =
      word != std::string::npos && word > 1 && (text[word] == ' ' || text[word] == ',' || text[word] == '-');
  if (plain) text[0] = static_cast<char>(text[0] - 'a' + 'A');  // no term, no setting
  return text;
}

// The part of the page that shows what a sentence says.
std::string link_of(const std::string& id) {
  struct Link {
    const char* id;
    const char* part;
    const char* word;
  };
  constexpr std::array kLinks = {
      Link{"does_otherwise", "behaviour", "how"},        Link{"depends_on_settings", "assumptions", "which"},
      Link{"told_apart_by_noise", "certainty", "which"}, Link{"aliases", "certainty", "which"},
      Link{"rival_better", "prediction", "figure"},      Link{"rival_not_beaten", "prediction", "figure"},
      Link{"rivals_beaten", "prediction", "figure"},
  };
  for (const Link& link : kLinks) {
    if (id == link.id) return fmt::format(" (<a href=\"#{}\">{}</a>)", link.part, link.word);
  }
  return {};
}

std::string item(const std::string& text, const std::string& id = {}) {
  return "<li>" + escaped(capital(text)) + link_of(id) + ".</li>\n";
}

// Those that were found, or all others.
std::string items(const Json& result, bool found) {
  std::string html;
  for (const Json& note : result.value("notes", Json::array())) {
    const auto kind = note.value("kind", std::string());
    if ((kind == "finding") != found || kind == "unusable") continue;  // which the verdict says
    html += item(note.value("text", std::string()), note.value("id", std::string()));
  }
  return html;
}

// Results of versions that wrote no notes have warnings alone.
std::string warnings_of(const Json& result) {
  std::string html;
  if (result.contains("notes")) return html;
  for (const Json& warning : result.value("warnings", Json::array()))
    html += item(warning.get<std::string>());
  return html;
}

std::string verdict(const Json& result) {
  if (!result.contains("usable")) return {};
  if (result.at("usable").value("value", std::string()) == "yes")
    return "<p><strong>Usable: yes.</strong></p>\n";
  std::vector<std::string> reasons;
  for (const Json& reason : result.at("usable").value("reasons", Json::array()))
    reasons.push_back(reason.get<std::string>());
  return fmt::format("<p><strong>Usable: no</strong>, because {}.</p>\n", escaped(join(reasons, "; ")));
}

std::string ending(const Json& result) {
  const auto state = result.value("state", std::string());
  if (state == "converged" || state == "completed") return {};
  return item(fmt::format("How the fit ended: {}; {}", state, result.value("advice", std::string())));
}

}  // namespace

std::string at_a_glance(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    const Json& result = run.files.result;
    const std::string label = escaped(label_of(runs, run));
    parts.push_back(of_one_run(
        runs, run,
        fmt::format("<div class=\"glance\">\n"
                    "<div class=\"box warn\"><h3>{0}Before you believe it</h3>\n{1}<ul>\n{2}</ul></div>\n"
                    "<div class=\"box\"><h3>{0}What was found</h3>\n<p "
                    "class=\"equation\">{3}</p>\n<ul>\n{4}</ul></div>\n"
                    "</div>\n",
                    label, verdict(result), ending(result) + items(result, false) + warnings_of(result),
                    equation(result), items(result, true))));
  }
  return section("glance", "At a glance", side_by_side(parts));
}

}  // namespace synfer::report
