#include "synfer/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace synfer {
namespace {

TEST(ForEachIndex, CallsEachIndexOnce) {
  std::vector<std::atomic<int>> calls(1000);
  for_each_index(calls.size(), [&](std::size_t n) { ++calls[n]; });
  for (const std::atomic<int>& count : calls) EXPECT_EQ(count, 1);
}

TEST(ForEachIndex, ThrowsTheExceptionOfTheLowestIndex) {
  for (const std::size_t threads : {1, 2, 4}) {
    const ThreadLimit limit(threads);
    try {
      for_each_index(100, [](std::size_t n) {
        if (n % 10 == 7) throw std::runtime_error(std::to_string(n));
      });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "7");
    }
  }
}

TEST(ForEachIndex, EndsTheLoopsWithinALoopThatFails) {
  std::atomic<int> whole = 0;
  constexpr std::size_t kOuter = 64;
  constexpr std::size_t kInner = 200;
  const ThreadLimit limit(4);
  EXPECT_THROW(for_each_index(kOuter,
                              [&](std::size_t n) {
                                std::vector<int> filled(kInner, 0);
                                for_each_index(kInner, [&](std::size_t i) {
                                  for (int turn = 0; turn < 1000; ++turn) filled[i] = turn + 1;
                                });
                                for (const int value : filled) EXPECT_EQ(value, 1000);
                                ++whole;
                                if (n % 8 == 0) throw std::runtime_error("stop");
                              }),
               std::runtime_error);
  EXPECT_EQ(whole, kOuter);
}

}  // namespace
}  // namespace synfer
