#include "synfer/run/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "synfer/analysis/rivals.h"
#include "synfer/base/columns.h"
#include "synfer/base/error.h"
#include "synfer/base/shown_number.h"
#include "synfer/base/text.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/result.h"
#include "synfer/results/sentences.h"
#include "synfer/run/run_folder.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidth = 80;  // of a terminal

CrossValidation cross_validation_in(const std::string& run) {
  auto found = cross_validation_of(RunFolder::open_existing(run, {kResultFile}).read(kResultFile));
  if (!found) {
    throw ConfigurationError(
        run,
        "was not cross-validated; fit it again with evaluation.cross_validate=leave_one_out, "
        "grouped or forward");
  }
  for (const HeldOutScore& score : found->scores) {
    for (const char* needed : {kFit, "own_rate"}) {
      if (score.nll.contains(needed)) continue;
      throw ConfigurationError(
          run, fmt::format("{}: cross_validation/scores: {} is missing; the file is damaged or was changed",
                           kResultFile, needed));
    }
  }
  return *std::move(found);
}

// The oracle's score tells whether the choices themselves are the same.
void want_same(const std::string& first_run, const CrossValidation& first, const std::string& run,
               const CrossValidation& other) {
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw ConfigurationError(run,
                             fmt::format("has {} where {} has {}; only runs on the same held-out choices "
                                         "can be compared",
                                         found, first_run, expected));
  };
  if (other.scheme != first.scheme) {
    refuse("evaluation.cross_validate " + other.scheme, first.scheme);
  }
  if (other.scores.size() != first.scores.size()) {
    refuse(fmt::format("{} held-out sessions", other.scores.size()), std::to_string(first.scores.size()));
  }
  for (std::size_t n = 0; n < first.scores.size(); ++n) {
    const HeldOutScore& a = first.scores[n];
    const HeldOutScore& b = other.scores[n];
    if (a.animal != b.animal || a.session != b.session) {
      refuse(fmt::format("session {} of {}", b.session, b.animal),
             fmt::format("{} of {}", a.session, a.animal));
    }
    const std::string of = "of session " + b.session + " ";
    if (a.fold != b.fold) refuse(of + "the fold '" + b.fold + "'", "'" + a.fold + "'");
    const double of_a = a.nll.at("own_rate");
    if (a.choices != b.choices || std::abs(of_a - b.nll.at("own_rate")) > 1e-9 * std::abs(of_a)) {
      refuse(fmt::format("{}{} other choices", of, b.choices), std::to_string(a.choices));
    }
  }
}

// A run that cannot predict a session, in the words of its own result.
std::vector<std::string> what_is_lost(const RunComparison& comparison) {
  std::vector<std::string> all;
  for (const std::string& run : comparison.runs) {
    for (const ScoreGroup& group : comparison.groups) {
      const std::size_t lost = compare(group.scores, run, run).lost_by_model;
      if (lost == 0) continue;
      const std::string sessions =
          fmt::format("{} of {}", lost, counted(group.scores.size(), "held-out session"));
      const std::string fold = group.name.empty() ? "" : " (" + group.name + ")";
      all.push_back(run + ": " + say("lost_held_out", {{"sessions", sessions}, {"fold", fold}}).text);
    }
  }
  return all;
}

}  // namespace

RunComparison compare_runs(const std::vector<std::string>& runs) {
  RunComparison comparison{runs, {}, "", {}};
  std::vector<CrossValidation> all;
  for (std::size_t n = 0; n < runs.size(); ++n) {
    if (std::ranges::count(runs, runs[n]) > 1) {
      throw ConfigurationError(runs[n], "is named twice; name each run once");
    }
    all.push_back(cross_validation_in(runs[n]));
    want_same(runs.front(), all.front(), runs[n], all.back());
    comparison.predictions.push_back(all.back().prediction);
  }
  comparison.scheme = all.front().scheme;
  CrossValidation joint = all.front();
  for (std::size_t s = 0; s < joint.scores.size(); ++s) {
    joint.scores[s].nll.clear();
    for (std::size_t n = 0; n < runs.size(); ++n)
      joint.scores[s].nll[runs[n]] = all[n].scores[s].nll.at(kFit);
  }
  comparison.groups = groups_of(joint);
  return comparison;
}

std::string table_of(const RunComparison& comparison) {
  const std::string& first = comparison.runs.front();
  std::string text;
  for (const std::string& said : what_is_lost(comparison)) text += wrapped(said, "", kWidth);
  for (const ScoreGroup& group : comparison.groups) {
    if (!text.empty()) text += "\n";
    text += wrapped(
        fmt::format("held out, {}{}: {}", comparison.scheme, group.name.empty() ? "" : ", " + group.name,
                    counted(group.scores.size(), "session")),
        "", kWidth);
    Columns table({30, 14, 14, 22});
    table.row({"", "nats a", "sessions", "gain over the first,"});
    table.row({"run", "step", "better", "nats a step"});
    for (std::size_t n = 0; n < comparison.runs.size(); ++n) {
      const std::string& run = comparison.runs[n];
      const PairedComparison paired = compare(group.scores, run, first);
      std::vector<std::string> row = {run.size() < 30 ? run : "..." + run.substr(run.size() - 26),
                                      fmt::format("{:.4f}", paired.model_nats)};
      if (n > 0) {
        row.push_back(fmt::format("{} of {}", paired.above_zero, group.scores.size()));
        row.push_back(gain_in_words(paired));
      }
      table.row(std::move(row));
    }
    text += table.text();
  }
  text += wrapped("+- standard errors over animals", "  ", kWidth);
  for (const std::string& prediction : comparison.predictions) {
    if (prediction == comparison.predictions.front()) continue;
    text +=
        wrapped("note: some of these runs predict one step ahead, from all choices before, others open loop",
                "  ", kWidth);
    break;
  }
  return text;
}

std::string to_json(const RunComparison& comparison) {
  Json json = {{"sample", "held out"},
               {"scheme", comparison.scheme},
               {"unit", "nats a step"},
               {"runs", Json::array()}};
  for (std::size_t n = 0; n < comparison.runs.size(); ++n) {
    json["runs"].push_back({{"run", comparison.runs[n]}, {"prediction", comparison.predictions[n]}});
  }
  json["lost"] = what_is_lost(comparison);
  json["comparisons"] = Json::array();
  for (const ScoreGroup& group : comparison.groups) {
    for (std::size_t a = 0; a < comparison.runs.size(); ++a) {
      for (std::size_t b = a + 1; b < comparison.runs.size(); ++b) {
        const PairedComparison paired = compare(group.scores, comparison.runs[b], comparison.runs[a]);
        Json one = {{"run", comparison.runs[b]}, {"over", comparison.runs[a]}};
        if (!group.name.empty()) one["fold"] = group.name;
        one["nats"] = paired.model_nats;
        one["nats_of_other"] = paired.rival_nats;
        one["gain"] = paired.mean;
        one["gain_standard_error"] = paired.standard_error;
        one["gain_median"] = paired.median;
        one["sessions"] = group.scores.size();
        one["above_zero"] = paired.above_zero;
        one["lost"] = paired.lost_by_model;
        one["lost_by_other"] = paired.lost_by_rival;
        one["gain_by_session"] = paired.gain;
        json["comparisons"].push_back(one);
      }
    }
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace synfer
