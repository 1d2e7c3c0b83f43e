#include "synfer/settings/yaml_reader.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "synfer/base/error.h"
#include "synfer/settings/schema.h"
#include "synfer/settings/yaml_writer.h"

namespace synfer {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

Configuration read(const std::string& yaml) {
  ConfigurationReader reader;
  reader.read_text(yaml, "c.yaml");
  return reader.configuration();
}

ConfigurationError refusal(const std::string& yaml) {
  try {
    read(yaml);
  } catch (const ConfigurationError& error) {
    return error;
  }
  return {"read without complaint", yaml};
}

ConfigurationError refused_override(const std::string& assignment) {
  try {
    ConfigurationReader().override_with(assignment);
  } catch (const ConfigurationError& error) {
    return error;
  }
  return {"read without complaint", assignment};
}

std::string temporary_file(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(YamlReader, NothingWrittenLeavesTheDefaults) {
  for (const char* yaml : {"", "# only a comment\n", "{}", "fit:\n", "---\n"}) {
    EXPECT_EQ(read(yaml), Configuration{}) << yaml;
  }
}

TEST(YamlReader, TheShapeOfTheDocumentationIsRead) {
  const Configuration c = read(R"(
seed: 18446744073709551615
data: {sessions: 7, columns: {choice: lick}}
task: {kind: choice, reward_probabilities: [[0.2, 0.8, 1], [0, 0.1, .5]], baiting: false}
stimulus: {in_fit: mean, noise_sd: 1e-3}
network: {readout: 0.5, eta: 0.25, initial_weights: {kind: estimated, per_session: True}}
rule: {terms: [1, w, x*r], frozen: [1], hidden: [10, 5]}
fit: {method: lbfgs, clip_gradient: 2, penalty: {kind: l2, weight: 0}}
)");
  EXPECT_EQ(c.seed, 18446744073709551615ULL);
  EXPECT_EQ(c.data.sessions, 7);
  EXPECT_EQ(c.data.columns.choice, "lick");
  EXPECT_THAT(c.task.reward_probabilities,
              ElementsAre(ElementsAre(0.2, 0.8, 1.0), ElementsAre(0.0, 0.1, 0.5)));
  EXPECT_EQ(c.task.baiting, false);
  EXPECT_THAT(c.stimulus.in_fit, Optional(std::string("mean")));
  EXPECT_EQ(c.stimulus.noise_sd, 1e-3);
  EXPECT_THAT(c.network.readout, Optional(ElementsAre(0.5)));
  EXPECT_THAT(c.network.eta, Optional(0.25));
  EXPECT_TRUE(c.network.initial_weights.per_session);
  EXPECT_THAT(c.rule.terms, Optional(ElementsAre("1", "w", "x*r")));
  EXPECT_THAT(c.rule.frozen, ElementsAre("1"));
  EXPECT_THAT(c.rule.hidden, ElementsAre(10, 5));
  EXPECT_EQ(c.fit.method, "lbfgs");
  EXPECT_EQ(c.fit.penalty.kind, "l2");
  EXPECT_EQ(c.fit.epochs, 250);
}

TEST(YamlReader, AReadoutMayBeOneNumberOrAList) {
  EXPECT_THAT(read("network: {readout: 1}").network.readout, Optional(ElementsAre(1.0)));
  EXPECT_THAT(read("network: {readout: [1, -2]}").network.readout, Optional(ElementsAre(1.0, -2.0)));
}

TEST(YamlReader, DottedKeysAreReadInFilesToo) { EXPECT_EQ(read("fit.epochs: 3").fit.epochs, 3); }

TEST(YamlReader, CarriageReturnsAndAByteOrderMarkAreRead) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "seed: 4\r\nfit:\r\n  epochs: 3\r\n")
                .fit.epochs,
            3);
}

TEST(YamlReader, AnUnknownKeyNamesTheNearestKnownOne) {
  EXPECT_EQ(refusal("fit: {epoch: 3}").key, "fit.epoch");
  EXPECT_EQ(refusal("fit: {epoch: 3}").nearest, "fit.epochs");
  EXPECT_EQ(refusal("learning_rate: 3").nearest, "fit.learning_rate");
  EXPECT_EQ(refusal("netwrok: {inputs: 3}").nearest, "network");
  EXPECT_EQ(refusal("fit: {penaltie: {kind: l1}}").nearest, "fit.penalty");
  EXPECT_EQ(refusal("lr: 3").nearest, "");
  EXPECT_THAT(refusal("seed: 1\nfit:\n  epoch: 3\n").what(), HasSubstr("c.yaml, line 3"));
}

