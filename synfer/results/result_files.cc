#include "synfer/results/result_files.h"

#include "synfer/results/held_out_table.h"
#include "synfer/results/predictive_table.h"

namespace synfer {

std::vector<std::pair<std::string, std::string>> tables_beside(const RunResult& result) {
  std::vector<std::pair<std::string, std::string>> tables;
  if (result.cross_validation) tables.emplace_back(kHeldOutFile, to_csv(*result.cross_validation));
  if (result.predictive_check) tables.emplace_back(kPredictiveFile, to_csv(*result.predictive_check));
  if (result.assumptions) tables.emplace_back(kAssumptionsFile, to_csv(*result.assumptions));
  if (result.structures) tables.emplace_back(kStructuresFile, to_csv(*result.structures));
  return tables;
}

}  // namespace synfer
