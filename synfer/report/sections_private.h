// The parts of a page in their order, each a function of the runs: HTML, empty where a part has nothing to
// say. Runs stand side by side: in one figure where their numbers share axes, else figure beside figure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "synfer/report/figure_private.h"
#include "synfer/report/run_files_private.h"

namespace synfer::report {

/// A run's number in the page and what it is called there.
struct Run {
  std::size_t index = 0;
  std::string label;
  const RunFiles& files;
  std::size_t most_sessions = 12;  // drawn one by one
};

using Runs = std::span<const Run>;

std::string at_a_glance(Runs runs);    // warnings, then what was found
std::string data_held(Runs runs);      // the inventory of what was fitted
std::string estimates(Runs runs);      // the rule's terms with intervals
std::string coefficients(Runs runs);   // all Taylor coefficients as a map
std::string rule_shape(Runs runs);     // g over pairs of variables
std::string choices(Runs runs);        // predicted and made, and weights, over trials
std::string block_changes(Runs runs);  // learning curves around changes of the better option
std::string scores(Runs runs);         // deviance by null, held-out gains over rivals
std::string predictive(Runs runs);     // what the animals did beside what the fitted rule does
std::string structures(Runs runs);     // what stands around the rule, compared on held-out choices
std::string assumed(Runs runs);        // conclusions under other assumptions
std::string certainty(Runs runs);      // what the data fix and what not
std::string path(Runs runs);           // selection, or loss and parameters along the fit
std::string about(Runs runs);          // data, settings, version
std::string glossary();                // words of the page in plain ones

/// What a title of one run begins with; empty where there is but one.
std::string label_of(Runs runs, const Run& run);

/// The colour of a run in all figures of the page, none of those that mean something else in a figure (signs,
/// stimuli) while there are no more than four.
std::string colour_of(const Run& run);

/// What belongs to one run, drawn in its colour where there are several.
std::string of_one_run(Runs runs, const Run& run, const std::string& html);

/// Rows of a figure that holds all runs, told apart by their colour and, within a row, by their place.
void tell_runs_apart(Runs runs, const Numbers& numbers, Json& encoding);

/// Items side by side, as many as the page is wide.
std::string side_by_side(const std::vector<std::string>& items);

/// A section of the page; empty where its content is.
std::string section(const std::string& id, const std::string& title, const std::string& content);

/// "dw/eta = 0.972 x r - 0.050 w" as HTML.
std::string equation(const Json& result);

/// "0.9741473*x*r - 0.05*w" as "0.974 x r - 0.05 w"; a rule that has no terms as it is.
std::string short_rule(const std::string& rule);

/// Coefficients of the true rule by term; empty where it is unknown or has no terms.
std::map<std::string, double> truth_of(const Json& result);

/// Whether terms that are one at the mean stimulus were compared by how noise comes through them.
bool told_apart_by_noise(const Json& result);

/// What r is: "reward", or what is taken from it.
std::string reward_term(const Json& result);

/// A stimulus that the data call by a number alone, as people say it: "stimulus 0", in simulated tasks "odour
/// 0".
std::string stimulus_name(const Json& result, const std::string& name);

/// "accept rate of 0" as "accept rate of stimulus 0".
std::string statistic_name(const Json& result, const std::string& name);

/// The columns begin with the run where there is more than one.
void name_runs(Runs runs, Numbers& numbers);
/// A row of numbers of a run, likewise.
void add_row(Runs runs, const Run& run, Numbers& numbers, std::vector<std::string> cells);

}  // namespace synfer::report