struct Refused {
  const char* yaml;
  const char* key;
  const char* found;
};

class Values : public ::testing::TestWithParam<Refused> {};

TEST_P(Values, ThatAreNotAllowedAreNamedWithTheirKey) {
  const ConfigurationError error = refusal(GetParam().yaml);
  EXPECT_EQ(error.key, GetParam().key);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(std::string("found ") + GetParam().found + " ("),
                                  HasSubstr("c.yaml, line 1"), HasSubstr("expected ")));
}

INSTANTIATE_TEST_SUITE_P(
    YamlReader, Values,
    ::testing::Values(
        Refused{"seed: -1", "seed", "-1"},
        Refused{"seed: 18446744073709551616", "seed", "18446744073709551616"},
        Refused{"data: {sessions: 0}", "data.sessions", "0"},
        Refused{"data: {sessions: 2.5}", "data.sessions", "2.5"},
        Refused{"data: {sessions: many}", "data.sessions", "many"},
        Refused{"data: {sessions: 99999999999}", "data.sessions", "99999999999"},
        Refused{"data: {sessions: }", "data.sessions", "nothing"},
        Refused{"data: {sessions: [3]}", "data.sessions", "[3]"},
        Refused{"data: {sessions: {a: 3}}", "data.sessions", "a map"},
        Refused{"data: {held_out: 1}", "data.held_out", "1"},
        Refused{"data: {columns: {choice: ''}}", "data.columns.choice", "empty text"},
        Refused{"data: {columns: choice}", "data.columns", "choice"},
        Refused{"recording: {fraction: 1.2}", "recording.fraction", "1.2"},
        Refused{"recording: {fraction: .nan}", "recording.fraction", ".nan"},
        Refused{"recording: {fraction: nan}", "recording.fraction", "nan"},
        Refused{"task: {input_mean: .inf}", "task.input_mean", ".inf"},
        Refused{"task: {input_mean: 1e999}", "task.input_mean", "1e999"},
        Refused{"task: {input_mean: 0.1x}", "task.input_mean", "0.1x"},
        Refused{"task: {baiting: 1}", "task.baiting", "1"},
        Refused{"task: {reward_probabilities: [[0.2, 1.2]]}", "task.reward_probabilities", "[[0.2, 1.2]]"},
        Refused{"task: {reward_probabilities: [0.2, 0.8]}", "task.reward_probabilities", "[0.2, 0.8]"},
        Refused{"task: {reward_probabilities: []}", "task.reward_probabilities", "[]"},
        Refused{"task: {reward_probabilities: [[]]}", "task.reward_probabilities", "[[]]"},
        Refused{"reward_term: {window: -3}", "reward_term.window", "-3"},
        Refused{"reward_term: {rate: 0}", "reward_term.rate", "0"},
        Refused{"rule: {terms: []}", "rule.terms", "[]"},
        Refused{"rule: {terms: {x: 1}}", "rule.terms", "a map"},
        Refused{"rule: {terms: [x, null]}", "rule.terms", "[x, nothing]"},
        Refused{"rule: {inputs: [x, z]}", "rule.inputs", "[x, z]"},
        Refused{"rule: {hidden: [10, 0]}", "rule.hidden", "[10, 0]"},
        Refused{"rule: {degree: 5}", "rule.degree", "5"},
        Refused{"network: {readout: []}", "network.readout", "[]"},
        Refused{"network: {eta: 0}", "network.eta", "0"}, Refused{"fit: {method: sgd}", "fit.method", "sgd"},
        Refused{"fit: {clip_gradient: -1}", "fit.clip_gradient", "-1"},
        Refused{"run: {threads: 0}", "run.threads", "0"}, Refused{"fit: 3", "fit", "3"},
        Refused{"&a [*a]", "c.yaml", "[[[...]]]"}, Refused{"just text", "c.yaml", "just text"}));

