// Reads a data set: finds out what the paths hold, reads every file whole, and checks that the
// sessions belong together. A new format is one reader and one line in read.cc.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/files/checksum.h"
#include "synfer/formats/nwb_activity.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

inline constexpr const char* kAutomaticFormat = "automatic";

struct ReadOptions {
  std::string format = kAutomaticFormat;  // or one of format_names()
  ColumnNames columns;                    // of tables and arrays with one row a step
  StepCoding coding;                      // of their cells
  ActivityOptions activity;               // beside the trials of NWB files
};

struct DataSet {
  std::vector<Session> sessions;
  std::vector<DataFile> files;        // every file that was read, in order
  std::vector<std::string> how;       // a sentence each: how what the files leave open was understood
  std::vector<std::string> left_out;  // data files in a given folder that were not read
};

/// The formats that can be named, without `automatic`.
std::vector<std::string> format_names();

/// Each path is a file or a folder. Of a folder, the files of one format are read, in the order
/// in which people number them (fly2 before fly10); data files of other formats beside them are
/// left out. Nothing is returned unless every file is sound and all agree in offers, inputs and
/// names. DataError otherwise; ConfigurationError for an unknown format.
DataSet read_data(const std::vector<std::string>& paths, const ReadOptions& options = {});

/// A session and the file that it came from, or what stands for one in messages.
struct Source {
  const Session* session;
  const std::string* file;
};

/// @throws DataError unless all agree in offers and inputs and no session of an animal is there twice.
void check_belong_together(const std::vector<Source>& sources);

/// The sessions of read_data.
std::vector<Session> read_sessions(const std::vector<std::string>& paths, const ReadOptions& options = {});

}  // namespace synfer
