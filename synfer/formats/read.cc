#include "synfer/formats/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <span>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/long_name.h"
#include "synfer/data/session_order.h"
#include "synfer/data/stimuli.h"
#include "synfer/files/file.h"
#include "synfer/files/npz_file.h"
#include "synfer/files/table.h"
#include "synfer/files/twins.h"
#include "synfer/formats/read_flies2022.h"
#include "synfer/formats/read_matlab.h"
#include "synfer/formats/read_nwb.h"
#include "synfer/formats/read_steps.h"
#include "synfer/formats/step_arrays.h"
#include "synfer/formats/way_to_convert.h"

namespace synfer {
namespace {

namespace fs = std::filesystem;

using Paths = std::vector<std::string>;

bool has_suffix(const std::string& path, std::string_view suffix) { return suffix_of_file(path) == suffix; }

bool is_text_table(const std::string& path) {
  const std::string suffix = suffix_of_file(path);
  return std::ranges::any_of(std::array{".csv", ".tsv", ".txt"}, [&](const std::string& kind) {
    return suffix == kind || suffix == kind + ".gz";
  });
}

// Of a folder's text files those are data that hold a table: others are notes.
bool is_note(const std::string& path) {
  if (!has_suffix(path, ".txt") && !has_suffix(path, ".txt.gz")) return false;
  try {
    return read_table(path).columns() < 2;
  } catch (const DataError&) {
    return true;
  }
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

Paths alone(const std::string& path) { return {path}; }

// The folder of a pair is known by both names; a file of the pair by its own and by having no header.
Paths flies2022_pair(const std::string& path) {
  const fs::path folder = is_folder(path) ? fs::path(path) : fs::path(path).parent_path();
  return {(folder / "choices.csv").string(), (folder / "rewards.csv").string()};
}

bool is_flies2022(const std::string& path) {
  const Paths pair = flies2022_pair(path);
  std::error_code ignored;
  if (is_folder(path)) return fs::exists(pair[0], ignored) && fs::exists(pair[1], ignored);
  const std::string name = fs::path(path).filename().string();
  if (name != "choices.csv" && name != "rewards.csv") return false;
  const Table table = read_table(path, Header::kNone);
  for (std::size_t column = 0; column < table.columns(); ++column) {
    if (!parse_number(table.cell(0, column))) return false;
  }
  return true;
}

struct Format {
  const char* name;
  const char* description;
  bool (*recognises)(const std::string& path);  // a file, or a folder that is one data set
  Paths (*files)(const std::string& path);      // those read together with it, itself included
  Reading (*read)(const Paths& files, const ReadOptions& options);
};

// The first format that recognises a path, or a file of a folder, reads it.
const Format kFormats[] = {
    {"flies2022", "choices.csv and rewards.csv (one row a fly, no header)", is_flies2022, flies2022_pair,
     [](const Paths& files, const ReadOptions&) { return Reading{read_flies2022(files[0], files[1]), {}}; }},
    {"matlab", "MATLAB .mat (X, Y, R, or arrays called like the columns of a CSV)",
     [](const std::string& path) { return has_suffix(path, ".mat"); }, alone,
     [](const Paths& files, const ReadOptions& options) {
       return read_matlab(files[0], options.columns, options.coding);
     }},
    {"npz", "NumPy .npz (arrays called like the columns of a CSV)",
     [](const std::string& path) { return has_suffix(path, ".npz"); }, alone,
     [](const Paths& files, const ReadOptions& options) {
       return sessions_of(files[0], read_npz(files[0]), options.columns, options.coding,
                          name_of_file(files[0]));
     }},
    {"foraging-nwb", "NWB .nwb of a foraging task with two lick ports",
     [](const std::string& path) { return has_suffix(path, ".nwb") && is_foraging_nwb(path); }, alone,
     [](const Paths& files, const ReadOptions& options) {
       return read_foraging_nwb(files[0], options.coding, options.activity);
     }},
    {"nwb", "NWB .nwb (columns of intervals/trials called like those of a CSV)",
     [](const std::string& path) { return has_suffix(path, ".nwb"); }, alone,
     [](const Paths& files, const ReadOptions& options) {
       return read_nwb(files[0], options.columns, options.coding, options.activity);
     }},
    {"steps", "CSV, .tsv or .txt, also packed as .gz (one row a step)", is_text_table, alone,
     [](const Paths& files, const ReadOptions& options) {
       return read_steps(files[0], options.columns, options.coding);
     }},
};

// Files that one call of a reader takes.
struct Unit {
  const Format* format;
  Paths files;
};

std::string formats_read_now() {
  std::vector<std::string> descriptions;
  for (const Format& format : kFormats) descriptions.emplace_back(format.description);
  return "read now are: " + join(descriptions, "; ");
}

const Format* recognise(const std::string& path, std::span<const Format> among) {
  for (const Format& format : among) {
    if (format.recognises(path)) return &format;
  }
  return nullptr;
}

// In the order in which people number files.
Paths entries_of(const std::string& folder) {
  std::error_code failure;
  Paths entries;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (!is_folder(entry->path().string())) entries.push_back(entry->path().string());
  }
  if (failure) throw DataError(folder, 0, "", "the folder cannot be read (" + failure.message() + ")");
  std::sort(entries.begin(), entries.end(), [](const std::string& a, const std::string& b) {
    const int order = strverscmp(a.c_str(), b.c_str());
    return order != 0 ? order < 0 : a < b;
  });
  return entries;
}

[[noreturn]] void reject_kind(const std::string& path) {
  throw DataError(
      path, 0, "",
      way_to_convert(path).value_or("the kind of data cannot be told from its name; " + formats_read_now() +
                                    ". Convert the file, or name its format"));
}

// The files of the first format that recognises any; others that could have been read are left out.
void add_folder(const std::string& folder, std::span<const Format> among, std::vector<Unit>& units,
                Paths& left_out) {
  Paths entries = entries_of(folder);
  std::erase_if(entries, is_note);
  const Format* chosen = nullptr;
  for (const Format& format : among) {
    if (!chosen && std::any_of(entries.begin(), entries.end(), format.recognises)) chosen = &format;
  }
  if (!chosen) {
    const auto known =
        std::ranges::find_if(entries, [](const auto& entry) { return way_to_convert(entry).has_value(); });
    if (known != entries.end()) reject_kind(*known);
  }
  if (!chosen) {
    throw DataError(folder, 0, "", "found no data in the folder; " + formats_read_now());
  }
  for (const std::string& entry : entries) {
    if (chosen->recognises(entry)) {
      units.push_back({chosen, chosen->files(entry)});
    } else if (recognise(entry, kFormats)) {
      left_out.push_back(entry);
    }
  }
}

std::vector<Unit> find_units(const Paths& paths, const ReadOptions& options, Paths& left_out) {
  std::span<const Format> among(kFormats);
  const bool named = options.format != kAutomaticFormat;
  if (named) {
    const auto* format = std::find_if(std::begin(kFormats), std::end(kFormats),
                                      [&](const Format& known) { return options.format == known.name; });
    if (format == std::end(kFormats)) {
      std::vector<std::string> known = format_names();
      known.emplace_back(kAutomaticFormat);
      throw ConfigurationError(
          "data.format", fmt::format("found '{}', expected one of {}", options.format, join(known, ", ")),
          nearest(options.format, known));
    }
    among = {format, 1};
  }

  std::vector<Unit> units;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) throw DataError(path, 0, "", "no such file or folder; check the path");
    const Format* format = named && !is_folder(path) ? among.data() : recognise(path, among);
    if (!format && is_folder(path)) {
      add_folder(path, among, units, left_out);
      continue;
    }
    if (!format) reject_kind(path);
    Unit unit{format, format->files(path)};
    // Both files of a pair may be given; the pair is read once.
    const bool again =
        unit.files.size() > 1 &&
        std::any_of(units.begin(), units.end(), [&](const Unit& other) { return other.files == unit.files; });
    if (!again) units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace

void check_belong_together(const std::vector<Source>& sources) {
  std::map<std::pair<std::string, std::string>, const std::string*> seen;
  const Source& first = sources.front();
  for (const Source& source : sources) {
    const Session& session = *source.session;
    for (const std::string* name : {&session.animal, &session.name}) {
      if (const auto fault = fault_of_name(*name)) throw DataError(*source.file, 0, "", *fault);
    }
    const auto expect_equal = [&](int found, int expected, const char* what) {
      if (found == expected) return;
      throw DataError(
          *source.file, 0, "",
          fmt::format("session '{}' has {} {}, session '{}' of {} has {}; expected the same in all: "
                      "fit them apart",
                      session.name, found, what, first.session->name, *first.file, expected));
    };
    expect_equal(session.offers, first.session->offers, "offers a step");
    expect_equal(session.inputs, first.session->inputs, "inputs (columns of a stimulus vector)");
    const auto [other, is_new] = seen.emplace(std::pair(session.animal, session.name), source.file);
    if (!is_new) {
      throw DataError(
          *source.file, 0, "",
          fmt::format("session '{}' of animal '{}' is in {} already; give each file once, or rename "
                      "the session or its animal",
                      session.name, session.animal, *other->second));
    }
  }
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

DataSet read_data(const std::vector<std::string>& paths, const ReadOptions& options) {
  DataSet data;
  const std::vector<Unit> units = find_units(paths, options, data.left_out);
  std::vector<std::vector<DataFile>> identified;  // those of each unit
  std::vector<const std::string*> file_of;
  Unchanged unchanged;
  for (const Unit& unit : units) {
    identified.emplace_back();
    for (const std::string& file : unit.files) {
      unchanged.watch(file);
      identified.back().push_back(identify(file));
    }
  }
  refuse_copies(identified);
  for (const Unit& unit : units) {
    Reading reading = unit.format->read(unit.files, options);
    for (const std::string& sentence : reading.how) {
      if (std::ranges::find(data.how, sentence) == data.how.end()) data.how.push_back(sentence);
    }
    for (Session& session : reading.sessions) {
      data.sessions.push_back(std::move(session));
      file_of.push_back(&unit.files.front());
    }
  }
  unchanged.check();
  for (const std::vector<DataFile>& files : identified)
    data.files.insert(data.files.end(), files.begin(), files.end());
  if (data.sessions.empty()) {
    throw DataError("data", 0, "",
                    "found no sessions; give at least one file or folder (" + formats_read_now() + ")");
  }
  std::vector<Source> sources;
  sources.reserve(file_of.size());
  for (std::size_t i = 0; i < file_of.size(); ++i) sources.push_back({&data.sessions[i], file_of[i]});
  check_belong_together(sources);
  share_stimuli(data.sessions);
  if (put_in_order_of_start(data.sessions))
    data.how.emplace_back("sessions of an animal were put in the order in which they started");
  return data;
}

std::vector<Session> read_sessions(const std::vector<std::string>& paths, const ReadOptions& options) {
  return read_data(paths, options).sessions;
}

}  // namespace synfer
