#include "synfer/settings/settings_listing.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "places.h"
#include "synfer/settings/schema.h"

namespace synfer {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(SettingsListing, ShowsDefaultRangeUnitAndMeaning) {
  EXPECT_THAT(settings_as_text(), HasSubstr("data.held_out = 0.25\n"
                                            "    Last part of each recorded session"));
  EXPECT_THAT(settings_as_text(),
              HasSubstr("    Allowed: a number >= 0 and < 1 (fraction of the trials).\n"));
  EXPECT_THAT(settings_as_text(), HasSubstr("network.eta = not set: 1 / network.inputs\n"));
  EXPECT_THAT(settings_as_markdown(),
              HasSubstr("| `fit.method` | not set: fisher for a Taylor rule, evidence "
                        "for an MLP | fisher, evidence, adam or lbfgs | Optimiser"));
}

TEST(SettingsListing, FindsSettingsByWhatTheySpeakOf) {
  const auto about = [](const std::vector<std::string>& words) { return settings_as_text(words); };
  EXPECT_THAT(about({"is baited"}),
              AllOf(StartsWith("task.reward_probabilities ="), Not(HasSubstr("fit.epochs"))));
  EXPECT_EQ(about({"EPOCHS", "adam"}).substr(0, 10), "fit.epochs");
  EXPECT_EQ(about({"epochs", "no such word"}), "");
}

TEST(SettingsListing, HasEverySettingOnBothPages) {
  Configuration defaults;
  for (const Setting& setting : settings_of(defaults)) {
    EXPECT_THAT(settings_as_text(), ContainsRegex(setting.key + " =[ \n]"));
    EXPECT_THAT(settings_as_markdown(), HasSubstr("| `" + setting.key + "` | "));
    EXPECT_THAT(setting.documentation, Not(HasSubstr("|")));  // would split the table's cell
  }
}

TEST(SettingsListing, IsThePageInTheDocuments) {
  std::ifstream page(for_test::kSourceFolder + "/docs/settings.md");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(page), {}), settings_as_markdown())
      << "run: build/release/synfer settings --markdown > docs/settings.md";
}

TEST(SettingsListing, FitsATerminal) {
  std::istringstream text(settings_as_text());
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace
}  // namespace synfer
