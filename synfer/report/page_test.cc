#include "synfer/report/page.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "places.h"
#include "synfer/base/error.h"
#include "synfer/base/files_for_test.h"
#include "synfer/report/embedded_private.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Page : public ::testing::Test {
 protected:
  std::string run(const std::string& name, const Json& result) {
    write(name + "/result.json", result.dump());
    return folder_.path(name);
  }

  void write(const std::string& name, const std::string& text) { folder_.write(name, text); }

  static Json result() {
    return Json::parse(R"({
      "synfer_version": "0", "command": "fit", "state": "converged", "advice": "done",
      "rule": {"kind": "taylor", "terms": [
        {"term": "x*r", "estimate": 0.97, "standard_error": 0.04, "interval": [0.89, 1.05]},
        {"term": "w", "estimate": -0.02, "standard_error": 0.04, "interval": [-0.1, 0.06]}]},
      "fit": {"loss": 0.3, "best_start": 0},
      "intervals": {"method": "information", "level": 0.95, "note": "95 % intervals"},
      "history": {"covariates": [
        {"name": "history.bias", "estimate": 0.5, "standard_error": 0.1, "interval": [0.3, 0.7]},
        {"name": "history.choice_kernel", "estimate": 2, "standard_error": 0.5, "interval": [1, 3]},
        {"name": "history.choice_kernel rate", "estimate": 0.2, "standard_error": 0.1, "interval": [0.1, 0.4]}]},
      "identifiability": {"terms": ["x*r", "w"], "groups": [["x*r", "w"]], "never_varied": [],
        "directions": [{"eigenvalue": 1.9, "combination": "1.0 x*r", "standard_error": 0.1, "weights": [1, 0]},
                       {"eigenvalue": 0.01, "combination": "1.0 w", "standard_error": 9, "weights": [0, 1]}]},
      "usable": {"value": "yes", "reasons": []},
      "warnings": ["the data hardly tell x*r, w apart"],
      "notes": [
        {"id": "terms_alike", "kind": "warning", "first": false, "text": "the data hardly tell x*r, w apart"},
        {"id": "does_otherwise", "kind": "warning", "first": false, "text": "simulated, it does something else"},
        {"id": "fitted", "kind": "finding", "first": false, "text": "fitted to 80 choices"}],
      "evaluation": {"in_sample": {"prediction": "open loop",
        "percent_deviance": {"own_rate": {"median": 8, "sessions": [7, 9]}}}},
      "predictive_check": {"draws": 200, "level": 0.95, "statistics": [
        {"name": "accept rate", "observed": 0.6, "simulated": 0.5, "band": [0.4, 0.55], "inside": false,
         "sessions_inside": 1, "sessions": [
           {"animal": "fly0", "session": "day", "observed": 0.7, "simulated": 0.5, "band": [0.4, 0.6], "inside": false},
           {"animal": "fly1", "session": "day", "observed": 0.5, "simulated": 0.5, "band": [0.4, 0.6], "inside": true}]},
        {"name": "learning curve of odour, 1, 1/10", "observed": 0.5, "simulated": 0.5, "band": [0.4, 0.6],
         "inside": true, "sessions_inside": 2, "sessions": [{"animal": "fly0"}, {"animal": "fly1"}]}]},
      "assumptions": {"level": 0.95,
        "fits": [{"assumption": "as fitted", "state": "converged", "loss": 0.3, "findings": [
                   {"of": "x*r", "value": 0.97, "interval": [0.89, 1.05], "conclusion": "above 0"}]},
                 {"assumption": "network.eta=1", "state": "diverged", "loss": 0.4, "findings": [
                   {"of": "x*r", "value": 0.1, "interval": [-1, 1], "conclusion": "open"}]},
                 {"assumption": "stimulus.mean=1.5", "state": "converged", "loss": 0.3, "findings": [
                   {"of": "x*r", "value": 0.2, "conclusion": "at bound"}]}],
        "conclusions": [{"of": "x*r", "as_fitted": "above 0", "holds": false, "otherwise": ["stimulus.mean=1.5"]}]},
      "data": {"animals": 2, "sessions": 2, "choices": 100},
      "seconds": 1})");
  }

  static std::string trajectories(int sessions, int trials) {
    std::string text =
        "animal,session,step,trial,block,stimulus,probability,chosen,reward,weight,weight_sd,held_out\n";
    for (int s = 0; s < sessions; ++s) {
      for (int t = 0; t < trials; ++t) {
        text += "fly" + std::to_string(s) + ",day," + std::to_string(t) + "," + std::to_string(t + 1) + "," +
                std::to_string(t * 3 / trials) + ",odour " + std::to_string(t % 2) + ",0.25,1,0,0.5,0.1,0\n";
      }
    }
    return text;
  }

  static std::vector<std::string> matches(const std::string& text, const char* pattern) {
    const std::regex regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
      found.push_back((*at)[1]);
    return found;
  }

  // Of a figure: its table, and what draws it.
  static std::string figure(const std::string& html, const std::string& id) {
    const std::string from = html.substr(html.find("<figure id=\"" + id + "\">"));
    return from.substr(0, from.find("</figure>"));
  }

  static Json specification(const std::string& figure) {
    return Json::parse(matches(figure, "<script type=\"application/json\">([^<]+)</script>").at(0));
  }

  // Without the library, on which expressions would take long.
  static std::string body(const std::string& page) { return page.substr(0, page.find("</main>")); }

  for_test::Folder folder_;
};

