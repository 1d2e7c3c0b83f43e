#include "synfer/run/export_run.h"

#include "synfer/analysis/scoring.h"
#include "synfer/run/run_folder.h"
#include "synfer/settings/yaml_reader.h"

namespace synfer {
ExportedRule exported_rule(const Configuration& c, const RunResult& result, const std::string& source) {
  TrueRule fitted = rule_of(c, result);
  ExportedRule exported{.rule = std::move(fitted.rule), .theta = std::move(fitted.theta)};
  exported.eta = weight_change_rate(c);
  if (result.rule_kind == "taylor") {
    for (const Estimate& e : result.estimates) exported.standard_errors.push_back(e.standard_error);
  }
  exported.reward = reward_term_in_words(c);
  exported.source = source;
  return exported;
}

std::string export_run(const std::string& run, const std::string& language) {
  const RunFolder folder = RunFolder::open_existing(run, {kConfigurationFile, kResultFile});
  ConfigurationReader reader;
  reader.read_text(folder.read(kConfigurationFile), kConfigurationFile);
  const RunResult result = from_json(folder.read(kResultFile));
  return export_rule(exported_rule(reader.configuration(), result, "run " + run), language);
}

}  // namespace synfer
