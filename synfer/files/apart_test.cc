// What a process apart cannot do, by processes that try.
#include "synfer/files/apart.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <stdexcept>
#include <thread>

#include "synfer/base/files_for_test.h"

namespace synfer {
namespace {

constexpr ApartLimits kShort = {1, 2, std::uint64_t{64} << 20U};

ApartResult apart(const std::function<std::string()>& work, const ApartLimits& limits = kShort) {
  return done_apart([] {}, work, limits);
}

// What the kernel said to an attempt.
std::string outcome(int result) { return result >= 0 ? "done" : "refused"; }

TEST(Apart, WhatWorkGivesComesHomeWhole) {
  EXPECT_EQ(apart([] { return std::string(); }).end, ApartEnd::kDone);
  const std::string large(5'000'000, 'x');
  const ApartResult result = apart([&] { return large; });
  EXPECT_EQ(result.end, ApartEnd::kDone);
  EXPECT_TRUE(result.bytes == large);
}

TEST(Apart, ReadsWhatWasOpenedBefore) {
  const for_test::Folder folder;
  const std::string path = folder.write("data", "seven");
  int file = -1;
  const ApartResult result = done_apart([&] { file = open(path.c_str(), O_RDONLY); },
                                        [&] {
                                          std::string text(5, ' ');
                                          return read(file, text.data(), text.size()) == 5 ? text : "";
                                        },
                                        kShort);
  EXPECT_EQ(result.bytes, "seven");
}

TEST(Apart, OpensNoOtherFile) {
  const for_test::Folder folder;
  const std::string path = folder.write("secret", "seven");
  EXPECT_EQ(apart([&] { return outcome(open(path.c_str(), O_RDONLY)); }).bytes, "refused");
}

TEST(Apart, WritesNothing) {
  const for_test::Folder folder;
  const std::string made = folder.path("made");
  const std::string kept = folder.write("kept", "seven");
  EXPECT_EQ(apart([&] { return outcome(open(made.c_str(), O_WRONLY | O_CREAT, 0600)); }).bytes, "refused");
  EXPECT_FALSE(std::filesystem::exists(made));
  int file = -1;
  const ApartResult grown =
      done_apart([&] { file = open(kept.c_str(), O_WRONLY | O_APPEND); },
                 [&] { return outcome(static_cast<int>(write(file, "x", 1))); }, kShort);
  EXPECT_NE(grown.bytes, "done");
  EXPECT_EQ(std::filesystem::file_size(kept), 5U);
}

TEST(Apart, ConnectsToNothing) {
  EXPECT_EQ(apart([] { return outcome(socket(AF_INET, SOCK_STREAM, 0)); }).bytes, "refused");
  EXPECT_EQ(apart([] { return outcome(socket(AF_UNIX, SOCK_STREAM, 0)); }).bytes, "refused");
}

TEST(Apart, DoesNotHoldWhatTheProgramHasOpen) {
  const for_test::Folder folder;
  const std::string path = folder.write("open", "seven");
  const int file = open(path.c_str(), O_RDWR);
  EXPECT_EQ(apart([&] { return outcome(static_cast<int>(pwrite(file, "x", 1, 0))); }).bytes, "refused");
  EXPECT_EQ(lseek(file, 0, SEEK_CUR), 0);
  close(file);
}

// Whether the kernel has seccomp: without it, limits on files and memory are all there is.
bool has_seccomp() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Seccomp:")) return true;
  }
  return false;
}

TEST(Apart, StartsAndHarmsNothing) {
  if (!has_seccomp()) GTEST_SKIP() << "the kernel has no seccomp";
  const for_test::Folder folder;
  const std::string path = folder.write("kept", "seven");
  const pid_t program = getpid();
  EXPECT_EQ(apart([] { return outcome(fork()); }).bytes, "refused");
  EXPECT_EQ(apart([&] { return outcome(kill(program, 0)); }).bytes, "refused");
  EXPECT_EQ(apart([&] { return outcome(unlink(path.c_str())); }).bytes, "refused");
  EXPECT_EQ(apart([&] { return outcome(rename(path.c_str(), (path + "2").c_str())); }).bytes, "refused");
  EXPECT_EQ(apart([&] { return outcome(truncate(path.c_str(), 0)); }).bytes, "refused");
  EXPECT_EQ(apart([] { return outcome(execl("/bin/true", "true", nullptr)); }).bytes, "refused");
  EXPECT_EQ(std::filesystem::file_size(path), 5U);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SYNFER_ENDS_WITHOUT_MEMORY  // rather than to throw bad_alloc
#endif
#endif

TEST(Apart, TenGigabytesAreRefused) {
  const ApartResult result = apart([] {
    const std::string large(10'000'000'000, 'x');
    return large.substr(large.size() / 2, 1);
  });
#ifdef SYNFER_ENDS_WITHOUT_MEMORY
  EXPECT_EQ(result.end, ApartEnd::kCrashed);
#else
  EXPECT_EQ(result.end, ApartEnd::kOutOfMemory);
#endif
}

TEST(Apart, AnEndlessResultEnds) {
  const ApartResult result = apart([] {
    constexpr int kResultPipe = 3;
    const std::string piece(1 << 16, 'x');
    while (write(kResultPipe, piece.data(), piece.size()) > 0) {
    }
    return std::string();
  });
  EXPECT_EQ(result.end, ApartEnd::kOutOfMemory);
}

TEST(Apart, AnEndlessLoopEnds) {
  const ApartResult result = apart([]() -> std::string {
    for (volatile bool goes_on = true; goes_on;) {
    }
    return "";
  });
  EXPECT_EQ(result.end, ApartEnd::kOutOfTime);
}

TEST(Apart, AnEndlessWaitEnds) {
  int ends[2] = {-1, -1};
  const ApartResult result = done_apart([&] { EXPECT_EQ(pipe(ends), 0); },
                                        [&]() -> std::string {
                                          char c = 0;
                                          return read(ends[0], &c, 1) == 1 ? "read" : "";
                                        },
                                        kShort);
  EXPECT_EQ(result.end, ApartEnd::kOutOfTime);
}

// Not inlined, and used after its call: each level is a frame of its own.
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t level) {
  volatile char frame[1024] = {static_cast<char>(level)};
  return (level == 0 ? 0 : recurse(level + 1)) + static_cast<std::uint64_t>(frame[level % 7]);
}

TEST(Apart, EndlessRecursionEnds) {
  EXPECT_EQ(apart([] { return std::to_string(recurse(1)); }).end, ApartEnd::kCrashed);
}

TEST(Apart, ACrashAnExceptionAndASilentEndAreNoResult) {
  EXPECT_EQ(apart([]() -> std::string { std::abort(); }).end, ApartEnd::kCrashed);
  EXPECT_EQ(apart([]() -> std::string { throw std::runtime_error("no"); }).end, ApartEnd::kCrashed);
  EXPECT_EQ(apart([]() -> std::string { _exit(0); }).end, ApartEnd::kCrashed);
}

TEST(Apart, DiesWithTheProgram) {
  void* page =
      mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  auto* beats = new (page) std::atomic<int>(0);
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  const pid_t program = fork();
  ASSERT_GE(program, 0);
  if (program == 0) {
    apart(
        [&]() -> std::string {
          while (true) ++*beats;
        },
        {60, 60, kShort.bytes});
    _exit(0);
  }
  while (*beats == 0) pause();
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
  pause();
  int before = *beats;
  for (pause(); *beats != before; pause())
    before = *beats;  // endless, and ended by the test's own limit, otherwise
  munmap(page, sizeof(std::atomic<int>));
}

}  // namespace
}  // namespace synfer
