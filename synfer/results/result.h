// What a run found, as plain values, and as result.json.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/data/inventory.h"
#include "synfer/evaluation/summary.h"
#include "synfer/files/checksum.h"
#include "synfer/inference/alias_classes.h"
#include "synfer/inference/identifiability.h"
#include "synfer/results/assumptions.h"
#include "synfer/results/belief_check.h"
#include "synfer/results/cross_validation.h"
#include "synfer/results/mlp_reading.h"
#include "synfer/results/predictive_check.h"
#include "synfer/results/sentences.h"
#include "synfer/results/structures.h"
#include "synfer/results/term_search.h"

namespace synfer {

inline constexpr const char* kResultFile = "result.json";

/// Percent deviance by the null's name.
using Deviances = std::map<std::string, SessionScores>;

/// Scores on one set of sessions. What does not apply is empty.
struct Scores {
  std::optional<SessionScores> r2_weights;
  std::optional<SessionScores> r2_activity;
  std::string sample = {};      // which sessions these are, in words: "held out in time"
  std::string prediction = {};  // "open loop" or "one step ahead": what percent_deviance scores
  Deviances percent_deviance;   // as the fit predicts
  Deviances of_truth;           // the true rule's on the same sessions, likewise
  Deviances open_loop;          // beside one step ahead: choices predicted from what was learned alone
};

/// Status of an sd that may as well be 0.
inline constexpr const char* kNoneFound = "none found";

struct Estimate {
  std::string name;  // of a term, or of a parameter of an MLP
  double value = 0.0;
  double standard_error = NAN;  // NaN where there is none
  double low = NAN;             // ends of its interval
  double high = NAN;
  // Why it has no standard error: frozen, at bound, unidentified, no effect, none found.
  std::string status = {};
  // Of a term: log odds by which one change of the weights by it moves an offer like those learned from, its
  // size in any unit (verdict.h); NaN where that is not known.
  double effect = NAN;
};

/// Where the best optimum was looked for (inference/global_fit.h).
struct OptimumSearch {
  struct Other {
    std::vector<double> values;  // as the estimates of the rule
    double nats = 0.0;           // above the estimates
    std::size_t starts = 0;      // that ended there
  };
  std::size_t starts = 0;
  std::size_t reached = 0;    // starts that ended in the estimates
  std::vector<Other> others;  // nearly as likely
  bool has_steps = false;     // whether the likelihood has steps near the estimates
};

/// A session that was fitted, and its mark (sample.h).
struct FittedSession {
  std::string animal;
  std::string session;
  std::string mark;
};

/// Which intervals the estimates have, in words.
struct IntervalKind {
  std::string method = "none";
  double level = 0.95;
  std::string note;  // degrees of freedom, draws, and what is to be known of them
};

struct RunResult {
  std::string command;          // recover, fit or evaluate
  std::string instruction_set;  // that kernels ran on
  std::string precision;        // run.precision
  std::string state;            // named end of the fit
  std::string advice;
  std::string rule_kind;  // taylor or mlp
  std::vector<Estimate> estimates;
  std::vector<Estimate> others;   // what was estimated besides the rule: noise_sd, walk_sd, initial_sd
  std::vector<Estimate> history;  // covariates of the logit: coefficients, and rates as such
  std::optional<double> session_bias_sd;    // of the prior of session biases
  std::vector<double> session_biases;       // a fitted session each
  std::vector<Estimate> history_only;       // of the rival: the covariates fitted alone
  std::vector<double> history_only_biases;  // a fitted session each
  IntervalKind intervals;
  std::vector<double> input_scale;    // of an MLP
  std::optional<MlpReading> reading;  // of an MLP, as a polynomial
  std::optional<TermSearch> search;
  std::optional<OptimumSearch> optimum;
  AliasClasses aliases;             // terms that are one on the data, and terms that never vary
  std::vector<std::string> unseen;  // terms that choices cannot see (inference/unseen_terms.h)
  std::optional<Identifiability> identifiability;
  std::optional<BeliefCheck> belief_check;  // of latent weights
  std::vector<Note> notes;                  // what is said of all this, in words
  double loss = 0.0;                        // nats an observation, with the penalty
  std::size_t observations = 0;             // fitted (or evaluated)
  std::size_t fitted_choices = 0;
  std::size_t held_out_choices = 0;            // later ones of the same sessions
  std::string reward_term;                     // what r is, in words
  std::vector<FittedSession> fitted_sessions;  // by which an evaluation knows them again
  std::optional<double> sigma;                 // of recordings
  std::vector<double> start_losses;
  std::size_t best_start = 0;
  std::vector<Matrix> initial_weights;  // where they were estimated: one, or one a session
  std::vector<double> training_shares;  // P(accept), or the share of each place
  std::optional<Scores> simulated;      // on fresh sessions of the true rule
  std::optional<Scores> in_sample;      // recorded data that were fitted
  std::optional<Scores> held_out;       // recorded data that were not
  std::optional<CrossValidation> cross_validation;
  std::optional<PredictiveCheck> predictive_check;
  std::optional<Assumptions> assumptions;  // the fit under others
  std::optional<Structures> structures;    // among which that of the fit was chosen
  std::string truth;                       // the true rule, where there is one
  Inventory inventory;                     // of the data that were fitted (or evaluated)
  std::vector<DataFile> files;             // recorded data
  std::size_t trials_at_limit = 0;         // simulated trials that ended at task.max_offers
  double seconds = 0.0;
};

/// Once: what has been said is not said again.
void add_note(RunResult& result, std::string_view id, Places places = {});

/// What the readers of the data said: all of it in the inventory, the first three sentences as a note.
void add_reading(RunResult& result, const std::vector<std::string>& how);

/// The texts of those of a kind, in the order of the table.
std::vector<std::string> said(const RunResult& result, SentenceKind kind);

/// Another optimum, as an expression.
std::string rule_of(const RunResult& result, const OptimumSearch::Other& other);

/// "usable: yes", or "usable: no, because ...".
std::string verdict_line(const RunResult& result);

/// What to know before a result is believed: reasons that make it unusable, then warnings.
std::vector<std::string> warnings_of(const RunResult& result);

std::string to_json(const RunResult& result);

/// What another run needs of a result: kind, estimates, initial weights, training shares.
/// @throws ConfigurationError that names the key where the text is not a result.
RunResult from_json(const std::string& text);

}  // namespace synfer
