// The built program as a child process in a folder: what it returned and what it said.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "synfer/base/files_for_test.h"

namespace synfer::for_test {

using Words = std::vector<std::string>;

struct Ended {
  int code = -1;  // 1000 and the signal's number where a signal ended it
  std::string out;
  std::string err;
};

struct Conditions {
  std::string out;                       // standard output goes here instead
  rlim_t file_size = RLIM_INFINITY;      // bytes
  std::function<bool()> interrupt_when;  // the signal as soon as this holds
  Words environment = {};                // NAME=value, beside what the test itself has
  int signal = SIGINT;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Runs the program with `words` in the folder. Its streams are kept in a folder apart, so that all
/// that `folder` holds afterwards is the program's own.
inline Ended run_program(const Folder& folder, const Words& words, const Conditions& conditions = {}) {
  const Folder streams;
  const std::string out = conditions.out.empty() ? streams.path("out") : conditions.out;
  const std::string err = streams.path("err");
  const std::string place = folder.path();
  std::vector<char*> arguments = {const_cast<char*>(for_test::kProgram.c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    const rlimit limit = {conditions.file_size, conditions.file_size};
    const int to_out = open(out.c_str(), O_WRONLY | O_CREAT, 0666);
    const int to_err = open(err.c_str(), O_WRONLY | O_CREAT, 0666);
    if (chdir(place.c_str()) != 0 || dup2(to_out, STDOUT_FILENO) < 0 || dup2(to_err, STDERR_FILENO) < 0 ||
        setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      _exit(126);
    }
    for (const std::string& variable : conditions.environment) putenv(const_cast<char*>(variable.c_str()));
    execv(for_test::kProgram.c_str(), arguments.data());
    _exit(127);
  }

  int status = 0;
  bool sent = false;
  while (conditions.interrupt_when && waitpid(child, &status, WNOHANG) == 0) {
    if (!sent && conditions.interrupt_when()) sent = kill(child, conditions.signal) == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (!conditions.interrupt_when) waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  return {code, conditions.out.empty() ? text_of(out) : "", text_of(err)};
}

/// Everything below the folder, sorted; hidden files too.
inline std::vector<std::string> listing(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    names.push_back(std::filesystem::relative(entry.path(), folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace synfer::for_test
