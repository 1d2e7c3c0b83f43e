#include "synfer/base/stop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "synfer/base/parallel.h"
#include "synfer/base/recorded_work.h"

namespace synfer {
namespace {

TEST(Stop, WorkThatNobodyAsksToEndGoesOn) {
  EXPECT_NO_THROW(stop_if_asked());
  const StopAsked never = [] { return false; };
  const StopScope scope(&never);
  EXPECT_NO_THROW(stop_if_asked());
}

TEST(Stop, WhatIsAskedHoldsForItsScopeAlone) {
  const StopAsked always = [] { return true; };
  {
    const StopScope scope(&always);
    EXPECT_THROW(stop_if_asked(), Stopped);
    const StopScope within(nullptr);
    EXPECT_NO_THROW(stop_if_asked());
  }
  EXPECT_NO_THROW(stop_if_asked());
}

TEST(Stop, ALoopEndsInAllItsThreadsAndInTheLoopsWithinIt) {
  for (const std::size_t threads : {1, 4}) {
    const ThreadLimit limit(threads);
    std::atomic<int> rounds = 0;
    const StopAsked after_a_while = [&] { return rounds > 1000; };
    const StopScope scope(&after_a_while);
    EXPECT_THROW(
        for_each_index(1000, [&](std::size_t) { for_each_index(1000, [&](std::size_t) { ++rounds; }); }),
        Stopped);
    EXPECT_LT(rounds, 10'000);
  }
}

TEST(Stop, NoExceptionOfTheStandardTakesItForAFault) {
  const StopAsked always = [] { return true; };
  const StopScope scope(&always);
  const auto guarded = [] {
    try {
      stop_if_asked();
    } catch (const std::exception&) {
      ADD_FAILURE();
    }
  };
  EXPECT_THROW(guarded(), Stopped);
}

TEST(Stop, RecordedWorkThatEndsTellsWhatIsDone) {
  const ThreadLimit limit(1);
  WorkRecord told;
  bool stop = false;
  const StopAsked asked = [&] { return stop; };
  const StopScope scope(&asked);
  RecordedWork work({}, [&](const WorkRecord& done) { told = done; });
  const auto piece = [&](std::size_t n) {
    stop = n == 2;
    stop_if_asked();
    return RecordedWork::Numbers{static_cast<double>(n)};
  };
  EXPECT_THROW(work.next(9, piece, [](std::size_t, const auto&) { return true; }), Stopped);
  EXPECT_EQ(told, work.done());
  EXPECT_LT(told.size(), 9U);
}

}  // namespace
}  // namespace synfer