TEST(YamlReader, AWrongWordIsAnsweredWithTheRightOnes) {
  EXPECT_THAT(refusal("fit: {method: sgd}").what(), HasSubstr("expected fisher, evidence, adam or lbfgs"));
}

TEST(YamlReader, AKeyGivenTwiceIsRefused) {
  for (const char* yaml :
       {"seed: 1\nseed: 1", "fit: {epochs: 1}\nfit: {method: adam}", "fit: {epochs: 1}\nfit.epochs: 2"}) {
    EXPECT_THAT(refusal(yaml).what(), HasSubstr("given twice (c.yaml, line 2)")) << yaml;
  }
}

TEST(YamlReader, AFaultOfSyntaxHasItsLine) {
  EXPECT_THAT(refusal("seed: 1\nfit: {epochs: 3\n").what(),
              AllOf(HasSubstr("c.yaml, line"), HasSubstr("YAML")));
  EXPECT_THAT(refusal("seed: 1\n\tfit: 2\n").what(), HasSubstr("c.yaml, line 2"));
  EXPECT_THAT(refusal("seed: 1\n---\nseed: 2\n").what(), HasSubstr("2 YAML documents"));
  EXPECT_THAT(refusal("seed: *nobody").what(), HasSubstr("c.yaml, line 1"));
  EXPECT_THAT(refusal("[a, b]: 1").what(), HasSubstr("where the name of a setting belongs"));
  EXPECT_THAT(refusal(std::string(10000, '[')).what(), HasSubstr("YAML"));
}

// yaml-cpp alone goes on for ever at a comma that begins a document.
TEST(YamlReader, EveryOverrideOfOneOrTwoCharactersEndsInAValueOrAnError) {
  std::size_t refused = 0;
  const auto tries = [&](const std::string& value) {
    try {
      ConfigurationReader().override_with("seed=" + value);
    } catch (const ConfigurationError&) {
      ++refused;
    }
  };
  for (char first = ' '; first <= '~'; ++first) {
    tries({first});
    for (char second = ' '; second <= '~'; ++second) tries({first, second});
  }
  // What is read: no value (blanks, ~, comments), and 0 to 99 with a blank, a sign or quotes where they may
  // stand.
  EXPECT_GT(refused, 8000U);
  EXPECT_LT(refused, 95U + 95U * 95U - 110U);
}

TEST(YamlReader, ACommaThatBeginsADocumentIsAFaultOfSyntax) {
  for (const char* yaml : {",", ",\nseed: 1\n", " ,a", "# settings\n,\n", "---\n,\n"}) {
    EXPECT_THAT(refusal(yaml).what(), HasSubstr("not valid YAML: found no value")) << yaml;
  }
  EXPECT_THAT(refused_override("seed=,").what(), HasSubstr("not valid YAML"));
  EXPECT_THAT(refusal("seed: 1\n---\n,").what(), HasSubstr("YAML"));
}

TEST(YamlReader, SettingsThatRepeatEachOtherWithoutEndAreRefused) {
  std::string repeated = "rule: {hidden: &a [1]}\ntask: {reward_probabilities: [";
  for (int i = 0; i < 101; ++i) repeated += "*a, ";
  EXPECT_THAT(refusal(repeated + "*a]}").what(), HasSubstr("more than 100 aliases"));
  EXPECT_THAT(refusal("# " + std::string(16'000'000, 'x')).what(), HasSubstr("more than 16 MB"));
}