TEST_F(Page, EveryFigureHasASentenceATextAndATableOfItsNumbers) {
  const std::string folder = run("flies", result());
  write("flies/trajectories.csv", trajectories(3, 60));
  write("flies/rule_shape.csv",
        "first,second,at_first,at_second,g,visits\nx,r,0,0,0,1\nx,r,0,1,0,1\nx,r,1,0,0,2\nx,r,1,1,1,0\n");
  write("flies/trace.csv", "start,done,loss,x*r,w\n0,0,1,0,0\n0,1,.5,.5,0\n0,2,.4,.9,0\n0,3,.3,.97,-.02\n");
  const std::string html = body(report_page(std::vector{folder}));
  const std::vector<std::string> figures = matches(html, "<figure id=\"([^\"]+)\">");
  EXPECT_THAT(figures,
              ::testing::IsSupersetOf({"terms", "map-0", "shape-0", "choices-0", "weights-0", "deviance",
                                       "statistics-0", "learning-curve-0", "assumptions-0", "directions-0",
                                       "loss-0", "parameters-along-0"}));
  for (const std::string& id : figures) EXPECT_THAT(html, HasSubstr("<table id=\"" + id + "-numbers\">"));
  EXPECT_EQ(matches(html, "<figcaption><h3>[^<]+</h3><p>([^<]+)</p>").size(), figures.size());
  EXPECT_EQ(matches(html, "role=\"img\" aria-label=\"([^\"]+)\"").size(), figures.size());
  const std::vector<std::string> specifications =
      matches(html, "<script type=\"application/json\">([^<]+)</script>");
  ASSERT_EQ(specifications.size(), figures.size());
  for (const std::string& text : specifications) EXPECT_TRUE(Json::accept(text)) << text;
}

// Names under `key` anywhere in a specification.
void collect(const Json& json, const char* key, std::set<std::string>& names) {
  if (json.is_object() && json.contains(key) && json[key].is_string())
    names.insert(json[key].get<std::string>());
  for (const Json& part : json) {
    if (part.is_structured()) collect(part, key, names);
  }
}

TEST_F(Page, FieldsOfAFigureAreColumnsOfItsTableOrMadeFromThem) {
  const std::string folder = run("flies", result());
  write("flies/trajectories.csv", trajectories(2, 60));
  const std::string html = body(report_page(std::vector{folder}));
  for (const std::string& id : matches(html, "<figure id=\"([^\"]+)\">")) {
    SCOPED_TRACE(id);
    const std::string of = figure(html, id);
    const Json drawn = specification(of);
    std::set<std::string> known;
    for (const std::string& column : matches(of, "<th scope=\"col\"[^>]*>([^<]+)</th>")) known.insert(column);
    collect(drawn, "as", known);
    std::set<std::string> fields;
    collect(drawn, "field", fields);
    EXPECT_FALSE(fields.empty());
    EXPECT_TRUE(std::ranges::includes(known, fields));
  }
}

