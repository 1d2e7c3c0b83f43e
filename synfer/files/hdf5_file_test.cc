// Files that lead elsewhere, hold themselves, or hold nothing where they claim values.
#include "synfer/files/hdf5_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <utility>

#include "synfer/base/files_for_test.h"
#include "synfer/files/hdf5_editor_for_test.h"
#include "synfer/files/mat73.h"

namespace synfer {
namespace {

using for_test::Editor;

struct HostileHdf5 : testing::Test {
  for_test::Folder folder;
  std::string path = folder.path("fly.h5");
  std::string other = folder.path("other.h5");
  std::string pipe = folder.path("pipe");  // nobody ever writes to it
  hid_t file = -1;

  void SetUp() override {
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& one : {other, path}) {
      H5Fclose(H5Fcreate(one.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
      Editor(one).set("reward", {3}, {1, 0, 1});
    }
    file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  }

  // A data set of three numbers.
  void make(const char* name, hid_t how, bool write_one = false) const {
    const hsize_t length = 3;
    const hid_t space = H5Screate_simple(1, &length, nullptr);
    const hid_t set = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    ASSERT_GE(set, 0);
    if (write_one) {
      const double value = 7.0;
      const hsize_t first = 0;
      const hsize_t one = 1;
      H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &one, nullptr);
      const hid_t memory = H5Screate_simple(1, &one, nullptr);
      H5Dwrite(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, &value);
      H5Sclose(memory);
    }
    H5Dclose(set);
    H5Sclose(space);
    if (how != H5P_DEFAULT) H5Pclose(how);
  }

  static hid_t creation() { return H5Pcreate(H5P_DATASET_CREATE); }

  void link(const char* name, const std::string& to, const char* object) const {
    H5Lcreate_external(to.c_str(), object, file, name, H5P_DEFAULT, H5P_DEFAULT);
  }

