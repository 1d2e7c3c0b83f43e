// YAML settings over the defaults: first a file, then overrides in dotted keys, the later ones
// winning. Every value is checked when it is read; validate() then checks them together.
#pragma once

#include <string>
#include <string_view>

#include "synfer/settings/configuration.h"

namespace synfer {

/// Every function throws ConfigurationError, which names the key, what was found and what is
/// allowed; after that the reader is of no more use.
class ConfigurationReader {
 public:
  void read_file(const std::string& path);

  /// `name` stands for the text in messages.
  void read_text(const std::string& text, const std::string& name);

  /// `assignment` is key=value with the value in YAML: fit.epochs=10, rule.terms=[1, x*r]. The key
  /// of a section takes a map. Nothing or null as the value takes back an optional setting.
  void override_with(const std::string& assignment);

  [[nodiscard]] const Configuration& configuration() const { return configuration_; }

  /// Whether the user gave a value for the setting. Keys of sections are never set.
  [[nodiscard]] bool is_set(std::string_view key) const { return set_.contains(key); }
  [[nodiscard]] const SetKeys& set_keys() const { return set_; }

 private:
  Configuration configuration_;
  SetKeys set_;
};

}  // namespace synfer