TEST_F(Page, CoefficientsOfCovariatesAreLogOddsAndTheirRatesShares) {
  const std::string html = body(report_page(std::vector{run("flies", result())}));
  const std::string odds = figure(html, "history");
  EXPECT_THAT(odds, HasSubstr("<td>bias<td>0.5"));
  EXPECT_THAT(odds, HasSubstr("<td>choice_kernel<td>2<td>1<td>3"));
  EXPECT_THAT(odds, Not(HasSubstr("<td>0.2")));
  EXPECT_THAT(specification(odds).dump(), HasSubstr("log odds"));
  const std::string rates = figure(html, "history-rates");
  EXPECT_THAT(rates, HasSubstr("<td>choice_kernel<td>0.2<td>0.1<td>0.4"));
  EXPECT_THAT(rates, Not(HasSubstr("<td>bias")));
  EXPECT_EQ(specification(rates)["layer"][0]["encoding"]["x"]["scale"]["domain"], Json({0, 1}));
}

TEST_F(Page, AxesOfTheRuleSayWhatItsVariablesAre) {
  const std::string folder = run("flies", result());
  write("flies/rule_shape.csv",
        "first,second,at_first,at_second,g,visits\nx,r,0,0,0,1\nx,r,0,1,0,1\nx,r,1,0,0,2\nx,r,1,1,1,0\n"
        "w,y,0,0,0,1\nw,y,0,1,0,1\nw,y,1,0,0,2\nw,y,1,1,1,0\n");
  const Json panels = specification(figure(body(report_page(std::vector{folder})), "shape-0"))["concat"];
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[0]["encoding"]["x"]["title"], "presynaptic activity x");
  EXPECT_EQ(panels[0]["encoding"]["y"]["title"], "reward minus expected reward r");
  Json without = result();
  without["rule"]["r"] = "reward";
  run("flies", without);
  const std::string html = body(report_page(std::vector{folder}));
  EXPECT_EQ(specification(figure(html, "shape-0"))["concat"][0]["encoding"]["y"]["title"], "reward r");
  EXPECT_THAT(html, HasSubstr("<i>r</i> the reward;"));
  EXPECT_EQ(panels[1]["encoding"]["x"]["title"], "weight w");
  EXPECT_EQ(panels[1]["encoding"]["y"]["title"], "postsynaptic activity y");
}

TEST_F(Page, AStimulusThatIsButANumberIsCalledAStimulusOrASimulatedOdour) {
  std::string table = trajectories(1, 60);
  for (std::size_t at = table.find("odour "); at != std::string::npos; at = table.find("odour "))
    table.erase(at, 6);
  Json fitted = result();
  fitted["predictive_check"]["statistics"][0]["name"] = "accept rate of 0";
  Json recovered = fitted;
  recovered["command"] = "recover";
  for (const auto& [name, of, called] :
       {std::tuple("fit", fitted, "stimulus 0"), std::tuple("recovery", recovered, "odour 0")}) {
    const std::string folder = run(name, of);
    write(std::string(name) + "/trajectories.csv", table);
    const std::string html = body(report_page(std::vector{folder}));
    EXPECT_THAT(figure(html, "choices-0"), HasSubstr("<td>" + std::string(called)));
    EXPECT_THAT(figure(html, "weights-0"), HasSubstr("<td>" + std::string(called)));
    EXPECT_THAT(figure(html, "statistics-0"), HasSubstr("<td>accept rate of " + std::string(called)));
  }
}

// Animals "a" and "b", two blocks of four trials, A and B offered side by side; `taken` after the change.
std::string reversal(const std::string& a, const std::string& b, const std::string& scored = "1") {
  std::string text =
      "animal,session,step,trial,block,stimulus,probability,chosen,reward,weight,weight_sd,held_out,scored\n";
  for (const auto& [animal, after] : {std::pair("a", a), std::pair("b", b)}) {
    const std::string taken = "ABAA" + after;  // A pays in the first block, B in the second
    for (int t = 0; t < 8; ++t) {
      const bool pays = (taken[t] == 'A') == (t < 4);
      for (const char option : {'A', 'B'}) {
        text += std::string(animal) + ",day," + std::to_string(t) + "," + std::to_string(t + 1) + "," +
                std::to_string(t / 4) + "," + option + ",0.25," + (taken[t] == option ? "1," : "0,") +
                (pays ? "1" : "0") + ",0,,0," + (t == 5 ? scored : "1") + "\n";
      }
    }
  }
  return text;
}