  void refuses(const char* asked, const std::string& column, const std::string& says,
               Hdf5Depth depth = Hdf5Depth::kAsked) {
    if (file >= 0) H5Fclose(std::exchange(file, -1));
    for_test::expect_data_error([&] { Hdf5File(path, {asked}, depth); }, path, 0, column, says);
  }
};

TEST_F(HostileHdf5, ALinkToAnotherFileIsRefused) {
  link("lick", other, "/reward");
  refuses("lick", "lick", "found a link to another file");
}

TEST_F(HostileHdf5, AGroupOfAnotherFileIsRefused) {
  link("trials", other, "/");
  refuses("trials/reward", "trials", "found a link to another file");
}

TEST_F(HostileHdf5, ALinkByWayOfAnotherFileIsRefused) {
  link("elsewhere", other, "/");
  H5Lcreate_soft("/elsewhere/reward", file, "lick", H5P_DEFAULT, H5P_DEFAULT);
  refuses("lick", "lick", "found a link to another file or to nothing");
}

TEST_F(HostileHdf5, ALinkToAPipeIsNotWaitedFor) {
  link("lick", pipe, "/reward");
  refuses("lick", "lick", "found a link to another file");
}

TEST_F(HostileHdf5, LinksThatLeadToEachOtherEnd) {
  H5Lcreate_soft("/b", file, "a", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/a", file, "b", H5P_DEFAULT, H5P_DEFAULT);
  refuses("a", "a", "to nothing");
}

TEST_F(HostileHdf5, ALinkWithinTheFileIsFollowed) {
  H5Lcreate_soft("/reward", file, "lick", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_THAT(Hdf5File(path, {"lick"}).array("lick").numbers, testing::ElementsAre(1, 0, 1));
}

TEST_F(HostileHdf5, ALinkThatIsNotAskedForDoesNoHarm) {
  link("lick", pipe, "/reward");
  H5Fclose(file);
  EXPECT_TRUE(Hdf5File(path, {"/", "reward"}).is_array("reward"));
}

TEST_F(HostileHdf5, ValuesInAnotherFileAreRefused) {
  folder.write("secret", std::string(24, '7'));
  for (const std::string& from : {folder.path("secret"), pipe}) {
    if (file < 0) file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t how = creation();
    H5Pset_external(how, from.c_str(), 0, 24);
    const std::string name = from == pipe ? "waits" : "reads";
    make(name.c_str(), how);
    refuses(name.c_str(), name, "its values lie in another file");
  }
}

TEST_F(HostileHdf5, AVirtualDataSetIsRefused) {
  for (const std::string& from : {other, pipe}) {
    if (file < 0) file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hsize_t length = 3;
    const hid_t space = H5Screate_simple(1, &length, nullptr);
    const hid_t how = creation();
    H5Pset_virtual(how, space, from.c_str(), "/reward", space);
    H5Sclose(space);
    const std::string name = from == pipe ? "waits" : "reads";
    make(name.c_str(), how);
    refuses(name.c_str(), name, "found a virtual data set");
  }
}

TEST_F(HostileHdf5, ValuesThatWereNeverWrittenAreNotReadAsZeros) {
  make("lick", H5P_DEFAULT);
  refuses("lick", "lick", "never written");
}

TEST_F(HostileHdf5, APackedDataSetMustBeWrittenToItsEnd) {
  const hsize_t chunk = 1;
  for (const bool write_one : {false, true}) {
    if (file < 0) file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t how = creation();
    H5Pset_chunk(how, 1, &chunk);
    H5Pset_deflate(how, 1);
    const std::string name = write_one ? "begun" : "empty";
    make(name.c_str(), how, write_one);
    refuses(name.c_str(), name, "never written");
  }
}

TEST_F(HostileHdf5, APackedDataSetThatIsWholeIsRead) {
  const hsize_t chunk = 3;
  const hid_t how = creation();
  H5Pset_chunk(how, 1, &chunk);
  H5Pset_deflate(how, 1);
  make("lick", how, true);
  H5Fclose(file);
  EXPECT_THAT(Hdf5File(path, {"lick"}).array("lick").numbers, testing::ElementsAre(7, 0, 0));
}

// A filter as a plugin of the program that wrote the file would bring it; it changes nothing.
TEST_F(HostileHdf5, ValuesPackedByAForeignProgramAreToldFromDamage) {
  const auto pass = [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) {
    return bytes;
  };
  const H5Z_class2_t foreign = {H5Z_CLASS_T_VERS, 300, 1, 1, "foreign", nullptr, nullptr, pass};
  ASSERT_GE(H5Zregister(&foreign), 0);
  const hsize_t chunk = 3;
  const hid_t how = creation();
  H5Pset_chunk(how, 1, &chunk);
  H5Pset_filter(how, 300, H5Z_FLAG_MANDATORY, 0, nullptr);
  make("lick", how, true);
  H5Fclose(std::exchange(file, -1));
  EXPECT_TRUE(Hdf5File(path, {"lick"}).is_array("lick"));
  H5Zunregister(300);
  refuses("lick", "lick", "expected gzip");
}

TEST_F(HostileHdf5, AGroupThatHoldsItselfIsRefused) {
  for (const std::string name : {"hard", "soft"}) {
    if (file < 0) file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    for (int copy = 0; copy < 20; ++copy) {
      const std::string inner = fmt::format("{}/again{}", name, copy);
      if (name == "hard") H5Lcreate_hard(file, "hard", file, inner.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      if (name == "soft") H5Lcreate_soft("/soft", file, inner.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    }
    refuses(name.c_str(), "again0", "holds itself", Hdf5Depth::kBelow);
  }
}

// Cells as MATLAB 7.3 keeps them: references to other data sets.
struct HostileCells : HostileHdf5 {
  void cells(const std::string& name, const std::vector<std::string>& targets) const {
    const hsize_t length = targets.size();
    const hid_t space = H5Screate_simple(1, &length, nullptr);
    const bool is_there = H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0;
    const hid_t set = is_there ? H5Dopen2(file, name.c_str(), H5P_DEFAULT)
                               : H5Dcreate2(file, name.c_str(), H5T_STD_REF_OBJ, space, H5P_DEFAULT,
                                            H5P_DEFAULT, H5P_DEFAULT);
    std::vector<hobj_ref_t> references(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i)
      H5Rcreate(&references[i], file, targets[i].c_str(), H5R_OBJECT, -1);
    H5Dwrite(set, H5T_STD_REF_OBJ, H5S_ALL, H5S_ALL, H5P_DEFAULT, references.data());
    H5Dclose(set);
    H5Sclose(space);
  }
};

TEST_F(HostileCells, ACellThatHoldsItselfIsRefused) {
  cells("lick", std::vector<std::string>(1000, "lick"));
  refuses("lick", "lick", "holds itself", Hdf5Depth::kBelow);
}

TEST_F(HostileCells, CellsThatHoldEachOtherAreRefused) {
  cells("a", {"reward"});
  cells("b", {"a"});
  cells("a", {"b"});
  cells("lick", {"reward", "a"});
  refuses("lick", "a", "holds itself", Hdf5Depth::kBelow);
}

TEST_F(HostileCells, ALongChainOfCellsEnds) {
  cells("c0", {"reward"});
  for (int i = 1; i <= 3000; ++i) cells(fmt::format("c{}", i), {fmt::format("c{}", i - 1)});
  H5Fclose(file);
  MemoryBudget budget(path);
  const MatValue* value = nullptr;
  const MatValue chain = value_of_mat73(path, "c3000", budget);
  int depth = 0;
  for (value = &chain; !value->parts.empty(); value = &value->parts.front()) ++depth;
  EXPECT_LT(depth, 20);
}

// Ten cells of a thousand names each, 1e30 values when they are written out.
TEST_F(HostileCells, CellsThatMultiplyAreRefused) {
  cells("c0", std::vector<std::string>(1000, "reward"));
  for (int i = 1; i <= 9; ++i)
    cells(fmt::format("c{}", i), std::vector<std::string>(1000, fmt::format("c{}", i - 1)));
  H5Fclose(file);
  MemoryBudget budget(path, 100'000'000);
  for_test::expect_data_error([&] { value_of_mat73(path, "c9", budget); }, path, 0, "",
                              "more memory than 0.1 GB");
}

}  // namespace
}  // namespace synfer
