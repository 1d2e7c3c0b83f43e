#include "synfer/formats/write.h"

#include <gtest/gtest.h>

#include "synfer/base/files_for_test.h"
#include "synfer/files/file.h"
#include "synfer/formats/read.h"
#include "synfer/formats/sessions_for_test.h"

namespace synfer {
namespace {

std::vector<std::string> write_into(const for_test::Folder& folder, const std::vector<Session>& sessions,
                                    const std::string& format) {
  std::vector<std::string> paths;
  write_data(sessions, format, [&](const std::string& name, std::string_view bytes) {
    paths.push_back(folder.write(name, bytes));
  });
  return paths;
}

TEST(WriteData, WhatIsWrittenReadsBackEqualInEveryFormat) {
  for (const std::string& format : written_format_names()) {
    for (const for_test::Kind& kind : for_test::kKinds) {
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SCOPED_TRACE(testing::Message() << format << ", " << kind.name << ", seed " << seed);
        const for_test::Folder folder;
        const std::vector<Session> sessions = for_test::Generator(kind, seed).sessions();
        const std::vector<Session> found = read_sessions(write_into(folder, sessions, format));
        ASSERT_EQ(found.size(), sessions.size());
        for (std::size_t s = 0; s < found.size(); ++s) {
          Session expected = sessions[s];
          // A trial of NWB always has a time: without a clock, the number of the step.
          if (format == "nwb" && expected.time.empty()) {
            for (std::size_t t = 0; t < expected.steps(); ++t)
              expected.time.push_back(static_cast<double>(t));
          }
          for_test::expect_equal(found[s], expected);
        }
      }
    }
  }
}

TEST(WriteData, EqualSessionsGiveEqualBytes) {
  const std::vector<Session> sessions = for_test::Generator(for_test::kKinds[4], 3).sessions();
  for (const std::string& format : written_format_names()) {
    SCOPED_TRACE(format);
    const for_test::Folder one;
    const for_test::Folder other;
    const auto first = write_into(one, sessions, format);
    const auto second = write_into(other, sessions, format);
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t f = 0; f < first.size(); ++f) EXPECT_EQ(read_file(first[f]), read_file(second[f]));
  }
}

TEST(WriteData, AFormatThatIsOnlyReadIsRefused) {
  const std::vector<Session> sessions = for_test::Generator(for_test::kKinds[0], 1).sessions();
  const for_test::Folder folder;
  for (const char* format : {"flies2022", "foraging-nwb", "nbw"}) {
    EXPECT_THROW(write_into(folder, sessions, format), ConfigurationError) << format;
  }
}

}  // namespace
}  // namespace synfer