TEST(YamlReader, FilesThatCannotBeReadSayWhy) {
  const auto reason = [](const std::string& path) -> std::string {
    try {
      ConfigurationReader().read_file(path);
    } catch (const ConfigurationError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(reason("/no/such.yaml"), HasSubstr("/no/such.yaml: cannot be opened: No such file"));
  EXPECT_THAT(reason(::testing::TempDir()), HasSubstr("Is a directory"));
  EXPECT_EQ(reason(temporary_file("empty.yaml", "")), "");
  EXPECT_THAT(reason("/dev/zero"), HasSubstr("more than 16 MB"));
}

TEST(YamlReader, OverridesWinOverTheFileAndLaterOverEarlier) {
  ConfigurationReader reader;
  reader.read_file(temporary_file("file.yaml", "fit: {epochs: 3, method: lbfgs}"));
  reader.override_with("fit.epochs=4");
  reader.override_with("fit.epochs = 5");
  EXPECT_EQ(reader.configuration().fit.epochs, 5);
  EXPECT_EQ(reader.configuration().fit.method, "lbfgs");
}

TEST(YamlReader, OverridesAreReadAsYaml) {
  ConfigurationReader reader;
  for (const char* assignment :
       {"rule.terms=[1, x*r]", "truth.rule=x*r - 0.05*w", "fit.penalty={kind: l2, weight: 1}",
        "task.reward_probabilities=[[0.1, 0.9]]", "network.initial_weights.file=a=b.csv"}) {
    reader.override_with(assignment);
  }
  EXPECT_THAT(reader.configuration().rule.terms, Optional(ElementsAre("1", "x*r")));
  EXPECT_EQ(reader.configuration().truth.rule, "x*r - 0.05*w");
  EXPECT_EQ(reader.configuration().fit.penalty, (PenaltySettings{.kind = "l2", .weight = 1.0}));
  EXPECT_THAT(reader.configuration().task.reward_probabilities, ElementsAre(ElementsAre(0.1, 0.9)));
  EXPECT_THAT(reader.configuration().network.initial_weights.file, Optional(std::string("a=b.csv")));
}

TEST(YamlReader, OverridesThatCannotBeReadAreNamed) {
  EXPECT_THAT(refused_override("fit.epochs").what(), HasSubstr("expected key=value"));
  EXPECT_THAT(refused_override("=3").what(), HasSubstr("expected key=value"));
  EXPECT_EQ(refused_override("fit.epoch=3").nearest, "fit.epochs");
  EXPECT_EQ(refused_override("task.omission_probability=1.2").key, "task.omission_probability");
  EXPECT_THAT(refused_override("fit.epochs=").what(), HasSubstr("found nothing"));
  EXPECT_THAT(refused_override("rule.terms=[1, x").what(),
              AllOf(HasSubstr("not valid YAML"), HasSubstr("put quotes around a list")));
}

TEST(YamlReader, WhatIsSuggestedForAMistypedKeyIsRightAndParsesWhenTypedBack) {
  Configuration defaults;
  for (const Setting& setting : settings_of(defaults)) {
    const std::string last_doubled = setting.key + setting.key.back();
    const std::string one_left_out = setting.key.substr(0, 1) + setting.key.substr(2);
    for (const std::string& mistyped : {last_doubled, one_left_out}) {
      const std::string value = value_text(setting);
      const ConfigurationError error = refused_override(mistyped + "=" + value);
      EXPECT_EQ(error.nearest, setting.key) << mistyped;
      EXPECT_NO_THROW(ConfigurationReader().override_with(error.nearest + "=" + value)) << mistyped;
    }
  }
  EXPECT_EQ(refused_override("netwrok=3").nearest, "");  // a section takes no number
}

TEST(YamlReader, WhatTheUserSetIsKnown) {
  ConfigurationReader reader;
  reader.read_text("stimulus: {in_fit: mean}\ndata: {sessions: 20}", "c.yaml");
  EXPECT_TRUE(reader.is_set("stimulus.in_fit"));
  EXPECT_TRUE(reader.is_set("data.sessions"));  // though equal to the default
  EXPECT_FALSE(reader.is_set("data.held_out"));
  EXPECT_FALSE(reader.is_set("data"));
}

TEST(YamlReader, NullTakesAnOptionalSettingBack) {
  for (const char* assignment : {"stimulus.in_fit=null", "stimulus.in_fit=~", "stimulus.in_fit="}) {
    ConfigurationReader reader;
    reader.read_text("stimulus: {in_fit: mean}", "c.yaml");
    reader.override_with(assignment);
    EXPECT_EQ(reader.configuration(), Configuration{}) << assignment;
    EXPECT_FALSE(reader.is_set("stimulus.in_fit")) << assignment;
  }
}

TEST(YamlReader, NullInQuotesIsText) {
  EXPECT_THAT(read("network: {initial_weights: {file: 'null'}}").network.initial_weights.file,
              Optional(std::string("null")));
}

}  // namespace
}  // namespace synfer
