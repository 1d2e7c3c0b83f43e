#include "synfer/results/result_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using Json = nlohmann::ordered_json;

// A kind is a word: text, truth, number, count (a whole number >= 0), or number? where null stands for what
// is no number. [kind] is a list, [kind, kind] a list of two. {"key": kind} is an object; a key with ? may be
// missing, and * stands for any key. @name is one of the kinds at the end.
constexpr const char* kShape = R"({
  "schema_version?": "count", "synfer_version?": "text", "instruction_set?": "text", "precision?": "text",
  "command?": "text",
  "usable?": {"value": "text", "reasons": ["text"]},
  "state": "text", "advice?": "text",
  "rule": {"kind?": "text", "terms?": ["@estimate"], "parameters?": ["@estimate"], "r?": "text",
           "input_scale?": ["number"]},
  "truth?": "text",
  "fit?": {"loss?": "number?", "observations?": "count", "start_losses?": ["number?"], "best_start?": "count",
           "optimum?": {"starts": "count", "reached": "count", "likelihood_has_steps": "truth",
                        "others": [{"rule": "text", "nats": "number", "starts": "count"}]},
           "choices?": "count", "held_out_choices?": "count",
           "sessions?": [{"animal": "text", "session": "text", "mark": "text"}],
           "sigma?": "number?", "others?": ["@estimate"], "initial_weights?": [[["number"]]],
           "training_shares?": ["number"]},
  "history?": {"covariates": ["@estimate"], "alone?": ["@estimate"], "session_bias_sd?": "number",
               "session_biases?": ["number"], "session_biases_alone?": ["number"]},
  "intervals?": {"method": "text", "level?": "number", "note?": "text"},
  "reading?": {"rule": "text", "explains?": "truth", "r2_weights_of_true_rule?": "@session_scores",
              "scores?": [{"sample": "text", "choices": "count", "nats_lost": "number?", "standard_error": "number?",
                           "nats_by_chance": "number?", "r2_weights": "@session_scores"}],
              "r2": "number?", "r2_of_all_terms": "number?", "is_a_polynomial": "truth",
              "parameters_determined?": "number?", "of_choices?": "@polynomial",
              "better?": {"rule": "text", "explains": "truth"}},
  "selection?": {"candidates?": "count", "aliases_told_apart?": "truth", "fits?": "count", "near": ["@set"],
                 "by_size": ["@set"], "stability?": {"*": "number"}},
  "aliases?": [{"term": "text", "aliases": [{"term": "text", "factor": "number"}]}],
  "never_varied?": ["text"],
  "unseen_by_choices?": ["text"],
  "identifiability?": {"terms": ["text"], "groups": [["text"]], "never_varied": ["text"],
                       "directions": [{"eigenvalue": "number?", "combination": "text",
                                       "standard_error": "number?", "weights": ["number?"]}]},
  "belief_check?": {"sessions": "count", "two_humped": "count", "nats_apart": "number?", "nats_error": "number?",
    "bias?": {"sessions": "count", "verdict": "text",
              "in_standard_errors": [{"parameter": "text", "bias": "number?", "error": "number?"}]}},
  "warnings?": ["text"],
  "notes?": [{"id": "text", "kind": "text", "first?": "truth", "text": "text"}],
  "evaluation?": {"r2_weights?": "@session_scores", "r2_activity?": "@session_scores", "sample?": "text",
                  "prediction?": "text", "percent_deviance?": "@deviances",
                  "percent_deviance_of_true_rule?": "@deviances", "percent_deviance_open_loop?": "@deviances",
                  "in_sample?": "@scores", "held_out?": "@scores"},
  "cross_validation?": {"sample?": "text", "scheme?": "text", "prediction?": "text", "unit?": "text",
    "models?": ["text"],
    "comparisons": [{"null": "text", "fold?": "text", "nats_of_fit?": "number?", "nats_of_null?": "number?",
                     "gain?": "number?", "gain_standard_error?": "number?", "gain_median?": "number?",
                     "percent_deviance_median?": "number?", "sessions?": "count", "above_zero?": "count",
                     "lost_by_fit?": "count", "lost_by_null?": "count", "gain_by_session?": ["number?"],
                     "percent_deviance_by_session?": ["number?"]}],
    "folds?": [{"name": "text", "rule": "text"}],
    "scores?": [{"fold": "text", "animal": "text", "session": "text", "choices": "count", "nll": {"*": "number?"}}]},
  "structures?": {"scheme": "text", "unit?": "text", "terms": ["text"], "chosen": "text", "nested": "number?",
    "parts": "count", "parts_that_agree": "count",
    "tried": [{"name": "text", "settings": "text", "complexity": "count", "nats": "number?", "behind": "number?",
               "standard_error": "number?", "standing": "text", "rule": "text", "selected": ["@finding"],
               "refitted": ["@finding"]}],
    "conclusions": [{"of": "text", "as_chosen": "text", "holds": "truth", "otherwise": ["text"]}]},
  "predictive_check?": {"sample?": "text", "draws": "count", "level": "number", "overflown?": "count",
    "baiting?": {"stays": "truth", "given": "truth", "nats": "number?"},
    "statistics": [{"name": "text", "observed?": "number?", "simulated?": "number?",
                    "band?": ["number?", "number?"], "inside?": "truth", "sessions_inside?": "count",
                    "sessions": [{"animal": "text", "session?": "text", "observed?": "number?",
                                  "simulated?": "number?", "band?": ["number?", "number?"], "inside?": "truth"}]}]},
  "assumptions?": {"level": "number",
    "fits": [{"assumption": "text", "state": "text", "loss": "number?", "findings": ["@finding"]}],
    "conclusions": [{"of": "text", "as_fitted": "text", "holds": "truth", "otherwise": ["text"]}]},
  "data?": {"animals?": "count", "sessions?": "count", "steps?": "count", "trials?": "count", "choices?": "count",
    "accepted?": "count", "omissions?": "count", "rewards?": "number?", "recorded?": "count", "gaps?": "count",
    "forced?": "count", "unknown_rewards?": "count", "free_rewards?": "count", "missing_trials?": "count",
    "how?": ["text"], "unusual?": ["text"], "never_varies?": ["text"], "times?": {"first?": "number?", "last?": "number?"},
    "offers?": {"at_a_step": "count"}, "by_choice?": {"*": "count"}, "over_time?": [{"*": "count"}],
    "reward_values?": [{"value": "number?", "by_choice": {"*": "count"}}],
    "reward_quantiles?": [{"share": "number", "value": "number?"}],
    "stimuli?": [{"name": "text", "offered": "count", "chosen": "count", "mean_reward": "number?",
                  "at_place": ["count"]}],
    "by_animal?": [{"name": "text", "sessions": "count", "trials": "count", "choices": "count",
                    "rewarded": "number?"}],
    "trials_at_limit?": "count",
    "files?": [{"path": "text", "sha256": "text", "bytes": "count"}]},
  "seconds?": "number",

  "@estimate": {"term?": "text", "name?": "text", "estimate": "number?", "status?": "text",
                "standard_error?": "number?", "interval?": ["number?", "number?"], "effect?": "number"},
  "@set": {"rule": "text", "terms": "count", "nll": "number?", "criterion": "number?"},
  "@session_scores": {"median": "number?", "sessions": ["number?"], "lost?": ["count"]},
  "@deviances": {"*": "@session_scores"},
  "@scores": {"r2_weights?": "@session_scores", "r2_activity?": "@session_scores", "sample?": "text",
              "prediction?": "text", "percent_deviance?": "@deviances",
              "percent_deviance_of_true_rule?": "@deviances", "percent_deviance_open_loop?": "@deviances"},
  "@polynomial": {"rule": "text", "explains?": "truth", "r2_weights_of_true_rule?": "@session_scores",
                  "scores?": [{"sample": "text", "choices": "count", "nats_lost": "number?", "standard_error": "number?",
                               "nats_by_chance": "number?", "r2_weights": "@session_scores"}]},
  "@finding": {"of": "text", "value": "number?", "interval?": ["number?", "number?"], "conclusion": "text"}
})";

