// Neural activity recorded beside a session's trials in an NWB file, as one number a step and neuron: the
// mean over a window of time that is tied to the step, such as the second after the odour came on.
//
//   y_tj = mean of the samples of neuron j with time in [a_t + from, a_t + to)
//
// a_t is a time of the step, by default its start. Samples that are NaN are passed over; a window without
// a sample is missing, NaN; where all are, the window or the column of times is a wrong one: an error. The
// series is a TimeSeries, a RoiResponseSeries or any other NWB type with `data` (samples, or samples x
// neurons) and `timestamps`, or `starting_time` and its rate. Not for spike times, which have no samples: bin
// them first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "synfer/files/array.h"
#include "synfer/files/hdf5_file.h"

namespace synfer {

struct ActivityOptions {
  std::optional<std::string> series;  // a name under acquisition, or a path in the file; none: no activity
  std::string align = "start_time";   // the column of trials with each step's time, s
  std::optional<std::vector<double>> window;  // from, to: s after that time; needed with a series

  friend bool operator==(const ActivityOptions&, const ActivityOptions&) = default;
};

/// What to read of a file (Hdf5File) for mean_activity; nothing without a series.
std::vector<std::string> activity_paths(const ActivityOptions& options);

struct MeanActivity {
  Array mean;                     // one row a time, one column a neuron, in the unit of the series
  std::size_t empty_windows = 0;  // times whose window holds no number
};

/// The mean of each window.
/// @param times  s, in the clock of the file; NaN gives a row of NaN.
/// @throws DataError where the series is missing or contradicts itself, or no window holds a number;
///   ConfigurationError where the window is not two numbers, from < to.
MeanActivity mean_activity(const Hdf5File& nwb, const ActivityOptions& options,
                           const std::vector<double>& times);

}  // namespace synfer
