// The report: one page, offline, that a colleague opens in a browser and understands.
//
// Warnings come first. Every figure has a sentence that says how to read it and the table of its numbers
// (figure.h). The page is a function of the files in the folders of runs and of nothing else: it can be
// written again at any time, and runs side by side.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace synfer {

inline constexpr const char* kReportFile = "report.html";

/// No page is larger; the plotting library in it takes 0.9 MB.
inline constexpr std::size_t kLargestReport = 1'500'000;

/// @param folders  of runs, one or more
/// @throws ConfigurationError where a folder is not that of a run that has ended, DataError where its tables
///         are damaged.
std::string report_page(std::span<const std::string> folders);

}  // namespace synfer
