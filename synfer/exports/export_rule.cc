#include "synfer/exports/export_rule.h"

#include <fmt/format.h>

#include <array>

#include "synfer/base/error.h"
#include "synfer/exports/formula_private.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

struct Language {
  const char* name;
  std::string (*write)(const ExportedRule&);
};

constexpr std::array<Language, 5> kLanguages = {{
    {"brian2", &to_brian2},
    {"c++", &to_cpp},
    {"latex", &to_latex},
    {"nestml", &to_nestml},
    {"python", &to_python},
}};

}  // namespace

std::vector<std::string> export_languages() {
  std::vector<std::string> names;
  for (const Language& language : kLanguages) names.emplace_back(language.name);
  return names;
}

std::string export_rule(const ExportedRule& exported, std::string_view language, const std::string& key) {
  if (exported.rule.as<TaylorRule>() == nullptr && exported.rule.as<MlpRule>() == nullptr) {
    throw ConfigurationError(key, "only Taylor and MLP rules can be exported");
  }
  for (const Language& each : kLanguages) {
    if (language == each.name) return each.write(exported);
  }
  throw ConfigurationError(
      key, fmt::format("found '{}', expected one of {}", language, fmt::join(export_languages(), ", ")));
}

}  // namespace synfer
