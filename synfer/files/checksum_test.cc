#include "synfer/files/checksum.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "synfer/base/files_for_test.h"

namespace synfer {
namespace {

// The examples of FIPS 180-4.
TEST(Checksum, IsSha256) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Checksum, OfAFileOfSeveralPieces) {
  const for_test::Folder folder;
  const std::string bytes(200'000, 'x');
  EXPECT_EQ(identify(folder.write("f", bytes)).sha256, sha256(bytes));
  EXPECT_EQ(identify(folder.write("empty", "")).bytes, 0U);
}

TEST(Checksum, IdentifiesAFile) {
  const for_test::Folder folder;
  const std::string path = folder.write("f", "abc");
  const DataFile file = identify(path);
  EXPECT_EQ(file.path, path);
  EXPECT_EQ(file.bytes, 3U);
  EXPECT_EQ(file.sha256, sha256("abc"));
}

TEST(Checksum, WhatChangesBeforeAllIsReadIsRefused) {
  const for_test::Folder folder;
  const auto watched = [&](const std::function<void(const std::string&)>& change) {
    const std::string path = folder.write("f", "abc");
    Unchanged unchanged;
    unchanged.watch(path);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // clocks of file systems are coarse
    change(path);
    unchanged.check();
  };
  EXPECT_NO_THROW(watched([](const std::string& path) { EXPECT_EQ(identify(path).sha256, sha256("abc")); }));
  const auto refuse = [&](const std::function<void(const std::string&)>& change) {
    for_test::expect_data_error([&] { watched(change); }, folder.path("f"), 0, "",
                                "changed while it was read");
  };
  refuse([&](const std::string&) { folder.write("f", "abd"); });
  refuse([&](const std::string& path) { std::filesystem::remove(path); });
  refuse([&](const std::string& path) { std::filesystem::rename(folder.write("g", "abc"), path); });
  refuse([&](const std::string& path) {
    const auto written = std::filesystem::last_write_time(path);
    folder.write("f", "abd");
    std::filesystem::last_write_time(path, written);  // which hides nothing
  });
}

}  // namespace
}  // namespace synfer
