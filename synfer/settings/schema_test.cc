#include "synfer/settings/schema.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

TEST(Schema, EverySettingHasItsOwnKeyFieldAndSentence) {
  Configuration configuration;
  std::set<std::string> keys;
  std::set<const void*> fields;
  for (const Setting& setting : settings_of(configuration)) {
    SCOPED_TRACE(setting.key);
    EXPECT_TRUE(keys.insert(setting.key).second);
    EXPECT_TRUE(
        fields.insert(std::visit([](auto* field) -> const void* { return field; }, setting.field)).second);
    EXPECT_THAT(setting.documentation, ::testing::EndsWith("."));
  }
}

TEST(Schema, ASettingThatIsAbsentByDefaultSaysWhatHappensThen) {
  Configuration configuration;
  for (const Setting& setting : settings_of(configuration)) {
    EXPECT_EQ(value_text(setting) == "null", !setting.when_absent.empty()) << setting.key;
  }
}

TEST(Schema, SettingsOfASectionStandTogether) {
  Configuration configuration;
  std::set<std::string> closed;
  std::string open;
  for (const Setting& setting : settings_of(configuration)) {
    const std::string section = setting.key.substr(0, setting.key.find('.'));
    if (section != open) {
      EXPECT_TRUE(closed.insert(section).second) << setting.key;
    }
    open = section;
  }
}

TEST(Schema, WhatIsAllowedReadsAsASentence) {
  Configuration configuration;
  const std::vector<Setting> settings = settings_of(configuration);
  const auto allowed = [&](const std::string& key) {
    return allowed_text(*std::ranges::find(settings, key, &Setting::key));
  };
  EXPECT_EQ(allowed("seed"), "a whole number from 0 to 18446744073709551615");
  EXPECT_EQ(allowed("data.sessions"), "a whole number >= 1");
  EXPECT_EQ(allowed("data.held_out"), "a number >= 0 and < 1");
  EXPECT_EQ(allowed("fit.learning_rate"), "a number > 0");
  EXPECT_EQ(allowed("task.input_mean"), "a number");
  EXPECT_EQ(allowed("task.baiting"), "true or false");
  EXPECT_EQ(allowed("fit.method"), "fisher, evidence, adam or lbfgs");
  EXPECT_EQ(allowed("rule.inputs"), "a list of one or more of x, y, w or r");
  EXPECT_EQ(allowed("rule.frozen"), "a list of names");
  EXPECT_EQ(allowed("rule.hidden"), "a list of one or more whole numbers >= 1 and <= 10000");
  EXPECT_EQ(allowed("task.reward_probabilities"), "a list of one or more lists of numbers >= 0 and <= 1");
}

TEST(Schema, AnUnknownKeyIsComparedInWholeAndInItsLastPart) {
  Configuration configuration;
  const std::vector<Setting> settings = settings_of(configuration);
  EXPECT_EQ(nearest_key("fit.epoch", settings), "fit.epochs");
  EXPECT_EQ(nearest_key("learning_rate", settings), "fit.learning_rate");
  EXPECT_EQ(nearest_key("rule.learning_rate", settings), "fit.learning_rate");
  EXPECT_EQ(nearest_key("epochss", settings), "fit.epochs");
  EXPECT_EQ(nearest_key("rule.hiden", settings), "rule.hidden");
  EXPECT_EQ(nearest_key("sead", settings), "seed");
  EXPECT_EQ(nearest_key("lr", settings), "");
  EXPECT_EQ(nearest_key("completely_different", settings), "");
}

}  // namespace
}  // namespace synfer
