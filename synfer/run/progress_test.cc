#include "synfer/run/progress.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace synfer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProgressTest : public ::testing::Test {
 protected:
  ProgressOptions options(bool is_terminal, const std::string& show = "automatic") {
    return {.show = show, .phase = "epoch", .stream = &stream_, .is_terminal = is_terminal, .clock = [this] {
              return now_;
            }};
  }

  // What a terminal shows: a carriage return goes back to the first column.
  [[nodiscard]] std::string screen() const {
    std::string line;
    std::size_t column = 0;
    for (const char c : stream_.str()) {
      if (c == '\r') {
        column = 0;
        continue;
      }
      line.resize(std::max(line.size(), column + 1), ' ');
      line[column++] = c;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }

  std::ostringstream stream_;
  double now_ = 100.0;
};

TEST_F(ProgressTest, SaysHowFarHowGoodHowFastAndHowLong) {
  Progress progress(options(true));
  progress.update(0, 250, 0.75);
  EXPECT_EQ(screen(), "epoch 0/250  loss 0.75");
  now_ += 2.0;
  progress.update(100, 250, 0.5);
  EXPECT_EQ(screen(), "epoch 100/250  loss 0.5  50/s  3 s left");
}

TEST_F(ProgressTest, CountsTheRateOfAResumedRunFromItsOwnStart) {
  Progress progress(options(true));
  progress.update(1000, 2000, 1.0);
  now_ += 1.0;
  progress.update(1001, 2000, 1.0);
  EXPECT_THAT(screen(), HasSubstr("1/s  16 min 39 s left"));
}

TEST_F(ProgressTest, ShowsHoursAndALossThatIsNotANumber) {
  Progress progress(options(true));
  progress.update(0, 10000, 1.0);
  now_ += 1.0;
  progress.update(1, 10000, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(screen(), HasSubstr("loss nan  1/s  2 h 46 min left"));
}

TEST_F(ProgressTest, IsRedrawnAtMostTenTimesASecond) {
  Progress progress(options(true));
  for (int i = 0; i < 1000; ++i, now_ += 0.001) progress.update(i, 1000, 1.0);
  const std::string text = stream_.str();
  EXPECT_THAT(std::ranges::count(text, '\r'), ::testing::AllOf(::testing::Ge(9), ::testing::Le(11)));
}

TEST_F(ProgressTest, AShorterLineCoversALongerOne) {
  Progress progress(options(true));
  progress.update(0, 10, 0.123456);
  now_ += 1.0;
  progress.update(0, 10, 1.0);
  EXPECT_EQ(screen(), "epoch 0/10  loss 1");
}

TEST_F(ProgressTest, IsErasedAtTheEndHoweverThatComes) {
  {
    Progress progress(options(true));
    progress.update(1, 10, 1.0);
  }
  EXPECT_EQ(screen(), "");
  EXPECT_THAT(stream_.str(), ::testing::EndsWith("\r"));
}

TEST_F(ProgressTest, IsQuietWhereNobodyLooksOrWants) {
  Progress(options(false)).update(1, 10, 1.0);
  Progress(options(true, "never")).update(1, 10, 1.0);
  EXPECT_EQ(stream_.str(), "");
}

TEST_F(ProgressTest, WritesWholeLinesFarApartIntoALogThatWantsThem) {
  {
    Progress progress(options(false, "always"));
    for (int i = 0; i < 25; ++i, now_ += 1.0) progress.update(i, 100, 1.0);
  }
  const std::string text = stream_.str();
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace synfer
