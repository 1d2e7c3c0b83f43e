// Codes for missing rewards among rewards that tasks pay.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

#include "synfer/data/inventory.h"
#include "synfer/data/sound_sheets_for_test.h"

namespace synfer {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kRows = 400;

// Two arms; every reward is drawn by `reward`, and omissions are without one unless `omitted` says.
std::vector<std::string> unusual_of(const std::function<double(for_test::Chance&)>& reward,
                                    double omitted = NAN) {
  for_test::Chance chance(5);
  Session session;
  session.animal = "m1";
  session.name = "d1";
  session.offers = 2;
  session.stimuli = {"L", "R"};
  for (int t = 0; t < kRows; ++t) {
    session.trial.push_back(t);
    session.block.push_back(0);
    session.stimulus.insert(session.stimulus.end(), {0, 1});
    const bool omits = chance.yes(0.05);
    session.choice.push_back(omits ? kNoChoice : chance.yes(0.5) ? 1 : 0);
    session.learns.push_back(!omits);
    session.reward.push_back(omits ? omitted : reward(chance));
  }
  return inspect({session}).unusual;
}

using Draw = std::function<double(for_test::Chance&)>;

double zero_or_one(for_test::Chance& chance) { return chance.yes(0.6) ? 1 : 0; }
double graded(for_test::Chance& chance) { return std::round(1000 * (8 + chance.normal())) / 1000; }

Draw with(double code, double share, const Draw& reward) {
  return [=](for_test::Chance& chance) { return chance.yes(share) ? code : reward(chance); };
}

TEST(UnusualCodes, AreSaidFromOneToTenPercent) {
  for (const double share : {0.015, 0.03, 0.1}) {
    for (const double code : {9.0, 99.0, 999.0, 9999.0, -9.0, -99.0, -999.0, 88.0, 1000.0, -32768.0}) {
      EXPECT_THAT(unusual_of(with(code, share, zero_or_one)),
                  ElementsAre(AllOf(HasSubstr(fmt::format("rewards: {} stands in", code)),
                                    HasSubstr("the others are 0, 1"))))
          << share;
    }
    for (const double code : {99.0, 999.0, -1.0, -9.0, -99.0, -999.0, 9.0}) {
      if (code == 9.0 && share < 0.03) continue;  // which graded ones come near
      EXPECT_THAT(unusual_of(with(code, share, graded)),
                  ElementsAre(HasSubstr(fmt::format("rewards: {} ", code))))
          << share;
    }
  }
}

TEST(UnusualCodes, AreSaidWithTheirNumberAndPlace) {
  EXPECT_THAT(
      unusual_of(with(99, 0.05, zero_or_one)),
      ElementsAre(
          "rewards: 99 stands in 14 of 375 rows, first in session 'd1' of animal 'm1'; the others are "
          "0, 1: does it stand for a missing value?"));
}

// What tasks pay: punishments, jackpots, scales, rewards of one size.
TEST(UnusualCodes, AreNoneAmongWhatTasksPay) {
  const auto scale = [](const std::vector<double>& values) {
    return Draw([=](for_test::Chance& chance) { return values[chance.below(values.size())]; });
  };
  for (const auto& [reward, name] : std::vector<std::pair<Draw, const char*>>{
           {zero_or_one, "0 and 1"},
           {graded, "graded"},
           {with(-1, 0.05, zero_or_one), "a punishment"},
           {with(-1, 0.3, zero_or_one), "punishments"},
           {with(2, 0.05, zero_or_one), "a larger reward"},
           {with(5, 0.05, zero_or_one), "a large one"},
           {with(10, 0.05, zero_or_one), "a jackpot"},
           {with(0, 0.05, graded), "none among graded ones"},
           {with(-1, 0.05, with(0, 0.3, graded)), "a punishment, none, and graded ones"},
           {with(1, 0.5, scale({-1})), "-1 and 1"},
           {scale({1, 2, 3, 4, 5, 6, 7, 8, 9}), "a scale to 9"},
           {with(9, 0.05, scale({1, 2, 3, 4, 5, 6, 7, 8})), "a scale whose end is rare"},
           {scale({0, 9}), "9 points or none"},
           {with(9, 0.05, scale({0})), "9 points now and then"},
           {with(1, 0.05, scale({0})), "a reward now and then"},
           {with(9, 0.1, scale({0, 3})), "0, 3 and 9 points"},
           {scale({0, 25, 50, 75, 99}), "percent"}}) {
    EXPECT_THAT(unusual_of(reward), IsEmpty()) << name;
  }
}

TEST(UnusualCodes, ThatStandOnOmissionsAloneAreSaid) {
  for (const double code : {-1.0, 9.0, 0.5}) {
    EXPECT_THAT(unusual_of(zero_or_one, code),
                ElementsAre(fmt::format(
                    "rewards: {} stands in 19 rows without a choice, first in session 'd1' of animal "
                    "'m1', and in no other: does it stand for none?",
                    code)));
  }
  EXPECT_THAT(unusual_of(zero_or_one, 1), IsEmpty()) << "a free reward of the usual size";
}

TEST(UnusualCodes, MissingRewardsBesideOneValueAreSaid) {
  const auto blank = [](double value) {
    return [=](for_test::Chance& chance) { return chance.yes(0.6) ? value : NAN; };
  };
  EXPECT_THAT(unusual_of(blank(1)), Contains(AllOf(HasSubstr("known rewards are 1, and"),
                                                   HasSubstr("does a missing one mean 0?"))));
  EXPECT_THAT(unusual_of(blank(0)), Contains(HasSubstr("does a missing one mean another value?")));
  EXPECT_THAT(unusual_of(with(NAN, 0.1, zero_or_one)), IsEmpty()) << "some are unknown";
}

}  // namespace
}  // namespace synfer
