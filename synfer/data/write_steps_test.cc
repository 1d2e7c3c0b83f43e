#include "synfer/data/write_steps.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <sstream>

#include "synfer/base/random.h"
#include "synfer/data/files_for_test.h"
#include "synfer/data/read_steps.h"

namespace synfer {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Equality to the bit, in which a missing value equals a missing value.
void expect_equal(const Session& found, const Session& expected) {
  const auto bits = [](const std::vector<double>& values) {
    std::vector<std::uint64_t> out;
    for (const double v : values) out.push_back(std::bit_cast<std::uint64_t>(std::isnan(v) ? kNaN : v));
    return out;
  };
  EXPECT_EQ(bits(found.reward), bits(expected.reward));
  EXPECT_EQ(bits(found.recordings), bits(expected.recordings));
  EXPECT_EQ(bits(found.x), bits(expected.x));
  Session a = found;
  Session b = expected;
  a.reward = b.reward = a.recordings = b.recordings = a.x = b.x = {};
  EXPECT_EQ(a, b);
}

struct Kind {
  const char* name;
  int offers;
  bool labels;
  bool vectors;
  bool behaves;
  bool recorded;
};

// Draws sessions of one kind; every draw is a function of (seed, session, step).
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
    const char* names[] = {"plain", "with, comma and \"quote\"", " edge\nbreak "};
    Session made;
    made.animal = s == 2 ? "other" : "fly";
    made.name = names[s];
    made.offers = kind_.offers;
    made.inputs = kind_.vectors ? 3 : 0;
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
    if (learns) ++trial;
    for (std::size_t j = 0; j < made.recorded_neurons.size(); ++j) {
      made.recordings.push_back(t > 0 && flip(0.2) ? kNaN : number());
    }
  }

  Kind kind_;
  RandomStream draws_;
  std::uint64_t next_ = 0;
};

TEST(WriteSteps, WhatIsWrittenReadsBackEqual) {
  const Kind kinds[] = {
      {"accept or reject, labels", 1, true, false, true, false},
      {"accept or reject, vectors and recordings", 1, false, true, true, true},
      {"accept or reject, labels and vectors", 1, true, true, true, false},
      {"three offers, labels", 3, true, false, true, false},
      {"three offers, vectors and recordings", 3, false, true, true, true},
      {"three offers, labels and vectors", 3, true, true, true, false},
      {"neural data alone", 1, false, true, false, true},
  };
  const for_test::Folder folder;
  for (const Kind& kind : kinds) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      SCOPED_TRACE(testing::Message() << kind.name << ", seed " << seed);
      const std::vector<Session> sessions = Generator(kind, seed).sessions();
      std::ostringstream out;
      write_steps(out, sessions);
      const std::vector<Session> found = read_steps(folder.write("steps.csv", out.str()));
      ASSERT_EQ(found.size(), sessions.size());
      for (std::size_t s = 0; s < found.size(); ++s) expect_equal(found[s], sessions[s]);
    }
  }
}

TEST(WriteSteps, HasTheDocumentedColumns) {
  Session session;
  session.animal = "fly";
  session.name = "s";
  session.stimuli = {"A"};
  session.stimulus = {0, 0};
  session.trial = {1, 1};
  session.block = {0, 0};
  session.choice = {0, 1};
  session.reward = {kNaN, 0.5};
  session.learns = {false, true};
  session.recorded_neurons = {3};
  session.recordings = {kNaN, 0.1};
  std::ostringstream out;
  write_steps(out, {session});
  EXPECT_EQ(out.str(),
            "animal,session,trial,block,stimulus,choice,reward,y3\nfly,s,1,0,A,0,,\nfly,s,1,0,A,1,0.5,0.1\n");
}

TEST(WriteSteps, RefusesSessionsThatCannotShareATable) {
  const std::vector<Session> one = Generator({"", 1, true, false, true, false}, 1).sessions();
  const std::vector<Session> three = Generator({"", 3, true, false, true, false}, 1).sessions();
  const std::vector<Session> neural = Generator({"", 1, false, true, false, true}, 1).sessions();
  const std::vector<Session> vectors = Generator({"", 1, false, true, true, true}, 1).sessions();
  std::ostringstream out;
  EXPECT_THROW(write_steps(out, {one[0], three[0]}), std::invalid_argument);
  EXPECT_THROW(write_steps(out, {vectors[0], neural[0]}), std::invalid_argument);
  EXPECT_THROW(write_steps(out, {}), std::invalid_argument);
}

}  // namespace
}  // namespace synfer
