#include "synfer/run/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "synfer/base/error.h"
#include "synfer/files/checksum.h"
#include "synfer/results/checked_json_private.h"

namespace synfer {
namespace {

using Json = CheckedJson::Json;

constexpr long kVersion = 2;

Json json_of(const WorkRecord& record) {
  Json json = Json::object();
  for (const auto& [place, numbers] : record) json[std::to_string(place)] = CheckedJson::any_numbers(numbers);
  return json;
}

WorkRecord record_in(const CheckedJson& json) {
  WorkRecord record;
  for (const std::string& key : json.keys()) {
    const bool is_place =
        !key.empty() && key.size() < 9 &&
        std::ranges::all_of(key, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
    if (!is_place) json.refuse(fmt::format("found the key {}, expected numbers", key));
    record.emplace(std::stoul(key), json.at(key).any_numbers());
  }
  return record;
}

Json state_of(const OptimiserState& state) {
  Json trace = Json::array();
  for (const TraceRow& row : state.trace)
    trace.push_back({row.done, CheckedJson::any_number(row.loss), CheckedJson::any_numbers(row.parameters)});
  return {{"parameters", CheckedJson::any_numbers(state.parameters)},
          {"first_moment", CheckedJson::any_numbers(state.first_moment)},
          {"second_moment", CheckedJson::any_numbers(state.second_moment)},
          {"steps", state.steps},
          {"left_out", state.left_out},
          {"damping", CheckedJson::any_number(state.damping)},
          {"rejected", state.rejected},
          {"precisions", CheckedJson::any_numbers(state.precisions)},
          {"from", CheckedJson::any_numbers(state.from)},
          {"answers", CheckedJson::any_numbers(state.answers)},
          {"done", state.done},
          {"loss", CheckedJson::any_number(state.loss)},
          {"trace", trace}};
}

OptimiserState state_in(const CheckedJson& json) {
  OptimiserState state;
  state.parameters = json.at("parameters").numbers();
  state.first_moment = json.at("first_moment").any_numbers();
  state.second_moment = json.at("second_moment").any_numbers();
  state.steps = json.at("steps").whole(0);
  state.left_out = json.at("left_out").whole(0);
  state.damping = json.at("damping").number();
  state.rejected = json.at("rejected").truth();
  state.precisions = json.at("precisions").numbers();
  state.from = json.at("from").numbers();
  state.answers = json.at("answers").any_numbers();
  state.done = json.at("done").whole(0);
  state.loss = json.at("loss").any_number();
  for (const CheckedJson& row : json.at("trace").list()) {
    const std::vector<CheckedJson> cells = row.list();
    if (cells.size() != 3) row.refuse(fmt::format("found {} cells, expected 3", cells.size()));
    state.trace.push_back({cells[0].whole(0), cells[1].any_number(), cells[2].any_numbers()});
  }
  return state;
}

Json json_of(const OptimumProgress& optimum) {
  Json starts = Json::array();
  for (const std::vector<double>& start : optimum.starts) starts.push_back(CheckedJson::any_numbers(start));
  return {{"starts", starts},
          {"rounds", optimum.rounds},
          {"around", CheckedJson::any_numbers(optimum.around)},
          {"loss", CheckedJson::any_number(optimum.loss)},
          {"has_steps", optimum.has_steps}};
}

OptimumProgress optimum_in(const CheckedJson& json) {
  OptimumProgress optimum;
  for (const CheckedJson& start : json.at("starts").list()) optimum.starts.push_back(start.numbers());
  optimum.rounds = json.at("rounds").count();
  optimum.around = json.at("around").numbers();
  optimum.loss = json.at("loss").any_number();
  optimum.has_steps = json.at("has_steps").truth();
  return optimum;
}

Json json_of(const RunProgress& progress) {
  const FitProgress& fit = progress.fit;
  Json finished = Json::array();
  for (const OptimiserSummary& end : fit.finished) {
    finished.push_back(
        {{"state", static_cast<int>(end.state)}, {"advice", end.advice}, {"at", state_of(end.at)}});
  }
  return {{"structures", json_of(progress.structures)},
          {"work", json_of(fit.work)},
          {"optimum", fit.optimum ? json_of(*fit.optimum) : Json(nullptr)},
          {"start", fit.start},
          {"current", fit.current ? state_of(*fit.current) : Json(nullptr)},
          {"finished", finished}};
}

RunProgress progress_in(const CheckedJson& json) {
  RunProgress progress;
  progress.structures = record_in(json.at("structures"));
  FitProgress& fit = progress.fit;
  fit.work = record_in(json.at("work"));
  if (const auto optimum = json.find("optimum")) fit.optimum = optimum_in(*optimum);
  fit.start = json.at("start").count();
  if (const auto current = json.find("current")) fit.current = state_in(*current);
  for (const CheckedJson& end : json.at("finished").list()) {
    const long state = end.at("state").whole(0, static_cast<long>(FitState::kInterrupted));
    fit.finished.push_back({static_cast<FitState>(state), end.at("advice").text(), state_in(end.at("at"))});
  }
  return progress;
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string to_checkpoint(const RunProgress& progress, const std::string& run) {
  const Json state = json_of(progress);
  return text_of(
      {{"schema_version", kVersion}, {"run", run}, {"sha256", sha256(text_of(state))}, {"state", state}});
}

RunProgress from_checkpoint(const std::string& text, const std::string& run) {
  const Json json = CheckedJson::parse(kCheckpointFile, text);
  const CheckedJson whole(kCheckpointFile, json);
  whole.want_version(kVersion);
  if (whole.at("run").text() != run) {
    whole.at("run").refuse("the state is of another run, or what the run was asked for was changed");
  }
  RunProgress progress = progress_in(whole.at("state"));
  // What was read is written again: the digest is of the values, whatever the text around them.
  if (sha256(text_of(json_of(progress))) != whole.at("sha256").text()) {
    whole.at("sha256").refuse("the state is not the one that was saved");
  }
  return progress;
}

}  // namespace synfer
