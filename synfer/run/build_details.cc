#include "synfer/run/build_details.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <hwy/highway.h>
#include <tbb/version.h>
#include <zip.h>

#include "synfer/base/text.h"
#include "synfer/plan/machine.h"

namespace synfer {
namespace {

std::string kernels_run_on() {
  std::vector<std::string> others = instruction_sets();
  const std::string used = others.front();
  others.erase(others.begin());
  return others.empty() ? used : fmt::format("{} (this machine also has {})", used, join(others, ", "));
}

std::string hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace

std::string build_details() {
  return fmt::format("synfer " SYNFER_VERSION
                     "\n"
                     "built by         " SYNFER_COMPILER ", " SYNFER_BUILD_TYPE
                     "\n"
                     "instruction set  {}\n"
                     "libraries        HDF5 {}, libzip {},\n"
                     "                 Highway {}.{}.{}, oneTBB {}",
                     kernels_run_on(), hdf5_version(), zip_libzip_version(), HWY_MAJOR, HWY_MINOR, HWY_PATCH,
                     TBB_VERSION_STRING);
}

}  // namespace synfer
