#include "synfer/results/result.h"

#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "synfer/base/error.h"

namespace synfer {
namespace {

RunResult sample() {
  RunResult result;
  result.command = "fit";
  result.state = "converged";
  result.rule_kind = "taylor";
  result.estimates = {{"x*r", 1.0 / 3}, {"w", -0.05}};
  result.initial_weights = {Matrix{{0.1, 0.2, 0.3}, {0.4, 0.5, 0.6}},
                            Matrix{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}};
  result.training_shares = {0.25, 0.75};
  result.history = {{"history.bias", 0.5}};
  result.history_only = {{"history.bias", 0.7}};
  result.session_bias_sd = 0.3;
  result.session_biases = {0.1, -0.1};
  result.history_only_biases = {0.2, -0.2};
  return result;
}

TEST(Result, WhatAnotherRunNeedsReadsBackToTheSameBits) {
  for (const char* kind : {"taylor", "mlp"}) {
    RunResult result = sample();
    result.rule_kind = kind;
    const RunResult back = from_json(to_json(result));
    EXPECT_EQ(back.command, "fit");
    EXPECT_EQ(back.state, "converged");
    EXPECT_EQ(back.rule_kind, kind);
    ASSERT_EQ(back.estimates.size(), 2u);
    EXPECT_EQ(back.estimates[0].name, "x*r");
    EXPECT_EQ(back.estimates[0].value, 1.0 / 3);
    EXPECT_EQ(back.initial_weights, result.initial_weights);
    EXPECT_EQ(back.training_shares, result.training_shares);
    EXPECT_EQ(back.history.at(0).value, 0.5);
    EXPECT_EQ(back.history_only.at(0).value, 0.7);
    EXPECT_EQ(back.session_bias_sd, 0.3);
    EXPECT_EQ(back.session_biases, result.session_biases);
    EXPECT_EQ(back.history_only_biases, result.history_only_biases);
  }
}

TEST(Result, NamesTermsOfATaylorRuleAndParametersOfAnMlp) {
  RunResult result = sample();
  EXPECT_EQ(nlohmann::json::parse(to_json(result))["rule"]["terms"][1]["term"], "w");
  result.rule_kind = "mlp";
  EXPECT_EQ(nlohmann::json::parse(to_json(result))["rule"]["parameters"][1]["name"], "w");
}

TEST(Result, AScoreThatASessionLacksIsNull) {
  RunResult result = sample();
  result.held_out = Scores{};
  result.held_out->percent_deviance["coin_flip"] = {12.5, {12.5, NAN}};
  result.loss = INFINITY;
  const auto json = nlohmann::json::parse(to_json(result));
  const auto& score = json["evaluation"]["held_out"]["percent_deviance"]["coin_flip"];
  EXPECT_EQ(score["median"], 12.5);
  EXPECT_EQ(score["sessions"][0], 12.5);
  EXPECT_TRUE(score["sessions"][1].is_null());
  EXPECT_TRUE(json["fit"]["loss"].is_null());
}

TEST(Result, FilesOfRecordedDataAreNamedWithTheirChecksums) {
  RunResult result = sample();
  result.files = {{"flies/fly1.mat", "abc", 12}};
  const auto json = nlohmann::json::parse(to_json(result));
  EXPECT_EQ(json["data"]["files"][0]["path"], "flies/fly1.mat");
  EXPECT_EQ(json["data"]["files"][0]["sha256"], "abc");
  EXPECT_FALSE(json["data"].contains("trials_at_limit"));
}

TEST(Result, RefusesTextThatIsNone) {
  for (const char* text : {"", "{", "{}", "{\"command\": \"fit\", \"state\": \"converged\", \"rule\": 3}"}) {
    EXPECT_THROW(from_json(text), ConfigurationError) << text;
  }
}

TEST(Result, SaysHowItsDataWereReadInThreeSentencesAndKeepsAll) {
  RunResult result = sample();
  add_reading(result, {});
  EXPECT_TRUE(result.notes.empty());
  add_reading(result, {"a choice of 'l' was taken for place 0", "is 'day' the session?", "b", "c", "d", "e"});
  EXPECT_EQ(
      result.notes.back(),
      (Note{"read_so", "the data were read so: a choice of 'l' was taken for place 0; b; c; and 2 more"}));
  EXPECT_EQ(result.inventory.how,
            (std::vector<std::string>{"a choice of 'l' was taken for place 0", "b", "c", "d", "e"}));
  EXPECT_EQ(result.inventory.unusual, std::vector<std::string>{"is 'day' the session?"});
}

TEST(Result, KeepsTheEffectOfATerm) {
  RunResult result = sample();
  result.estimates[0].effect = 0.25;
  const RunResult read = from_json(to_json(result));
  EXPECT_EQ(read.estimates[0].effect, 0.25);
  EXPECT_TRUE(std::isnan(read.estimates[1].effect));
}

}  // namespace
}  // namespace synfer
