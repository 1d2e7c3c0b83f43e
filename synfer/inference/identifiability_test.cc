#include "synfer/inference/identifiability.h"

#include <gmock/gmock.h>

#include <cmath>

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

// Information of terms whose values at the synapses are the columns.
Matrix information_of(const Matrix& columns) { return columns.transpose() * columns; }

// Columns of +-1 that are orthogonal, 16 of each.
Vector sign_of_bit(int bit) {
  Vector column(16);
  for (int n = 0; n < 16; ++n) column[n] = (n >> bit) % 2 == 0 ? 1.0 : -1.0;
  return column;
}

TEST(Identifiability, TermsThatDoNotOverlapAreToldApart) {
  Matrix columns(16, 3);
  columns << sign_of_bit(0), 100 * sign_of_bit(1), 0.01 * sign_of_bit(2);
  const Identifiability found = identifiability(information_of(columns), Names{"x", "y", "w"}, {});
  for (const Direction& d : found.directions) EXPECT_NEAR(d.eigenvalue, 1.0, 1e-12);
  EXPECT_THAT(found.groups, IsEmpty());
  EXPECT_THAT(found.never_varied, IsEmpty());
}

TEST(Identifiability, TwoLevelsOfXMakeAGroupWhoseDirectionIsZeroOnTheData) {
  // x is 0 or .75: x^2*r = .75 x*r, so .6 x*r - .8 x^2*r vanishes.
  Matrix columns(16, 3);
  columns << 0.75 * sign_of_bit(0), 0.75 * 0.75 * sign_of_bit(0), sign_of_bit(1);
  const Identifiability found = identifiability(information_of(columns), Names{"x*r", "x^2*r", "w"}, {});
  EXPECT_THAT(found.groups, ElementsAre(ElementsAre("x*r", "x^2*r")));
  const Direction& sloppiest = found.directions.back();
  EXPECT_EQ(sloppiest.eigenvalue, 0.0);
  EXPECT_EQ(sloppiest.standard_error, INFINITY);
  EXPECT_EQ(sloppiest.combination, "0.60 x*r - 0.80 x^2*r");
  EXPECT_NEAR(found.directions.front().eigenvalue, 2.0, 1e-12);
}

TEST(Identifiability, StandardErrorOfADirectionIsHowFarTheRuleMayMoveAlongIt) {
  // Two columns of 16 with correlation rho: eigenvalues 1 +- rho, along (1, +-1)/sqrt(2).
  for (const double rho : {0.94, 0.96}) {
    Matrix columns(16, 2);
    columns << sign_of_bit(0), rho * sign_of_bit(0) + std::sqrt(1 - rho * rho) * sign_of_bit(1);
    const Identifiability found = identifiability(information_of(columns), Names{"x*y", "x*w"}, {});
    const Direction& sloppiest = found.directions.back();
    EXPECT_NEAR(sloppiest.eigenvalue, 1 - rho, 1e-12);
    EXPECT_NEAR(sloppiest.standard_error, 1 / std::sqrt(16 * (1 - rho)), 1e-10);
    EXPECT_EQ(sloppiest.combination, "0.71 x*y - 0.71 x*w");
    // The estimates of the two are correlated by -rho: beyond .95 they are a group.
    EXPECT_EQ(found.groups.size(), rho > 0.95 ? 1u : 0u);
  }
}

TEST(Identifiability, FindsATermThatIsASumOfOthers) {
  Matrix columns(16, 4);
  columns << sign_of_bit(0), sign_of_bit(1), sign_of_bit(0) + sign_of_bit(1), sign_of_bit(2);
  const Identifiability found = identifiability(information_of(columns), Names{"x", "y", "w", "r"}, {});
  EXPECT_THAT(found.groups, ElementsAre(ElementsAre("x", "y", "w")));
}

TEST(Identifiability, KeepsPairsApartThoughTheirEigenvaluesAreEqual) {
  Matrix columns(16, 6);
  columns << sign_of_bit(0), sign_of_bit(1), sign_of_bit(2), 2 * sign_of_bit(0), 3 * sign_of_bit(1),
      sign_of_bit(3);
  const Identifiability found =
      identifiability(information_of(columns), Names{"a", "b", "c", "2a", "3b", "d"}, {});
  EXPECT_THAT(found.groups, ElementsAre(ElementsAre("a", "2a"), ElementsAre("b", "3b")));
}

TEST(Identifiability, ThreeAliasesAreOneGroup) {
  Matrix columns(16, 3);
  columns << sign_of_bit(0), 2 * sign_of_bit(0), 4 * sign_of_bit(0);
  const Identifiability found = identifiability(information_of(columns), Names{"x", "x^2", "x^3"}, {});
  EXPECT_THAT(found.groups, ElementsAre(ElementsAre("x", "x^2", "x^3")));
}

TEST(Identifiability, NamesWhatNeverVariedAndLeavesOutWhatIsFixed) {
  Matrix columns(16, 4);
  columns << sign_of_bit(0), Vector::Zero(16), sign_of_bit(0), sign_of_bit(1);
  const std::vector<char> fixed = {0, 0, 1, 0};
  const Identifiability found = identifiability(information_of(columns), Names{"x", "x*r", "y", "w"}, fixed);
  EXPECT_THAT(found.terms, ElementsAre("x", "w"));
  EXPECT_THAT(found.never_varied, ElementsAre("x*r"));
  EXPECT_THAT(found.groups, IsEmpty());
}

}  // namespace
}  // namespace synfer
