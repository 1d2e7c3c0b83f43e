// Sound tables are damaged at random (corruptions_for_test.h). Each damage must be refused, noted (how the
// file was understood says something new), visible (a new unusual line), or without effect.
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <sstream>

#include "synfer/base/error.h"
#include "synfer/base/files_for_test.h"
#include "synfer/data/inventory.h"
#include "synfer/formats/corruptions_for_test.h"
#include "synfer/formats/read_steps.h"
#include "synfer/formats/write_steps.h"

namespace synfer {
namespace {

using for_test::Chance;
using for_test::Corruption;
using for_test::Sheet;

struct Shape {
  const char* name;
  std::function<Sheet(Chance&)> make;
};

std::vector<Shape> shapes() {
  using for_test::two_arms;
  return {{"two arms by trial and block", [](Chance& c) { return two_arms(c, {"trial", "block"}, false); }},
          {"two arms by time", [](Chance& c) { return two_arms(c, {"start_time"}, false); }},
          {"two arms without order", [](Chance& c) { return two_arms(c, {}, false); }},
          {"two symbols that change sides", [](Chance& c) { return two_arms(c, {"trial"}, true); }},
          {"odours", for_test::odours},
          {"vectors", for_test::vectors}};
}

struct Seen {
  std::vector<Session> sessions;
  Inventory inventory;
};

// What a new sentence says, `before` being those of the sound file.
std::string first_new(const std::vector<std::string>& now, const std::vector<std::string>& before) {
  for (const std::string& one : now) {
    if (std::ranges::find(before, one) == before.end()) return one;
  }
  return {};
}

std::string as_table(const std::vector<Session>& sessions) {
  std::ostringstream csv;
  write_steps(csv, sessions);
  return csv.str();
}

struct Corruptions : testing::Test {
  for_test::Folder folder;

  [[nodiscard]] Seen look(const Sheet& sheet) const {
    Reading reading = read_steps(folder.write("data.csv", sheet.text()));
    Inventory inventory = inspect(reading.sessions, reading.how);
    return {std::move(reading.sessions), std::move(inventory)};
  }

  // How it came out: refused, noted, visible, the same; "silent" where nothing tells.
  [[nodiscard]] std::string outcome(const Sheet& damaged, const Seen& sound) const {
    try {
      const Seen now = look(damaged);
      if (!first_new(now.inventory.unusual, sound.inventory.unusual).empty()) return "visible";
      if (!first_new(now.inventory.how, sound.inventory.how).empty()) return "noted";
      return as_table(now.sessions) == as_table(sound.sessions) ? "the same" : "silent";
    } catch (const DataError&) {
      return "refused";
    }
  }
};

TEST_F(Corruptions, OfSoundFilesThereAreNone) {
  for (const Shape& shape : shapes()) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Chance chance(seed);
      EXPECT_THAT(look(shape.make(chance)).inventory.unusual, testing::IsEmpty())
          << shape.name << ", seed " << seed;
    }
  }
}

TEST_F(Corruptions, AreNeverSilent) {
  std::map<std::string, int> outcomes;
  int tried = 0;
  std::uint64_t seed = 1000;
  for (const Corruption& corruption : for_test::all_corruptions()) {
    for (const Shape& shape : shapes()) {
      Chance chance(++seed);
      const Sheet sound = shape.make(chance);
      Sheet damaged = sound;
      if (!corruption.apply(damaged, chance)) continue;
      ++tried;
      const std::string how = outcome(damaged, look(sound));
      ++outcomes[how];
      EXPECT_NE(how, "silent") << corruption.name << "; " << shape.name << "; seed " << seed;
    }
  }
  EXPECT_GE(tried, 200);
  for (const char* how : {"refused", "noted", "visible"}) EXPECT_GE(outcomes[how], 20) << how;
}

}  // namespace
}  // namespace synfer
