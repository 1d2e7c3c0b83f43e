#include "synfer/results/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

#include "synfer/base/text.h"

namespace synfer {
namespace {

using enum SentenceKind;

constexpr std::size_t kMostNamed = 8;

constexpr auto kSentences = std::to_array<Sentence>({
    // Why the numbers must not be used.
    {"diverged", kUnusable, true, "the fit ended in the state diverged",
     "the fit diverged, and what it left is no estimate"},
    {"interrupted", kUnusable, true, "the run was interrupted", "the run was interrupted before its end"},
    {"lost_held_out", kUnusable, true, "the rule's weights overflow in sessions of a cross-validation",
     "its weights overflow in {sessions}{fold}: it cannot be said to predict better than anything"},
    {"lost_sessions", kUnusable, true, "the rule's weights overflow in sessions that are scored",
     "its weights overflow in {sessions} ({sample}): it cannot predict them, and has lost them"},
    {"weights_held", kUnusable, true, "weights grew past 1e8, in the scale of the inputs, in the filter",
     "some weights grew past all bounds and were held there: from there on nothing tells rules apart"},
    {"ran_away", kUnusable, true, "one weight change by a term moves log odds by more than 10",
     "{term} ran away, to {estimate}{others}: one change of the weights by it moves log odds by {size}. Give "
     "more "
     "animals to one rule, or fewer terms, or fit.method=evidence, whose priors hold them"},
    {"open", kUnusable, true, "the standard error of a term holds every plausible size",
     "the data leave {terms} open: such standard errors hold every plausible size"},
    {"worse_than_coin_flip", kUnusable, true,
     "a mean over sessions of nats a choice is above that of a coin flip",
     "it predicts choices worse than a coin flip ({sample}): {nats} nats a choice, where a coin flip has "
     "{coin}"},
    {"at_bound", kUnusable, true, "a term rests at a bound of rule.bounds that is not 0",
     "{term} rests at a bound of rule.bounds, {estimate}, so it has no standard error"},
    {"depends_on_draw", kUnusable, true,
     "initial weights were drawn and taken for known, and another draw moves a term by more than half a "
     "standard error",
     "its initial weights were drawn and taken for known, and with another draw {shift}. Give them "
     "(network.initial_weights.kind=given), or estimate them (kind=estimated per_session=true)"},
    {"iteration_limit", kUnusable, true, "the fit ended in the state iteration limit",
     "the fit had not come to its end"},

    // Against others.
    {"rival_better", kWarning, true,
     "a rival gains more than two standard errors, and .001 nats a step, over the rule, held out",
     "held-out choices are predicted better by {what} than by the rule: {rivals} (nats a step)"},
    {"rival_not_beaten", kWarning, true,
     "a rival gains or loses no more than two standard errors over the rule, or gains less than .001 nats a "
     "step, held out",
     "on held-out choices the rule does not clearly predict better than {rivals} (its gain in nats a step): "
     "plasticity of this form may not be what {these} lack{s}"},
    {"rival_lost", kWarning, true, "a rival's weights overflow, and the rule's do not, held out",
     "no gain over {rival} can be stated: its weights overflow in {sessions}, which the rule can predict"},
    {"rivals_beaten", kFinding, true, "the rule gains more than two standard errors over a rival, held out",
     "on held-out choices the rule predicts better than {rivals} (its gain in nats a step), {each}by more "
     "than two standard errors"},
    {"mechanism_open", kWarning, false,
     "a rival predicts held-out choices as well as the rule, the rule simulated does otherwise than the "
     "animals, a term depends on the structure, or weights keep less than a fifth from step to step",
     "no rule of these variables was shown to be the mechanism: {reasons}"},
    {"nulls_as_good", kWarning, true,
     "a null explains as much as the rule, in the median session that was not fitted",
     "on choices that were not fitted these nulls predict as well or better, in the median session: {nulls}"},
    {"evaluated_fitted", kWarning, true, "evaluate was given sessions of the fit",
     "{sessions} that are scored here were part of the fit: for them scores are in sample, and flatter"},

    // Of the structure.
    {"structure_holds", kFinding, true, "structures were compared, and a term is of one sign in all allowed",
     "whichever structure is assumed, of {allowed} that the data allow among {tried}: {terms}"},
    {"structure_decides", kWarning, true,
     "structures were compared, and a term is not of one sign in all that the data allow",
     "what is concluded depends on the structure, which the data leave open, of {terms}"},
    {"structures_allowed", kWarning, false,
     "another structure is within two paired standard errors of the best",
     "{structures} as well as the best on held-out choices, within two paired standard errors: {names}. The "
     "simplest was chosen"},
    {"chosen_on_these", kWarning, false,
     "structures were compared, and not each part of the data leaves the same to be chosen",
     "held-out figures flatter: the structure was chosen on the same choices{nested}"},
    {"nested", kFinding, false, "structures were compared, and each part leaves the same to be chosen",
     "whichever of {parts} is left out, the others choose the same structure, so that its held-out choices "
     "did "
     "not choose it"},

    // Of the data and the settings.
    {"unusual_data", kWarning, true, "the inventory of the data has unusual lines",
     "{things} unusual in the data (synfer check lists all), first: {first}"},
    {"far_rewards", kWarning, true, "rewards are far from 0, where the expected reward starts",
     "rewards are {mean} on average and vary by {sd}, but the expected reward starts from 0, so that the "
     "first ones "
     "are surprises larger than any later one: if the animal knew what to expect, set "
     "reward_term.start={mean}"},
    {"no_filter_of_so_many", kWarning, false,
     "stimulus.in_fit=filtered with more than six offers, or more than two and belief.order=first",
     "choices are averaged over the noise and tell nothing of the weights: the filter takes up to six "
     "offers, and "
     "two with belief.order=first"},
    {"noise_taken_for_known", kWarning, false, "simulated noise, and stimulus.in_fit mean or resampled",
     "stimulus.in_fit {in_fit} takes noisy stimuli for known: coefficients are biased, mostly towards 0, and "
     "intervals too narrow; use {better}"},
    {"recording_weight", kWarning, false, "fit.recording_weight is not 1 and intervals are by likelihood",
     "fit.recording_weight {weight} makes the loss no likelihood, so that intervals from the {method} do not "
     "cover; use uncertainty.method=clustered or session_bootstrap"},
    {"terms_alike", kWarning, false, "a group of parameters is sloppy together (inference/identifiability.h)",
     "the data hardly tell {terms} apart: believe what they do together, not each coefficient"},
    {"initial_weights_alike", kWarning, false, "initial weights are sloppy among themselves",
     "the data hardly tell {weights} apart, in {groups}: believe what they do together"},
    {"never_varied", kWarning, false, "a parameter has no information",
     "the data say nothing of {terms}: it never varied, or had no effect"},
    {"unseen_candidates", kWarning, false,
     "terms that choices among offers cannot see, where terms are selected",
     "{terms}: choices among offers cannot show a change that is common to all offers; no candidates of the "
     "selection"},
    {"unseen_terms", kWarning, false, "terms that choices among offers cannot see, where terms are given",
     "{terms}: choices among offers cannot show a change that is common to all offers; unidentified, and not "
     "fitted"},
    {"unseen_part_of_mlp", kWarning, false, "an MLP read as a polynomial, fitted to choices among offers",
     "choices cannot show what an MLP changes at all inputs alike (1, r, y): its polynomial and R2 are of "
     "the rest"},
    {"seen_by_noise_alone", kWarning, false,
     "terms that choices among offers see by the stimulus noise alone",
     "{terms}: choices among offers show them by the stimulus noise alone, whose size is a setting; do not "
     "lean on them"},
    {"at_zero_bound", kWarning, false, "a term rests at a bound of 0",
     "{term} rests at 0, a bound of rule.bounds, so it has no standard error"},
    {"covariate_open", kWarning, false, "a covariate's standard error is above half the sd of its prior",
     "the data leave {covariate} open: {estimate} +- {error} log odds, where its prior alone has 10"},
    {"none_found", kWarning, false, "an sd of the belief may as well be 0",
     "no {what} found: {name} may as well be 0, and has no interval"},
    {"two_humped", kWarning, false, "the belief over weights has two humps in a session looked at",
     "in {some} of {sessions} looked at the belief over weights has two humps, which the filter cannot "
     "follow: do "
     "not trust the intervals"},
    {"not_gaussian", kWarning, false, "a particle filter and the Gaussian one are apart by more than chance",
     "a particle filter finds {nats} nats a session more than the Gaussian one: the belief is not Gaussian"},
    {"filter_biased", kWarning, true,
     "the filter moves an estimate by more than half a standard error, and by more than chance",
     "the filter's approximations move {parameter} by {bias} standard errors (Monte Carlo error {error}): "
     "its "
     "interval does not cover as it says"},
    {"filter_not_resolved", kWarning, false,
     "whether the filter moves the estimates by half a standard error could not be told",
     "whether the filter's approximations bias the estimates is not resolved: {looked}"},
    {"no_polynomial", kWarning, false, "an MLP is no polynomial of five terms where the data went",
     "no polynomial of five terms describes this rule where the data went (R2 {r2}); look at g itself"},
    {"polynomial_loses", kWarning, false,
     "in the place of an MLP its polynomial loses more than two nats and two standard errors, beyond chance",
     "the polynomial {rule} does not explain the choices as the MLP does, however well it describes g: in "
     "its "
     "place it loses {lost}"},
    {"better_polynomial", kWarning, false,
     "terms selected on the choices gain more than two nats on an MLP's polynomial, and one a term, on what "
     "was fitted",
     "terms selected on the choices themselves explain them better than the polynomial that is nearest to "
     "the MLP, by "
     "{nats} nats beyond chance: {rule}"},
    {"terms_explain_more", kWarning, false,
     "in the place of an MLP terms selected on the choices gain more than two nats and two standard errors",
     "terms selected on the choices themselves explain them better than the MLP, which loses {lost}: {rule}"},
    {"mlp_not_given", kWarning, false, "rule.inputs leaves out a variable",
     "the MLP was not given {variables}, and of a rule in {variables} it finds no more than the others say "
     "of it. "
     "rule.inputs=[x, y, w, r] gives all; x, w and r are the paper's"},
    {"selected_as_if_known", kWarning, false, "terms selected on recorded data, without a filter",
     "terms were selected as if weights were known: terms that soak up drift and noise win as well; "
     "stimulus.in_fit=filtered with belief.walk_sd=0.3 belief.estimate_walk_sd=true allows for both"},
    {"other_optima", kWarning, true, "another optimum of the same terms is within 2 nats",
     "other coefficients of the same terms are nearly as likely: {rules}. The data do not decide between "
     "them, and intervals hold for one of them alone"},
    {"likelihood_has_steps", kWarning, false,
     "the likelihood has steps of more than .01 nats near the estimates, so that optima lie side by side",
     "the likelihood has steps near the estimates: they may be off the best ones by a fraction of a standard "
     "error"},
    {"sets_as_good", kWarning, false, "other sets of terms are within 2 in the criterion",
     "{sets} of terms explain the data nearly as well (within 2 in the criterion)"},
    {"one_animal_selected", kWarning, false, "terms selected on one animal",
     "one animal does not show how stable the choice of terms is: no share of bootstrap draws"},
    {"chosen_seldom", kWarning, false, "a term is chosen in fewer than 80 % of draws of animals",
     "{term} is chosen in only {percent} % of bootstrap draws of animals"},
    {"weights_start_anew", kWarning, false, "animals have several sessions, and data.carry_weights=false",
     "some animals have several sessions, and weights start anew in each: data.carry_weights=true lets an "
     "animal "
     "keep what it has learnt"},
    {"unscored", kWarning, false, "sessions have no score",
     "{sessions} ({sample}) have no score: there is nothing to score"},
    {"simulated_overflow", kWarning, false, "weights overflow in sessions of the predictive check",
     "simulated, the fitted rule makes weights overflow in {sessions}"},
    {"pieces_for_blocks", kWarning, false,
     "the predictive check has simulated pieces of a session, since the data name no blocks",
     "the data name no blocks, so that the predictive check paid rewards in pieces of {trials} trials: what "
     "is "
     "simulated may differ for that alone. Give the blocks (data.columns.block) or their length "
     "(task.trials_per_block)"},
    {"does_otherwise", kWarning, false, "a statistic's mean lies outside its band in the predictive check",
     "simulated, the fitted rule does something else than the animals did: {statistics}"},
    {"depends_on_settings", kWarning, false, "a conclusion is another under other assumptions",
     "what is concluded depends on settings that nobody measured, of {terms}"},
    {"weights_do_not_follow", kWarning, false,
     "the median R2 of weights on fresh simulated sessions is below 0",
     "replayed, its weights do not follow those of the true rule: R2 is below 0"},
    {"no_rival", kWarning, false, "a fit without a cross-validation",
     "no rival (shuffled rewards, Q-learning) was fitted beside the rule: evaluation.cross_validate does"},
    {"other_format", kWarning, false, "a folder holds files of another format than the rest",
     "not read, being of another format than the rest: {files}"},

    // Of less weight.
    {"nothing_held_out", kNote, false, "a fit without a cross-validation and without held-out trials",
     "nothing here was scored on choices that the fit had not seen: figures are in sample, and flatter"},
    {"one_animal", kNote, false, "recorded data of one animal",
     "one animal: nothing here says whether others follow this rule"},
    {"zero_in_interval", kNote, false, "an interval of a term holds 0",
     "intervals that contain 0: {terms}. The data do not show that these terms act"},
    {"zero_in_intervals_together", kNote, false, "an interval of a term that is sloppy with others holds 0",
     "intervals that contain 0, of terms that the data hardly tell apart: {terms}. Each alone may be 0; that "
     "says "
     "nothing of them together"},
    {"paid_so", kNote, false, "a predictive check, whose simulated choices are paid",
     "in the predictive check {how}"},
    {"told_apart_by_noise", kNote, false, "selection compared terms that are one at the mean stimulus",
     "some terms are the same function at the mean stimulus, such as x and x^2 of two levels: between them "
     "the "
     "noise of stimuli decided, whose size was known"},
    {"aliases", kNote, false, "terms are one on the data, whatever the fit",
     "{terms} cannot be told from others on these data, whatever the fit"},
    {"intervals", kNote, false, "the settings give intervals, or say why there are none", "{note}"},
    {"no_intervals", kNote, false, "no intervals were asked for",
     "no intervals were computed: how sure the data are of the rule is not known"},

    // What was found.
    {"chosen", kFinding, false, "terms were selected",
     "{terms} chosen, of {candidates} that differ on these data"},
    {"truth", kFinding, false, "the true rule is known", "the true rule that was simulated: {rule}"},
    {"explains", kFinding, false, "choices are scored",
     "of the nulls' deviance the rule explains ({sample}, {prediction}), in the median session: {percents}"},
    {"weights_follow", kFinding, false, "the median R2 of weights on fresh simulated sessions is not below 0",
     "replayed, its weights follow those of the true rule: R2 {r2}"},
    {"fitted", kFinding, false, "a fit", "fitted to {data} in {sessions} of {animals}{held_out}"},
    {"scored", kFinding, false, "an evaluation", "scored on {data} in {sessions} of {animals}: {sample}"},
    {"read_so", kFinding, false, "the data came from files, or the reader of a table had to decide",
     "the data were read so: {how}"},
});

std::size_t place_of(std::string_view id) {
  const auto* at = std::ranges::find(kSentences, id, &Sentence::id);
  if (at == kSentences.end()) throw std::invalid_argument(fmt::format("found no sentence '{}'", id));
  return static_cast<std::size_t>(at - kSentences.begin());
}

}  // namespace

std::string to_string(SentenceKind kind) {
  switch (kind) {
    case kUnusable:
      return "unusable";
    case kWarning:
      return "warning";
    case kNote:
      return "note";
    case kFinding:
      return "finding";
  }
  return "";
}

std::span<const Sentence> sentences() { return kSentences; }

const Sentence& sentence(std::string_view id) { return kSentences.at(place_of(id)); }

Note say(std::string_view id, Places places) {
  const std::string_view text = sentence(id).text;
  Note note{std::string(id), {}};
  std::set<std::string_view> filled;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    note.text += text.substr(at, open - at);
    if (open == text.size()) break;
    const std::size_t close = text.find('}', open);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto* place = std::ranges::find(places, name, [](const auto& p) { return p.first; });
    if (place == places.end())
      throw std::invalid_argument(fmt::format("found no text for {{{}}} of '{}'", name, id));
    note.text += place->second;
    filled.insert(name);
    at = close + 1;
  }
  if (filled.size() != places.size())
    throw std::invalid_argument(fmt::format("found a text too many for '{}'", id));
  return note;
}

std::vector<Note> in_order(std::vector<Note> notes) {
  std::vector<std::pair<std::size_t, std::size_t>> order;  // in the table, then as they were said
  for (std::size_t n = 0; n < notes.size(); ++n) order.emplace_back(place_of(notes[n].id), n);
  std::ranges::sort(order);
  std::vector<Note> sorted;
  for (const auto& [place, n] : order) sorted.push_back(std::move(notes[n]));
  return sorted;
}

std::string first_of(const std::vector<std::string>& names) {
  if (names.size() <= kMostNamed) return join(names, ", ");
  return fmt::format("{} and {} others", join(std::span(names).first(kMostNamed - 2), ", "),
                     names.size() - kMostNamed + 2);
}

}  // namespace synfer
