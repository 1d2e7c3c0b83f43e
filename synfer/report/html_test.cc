#include <gtest/gtest.h>

#include <cmath>

#include "synfer/report/html_private.h"

namespace synfer::report {
namespace {

TEST(Html, ShowsMarkupAsText) {
  EXPECT_EQ(escaped("<b a=\"1\" b='2'> & \x01"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt; &amp; ");
}

TEST(Html, NothingInJsonEndsItsElement) {
  EXPECT_EQ(json_in_script("[\"</script><!--\"]").find('<'), std::string::npos);
}

TEST(Html, MissingNumbersAreEmpty) {
  EXPECT_EQ(number(NAN), "");
  EXPECT_EQ(number(-INFINITY), "-inf");
  EXPECT_EQ(number(0.97414), "0.9741");
}

TEST(Html, EstimatesHaveAsManyDigitsAsTheirErrorsLeave) {
  EXPECT_EQ(rounded(0.97414, 0.0418), "0.974");
  EXPECT_EQ(rounded(123.4, 20.0), "123");
  EXPECT_EQ(rounded(0.5, NAN), "0.5000");
  EXPECT_EQ(rounded(-1.25e80, NAN), "-1.25e+80");
}

TEST(Html, TermsReadAsFormulas) {
  EXPECT_EQ(plain_term("x*y^2*w"), "x y² w");
  EXPECT_EQ(html_term("x*y^2"), "<i>x</i> <i>y</i><sup>2</sup>");
  EXPECT_EQ(html_term("1"), "1");
  EXPECT_EQ(html_term("history.bias"), "<code>history.bias</code>");
}

}  // namespace
}  // namespace synfer::report
