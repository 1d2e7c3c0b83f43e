#include "synfer/data/moment.h"

#include <gmock/gmock.h>

namespace synfer {
namespace {

using testing::DoubleNear;
using testing::Optional;

TEST(Moment, IsReadInItsZone) {
  // date -u -d 2025-05-07T12:00:00.25Z +%s
  for (const char* text : {"2025-05-07T12:00:00.25Z", "2025-05-07T14:00:00.25+02:00",
                           "2025-05-07 12:00:00.25", "2025-05-07T05:30:00.250000-0630"}) {
    EXPECT_THAT(seconds_of_moment(text), Optional(DoubleNear(1746619200.25, 1e-6))) << text;
  }
  EXPECT_EQ(seconds_of_moment("1969-12-31T23:59:59Z"), -1.0);
}

TEST(Moment, IsUnknownWhereProgramsKnewNone) {
  for (const char* text : {"", "yesterday", "2025-13-07T12:00:00Z", "2025-05-07", "1900-01-01T00:00:00Z",
                           "1970-01-01T00:00:00+00:00", "2000-01-01T00:00:00-08:00", kNoMoment}) {
    EXPECT_EQ(seconds_of_moment(text), std::nullopt) << text;
  }
}

TEST(Moment, IsSaidInUtc) {
  EXPECT_EQ(said_moment(1746619200.25), "2025-05-07 12:00:00");
  EXPECT_EQ(said_moment(-1), "1969-12-31 23:59:59");
}

}  // namespace
}  // namespace synfer
