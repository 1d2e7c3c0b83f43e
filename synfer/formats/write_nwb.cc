#include "synfer/formats/write_nwb.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <array>
#include <new>
#include <string_view>
#include <vector>

#include "synfer/data/moment.h"
#include "synfer/files/checksum.h"
#include "synfer/files/hdf5_handle_private.h"
#include "synfer/files/npy.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {
namespace {

using Handle = Hdf5Handle;

// What each column of trials holds, as NWB wants it said.
std::string description_of(const std::string& column) {
  constexpr std::pair<const char*, const char*> kTexts[] = {
      {"trial", "Number of the trial that the step belongs to."},
      {"block", "Number of the block that the step belongs to."},
      {"stimulus", "Name of the stimulus offered, for each offer of the step."},
      {"x", "Activity of the inputs, for each offer of the step."},
      {"choice",
       "One offer a step: 1 accepted, 0 rejected; several: the number of the one chosen; NaN: none."},
      {"reward", "Reward earned by the step; NaN where it could earn none."},
      {"y", "Activity of each neuron of the plastic layer at the step; NaN: missing or not recorded."}};
  for (const auto& [name, text] : kTexts) {
    if (column == name) return text;
  }
  return column;
}

class Writer {
 public:
  explicit Writer(const Session& session)
      : session_(session), file_(create()), text_(H5Tcopy(H5T_C_S1), H5Tclose) {
    H5Tset_size(text_.id(), H5T_VARIABLE);
    H5Tset_cset(text_.id(), H5T_CSET_UTF8);
  }