TEST_F(Page, LearningAfterABlockChangeIsTheShareOfTheNewBetterOption) {
  const std::string folder = run("flies", result());
  write("flies/trajectories.csv", reversal("ABBB", "AAAB"));
  const std::string drawn = figure(body(report_page(std::vector{folder})), "block-changes-0");
  // Of the first block B was taken in its second trial by both; then a, b: 0 0, 1 0, 1 0, 1 1.
  EXPECT_THAT(drawn, HasSubstr("<td>-3<td>1<td>1<td>1<td>0.25<td>2\n"));
  EXPECT_THAT(drawn, HasSubstr("<td>0<td>0<td>0<td>0<td>0.25<td>2\n"));
  EXPECT_THAT(drawn, HasSubstr("<td>1<td>0.5<td>0<td>1<td>0.25<td>2\n"));
  EXPECT_THAT(drawn, HasSubstr("<td>3<td>1<td>1<td>1<td>0.25<td>2\n"));
  EXPECT_THAT(drawn, HasSubstr("2 changes of 2 animals"));
  // Forced choices do not enter.
  write("flies/trajectories.csv", reversal("ABBB", "AAAB", "0"));
  EXPECT_THAT(figure(body(report_page(std::vector{folder})), "block-changes-0"),
              HasSubstr("<td>1<td><td><td><td><td>2\n"));
}

TEST_F(Page, BlocksThatPayAlikeShowNoChange) {
  const std::string folder = run("flies", result());
  write("flies/trajectories.csv", trajectories(2, 60));
  EXPECT_THAT(body(report_page(std::vector{folder})), Not(HasSubstr("block-changes")));
}

TEST_F(Page, AForcedChoiceIsNoShareOfChoices) {
  const std::string folder = run("flies", result());
  write(
      "flies/trajectories.csv",
      "animal,session,step,trial,block,stimulus,probability,chosen,reward,weight,weight_sd,held_out,scored\n"
      "a,day,0,1,0,A,0.25,1,1,0,,0,1\na,day,1,2,0,A,,0,,0,,0,0\n");
  EXPECT_THAT(figure(body(report_page(std::vector{folder})), "choices-0"),
              HasSubstr("<td>fitted<td>1<td>1.000<td>0.250<td>1<td>1.000"));
}

TEST_F(Page, BlocksAndHeldOutTrialsAreMarkedWhereTheyBegin) {
  const std::string folder = run("flies", result());
  std::string rows =
      "animal,session,step,trial,block,stimulus,probability,chosen,reward,weight,weight_sd,held_out\n";
  for (int t = 0; t < 40; ++t) {  // the second block begins at trial 21; trials 36 to 40 are held out
    rows += "a,day," + std::to_string(t) + "," + std::to_string(t + 1) + "," + std::to_string(t / 20) + "," +
            (t % 2 == 0 ? "A" : "B") + ",0.25,1,0,0,," + (t < 35 ? "0" : "1") + "\n";
  }
  write("flies/trajectories.csv", rows);
  const std::string drawn = figure(body(report_page(std::vector{folder})), "choices-0");
  // B was offered first in trial 22, and is drawn in the middle of its own trials.
  EXPECT_THAT(
      drawn,
      HasSubstr("<td>a, day<td>26.0<td>B<td>1<td>fitted<td>5<td>1.000<td>0.250<td>0<td>0.000<td>21<td>30"));
  EXPECT_THAT(drawn, HasSubstr("<td>held out<td>3<td>1.000<td>0.250<td>0<td>0.000<td>36<td>40"));
  const Json layers = specification(drawn)["spec"]["layer"];
  EXPECT_EQ(layers[0]["transform"][1]["aggregate"][0]["field"], "first trial");
  EXPECT_EQ(layers[1]["transform"][0]["aggregate"][0]["field"], "first trial");
  EXPECT_EQ(layers[1]["transform"][1]["calculate"], "datum.first - 0.5");
}

