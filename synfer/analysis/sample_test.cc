#include "synfer/analysis/sample.h"

#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

Session session_of(const std::string& animal, const std::string& name, int choice) {
  Session session;
  session.animal = animal;
  session.name = name;
  session.stimuli = {"a", "b"};
  session.stimulus = {0, 1};
  session.choice = {choice, 1};
  session.reward = {1.0, NAN};
  return session;
}

TEST(Sample, ASessionIsKnownAgainByWhatHappenedInItWhateverItsName) {
  Session other = session_of("b", "2", 1);
  EXPECT_EQ(mark_of(session_of("a", "1", 1)), mark_of(other));
  other.reward[0] = 0.5;
  EXPECT_NE(mark_of(session_of("a", "1", 1)), mark_of(other));
  other = session_of("a", "1", 1);
  other.stimuli = {"a", "c"};
  EXPECT_NE(mark_of(session_of("a", "1", 1)), mark_of(other));
  EXPECT_EQ(mark_of(other).size(), 16U);
}

TEST(Sample, IsCalledWhatItIs) {
  const std::vector<Session> old = {session_of("a", "1", 1), session_of("b", "1", 0)};
  const std::vector<FittedSession> fitted = fitted_sessions(old);
  Session later = session_of("a", "2", 0);
  later.reward[0] = 0.25;
  Session fresh = session_of("c", "1", 0);
  fresh.reward[0] = 0.75;
  EXPECT_EQ(in_words(sample_of(fitted, old)), "the sessions that were fitted");
  EXPECT_EQ(in_words(sample_of(fitted, {later})), "new sessions of fitted animals");
  EXPECT_EQ(in_words(sample_of(fitted, {fresh})), "animals never seen");
  EXPECT_EQ(in_words(sample_of(fitted, {old[0], old[1], later, fresh})),
            "2 fitted sessions, 1 new session of fitted animals, 1 session of animals never seen");
}

}  // namespace
}  // namespace synfer
