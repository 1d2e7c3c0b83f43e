#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "synfer/report/figure_private.h"
#include "synfer/report/html_private.h"

namespace synfer::report {
namespace {

using Json = nlohmann::ordered_json;

// A layer that draws nothing of a row (a line at 0) has no encoding of fields and gets no tooltip.
void add_tooltips(Json& part, const Json& tooltip) {
  if (part.contains("spec")) add_tooltips(part["spec"], tooltip);
  if (part.contains("concat")) {
    for (Json& panel : part["concat"]) add_tooltips(panel, tooltip);
  }
  if (part.contains("layer")) {
    for (Json& layer : part["layer"]) add_tooltips(layer, tooltip);
  } else if (part.contains("mark") && part.contains("encoding") && !part["encoding"].contains("tooltip")) {
    part["encoding"]["tooltip"] = tooltip;
  }
}

}  // namespace

std::string with_tooltips(const std::string& specification, const Numbers& numbers) {
  Json json = Json::parse(specification, nullptr, false);
  if (json.is_discarded()) throw std::logic_error("a figure's specification is no JSON");
  Json tooltip = Json::array();
  for (const Column& column : numbers.columns) {
    tooltip.push_back({{"field", column.name}, {"type", column.numeric ? "quantitative" : "nominal"}});
    if (column.numeric) tooltip.back()["format"] = ".4~g";
  }
  add_tooltips(json, tooltip);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_html(const Numbers& numbers, const std::string& id, const std::string& caption) {
  std::string html = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table "
      "id=\"{1}\"><caption>{0}</caption><thead><tr>",
      escaped(caption), id);
  for (const Column& column : numbers.columns) {
    html += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"n\"" : "",
                        escaped(column.name));
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : numbers.rows) {
    html += "<tr>";
    for (const std::string& cell : row) html += "<td>" + escaped(cell);
    html += "\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string to_html(const Figure& figure) {
  const std::size_t rows = figure.numbers.rows.size();
  return fmt::format(
             "<figure id=\"{0}\">\n<figcaption><h3>{1}</h3><p>{2}</p></figcaption>\n"
             "<div class=\"plot\" role=\"img\" aria-label=\"{3}\"></div>\n"
             "<script type=\"application/json\">{4}</script>\n"
             "<details><summary>Numbers of this figure <span>({5} row{6})</span></summary>\n",
             figure.id, escaped(figure.title), escaped(figure.how_to_read), escaped(figure.alt),
             json_in_script(figure.specification), rows, rows == 1 ? "" : "s") +
         to_html(figure.numbers, figure.id + "-numbers", "Numbers of: " + figure.title) +
         "</details>\n</figure>\n";
}

}  // namespace synfer::report
