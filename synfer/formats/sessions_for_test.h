// For tests of writers: sessions of every kind, drawn at random, and their equality.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "synfer/base/random.h"
#include "synfer/formats/read_steps.h"

namespace synfer::for_test {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Equality to the bit, in which a missing value equals a missing value.
inline void expect_equal(const Session& found, const Session& expected) {
  const auto bits = [](const std::vector<double>& values) {
    std::vector<std::uint64_t> out;
    for (const double v : values) out.push_back(std::bit_cast<std::uint64_t>(std::isnan(v) ? kNaN : v));
    return out;
  };
  EXPECT_EQ(bits(found.reward), bits(expected.reward));
  EXPECT_EQ(bits(found.recordings), bits(expected.recordings));
  EXPECT_EQ(bits(found.x), bits(expected.x));
  EXPECT_EQ(bits(found.time), bits(expected.time));
  Session a = found;
  Session b = expected;
  a.reward = b.reward = a.recordings = b.recordings = a.x = b.x = a.time = b.time = {};
  EXPECT_EQ(a, b);
}

/// What sessions of a data set have in common.
struct Kind {
  const char* name;
  int offers;
  bool labels;
  int inputs;  // 0: labels alone
  bool behaves;
  bool recorded;
  bool coded = false;  // with times, forced choices, steps that learn otherwise, unknown and free rewards
};

/// Draws sessions of one kind; every draw is a function of (seed, session, step).
class Generator {
 public:
  Generator(const Kind& kind, std::uint64_t seed) : kind_(kind), draws_(seed, "sessions for a test") {}

  std::vector<Session> sessions() {
    std::vector<Session> all;
    for (int s = 0; s < 3; ++s) all.push_back(session(s));
    return all;
  }

 private:
  bool flip(double probability) { return draws_.uniform({next_++}) < probability; }
  int below(int n) { return static_cast<int>(draws_.uniform({next_++}) * n); }
  double number() { return draws_.normal({next_++}) * std::pow(10.0, below(40) - 20); }

  Session session(int s) {
    const std::string names[] = {"plain", "with, comma and \"quote\"", "edge  \nbreak \u00b5\U0001d4b2"};
    Session made;
    made.animal = std::string(s == 2 ? "other" : "fly");
    made.name = names[s];
    made.offers = kind_.offers;
    made.inputs = kind_.inputs;
    if (kind_.labels) made.stimuli = {"-1", "2", "10", "11"};
    if (kind_.recorded) made.recorded_neurons = s == 0 ? std::vector<int>{0, 4} : std::vector<int>{4, 9, 12};
    const int steps = 20 + below(20);
    int trial = 1;
    for (int t = 0; t < steps; ++t) add_step(made, t, trial);
    return made;
  }

  void add_step(Session& made, int t, int& trial) {
    made.trial.push_back(trial);
    made.block.push_back(t / 16);
    for (int k = 0; k < made.offers; ++k) {
      // The first steps offer every stimulus, for a table knows only those offered.
      if (kind_.labels) made.stimulus.push_back(t < 4 ? t : below(4));
      for (int i = 0; i < made.inputs; ++i) made.x.push_back(flip(0.2) ? 0.0 : number());
    }
    const bool answered = kind_.behaves && !flip(0.2);
    made.choice.push_back(answered ? below(std::max(2, made.offers)) : kNoChoice);
    const bool learns = learns_after(made.offers, made.choice.back(), kind_.behaves);
    made.learns.push_back(learns);
    made.reward.push_back(kind_.behaves ? (learns ? number() : kNaN) : (flip(0.5) ? number() : kNaN));
    if (kind_.coded) add_codes(made, t);
    if (learns) ++trial;
    for (std::size_t j = 0; j < made.recorded_neurons.size(); ++j) {
      made.recordings.push_back(t > 0 && flip(0.2) ? kNaN : number());
    }
  }

  void add_codes(Session& made, int t) {
    const bool chose = made.choice.back() != kNoChoice;
    made.time.push_back(t + 0.5 * draws_.uniform({next_++}));
    made.scored.push_back(!chose || flip(0.7));
    if (chose && made.learns.back() && t > 0 && flip(0.2)) made.reward.back() = kNaN;
    if (chose && made.learns.back() && flip(0.2)) made.learns.back() = false;
    if (!chose && flip(0.5)) made.reward.back() = number();
  }

  Kind kind_;
  RandomStream draws_;
  std::uint64_t next_ = 0;
};

inline const Kind kKinds[] = {
    {"accept or reject, labels", 1, true, 0, true, false},
    {"accept or reject, vectors and recordings", 1, false, 3, true, true},
    {"accept or reject, labels and vectors", 1, true, 3, true, false},
    {"three offers, labels", 3, true, 0, true, false},
    {"three offers, vectors and recordings", 3, false, 3, true, true},
    {"three offers, labels and vectors", 3, true, 3, true, false},
    {"one input", 1, false, 1, true, false},
    {"three offers of one input", 3, true, 1, true, false},
    {"neural data alone", 1, false, 3, false, true},
    {"three offers, forced and timed", 3, true, 0, true, false, true},
    {"accept or reject, forced and timed", 1, true, 0, true, false, true},
};

}  // namespace synfer::for_test
