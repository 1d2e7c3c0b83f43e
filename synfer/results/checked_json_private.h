// JSON that came from disk: each value is taken only as what it should be. What is missing or of another kind
// is a ConfigurationError that names the file and the key.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace synfer {

class CheckedJson {
 public:
  using Json = nlohmann::ordered_json;

  /// The whole of a file: an object.
  static Json parse(const std::string& file, const std::string& text);

  CheckedJson(const std::string& file, const Json& json) : CheckedJson(file, json, "") {}

  [[nodiscard]] CheckedJson at(const std::string& key) const;
  /// Nothing where the key is missing or null.
  [[nodiscard]] std::optional<CheckedJson> find(const std::string& key) const;
  [[nodiscard]] std::vector<CheckedJson> list() const;
  /// As list(); none where the key is missing.
  [[nodiscard]] std::vector<CheckedJson> list(const std::string& key) const;
  [[nodiscard]] std::vector<std::string> keys() const;  // of an object

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool truth() const;
  [[nodiscard]] double number() const;  // finite
  [[nodiscard]] long whole(long low, long high = std::numeric_limits<long>::max()) const;
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(whole(0)); }
  [[nodiscard]] std::vector<double> numbers() const;  // finite
  [[nodiscard]] std::vector<std::string> texts() const;

  // Numbers that may be infinite or missing, which JSON has not, are texts beside finite ones.
  static Json any_number(double value);
  static Json any_numbers(const std::vector<double>& values);
  [[nodiscard]] double any_number() const;
  [[nodiscard]] std::vector<double> any_numbers() const;

  /// Of a whole file: refuses another schema_version.
  void want_version(long version) const;

  /// Says that the value cannot be used.
  [[noreturn]] void refuse(const std::string& found_and_expected) const;

 private:
  CheckedJson(std::string file, const Json& json, std::string key)
      : file_(std::move(file)), json_(&json), key_(std::move(key)) {}

  void want(bool is_so, const char* expected) const;

  std::string file_;
  const Json* json_;
  std::string key_;  // from the whole file, as rule/terms/0; empty for that
};

}  // namespace synfer