class Shape {
 public:
  Shape(const std::string& file) : file_(file), whole_(Json::parse(kShape)) {}

  void check(const Json& value) const { check(value, whole_, ""); }

 private:
  [[noreturn]] void refuse(const std::string& key, const std::string& what) const {
    throw ConfigurationError(
        file_, fmt::format("{}{}{}; the file is damaged or was changed", key, key.empty() ? "" : ": ", what));
  }

  void check(const Json& value, const Json& kind, const std::string& key) const {
    if (kind.is_string()) return check_word(value, kind.get<std::string>(), key);
    if (kind.is_array()) return check_list(value, kind, key);
    if (!value.is_object()) refuse(key, fmt::format("found {}, expected an object", value.type_name()));
    for (const auto& [name, of] : kind.items()) {
      if (name.starts_with('@')) continue;
      if (name == "*") {
        for (const auto& [own, each] : value.items()) check(each, of, fmt::format("{}/{}", key, own));
        continue;
      }
      const std::string plain = name.substr(0, name.find('?'));
      const std::string place = key.empty() ? plain : fmt::format("{}/{}", key, plain);
      const auto found = value.find(plain);
      if (found != value.end())
        check(*found, of, place);
      else if (plain == name)
        refuse(place, "is missing");
    }
  }

  void check_list(const Json& value, const Json& kind, const std::string& key) const {
    if (!value.is_array()) refuse(key, fmt::format("found {}, expected a list", value.type_name()));
    if (kind.size() > 1 && value.size() != kind.size())
      refuse(key, fmt::format("found {} values, expected {}", value.size(), kind.size()));
    for (std::size_t n = 0; n < value.size(); ++n)
      check(value.at(n), kind.at(kind.size() > 1 ? n : 0), fmt::format("{}/{}", key, n));
  }

  void check_word(const Json& value, const std::string& word, const std::string& key) const {
    if (word.starts_with('@')) return check(value, whole_.at(word), key);
    const bool is_finite = value.is_number() && std::isfinite(value.get<double>());
    const bool is_count = value.is_number_unsigned() || (value.is_number_integer() && value.get<long>() >= 0);
    const bool fits = word == "text"      ? value.is_string()
                      : word == "truth"   ? value.is_boolean()
                      : word == "number"  ? is_finite
                      : word == "number?" ? is_finite || value.is_null()
                                          : is_count;
    if (!fits)
      refuse(key, fmt::format("found {}, expected a {}", shown(value), word.substr(0, word.find('?'))));
  }

  static std::string shown(const Json& value) {
    return value.is_number() ? value.dump() : std::string(value.type_name());
  }

  const std::string& file_;
  Json whole_;
};

}  // namespace

void check_result(const std::string& text, const std::string& file) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    throw ConfigurationError(file, "is not JSON as synfer writes it; it is damaged or of another program");
  Shape(file).check(json);
}

}  // namespace synfer
