// Reads the two-file layout of the flies of 2022 (Rajagopalan et al., PNAS 2023; published in
// neurorishika/FlYMazeRL): choices.csv and rewards.csv, one row a fly, one column a trial, no
// header, all 0 or 1.
//
// Rejections were not recorded, so a trial is one step with both odours offered: offer k is odour
// k. For choices with rejections use one row a step (read_steps.h).
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// One session a fly, called fly1, fly2, ... DataError where a cell is not 0 or 1, or the two
/// tables differ in shape.
std::vector<Session> read_flies2022(const std::string& choices_file, const std::string& rewards_file);

}  // namespace synfer