TEST_F(Page, WhatIsNothingBesideTheRestIsZeroOnAnAxis) {
  const std::string folder = run("flies", result());
  write("flies/rule_shape.csv",
        "first,second,at_first,at_second,g,visits\nx,r,0,-1.2e-05,0,1\nx,r,0,1,0,1\nx,r,1,-1.2e-05,0,2\nx,r,"
        "1,1,1,0\n");
  const std::string drawn = figure(body(report_page(std::vector{folder})), "shape-0");
  EXPECT_THAT(drawn, HasSubstr("<td>1<td>0<td>0<td>2"));
  EXPECT_THAT(drawn, Not(HasSubstr("e-05")));
}

TEST_F(Page, ExplainsItsWordsInTwoSentencesEach) {
  const std::string html = body(report_page(std::vector{run("flies", result())}));
  EXPECT_THAT(html, HasSubstr("<li><a href=\"#words\">Words</a></li>"));
  const std::string glossary = html.substr(html.find("<section id=\"words\""));
  const std::vector<std::string> words = matches(glossary, "<dt>([^<]+)</dt>");
  for (const char* word :
       {"nats", "percent deviance", "null", "open loop", "one step ahead", "held out", "odds", "logit"}) {
    EXPECT_THAT(words, Contains(HasSubstr(word)));
  }
  const std::vector<std::string> meanings = matches(glossary, "<dd>([^<]+)</dd>");
  EXPECT_EQ(meanings.size(), words.size());
  for (const std::string& meaning : meanings)
    EXPECT_LE(matches(meaning, "(\\.)(?: |$)").size(), 2U) << meaning;
}

TEST_F(Page, WarningsComeFirst) {
  const std::string html = body(report_page(std::vector{run("flies", result())}));
  const std::size_t warning = html.find("The data hardly tell x*r, w apart.");
  ASSERT_NE(warning, std::string::npos);
  EXPECT_LT(warning, html.find("What was found"));
  EXPECT_LT(warning, html.find("<figure"));
}

// The sentences are those of the result; the page puts them in their boxes and leads to what shows them.
TEST_F(Page, SaysWhatTheResultSaysOfItself) {
  const std::string html = body(report_page(std::vector{run("flies", result())}));
  const std::string glance = html.substr(0, html.find("What was found"));
  EXPECT_THAT(glance, HasSubstr("Simulated, it does something else (<a href=\"#behaviour\">how</a>)."));
  EXPECT_THAT(html.substr(glance.size()), HasSubstr("<li>Fitted to 80 choices.</li>"));
  EXPECT_THAT(glance, Not(HasSubstr("80 choices")));
  EXPECT_THAT(html, HasSubstr("choices of odour, 1"));  // a stimulus may have any name
  // A fit that did not end is drawn and concludes nothing; what has no interval says why.
  const std::string grid = html.substr(html.find("id=\"assumptions-0-numbers\""));
  EXPECT_EQ(matches(grid, "<td>(fit did not end|at bound|above 0)").size(), 3U);
}

TEST_F(Page, BeginsWithWhetherTheNumbersAreUsable) {
  EXPECT_THAT(body(report_page(std::vector{run("flies", result())})), HasSubstr("Usable: yes."));
  Json bad = result();
  bad["usable"] = {{"value", "no"}, {"reasons", {"x*r ran away", "w is open"}}};
  bad["notes"].push_back(
      {{"id", "ran_away"}, {"kind", "unusable"}, {"first", true}, {"text", "x*r ran away"}});
  const std::string html = body(report_page(std::vector{run("bad", bad)}));
  const std::size_t verdict = html.find("<strong>Usable: no</strong>, because x*r ran away; w is open.");
  ASSERT_NE(verdict, std::string::npos);
  EXPECT_LT(verdict, html.find("hardly tell"));
  EXPECT_EQ(html.find("ran away", verdict + 60), std::string::npos);  // is said once
}

