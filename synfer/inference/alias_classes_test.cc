#include "synfer/inference/alias_classes.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "synfer/base/random.h"

namespace synfer {
namespace {

using ::testing::IsEmpty;

// Two odours, each half of four inputs; every third step rejects, the others accept and learn.
EncodedSession two_odours(double mean, double noise_sd = 0.0) {
  EncodedSession s;
  s.animal = s.name = "fly";
  s.inputs = 4;
  const RandomStream random(5, "two odours");
  for (std::uint64_t t = 0; t < 60; ++t) {
    const std::vector<double> x = group_code(random.uniform({.step = t}) < 0.5 ? 0 : 1, 2, 4, mean);
    for (std::uint64_t i = 0; i < 4; ++i) {
      s.x.push_back(x[i] + noise_sd * random.normal({.step = t, .replicate = 1, .index = i}));
    }
    s.choice.push_back(t % 3 == 0 ? 0 : 1);
    s.learns.push_back(static_cast<char>(s.choice.back() == 1));
    s.r.push_back(s.choice.back() == 1 ? random.normal({.step = t, .replicate = 2}) : 0.0);
  }
  return s;
}

std::vector<Term> all_81() {
  const std::vector<std::string> variables = {"x", "y", "w", "r"};
  return dense_terms(variables, 2);
}

AliasClasses classes_of(const EncodedSession& session, const std::vector<Term>& terms) {
  return alias_classes(std::vector<EncodedSession>{session}, terms);
}

TEST(AliasClasses, TwoLevelsOfXLeave54Of81Terms) {
  const AliasClasses found = classes_of(two_odours(0.75), all_81());
  EXPECT_EQ(found.classes.size(), 54u);
  EXPECT_THAT(found.never_varied, IsEmpty());
  for (const AliasClass& c : found.classes) {
    EXPECT_LE(c.representative.x, 1) << to_string(c.representative);
    if (c.representative.x == 0) {
      EXPECT_THAT(c.others, IsEmpty()) << to_string(c.representative);
      continue;
    }
    Term squared = c.representative;
    squared.x = 2;
    ASSERT_EQ(c.others.size(), 1u) << to_string(c.representative);
    EXPECT_EQ(c.others[0].term, squared);
    EXPECT_NEAR(c.others[0].factor, 0.75, 1e-12);  // x^2 = .75 x where x is 0 or .75
  }
}

TEST(AliasClasses, NoisyStimuliTellAllTermsApart) {
  EXPECT_EQ(classes_of(two_odours(0.75, 0.05), all_81()).classes.size(), 81u);
}

TEST(AliasClasses, TwoMeansAreNotTwoLevels) {
  const std::vector<EncodedSession> sessions = {two_odours(0.75), two_odours(0.5)};
  EXPECT_EQ(alias_classes(sessions, all_81()).classes.size(), 81u);
}

TEST(AliasClasses, WithoutRewardTermsHaveNeverVaried) {
  EncodedSession session = two_odours(0.75);
  std::ranges::fill(session.r, 0.0);
  const AliasClasses found = classes_of(session, all_81());
  EXPECT_EQ(found.never_varied.size(), 54u);  // r and r^2
  EXPECT_EQ(found.classes.size(), 18u);
}

TEST(AliasClasses, RewardOfOneSizeMakesItsSquareAnAlias) {
  EncodedSession session = two_odours(1.0);
  for (double& r : session.r) r = 1.0;
  const AliasClasses found = classes_of(session, {{1, 0, 0, 1}, {1, 0, 0, 0}, {2, 1, 0, 2}, {0, 0, 0, 2}});
  ASSERT_EQ(found.classes.size(), 3u);
  EXPECT_EQ(to_string(found.classes[0].representative), "x");
  ASSERT_EQ(found.classes[0].others.size(), 1u);
  EXPECT_EQ(to_string(found.classes[0].others[0].term), "x*r");
  EXPECT_EQ(to_string(found.classes[1].representative), "r^2");
  EXPECT_EQ(to_string(found.classes[2].representative), "x^2*y*r^2");
}

TEST(AliasClasses, OnlyTheLearnedOfferAndStepsThatLearnCount) {
  // Two offers of one input; the offers not chosen, and the last step, would tell x from x^2.
  EncodedSession s;
  s.offers = 2;
  s.inputs = 1;
  s.x = {0.5, 3.0, 7.0, 0.5, 0.5, 0.25, 0.1, 0.2};
  s.choice = {0, 1, 0, 1};
  s.learns = {1, 1, 1, 0};
  s.r = {0.3, -0.2, 0.9, 0.4};
  const AliasClasses found = classes_of(s, {{0, 0, 0, 1}, {1, 0, 0, 1}, {2, 0, 0, 1}});
  ASSERT_EQ(found.classes.size(), 1u);
  EXPECT_EQ(to_string(found.classes[0].representative), "r");
  EXPECT_NEAR(found.classes[0].others[0].factor, 0.5, 1e-12);
  EXPECT_NEAR(found.classes[0].others[1].factor, 0.25, 1e-12);
}

}  // namespace
}  // namespace synfer
