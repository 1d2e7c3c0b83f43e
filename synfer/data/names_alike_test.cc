#include "synfer/data/names_alike.h"

#include <gmock/gmock.h>

namespace synfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NamesAlike, DifferInCapitalsBlanksOrZerosAlone) {
  const auto asked = [](const std::string& a, const std::string& b) {
    return ask_whether_one({a, b}, "animals");
  };
  EXPECT_THAT(asked("m1", "M1"),
              ElementsAre("animals 'M1' and 'm1' differ in capital letters alone: are they one?"));
  EXPECT_THAT(asked("m1", "m 1"),
              ElementsAre("animals 'm 1' and 'm1' differ in blanks alone: are they one?"));
  EXPECT_THAT(asked("m1", "m01"), ElementsAre("animals 'm01' and 'm1' differ in zeros alone: are they one?"));
  EXPECT_THAT(asked("1", "1.0"), ElementsAre("animals '1' and '1.0' differ in zeros alone: are they one?"));
  EXPECT_THAT(asked("1", "001"), ElementsAre("animals '001' and '1' differ in zeros alone: are they one?"));
  EXPECT_THAT(
      asked("m 01", "M1"),
      ElementsAre(
          "animals 'M1' and 'm 01' differ in capital letters and blanks and zeros alone: are they one?"));
}

TEST(NamesAlike, AreTwoWhereAnythingElseDiffers) {
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"m1", "m10"},
                                                                             {"m1", "m2"},
                                                                             {"0.5", "0.05"},
                                                                             {"0", "00a"},
                                                                             {"1.0.1", "1.1"},
                                                                             {"1", "10"},
                                                                             {"mA", "mB"}}) {
    EXPECT_THAT(ask_whether_one({a, b}, "animals"), IsEmpty()) << a << " " << b;
  }
}

TEST(NamesAlike, IsAskedOnceForNamesThatComeOften) {
  EXPECT_THAT(ask_whether_one({"m1", "m1", "m2", "m1"}, "animals"), IsEmpty());
}

}  // namespace
}  // namespace synfer