  std::string bytes() {
    const std::vector<NamedArray> arrays = step_arrays({session_});
    std::string content;
    for (const auto& [name, array] : arrays) content += name + npy_of(array);
    seed_ = sha256(content);
    write_root();
    for (const char* group : {"acquisition", "analysis", "processing", "stimulus", "stimulus/presentation",
                              "stimulus/templates", "general", "intervals"}) {
      add_group(group);
    }
    put_text("general/session_id", session_.name);
    put_text("general/experiment_description", "A session simulated or written by synfer.");
    add_group("general/subject");
    mark("general/subject", "core", "Subject");
    put_text("general/subject/subject_id", session_.animal);
    // NWB wants these said; all that synfer knows is that it is an animal, of the taxon of all animals.
    put_text("general/subject/species", "http://purl.obolibrary.org/obo/NCBITaxon_33208");
    put_text("general/subject/sex", "U");
    put_text("general/subject/age", "P0D/");
    put_text("general/subject/description", "The animal of the session, which may be a simulated one.");
    write_trials(arrays);
    check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL));
    const auto length = static_cast<std::size_t>(check(H5Fget_file_image(file_.id(), nullptr, 0)));
    std::string image(length, '\0');
    check(H5Fget_file_image(file_.id(), image.data(), length));
    return image;
  }

 private:
  // In memory: what HDF5 cannot write to a disk it goes on to write at the program's end, and crashes.
  static Handle create() {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    constexpr std::size_t kGrowth = 1U << 20U;
    const Handle in_memory(check(H5Pcreate(H5P_FILE_ACCESS)), H5Pclose);
    check(H5Pset_fapl_core(in_memory.id(), kGrowth, false));
    return {check(H5Fcreate("session.nwb", H5F_ACC_TRUNC, H5P_DEFAULT, in_memory.id())), H5Fclose};
  }

  // Only memory can be short.
  template <typename Result>
  static Result check(Result result) {
    if (result < 0) throw std::bad_alloc();
    return result;
  }

  void write_root() {
    attribute(".", "neurodata_type", "NWBFile");
    attribute(".", "namespace", "core");
    attribute(".", "nwb_version", "2.7.0");
    attribute(".", "object_id", object_id("/"));
    put_text("identifier", seed_);
    put_text("session_description", "Steps of one session; times count steps and are not those of a clock.");
    put_text("session_start_time", kNoMoment);
    put_text("timestamps_reference_time", kNoMoment);
    Array created;
    created.shape = {1};
    created.is_text = true;
    created.text = {kNoMoment};
    put("file_create_date", created);
  }

  void write_trials(const std::vector<NamedArray>& arrays) {
    const std::string trials = "intervals/trials";
    add_group(trials);
    mark(trials, "core", "TimeIntervals");
    attribute(trials, "description", "One row a step: an offer, or several, and what came of it.");
    Array number;
    number.shape = {session_.steps()};
    for (std::size_t t = 0; t < session_.steps(); ++t) number.numbers.push_back(static_cast<double>(t));
    Array end = number;
    Array start = number;
    if (!session_.time.empty()) start.numbers = session_.time;
    for (std::size_t t = 0; t < session_.steps(); ++t) end.numbers[t] = start.numbers[t] + 1.0;
    std::vector<std::string> columns = {"start_time", "stop_time"};
    const std::string unit = session_.time.empty() ? "Number of the step, as seconds" : "Time of the step";
    add_column(trials, "start_time", start, unit + ".");
    add_column(trials, "stop_time", end, unit + " plus one.");
    for (const auto& [name, array] : arrays) {
      // These two are the subject's id and the session's.
      if (name == ColumnNames().animal || name == ColumnNames().session || name == ColumnNames().time)
        continue;
      add_column(trials, name, array, description_of(name));
      columns.push_back(name);
    }
    put(trials + "/id", number, H5T_STD_I64LE);
    mark(trials + "/id", "hdmf-common", "ElementIdentifiers");
    std::vector<const char*> names;
    for (const std::string& column : columns) names.push_back(column.c_str());
    const hsize_t count = names.size();
    const Handle space(check(H5Screate_simple(1, &count, nullptr)), H5Sclose);
    const Handle made(check(H5Acreate_by_name(file_.id(), trials.c_str(), "colnames", text_.id(), space.id(),
                                              H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)),
                      H5Aclose);
    check(H5Awrite(made.id(), text_.id(), static_cast<const void*>(names.data())));
  }

  void add_column(const std::string& table, const std::string& name, const Array& array,
                  const std::string& description) {
    const std::string path = table + "/" + name;
    put(path, array);
    mark(path, "hdmf-common", "VectorData");
    attribute(path, "description", description);
  }

  void add_group(const std::string& name) {
    const Handle plain(check(H5Pcreate(H5P_GROUP_CREATE)), H5Pclose);
    H5Pset_obj_track_times(plain.id(), false);
    const Handle made(check(H5Gcreate2(file_.id(), name.c_str(), H5P_DEFAULT, plain.id(), H5P_DEFAULT)),
                      H5Gclose);
  }

  void put_text(const std::string& path, const std::string& value) {
    Array single;
    single.is_text = true;
    single.text = {value};
    put(path, single);
  }

  void put(const std::string& path, const Array& array, hid_t number_type = H5T_IEEE_F64LE) {
    std::vector<hsize_t> extent(array.shape.begin(), array.shape.end());
    const Handle space(
        check(extent.empty() ? H5Screate(H5S_SCALAR)
                             : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr)),
        H5Sclose);
    const Handle plain(check(H5Pcreate(H5P_DATASET_CREATE)), H5Pclose);
    H5Pset_obj_track_times(plain.id(), false);
    if (!extent.empty() && !array.is_text && array.numbers.size() > 1) {
      H5Pset_chunk(plain.id(), static_cast<int>(extent.size()), extent.data());
      H5Pset_deflate(plain.id(), 4);
    }
    const Handle set(check(H5Dcreate2(file_.id(), path.c_str(), array.is_text ? text_.id() : number_type,
                                      space.id(), H5P_DEFAULT, plain.id(), H5P_DEFAULT)),
                     H5Dclose);
    if (!array.is_text) {
      check(H5Dwrite(set.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.numbers.data()));
      return;
    }
    std::vector<const char*> texts;
    for (const std::string& text : array.text) texts.push_back(text.c_str());
    check(H5Dwrite(set.id(), text_.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   static_cast<const void*>(texts.data())));
  }

  void mark(const std::string& path, const std::string& space, const std::string& type) {
    attribute(path, "namespace", space);
    attribute(path, "neurodata_type", type);
    attribute(path, "object_id", object_id(path));
  }

  void attribute(const std::string& path, const std::string& name, const std::string& value) {
    const Handle space(check(H5Screate(H5S_SCALAR)), H5Sclose);
    const Handle made(check(H5Acreate_by_name(file_.id(), path.c_str(), name.c_str(), text_.id(), space.id(),
                                              H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)),
                      H5Aclose);
    const char* text = value.c_str();
    check(H5Awrite(made.id(), text_.id(), static_cast<const void*>(&text)));
  }

  // A version 8 UUID (RFC 9562): NWB wants one for each object, and equal sessions give equal ones.
  [[nodiscard]] std::string object_id(const std::string& path) const {
    std::string digits = sha256(seed_ + path).substr(0, 32);
    digits[12] = '8';
    digits[16] = '8';
    return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                       digits.substr(16, 4), digits.substr(20));
  }

  const Session& session_;
  std::string seed_;  // of identifiers
  Handle file_;
  Handle text_;
};

}  // namespace

std::string nwb_of(const Session& session) { return Writer(session).bytes(); }

}  // namespace synfer
