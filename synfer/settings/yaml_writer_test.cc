#include "synfer/settings/yaml_writer.h"

#include <gmock/gmock.h>

#include <limits>

#include "synfer/settings/yaml_reader.h"

namespace synfer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Configuration read_back(const Configuration& configuration) {
  ConfigurationReader reader;
  reader.read_text(to_yaml(configuration), "written");
  return reader.configuration();
}

// Moves every setting away from its default, within what it may be.
struct Change {
  const Setting& setting;

  void operator()(std::uint64_t* value) const { *value = std::numeric_limits<std::uint64_t>::max(); }
  void operator()(int* value) const { *value += 1; }
  void operator()(double* value) const {
    *value = setting.allowed.high == 1.0 ? 1.0 / 3.0 : 0.1 + 0.2 + 1e-17 * *value;
  }
  void operator()(bool* value) const { *value = !*value; }
  void operator()(std::string* value) const {
    *value = setting.allowed.words.empty() ? "other: #text" : setting.allowed.words.back();
  }
  void operator()(Strings* value) const {
    *value = {setting.allowed.words.empty() ? "x*r" : setting.allowed.words.front()};
  }
  void operator()(std::vector<int>* value) const { value->push_back(3); }
  void operator()(std::vector<std::vector<double>>* value) const { *value = {{1.0 / 3.0, 1e-300}, {1, 0}}; }
  void operator()(std::optional<Strings>* value) const {
    *value = {"1", "null", "x*r"};
    if (!setting.allowed.words.empty())
      *value = {setting.allowed.words.back(), setting.allowed.words.front()};
  }
  void operator()(std::optional<std::vector<double>>* value) const { *value = {-1.0 / 3.0, 5e-324}; }
  template <typename T>
  void operator()(std::optional<T>* value) const {
    (*this)(&value->emplace());
  }
};

TEST(YamlWriter, TheDefaultsReadBack) { EXPECT_EQ(read_back({}), Configuration{}); }

TEST(YamlWriter, EverySettingReadsBackAlone) {
  Configuration defaults;
  const std::size_t count = settings_of(defaults).size();
  for (std::size_t i = 0; i < count; ++i) {
    Configuration changed;
    const Setting setting = settings_of(changed)[i];
    std::visit(Change{setting}, setting.field);
    EXPECT_EQ(read_back(changed), changed) << setting.key << ": " << value_text(setting);
    if (setting.allowed.words.empty() || value_text(setting) != value_text(settings_of(defaults)[i])) {
      EXPECT_NE(changed, defaults) << setting.key;
    }
  }
}

TEST(YamlWriter, AnyTextReadsBack) {
  for (const char* text :
       {"null", "~",    "true", "1e3", "x*r - 0.05*w", " spaces ", "*",    "&a",          "!t", "- a",
        "a: b", "a #b", "'",    "\"",  "\\",           "{",        "[",    "]",           "%",  "@",
        "`",    "?",    "|",    ">",   "two\nlines\n", "tab\t",    "\x01", "caf\xC3\xA9", ","}) {
    Configuration configuration;
    configuration.data.columns.choice = text;
    configuration.rule.frozen = {text, text};
    EXPECT_EQ(read_back(configuration), configuration) << text;
  }
}

TEST(YamlWriter, SettingsAreNestedAndListsStandOnOneLine) {
  const std::string yaml = to_yaml({});
  EXPECT_THAT(yaml, HasSubstr("seed: 1\ndata:\n  sessions: 20\n"));
  EXPECT_THAT(yaml, HasSubstr("  reward_probabilities: [[0.2, 0.8], [0.9, 0.1], [0.2, 0.8]]\n"));
  EXPECT_THAT(yaml, HasSubstr("    kind: null\n    weight: 0.01\n"));
  EXPECT_THAT(yaml, HasSubstr("  in_fit: null\n"));
  EXPECT_THAT(yaml, HasSubstr("  learning_rate: 0.001\n"));
}

TEST(YamlWriter, SettingsThatHaveNoMeaningAreLeftOut) {
  const std::string yaml = to_yaml({}, {"data.sessions"});
  EXPECT_THAT(yaml, Not(HasSubstr(" sessions: 20")));
  ConfigurationReader reader;
  reader.read_text(yaml, "written");
  EXPECT_EQ(reader.configuration(), Configuration{});
  EXPECT_FALSE(reader.is_set("data.sessions"));
}

}  // namespace
}  // namespace synfer
