#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "synfer/report/figure_private.h"

namespace synfer::report {
namespace {

using ::testing::HasSubstr;

Numbers two_rows() { return {{{"term"}, {"estimate", true}}, {{"x*r", "0.97"}, {"<w>", ""}}}; }

TEST(Figure, HasAPlotASpecificationAndTheTableOfItsNumbers) {
  const std::string html =
      to_html({"terms", "Terms", "Read it so.", "Dots.", R"({"mark": "point"})", two_rows()});
  EXPECT_THAT(html, HasSubstr("<figure id=\"terms\">"));
  EXPECT_THAT(html, HasSubstr("role=\"img\" aria-label=\"Dots.\""));
  EXPECT_THAT(html, HasSubstr("<script type=\"application/json\">{\"mark\": \"point\"}</script>"));
  EXPECT_THAT(html, HasSubstr("<td>x*r<td>0.97"));
  EXPECT_THAT(html, HasSubstr("<td>&lt;w&gt;<td>"));
  EXPECT_THAT(html, HasSubstr("(2 rows)"));
}

TEST(Figure, EveryMarkWithFieldsTellsTheNumbersOfItsRow) {
  const auto json = nlohmann::json::parse(with_tooltips(
      R"({"layer": [{"mark": "rule", "encoding": {"x": {"datum": 0}, "tooltip": null}},
                    {"mark": "point", "encoding": {"x": {"field": "estimate"}}},
                    {"mark": "rule"}]})",
      two_rows()));
  EXPECT_TRUE(json["layer"][0]["encoding"]["tooltip"].is_null());
  EXPECT_EQ(json["layer"][1]["encoding"]["tooltip"].size(), 2u);
  EXPECT_EQ(json["layer"][1]["encoding"]["tooltip"][0]["field"], "term");
  EXPECT_FALSE(json["layer"][2].contains("encoding"));
}

TEST(Figure, ASpecificationThatIsNoJsonIsRefused) {
  EXPECT_THROW(with_tooltips("{", two_rows()), std::logic_error);
}

}  // namespace
}  // namespace synfer::report
