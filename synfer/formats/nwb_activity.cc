#include "synfer/formats/nwb_activity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {
namespace {

constexpr const char* kAcquisition = "acquisition";

std::string acquired_path(const std::string& series) { return std::string(kAcquisition) + "/" + series; }

std::string path_of(const Hdf5File& nwb, const std::string& series) {
  std::string acquired = acquired_path(series);
  if (nwb.has(acquired)) return acquired;
  if (nwb.has(series)) return series;
  const std::vector<std::string> found = nwb.members(kAcquisition);
  throw DataError(
      nwb.file(), 0, series,
      fmt::format("there is no such series; found under acquisition {}; give one of these, or the "
                  "path of another in the file, such as processing/ophys/DfOverF/RoiResponseSeries",
                  found.empty() ? "none" : join(found, ", ")));
}

std::vector<double> times_of(const Hdf5File& nwb, const std::string& series, std::size_t samples) {
  if (nwb.has(series + "/timestamps")) {
    const Array& times = nwb.array(series + "/timestamps");
    if (times.numbers.size() != samples) {
      throw DataError(nwb.file(), 0, series,
                      fmt::format("has {} timestamps, expected one for each of its {} samples",
                                  times.numbers.size(), samples));
    }
    if (!std::is_sorted(times.numbers.begin(), times.numbers.end()) ||
        std::any_of(times.numbers.begin(), times.numbers.end(), [](double t) { return std::isnan(t); })) {
      throw DataError(nwb.file(), 0, series, "its timestamps do not rise; sort the samples by time");
    }
    return times.numbers;
  }
  const std::string start = series + "/starting_time";
  const std::optional<double> rate = nwb.attribute(start, "rate");
  if (!rate || !(*rate > 0.0)) {
    throw DataError(nwb.file(), 0, series, "has neither timestamps nor a starting_time with a rate above 0");
  }
  const Array& first = nwb.array(start);
  std::vector<double> times;
  for (std::size_t i = 0; i < samples; ++i) {
    times.push_back(first.numbers.empty() ? 0.0 : first.numbers.front() + static_cast<double>(i) / *rate);
  }
  return times;
}

std::string range_of(const std::vector<double>& times) {
  double first = std::numeric_limits<double>::infinity();
  double last = -first;
  for (const double time : times) {
    if (std::isnan(time)) continue;
    first = std::min(first, time);
    last = std::max(last, time);
  }
  return first > last ? "none" : fmt::format("{} to {} s", shortest(first), shortest(last));
}

[[noreturn]] void reject_windows(const Hdf5File& nwb, const ActivityOptions& options,
                                 const std::vector<double>& window, const std::vector<double>& sampled,
                                 const std::vector<double>& times) {
  throw DataError(
      nwb.file(), 0, options.series.value_or(""),
      fmt::format("no step has a sample in its window, {} to {} s after '{}' (samples are from {}, times of "
                  "steps {}); correct data.activity.window or data.activity.align",
                  shortest(window.front()), shortest(window.back()), options.align, range_of(sampled),
                  range_of(times)));
}

}  // namespace

std::vector<std::string> activity_paths(const ActivityOptions& options) {
  if (!options.series) return {};
  std::vector<std::string> paths = {kAcquisition};
  for (const std::string& series : {acquired_path(*options.series), *options.series}) {
    for (const char* part : {"", "/data", "/timestamps", "/starting_time"}) paths.push_back(series + part);
  }
  return paths;
}

MeanActivity mean_activity(const Hdf5File& nwb, const ActivityOptions& options,
                           const std::vector<double>& times) {
  if (!options.window || options.window->size() != 2 || !(options.window->front() < options.window->back())) {
    throw ConfigurationError(
        "data.activity.window",
        "expected two numbers, from and to in seconds after the time of a step, from < to");
  }
  const std::string series = path_of(nwb, options.series.value_or(""));
  const Array& data = nwb.array(series + "/data");
  if (data.is_text || data.shape.empty() || data.shape.size() > 2) {
    throw DataError(nwb.file(), 0, series, "expected its data as numbers, samples or samples x neurons");
  }
  const std::size_t samples = data.shape[0];
  const std::size_t neurons = data.shape.size() == 2 ? data.shape[1] : 1;
  const std::vector<double> sampled = times_of(nwb, series, samples);
  const double scale = nwb.attribute(series + "/data", "conversion").value_or(1.0);
  const double offset = nwb.attribute(series + "/data", "offset").value_or(0.0);

  MeanActivity found;
  Array& mean = found.mean;
  mean.shape = {times.size(), neurons};
  for (const double time : times) {
    const auto from = std::lower_bound(sampled.begin(), sampled.end(), time + options.window->front());
    const auto to = std::lower_bound(from, sampled.end(), time + options.window->back());
    bool is_empty = true;
    for (std::size_t j = 0; j < neurons; ++j) {
      double sum = 0.0;
      double count = 0.0;
      for (auto at = from; at < to && !std::isnan(time); ++at) {
        const double value = data.numbers[static_cast<std::size_t>(at - sampled.begin()) * neurons + j];
        if (std::isnan(value)) continue;
        sum += value;
        count += 1.0;
      }
      mean.numbers.push_back(count > 0.0 ? sum / count * scale + offset
                                         : std::numeric_limits<double>::quiet_NaN());
      is_empty = is_empty && count == 0.0;
    }
    found.empty_windows += is_empty ? 1 : 0;
  }
  if (found.empty_windows == times.size() && !times.empty())
    reject_windows(nwb, options, *options.window, sampled, times);
  return found;
}

}  // namespace synfer
