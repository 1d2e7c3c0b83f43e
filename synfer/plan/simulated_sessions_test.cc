// Simulated sessions as files.
#include <gtest/gtest.h>

#include <sstream>

#include "synfer/base/files_for_test.h"
#include "synfer/formats/read_steps.h"
#include "synfer/formats/write_steps.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

TEST(SimulatedSessions, AWrittenSessionReadsBackEqual) {
  const for_test::Truth truth(network_with_hidden_layer(12, 10, {}), "x*r");
  const for_test::Folder folder;
  for (SimulationOptions options : for_test::every_task()) {
    options.recorded_fraction = 0.3;
    std::vector<Session> written;
    for (SimulatedSession& simulated : simulate(options, truth.model, truth.theta, 3, "fly")) {
      written.push_back(std::move(simulated.session));
    }
    std::ostringstream out;
    write_steps(out, written);
    const std::vector<Session> found = read_steps(folder.write("steps.csv", out.str())).sessions;
    ASSERT_EQ(found.size(), written.size());
    for (std::size_t s = 0; s < found.size(); ++s) {
      EXPECT_TRUE(for_test::equal(found[s], written[s])) << "task " << options.task.index();
    }
  }
}

}  // namespace
}  // namespace synfer
