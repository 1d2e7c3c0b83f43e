#include "synfer/base/error.h"

#include <gmock/gmock.h>

#include <string>

namespace synfer {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Error, QuotesTheBeginningOfWhatIsLong) {
  const std::string cell(50'000'000, 'a');
  const DataError error("mouse.csv", 7, "reward", "found '" + cell + "', expected a finite number");
  const std::string message = error.what();
  EXPECT_LT(message.size(), 200U);
  EXPECT_THAT(message, StartsWith("mouse.csv, row 7, column reward: found 'aaaa"));
  EXPECT_THAT(message, EndsWith("aaa...', expected a finite number"));
}

TEST(Error, SaysWhatIsShortInFull) {
  const char* const sentence =
      "found the animal's label 'A', which is 'a' of the session's first step written in another way; "
      "expected one "
      "name for a stimulus, as in 'O'Brien': write both alike";
  EXPECT_EQ(DataError("mouse.csv", 0, "", sentence).what(), std::string("mouse.csv: ") + sentence);
}

TEST(Error, IsShortWhateverIsLongInIt) {
  const std::string name(100'000, 'x');
  const std::string apostrophes(100'000, '\'');
  for (const std::string& text : {name, "'" + name, apostrophes, "' " + apostrophes + " '", name + "'"}) {
    EXPECT_LT(std::string(DataError("f", 1, text, text).what()).size(), 2200U);
    EXPECT_LT(std::string(ConfigurationError(text, text, text).what()).size(), 2200U);
    EXPECT_LT(std::string(OutputError("f", text).what()).size(), 2200U);
    EXPECT_LT(std::string(NonFiniteError(text, text, 1, text, text).what()).size(), 2200U);
  }
}

TEST(Error, CutsNoCharacterInTwo) {
  std::string name;
  for (int n = 0; n < 100; ++n) name += "\u00e9";
  for (const char* before : {"", "a"}) {
    const std::string message = DataError("f", 0, "", "found '" + (before + name) + "'").what();
    EXPECT_THAT(message, HasSubstr("\u00e9...'"));
  }
}

TEST(Error, ShortensWordsThatAreNotQuotedAndShowsNoNul) {
  const std::string value(1'000'000, '9');
  EXPECT_LT(
      std::string(ConfigurationError("seed", "found " + value + "; expected a whole number").what()).size(),
      120U);
  EXPECT_STREQ(ConfigurationError("seed", std::string("found a\0b; expected a number", 28)).what(),
               "seed: found a?b; expected a number");
  const std::string path = "/data/" + std::string(150, 'd') + "/mouse.csv";
  EXPECT_EQ(OutputError(path, "cannot be written").what(), path + ": cannot be written");
}

}  // namespace
}  // namespace synfer