TEST_F(Page, ASessionThatTheRuleCannotPredictIsLostAndNotMissing) {
  Json lost = result();
  lost["evaluation"]["in_sample"]["percent_deviance"]["own_rate"] = {
      {"median", nullptr}, {"sessions", {7, nullptr, nullptr, nullptr}}, {"lost", {1, 2}}};
  lost["cross_validation"] = {{"scheme", "leave_one_out"},
                              {"prediction", "open loop"},
                              {"comparisons",
                               {{{"null", "coin_flip"},
                                 {"gain", nullptr},
                                 {"nats_of_fit", nullptr},
                                 {"nats_of_null", 0.69},
                                 {"lost_by_fit", 2},
                                 {"lost_by_null", 0},
                                 {"sessions", 4},
                                 {"above_zero", 2}}}}};
  const std::string html = body(report_page(std::vector{run("flies", lost)}));
  EXPECT_EQ(matches(figure(html, "deviance"), "<td>(-inf)").size(), 3U);  // the median is one
  EXPECT_THAT(figure(html, "gains-0"), HasSubstr("<td>coin_flip<td>-inf<td><td>inf<td>0.69"));
}

TEST_F(Page, AFitThatDidNotConvergeSaysSoFirst) {
  Json diverged = result();
  diverged["state"] = "diverged";
  diverged["advice"] = "try another start";
  EXPECT_THAT(report_page(std::vector{run("flies", diverged)}),
              HasSubstr("How the fit ended: diverged; try another start."));
}

TEST_F(Page, NamesOfDataAreTextAndNeverMarkup) {
  Json bad = result();
  bad["notes"][0]["text"] = "<script>alert(1)</script>";
  bad["usable"] = {{"value", "no"}, {"reasons", {"<script>alert(2)</script>"}}};
  bad["rule"]["terms"][0]["status"] = "</script><img src=x>";
  const std::string folder = run("a&b", bad);
  write("a&b/trajectories.csv",
        "animal,session,step,trial,block,stimulus,probability,chosen,reward,weight,weight_sd,held_out\n"
        "\"</script><b>\",\"</table>\",0,1,0,\"</td>\",0.5,1,1,0,,0\n");
  const std::string html = body(report_page(std::vector{folder}));
  for (const char* markup : {"<script>alert", "</script><img", "</script><b>", "</td>", "a&b"}) {
    EXPECT_THAT(html, Not(HasSubstr(markup)));
  }
}

TEST_F(Page, CarriesItsPlottingLibraryWithItsLicenceAndAsksNobodyForAnything) {
  const std::string page = report_page(std::vector{run("flies", result())});
  EXPECT_THAT(page, HasSubstr(std::string(report::kVega)));
  EXPECT_THAT(page, HasSubstr("Redistribution and use in source and binary forms"));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_TRUE(matches(body(page), "((?:src|href)=\"(?!#))").empty());
}

