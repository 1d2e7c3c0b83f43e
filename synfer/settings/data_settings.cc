// Settings of data: how many, in which form, what is held out.
#include "synfer/formats/read.h"
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> data_settings(Configuration& c) {
  DataSettings& data = c.data;
  ColumnNames& names = data.columns;
  StepCoding& coding = data.coding;
  ActivityOptions& activity = data.activity;
  Strings formats = format_names();
  formats.insert(formats.begin(), kAutomaticFormat);
  return {
      {"seed", &c.seed, anything(), "",
       "Seed of every random draw; the same seed, version and settings give the same results."},
      {"data.sessions", &data.sessions, at_least(1), "sessions",
       "Simulated sessions that the fit sees; an error for recorded data."},
      {"data.evaluation_sessions", &data.evaluation_sessions, at_least(1), "sessions",
       "Fresh simulated sessions on which the fitted rule is evaluated; an error for recorded data."},
      {"data.format", &data.format, one_of(formats), "",
       "Layout of data: steps (CSV, one row a step), flies2022 (choices and rewards in two CSV files), "
       "matlab (X, Y, R, or arrays), npz (NumPy arrays), nwb (its trials), foraging-nwb (two lick "
       "ports); automatic goes by the files. A simulation writes steps, matlab, npz or nwb; automatic is "
       "steps."},
      {"data.columns.animal", &names.animal, anything(), "", "Name of the column with the animal."},
      {"data.columns.session", &names.session, anything(), "", "Name of the column with the session."},
      {"data.columns.trial", &names.trial, anything(), "", "Name of the column with the trial."},
      {"data.columns.block", &names.block, anything(), "", "Name of the column with the block."},
      {"data.columns.choice", &names.choice, anything(), "", "Name of the column with the choice."},
      {"data.columns.reward", &names.reward, anything(), "", "Name of the column with the reward."},
      {"data.columns.stimulus", &names.stimulus, anything(), "",
       "Name of the column with the label of the stimulus; of several offers what stands before their "
       "number, or all their columns, as left,right."},
      {"data.columns.x", &names.x, anything(), "",
       "First part of the names of the columns with inputs: x0, x1, ... or x0_0, x0_1, ..."},
      {"data.columns.y", &names.y, anything(), "",
       "First part of the names of the columns with recordings: y0, y1, ..."},
      {"data.columns.time", &names.time, anything(), "",
       "Name of the column with the time of each step, in any unit; rows must come in its order."},
      {"data.columns.scored", &names.scored, anything(), "",
       "Name of the column that says which choices count: 0 or false where a choice was forced, which "
       "teaches and is not scored."},
      {"data.columns.learns", &names.learns, anything(), "",
       "Name of the column that says after which steps weights change; without it after every choice "
       "(accept or reject: every acceptance)."},
      {"data.choice_values",
       &coding.choice_values,
       {.empty_list = true},
       "",
       "Values of the choice column in the order of the offers, such as [left, right] or [1, 2]; with "
       "one offer those of reject and accept, such as [no, yes]. Without it a choice is the number of an "
       "offer, counted from 0, or one of the labels that its row offers."},
      {"data.no_choice",
       &coding.no_choice,
       {.empty_list = true},
       "",
       "Values of the choice column that stand for no choice, such as [none] or [-1, 9], beside a "
       "missing one."},
      {"data.arms",
       &coding.arms,
       {.empty_list = true},
       "",
       "Labels of the offers in the order of their places, where they are the same at every step and no "
       "column says so, such as [left, right]."},
      {"data.rewards_on_rejection", &coding.rewards_on_rejection, anything(), "",
       "Whether a rejected offer has an outcome too, as in go/no-go tasks; it stands in its row, and "
       "weights change after it."},
      {"data.sort", &coding.sort, one_of({"none", "trial", "time"}), "",
       "Whether rows are put in order: by trial (within block) or by time within each session. With none "
       "their order is checked, and rows that are out of order are an error."},
      {"data.activity.series", &activity.series, anything(), "",
       "Series with neural activity in NWB files: its name under acquisition, or its path; its columns "
       "are the neurons of the plastic layer, in order.",
       "no activity is read"},
      {"data.activity.align", &activity.align, anything(), "",
       "Column of an NWB file's trials with the time of each step to which the window is tied."},
      {"data.activity.window", &activity.window, anything(), "s",
       "From and to, after that time: the mean of the samples in between is the step's recording.",
       "needed with data.activity.series"},
      {"data.held_out", &data.held_out, from_below(0, 1), "fraction of the trials",
       "Last part of each recorded session that is kept out of the fit for testing; 0 keeps none."},
      {"data.carry_weights", &data.carry_weights, anything(), "",
       "Whether weights are carried over from one session of an animal to the next instead of starting "
       "anew."},
  };
}

}  // namespace synfer
