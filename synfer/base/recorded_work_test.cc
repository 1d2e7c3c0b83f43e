#include "synfer/base/recorded_work.h"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::HasSubstr;

const auto kAny = [](std::size_t, const RecordedWork::Numbers&) { return true; };
const auto kOne = [](std::size_t, const RecordedWork::Numbers& numbers) { return numbers.size() == 1; };

// Two rounds of three pieces, of which the later ask for what the earlier gave.
std::vector<double> squares(RecordedWork& work, std::atomic<int>& done, int cut_short_at = 100) {
  const auto square_of = [&](double value) {
    if (++done > cut_short_at) throw std::runtime_error("cut short");
    return RecordedWork::Numbers{value * value};
  };
  const auto first = work.next(3, [&](std::size_t n) { return square_of(static_cast<double>(n)); }, kOne);
  std::vector<double> found;
  const auto second = work.next(3, [&](std::size_t n) { return square_of(first[n][0] + 1.0); }, kOne);
  for (const auto& numbers : second) found.push_back(numbers[0]);
  return found;
}

TEST(RecordedWork, ThatWasCutShortDoesTheRestAloneAndGivesTheSame) {
  std::atomic<int> all = 0;
  RecordedWork whole;
  const std::vector<double> expected = squares(whole, all);
  EXPECT_EQ(all, 6);
  for (int moment = 0; moment < 6; ++moment) {
    std::atomic<int> begun = 0;
    RecordedWork cut;
    EXPECT_THROW(squares(cut, begun, moment), std::runtime_error);
    std::atomic<int> rest = 0;
    RecordedWork resumed(cut.done());
    EXPECT_EQ(squares(resumed, rest), expected);
    EXPECT_EQ(static_cast<std::size_t>(rest), 6 - cut.done().size());
  }
}

TEST(RecordedWork, IsToldAfterEveryPieceThatIsNew) {
  std::size_t told = 0;
  RecordedWork work({{1, {5.0}}}, [&](const WorkRecord& done) {
    ++told;
    EXPECT_EQ(done.size(), told + 1);
  });
  const auto found =
      work.next(3, [](std::size_t n) { return RecordedWork::Numbers{static_cast<double>(n)}; }, kAny);
  EXPECT_EQ(told, 2U);
  EXPECT_EQ(found[1], RecordedWork::Numbers{5.0});
}

TEST(RecordedWork, OfAnotherRunIsRefused) {
  RecordedWork work({{0, {1.0, 2.0}}});
  try {
    work.next(1, [](std::size_t) { return RecordedWork::Numbers{1.0}; }, kOne);
    FAIL();
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.key, kCheckpointFile);
    EXPECT_THAT(error.what(), HasSubstr("work/0"));
  }
}

}  // namespace
}  // namespace synfer