TEST_F(Page, LibraryIsTheOneThatWasStored) {
  std::ifstream stream(for_test::kSourceFolder + "/third_party/vega/vega.min.js", std::ios::binary);
  const std::string stored((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  EXPECT_TRUE(stored == report::kVega);
}

TEST_F(Page, StaysSmallWhateverTheRun) {
  Json large = result();
  for (int n = 0; n < 5000; ++n) {
    large["evaluation"]["in_sample"]["percent_deviance"]["own_rate"]["sessions"].push_back(n % 100);
    large["data"]["files"].push_back(
        {{"path", std::string(200, 'p')}, {"sha256", std::string(64, '0')}, {"bytes", 1}});
  }
  std::string trace = "start,done,loss,x*r,w\n";
  for (int n = 0; n < 20'000; ++n) trace += "0," + std::to_string(n) + ",0.123456789,0.5,0.5\n";
  std::string shape = "first,second,at_first,at_second,g,visits\n";
  for (const char* pair : {"x,y", "x,w", "x,r", "y,w", "y,r", "w,r"}) {
    for (int n = 0; n < 225; ++n) {
      shape += std::string(pair) + "," + std::to_string(n / 15) + "," + std::to_string(n % 15) + "," +
               std::to_string(n * (n % 15)) + ".5,1\n";
    }
  }
  std::vector<std::string> folders;
  for (const char* name : {"one", "two"}) {
    folders.push_back(run(name, large));
    write(std::string(name) + "/trajectories.csv", trajectories(24, 830));
    write(std::string(name) + "/trace.csv", trace);
    write(std::string(name) + "/rule_shape.csv", shape);
    write(std::string(name) + "/configuration.yaml", std::string(1'000'000, 'c'));
  }
  EXPECT_LE(report_page(folders).size(), kLargestReport);
  EXPECT_LE(report_page(std::span(folders).first(1)).size(), kLargestReport);
  EXPECT_THROW(report_page(std::vector(60, run("small", result()))), ConfigurationError);
}

TEST_F(Page, RunsStandSideBySideUnderTheirNames) {
  Json other = result();
  other["rule"]["terms"][0]["estimate"] = 0.5;
  const std::string html = body(report_page(std::vector{run("with_w", result()), run("without", other)}));
  EXPECT_THAT(html, HasSubstr("<h1>with_w, without</h1>"));
  EXPECT_THAT(html, HasSubstr("<td>with_w<td>x r<td>0.97"));
  EXPECT_THAT(html, HasSubstr("<td>without<td>x r<td>0.5"));
  EXPECT_THAT(html, HasSubstr("<figure id=\"map-1\">"));
}

TEST_F(Page, OneRunHasOneColour) {
  const std::string html = body(report_page(std::vector{run("with_w", result()), run("without", result())}));
  const Json labels = {"with_w", "without"};
  const Json colours = {"var(--run-1)", "var(--run-2)"};
  const Json terms = specification(figure(html, "terms"))["encoding"]["color"]["scale"];
  const Json deviance = specification(figure(html, "deviance"))["spec"]["encoding"]["color"]["scale"];
  for (const Json& scale : {terms, deviance}) {
    EXPECT_EQ(scale["domain"], labels);
    EXPECT_EQ(scale["range"], colours);
  }
  for (std::size_t n = 0; n < 2; ++n) {
    const std::string before = html.substr(0, html.find("<figure id=\"map-" + std::to_string(n) + "\">"));
    EXPECT_EQ(Json(matches(before, "style=\"--mark: ([^\"]+)\"").back()), colours[n]);
  }
}

TEST_F(Page, IntervalsThatOneRunLacksAreNotDeniedTheOther) {
  Json without = result();
  without["intervals"] = {{"method", "none"}};
  const std::string html = body(report_page(std::vector{run("without", without), run("with", result())}));
  EXPECT_THAT(figure(html, "terms"), HasSubstr("Bars are 95 % intervals"));
  EXPECT_THAT(figure(html, "terms"), HasSubstr("A dot without a bar has none computed."));
}

TEST_F(Page, IsAFunctionOfTheFilesAlone) {
  const std::vector<std::string> folder = {run("flies", result())};
  EXPECT_EQ(report_page(folder), report_page(folder));
}

TEST_F(Page, AFolderWithoutAResultIsNoRun) {
  write("empty/notes.txt", "");
  EXPECT_THROW(report_page(std::vector{folder_.path("empty")}), ConfigurationError);
  write("odd/result.json", "[1]");
  EXPECT_THROW(report_page(std::vector{folder_.path("odd")}), ConfigurationError);
}

TEST_F(Page, BeginsWithWhatTheDataHold) {
  Json with = result();
  with["data"].update(Json::parse(R"({
    "how": ["choices are places"], "unusual": ["session 'd<1>': a reward of 999"], "never_varies": [],
    "over_time": [], "reward_quantiles": [],
    "reward_values": [{"value": 0.5, "by_choice": {"place 0": 31, "none": 2}}],
    "stimuli": [{"name": "OCT", "offered": 70, "chosen": 31, "mean_reward": null, "at_place": [70]}],
    "by_animal": [{"name": "fly0", "sessions": 1, "trials": 50, "choices": 50, "rewarded": 0.25}]})"));
  const std::string html = report_page(std::vector{run("with", with)});
  const std::size_t held = html.find("id=\"data\"");
  ASSERT_NE(held, std::string::npos);
  EXPECT_LT(held, html.find("id=\"rule\""));
  const std::string part = html.substr(held, html.find("id=\"rule\"") - held);
  for (const char* says :
       {"a reward of 999", "d&lt;1&gt;", "choices are places", "place 0", "31", "fly0", "share rewarded"}) {
    EXPECT_THAT(part, HasSubstr(says));
  }
  EXPECT_THAT(report_page(std::vector{run("without", result())}), Not(HasSubstr("id=\"data\"")));
}

}  // namespace
}  // namespace synfer
