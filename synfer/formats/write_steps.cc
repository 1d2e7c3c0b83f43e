#include "synfer/formats/write_steps.h"

#include <cmath>

#include "synfer/files/table.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {

void write_steps(std::ostream& out, const std::vector<Session>& sessions) {
  const std::vector<NamedArray> arrays = step_arrays(sessions);
  const std::size_t steps = arrays.front().array.shape[0];
  std::vector<ArrayColumn> columns = columns_of(arrays, {});
  const std::string recordings = ColumnNames().y;
  // Neurons without a value need no column; the reward's says that there were none.
  std::erase_if(columns, [&](const ArrayColumn& column) {
    if (!column.name.starts_with(recordings)) return false;
    for (std::size_t t = 0; t < steps; ++t) {
      if (!std::isnan(column.number(t))) return false;
    }
    return true;
  });

  TableWriter table(out);
  for (const ArrayColumn& column : columns) table.text(column.name);
  table.end_row();
  for (std::size_t t = 0; t < steps; ++t) {
    for (const ArrayColumn& column : columns) {
      if (column.is_text()) {
        table.text(column.text(t));
      } else {
        table.number(column.number(t));
      }
    }
    table.end_row();
  }
}

}  // namespace synfer
