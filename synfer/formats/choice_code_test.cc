// What is said of choices that can be understood in several ways, through the tables that hold them.
#include "synfer/formats/choice_code.h"

#include <gmock/gmock.h>

#include "synfer/base/error.h"
#include "synfer/base/files_for_test.h"
#include "synfer/formats/read_steps.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Choices : testing::Test {
  for_test::Folder folder;

  [[nodiscard]] Reading read(const std::string& header, const std::vector<std::string>& rows) const {
    std::string text = "session,trial,reward," + header + "\n";
    for (std::size_t t = 0; t < rows.size(); ++t) text += "s," + std::to_string(t) + ",0," + rows[t] + "\n";
    return read_steps(folder.write("data.csv", text));
  }
  [[nodiscard]] std::string advice(const std::string& header, const std::vector<std::string>& rows) const {
    try {
      static_cast<void>(read(header, rows));
    } catch (const DataError& error) {
      return error.what();
    }
    return "nothing was wrong";
  }
};

TEST_F(Choices, OfOneOfferAreAdvisedWithTheRejectionFirst) {
  const auto said = [&](const std::string& a, const std::string& b) {
    return advice("stimulus,choice", {"A," + a, "A," + b, "A," + b});
  };
  EXPECT_THAT(said("accept", "reject"), HasSubstr("data.choice_values=[reject, accept]"));
  EXPECT_THAT(said("go", "nogo"), HasSubstr("data.choice_values=[nogo, go]"));
  EXPECT_THAT(said("hit", "miss"), HasSubstr("data.choice_values=[miss, hit]"));
  EXPECT_THAT(said("1", "-1"), HasSubstr("data.choice_values=[-1, 1]"));
  EXPECT_THAT(said("blue", "amber"), HasSubstr("say which of amber and blue is the rejection"));
  EXPECT_THAT(said("blue", "amber"), Not(HasSubstr("[amber, blue]")));
}

// In order of places `l` might be a 0, though the row offers L on the right.
TEST_F(Choices, ThatDifferInCaseAloneFromWhatIsOfferedAreToBeWrittenAlike) {
  const std::string offered = advice("stimulus0,stimulus1,choice", {"R,L,l", "L,R,r"});
  EXPECT_THAT(offered, HasSubstr("found 'l', which is 'L' written in another way"));
  EXPECT_THAT(offered, Not(HasSubstr("choice_values")));
  const std::string some = advice("stimulus0,stimulus1,choice", {"L,R,L", "L,R,R", "R,L,r"});
  EXPECT_THAT(some, HasSubstr("found 'r', which is 'R' written in another way"));
  EXPECT_THAT(advice("stimulus0,stimulus1,choice", {"A,A,A", "A,B,B"}), Not(HasSubstr("another way")));
}

TEST_F(Choices, OfPlacesAreAdvisedInTheirOrder) {
  const auto said = [&](const std::string& a, const std::string& b) {
    return advice("stimulus0,stimulus1,choice", {"A,B," + a, "A,B," + b});
  };
  EXPECT_THAT(said("bottom", "top"), HasSubstr("data.choice_values=[top, bottom]"));
  EXPECT_THAT(said("Right", "Left"), HasSubstr("data.choice_values=[Left, Right]"));
  EXPECT_THAT(said("-1", "1"), HasSubstr("data.choice_values=[-1, 1]"));
  EXPECT_THAT(said("east", "west"), HasSubstr("say east, west in the order of the offers"));
  EXPECT_THAT(advice("stimulus0,stimulus1,choice", {"A,B,2", "A,B,1", "A,B,-1"}),
              HasSubstr("data.choice_values=[1, 2], and which for none in data.no_choice=[-1]"));
  EXPECT_THAT(advice("stimulus0,stimulus1,choice", {"A,B,0", "A,B,1", "A,B,-1"}),
              HasSubstr("say data.no_choice=[-1]"));
}

TEST_F(Choices, ThatCouldBePlacesAreSaidWithTheNumbersOfThese) {
  const auto said = [&](const std::vector<std::string>& rows) {
    return read("stimulus0,stimulus1,choice", rows).how;
  };
  EXPECT_THAT(said({"1,2,1", "2,1,2", "2,1,1"}),
              Contains(HasSubstr("data.choice_values=[1, 2] reads them so")));
  EXPECT_THAT(said({"0,1,1", "1,0,1"}), Contains(HasSubstr("data.choice_values=[0, 1] reads them so")));
  EXPECT_THAT(said({"1,2,1", "1,2,2"}), Not(Contains(HasSubstr("as well")))) << "both say the same";
  EXPECT_THAT(said({"1,5,1", "5,1,5"}), Not(Contains(HasSubstr("as well")))) << "there is no place 5";
  EXPECT_THAT(read("stimulus0,stimulus1,stimulus2,choice", {"0,1,2,2", "2,1,0,2"}).how,
              Contains(HasSubstr("data.choice_values=[0, 1, 2] reads them so")));
}

TEST_F(Choices, OfAWordForNoneBesideTwoOthersAreNone) {
  for (const char* word : {"-", "no", "NoLick", "aborted", "NR", "no_resp", "none"}) {
    const Reading found = read("choice", {"left", "right", word});
    EXPECT_THAT(found.sessions.at(0).choice, ElementsAre(0, 1, kNoChoice)) << word;
    EXPECT_THAT(found.how, Contains(HasSubstr(std::string("'") + word + "' was taken for no choice")));
  }
  EXPECT_THAT(read("choice", {"lick", "nolick", "lick"}).sessions.at(0).choice, ElementsAre(0, 1, 0))
      << "one of two is no word for none";
}

}  // namespace
}  // namespace synfer
