// Reads one session from an NWB file (Neurodata Without Borders, HDF5): its table intervals/trials, one row
// a step, whose columns are called as in a CSV (step_columns.h) or mapped; arrays of more dimensions as
// in step_arrays.h; and, where asked for, neural activity beside it (nwb_activity.h).
//
// The animal is the subject's id, the session the session's id, or else the file's name. A table without
// a column for trials has a trial a row. A ragged column (NAME_index says where each row ends) is read where
// rows have one value at most, or all as many; others are refused where they are asked for.
//
// The foraging layout (Allen Institute, two lick ports) has a trial a row: `animal_response` 0 left,
// 1 right, 2 or missing none; `rewarded_historyL`, `rewarded_historyR`: whether that port paid. It is read as
// a choice between two offers, `left` and `right`. What a port pays without a choice is free; what the other
// port pays beside a choice (`auto_waterL`, `auto_waterR`) is left out, and the reading says so. A block is a
// run of trials with equal reward probabilities
// (`reward_probabilityL`, `reward_probabilityR`), where the file has them.
#pragma once

#include <string>
#include <vector>

#include "synfer/formats/nwb_activity.h"
#include "synfer/formats/reading.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// The row of a DataError is the row of the table, counted from 1.
Reading read_nwb(const std::string& file, const ColumnNames& names = {}, const StepCoding& coding = {},
                 const ActivityOptions& activity = {});

/// The foraging layout. Of `coding`, how responses are coded and whether rows are to be sorted by time.
Reading read_foraging_nwb(const std::string& file, const StepCoding& coding = {},
                          const ActivityOptions& activity = {});

/// Whether the file is an NWB file with the columns of the foraging layout. Never throws for damage.
bool is_foraging_nwb(const std::string& file);

}  // namespace synfer
