#include "synfer/formats/write_steps.h"

#include <gtest/gtest.h>

#include <sstream>

#include "synfer/formats/sessions_for_test.h"

namespace synfer {
namespace {

using for_test::Generator;
using for_test::kNaN;

TEST(WriteSteps, HasTheDocumentedColumns) {
  Session session;
  session.animal = std::string("fly");
  session.name = std::string("s");
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
  const std::vector<Session> one = Generator({"", 1, true, 0, true, false}, 1).sessions();
  const std::vector<Session> three = Generator({"", 3, true, 0, true, false}, 1).sessions();
  std::ostringstream out;
  EXPECT_THROW(write_steps(out, {one[0], three[0]}), std::invalid_argument);
  EXPECT_THROW(write_steps(out, {}), std::invalid_argument);
}

}  // namespace
}  // namespace synfer
