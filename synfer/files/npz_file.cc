#include "synfer/files/npz_file.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <list>
#include <memory>
#include <new>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/files/file.h"
#include "synfer/files/npy.h"
#include "synfer/files/unpack.h"

namespace synfer {
namespace {

constexpr const char* kSuffix = ".npy";

// 1 January 1980, the first day of zip: equal data give equal files.
constexpr zip_uint16_t kFirstDay = 0x21;

struct Discard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

using Zip = std::unique_ptr<zip_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

// The entries of one file. Together they are no larger, packed, than the file: entries may not overlap.
class Entries {
 public:
  Entries(const std::string& file, zip_t* zip, MemoryBudget& budget)
      : file_(file), zip_(zip), budget_(budget), packed_left_(size_of_file(file)) {}

  std::string bytes_of(zip_uint64_t index, const zip_stat_t& about, const std::string& name) {
    const auto damaged = [&] {
      return DataError(file_, 0, name,
                       "its bytes cannot be read; the file is damaged: copy or save it again");
    };
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if ((about.valid & kNeeded) != kNeeded || about.comp_size > packed_left_ ||
        about.size / kMostBytesPerPackedByte > about.comp_size) {
      throw damaged();
    }
    packed_left_ -= about.comp_size;
    if (about.size > budget_.left()) budget_.reject();
    const std::unique_ptr<zip_file_t, Discard> entry(zip_fopen_index(zip_, index, 0));
    if (!entry) throw damaged();
    std::string bytes(about.size, '\0');
    constexpr std::size_t kSome = std::size_t{1} << 20U;
    std::size_t at = 0;
    // One read more than there are bytes, for the last one compares the checksum.
    while (true) {
      stop_if_asked();
      char beyond = 0;
      const bool full = at == bytes.size();
      const zip_int64_t count =
          full ? zip_fread(entry.get(), &beyond, 1)
               : zip_fread(entry.get(), bytes.data() + at, std::min(kSome, bytes.size() - at));
      if (count < 0 || (full && count > 0) || (!full && count == 0)) throw damaged();
      if (full) return bytes;
      at += static_cast<std::size_t>(count);
    }
  }

 private:
  const std::string& file_;
  zip_t* zip_;
  MemoryBudget& budget_;
  std::uint64_t packed_left_;
};

std::string all_of(zip_source_t* source) {
  zip_stat_t about;
  zip_stat_init(&about);
  std::string bytes;
  if (zip_source_stat(source, &about) == 0 && zip_source_open(source) == 0) {
    bytes.resize(about.size);
    const bool whole =
        zip_source_read(source, bytes.data(), about.size) == static_cast<zip_int64_t>(about.size);
    zip_source_close(source);
    if (whole) return bytes;
  }
  throw std::runtime_error(zip_error_strerror(zip_source_error(source)));
}

}  // namespace

std::vector<NamedArray> read_npz(const std::string& file, MemoryBudget budget) {
  size_of_file(file);  // refuses what is no file
  int code = 0;
  const Zip zip(zip_open(file.c_str(), ZIP_RDONLY, &code));
  if (!zip) {
    throw DataError(file, 0, "",
                    "is no .npz file, or a damaged one; copy it, or save it again with np.savez");
  }
  std::vector<NamedArray> arrays;
  Entries contents(file, zip.get(), budget);
  const zip_int64_t entries = zip_get_num_entries(zip.get(), 0);
  for (zip_int64_t index = 0; index < entries; ++index) {
    zip_stat_t about;
    zip_stat_init(&about);
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_stat_index(zip.get(), at, 0, &about) != 0 || (about.valid & ZIP_STAT_NAME) == 0) {
      throw DataError(file, 0, "", "the list of its arrays is damaged; copy or save the file again");
    }
    std::string name = about.name;
    if (!name.ends_with(kSuffix)) {
      throw DataError(file, 0, name, "is no .npy array; save arrays alone, with np.savez");
    }
    name.erase(name.size() - std::string_view(kSuffix).size());
    arrays.push_back({name, array_from_npy(file, name, contents.bytes_of(at, about, name), budget)});
  }
  return arrays;
}

std::string npz_of(const std::vector<NamedArray>& arrays) {
  // Only memory can be short.
  const auto made = [](auto* pointer) {
    if (pointer == nullptr) throw std::bad_alloc();
    return pointer;
  };
  std::list<std::string> contents;  // until zip_close
  const Source archive(made(zip_source_buffer_create(nullptr, 0, 0, nullptr)));
  zip_source_keep(archive.get());  // once for the zip, once to be read
  Zip zip(made(zip_open_from_source(archive.get(), ZIP_TRUNCATE, nullptr)));
  for (const auto& [name, array] : arrays) {
    const std::string& bytes = contents.emplace_back(npy_of(array));
    Source source(made(zip_source_buffer(zip.get(), bytes.data(), bytes.size(), 0)));
    const zip_int64_t index =
        zip_file_add(zip.get(), (name + kSuffix).c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    if (index < 0) throw std::invalid_argument(fmt::format("'{}': {}", name, zip_strerror(zip.get())));
    [[maybe_unused]] const auto* taken = source.release();  // by the zip
    zip_file_set_dostime(zip.get(), static_cast<zip_uint64_t>(index), 0, kFirstDay, 0);
  }
  if (zip_close(zip.get()) != 0) throw std::runtime_error(zip_strerror(zip.get()));
  [[maybe_unused]] const auto* closed = zip.release();
  return all_of(archive.get());
}

}  // namespace synfer
