#include "synfer/base/shown_number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

TEST(ShownNumber, HasFourDecimalsWhereTheySayEnough) {
  EXPECT_EQ(shown_number(0.97162, 0.0123), "0.9716");
  EXPECT_EQ(shown_number(-0.05, 0.0004), "-0.0500");
  EXPECT_EQ(shown_number(1234.5678, 30.0), "1234.5678");
  EXPECT_EQ(shown_number(0.0, 0.1), "0.0000");
}

TEST(ShownNumber, IsNeverRoundedToNothing) {
  EXPECT_EQ(shown_number(3e-7, 1e-8), "3.00e-07");
  EXPECT_EQ(shown_number(1e-8, 1e-8), "1.0e-08");
  EXPECT_EQ(shown_number(0.0001234, 0.0000056), "0.0001234");
  EXPECT_EQ(shown_number(2.5e-5), "0.0000250");
  EXPECT_EQ(shown_number(2.5e-9), "2.50e-09");
}

TEST(ShownNumber, KeepsTheDigitsThatAnErrorLeavesALargeOne) {
  EXPECT_EQ(shown_number(278012.4, 29.0), "278012");
  EXPECT_EQ(shown_number(278012.4, 29000.0), "2.78e+05");
  EXPECT_EQ(shown_number(278012.4), "2.78e+05");
  EXPECT_EQ(shown_number(5.5e6, 120.0), "5.5e+06");
}

TEST(ShownNumber, SaysWhatIsNoNumber) {
  EXPECT_EQ(shown_number(NAN, 1.0), "-");
  EXPECT_EQ(shown_number(-INFINITY), "-inf");
  EXPECT_EQ(shown_number(INFINITY), "inf");
  EXPECT_EQ(shown_number(2.0, INFINITY), "2.0000");
}

}  // namespace
}  // namespace synfer
