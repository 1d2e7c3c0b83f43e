#include "synfer/formats/way_to_convert.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "synfer/files/file.h"

namespace synfer {
namespace {

struct Way {
  std::vector<std::string_view> suffixes;
  const char* says;
};

const std::vector<Way>& ways() {
  static const std::vector<Way> kWays = {
      {{".xlsx", ".xls", ".xlsm", ".ods", ".numbers"},
       "is a spreadsheet, expected text; save the sheet as CSV (Excel: Save As, 'CSV UTF-8'; LibreOffice: "
       "Save "
       "As, 'Text CSV'), or in Python: pandas.read_excel('FILE').to_csv('FILE.csv', index=False)"},
      {{".parquet", ".feather"},
       "is a table of pandas or Arrow, which only the Python package reads: synfer.read('FILE.parquet'); or "
       "save "
       "it as CSV: pandas.read_parquet('FILE.parquet').to_csv('FILE.csv', index=False)"},
      {{".json", ".jsonl"},
       "is JSON, expected a table or arrays; in Python make a table of it with one row a step: "
       "pandas.DataFrame(json.load(open('FILE'))).to_csv('FILE.csv', index=False)"},
      {{".pkl", ".pickle", ".joblib"},
       "a pickle is a program, which synfer does not run; load it where you trust it, and save arrays with "
       "np.savez or a table as CSV"},
      {{".npy"}, "is a single array; save all arrays of a session together with np.savez"},
      {{".rds", ".rdata", ".rda"},
       "is a file of R, expected a table; in R: write.csv(DATA, 'FILE.csv', row.names = FALSE)"},
      {{".sav", ".dta", ".sas7bdat"},
       "is a file of a statistics program, expected text; save the table there as CSV"},
      {{".h5", ".hdf5"},
       "is HDF5 whose layout is not known; name the format where it is an NWB or a MATLAB file "
       "(data.format=nwb or "
       "matlab), or save the arrays with np.savez"},
      {{".zip", ".7z", ".tar", ".tgz", ".tar.gz", ".bz2", ".xz", ".gz", ".mat.gz", ".nwb.gz", ".npz.gz",
        ".json.gz"},
       "is packed; unpack it and give the files in it"},
  };
  return kWays;
}

}  // namespace

std::optional<std::string> way_to_convert(const std::string& file) {
  const std::string suffix = suffix_of_file(file);
  for (const Way& way : ways()) {
    if (std::ranges::find(way.suffixes, suffix) != way.suffixes.end()) return way.says;
  }
  return std::nullopt;
}

}  // namespace synfer
