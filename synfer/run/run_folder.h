// The folder of one run: new, never in the way of an earlier one, and gone again if the run comes
// to nothing. What has once been saved in it stays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace synfer {

class RunFolder {
 public:
  /// Makes a new folder and the parents it lacks. Throws OutputError where that cannot be done or
  /// where something of that name exists. With `overwrite` an earlier run of that name is moved
  /// aside until keep(), and comes back if the run comes to nothing. What is not a run, and a run in
  /// whose folder others have put something, is never moved.
  static RunFolder create(const std::string& path, bool overwrite = false);

  /// The folder of an earlier run, with the files that the caller will need. Throws
  /// ConfigurationError where the folder or one of them is missing. Nothing is ever removed.
  static RunFolder open_existing(const std::string& path, const std::vector<std::string>& needed = {});

  RunFolder(RunFolder&& other) noexcept;
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  RunFolder& operator=(RunFolder&&) = delete;

  /// Without stay() or keep(), removes the files and folders that this object made and no others.
  ~RunFolder();

  /// There is something to go on from: what was made stays, whatever comes. An earlier run that was
  /// moved aside still waits.
  void stay() { kept_ = true; }

  /// The run has something to show: what was made stays, and an earlier run that was moved aside
  /// goes.
  void keep();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool has(const std::string& name) const;

  /// Writes a file of the run, whole or not at all. `name` may hold folders: sessions/1.csv.
  /// OutputError where it would lie outside the folder.
  void write(const std::string& name, std::string_view text);

  /// Removes a file of the run, if it is there.
  void remove(const std::string& name);

  /// The text of a file of the run. Throws ConfigurationError where it cannot be read.
  [[nodiscard]] std::string read(const std::string& name) const;

 private:
  RunFolder(std::string path, bool kept) : path_(std::move(path)), kept_(kept) {}

  void move_aside();
  void make_folder(const std::string& path, bool may_exist);
  void make_parents(const std::string& path);

  // The path of a file that is about to be written, which counts as made from here on.
  std::string claim(const std::string& name);

  std::string path_;
  bool kept_;
  std::vector<std::string> made_;  // in the order of making
  std::string moved_aside_;        // where an earlier run waits; empty if there was none
};

/// Where an earlier run of that name still waits, moved aside; empty where none does.
std::string earlier_run(const std::string& path);

/// The file that every run folder has and by which it is known as one: what the run was asked for.
inline constexpr const char* kRunFile = "run.json";
inline constexpr const char* kConfigurationFile = "configuration.yaml";
inline constexpr const char* kTraceFile = "trace.csv";
inline constexpr const char* kTruthFile = "truth.json";

}  // namespace synfer
