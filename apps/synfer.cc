// The command line: parse, call, print. Exit codes: 0 done, 2 usage, configuration or output,
// 3 data, 4 a fit that did not converge, 130 interrupted.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "synfer/base/error.h"
#include "synfer/data/read.h"
#include "synfer/run/commands.h"
#include "synfer/run/compare_runs.h"
#include "synfer/run/export_run.h"
#include "synfer/run/interruption.h"
#include "synfer/run/like_command.h"
#include "synfer/run/result_table.h"
#include "synfer/run/run_folder.h"
#include "synfer/run/settings_listing.h"
#include "synfer/run/yaml_reader.h"

namespace synfer {
namespace {

enum Exit { kDone = 0, kUsage = 2, kData = 3, kNotConverged = 4, kInterruptedExit = 130 };

struct Arguments {
  std::string config;
  std::string format;
  std::vector<std::string> words;  // paths and key=value overrides, in any order
  Destination to;
  std::string rule;  // a run whose rule is simulated
  std::string language;
  bool like = false;
  std::string page;
  bool markdown = false;
  bool json = false;
};

struct Words {
  std::vector<std::string> paths;
  std::vector<std::string> overrides;
};

bool is_assignment(const std::string& word) {
  const std::size_t equals = word.find('=');
  const auto of_key = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  return equals != std::string::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), of_key);
}

// A word such as fit.epochs=10 is an override unless a file has that name.
Words sorted_out(const std::vector<std::string>& words) {
  Words found;
  for (const std::string& word : words) {
    std::error_code ignored;
    const bool is_override = is_assignment(word) && !std::filesystem::exists(word, ignored);
    (is_override ? found.overrides : found.paths).push_back(word);
  }
  return found;
}

Configuration configuration_of(const Arguments& arguments, const Words& words, DataOrigin origin,
                               const std::string& earlier_run = {}) {
  ConfigurationReader reader;
  if (!earlier_run.empty()) {
    reader.read_text(RunFolder::open_existing(earlier_run, {kConfigurationFile}).read(kConfigurationFile),
                     kConfigurationFile);
  }
  if (!arguments.config.empty()) reader.read_file(arguments.config);
  if (!arguments.format.empty()) reader.override_with("data.format=" + arguments.format);
  for (const std::string& assignment : words.overrides) reader.override_with(assignment);
  validate(reader.configuration(), origin, earlier_run.empty() ? reader.set_keys() : SetKeys{});
  return reader.configuration();
}

void want_paths(const Words& words, std::size_t least, std::size_t most, const char* what) {
  if (words.paths.size() < least || words.paths.size() > most) {
    const std::string found = words.paths.size() > most ? words.paths[most] : "nothing";
    throw ConfigurationError("command line",
                             fmt::format("found {}, expected {} and key=value settings", found, what));
  }
}

void want_no_settings(const Words& words, const char* command, const char* why) {
  if (!words.overrides.empty()) throw ConfigurationError(command, why);
}

int exit_of(const RunResult& result) {
  if (result.command == "evaluate") return kDone;
  if (result.state == "interrupted") return kInterruptedExit;
  return result.state == "converged" || result.state == "completed" ? kDone : kNotConverged;
}

int show(const RunResult& result, const std::string& folder) {
  fmt::print("{}results in {}\n", table_of(result), folder);
  return exit_of(result);
}

int simulate_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 0, 0, "no path");
  const Configuration c = configuration_of(arguments, words, DataOrigin::simulated);
  const SimulatedFiles made = simulate_run(c, arguments.to);
  const std::string where = made.files.size() == 1 ? made.files.front() : "sessions";
  fmt::print("{} sessions of the rule in {}/{}\n", c.data.sessions, arguments.to.folder, where);
  if (made.trials_at_limit > 0) fmt::print("{} trials ended at task.max_offers\n", made.trials_at_limit);
  return kDone;
}

int recover_like_command(const Arguments& arguments, const Words& words) {
  want_paths(words, 1, words.paths.size(), "data files or folders whose design is simulated");
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded, arguments.rule);
  const DesignCheck check = recover_like_run(c, words.paths, arguments.rule, arguments.to);
  if (check.interrupted) return kInterruptedExit;
  fmt::print("{}results in {}\n", table_of(check), arguments.to.folder);
  return kDone;
}

int recover_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  if (arguments.like) return recover_like_command(arguments, words);
  if (!arguments.rule.empty()) throw ConfigurationError("--rule", "is the run whose rule --like simulates");
  want_paths(words, 0, 0, "no path; --like takes data");
  return show(recover_run(configuration_of(arguments, words, DataOrigin::simulated), arguments.to),
              arguments.to.folder);
}

int fit_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "data files or folders");
  return show(fit_run(configuration_of(arguments, words, DataOrigin::recorded), words.paths, arguments.to),
              arguments.to.folder);
}

int evaluate_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 2, words.paths.size(), "the folder of a run, then data files or folders");
  const std::string& run = words.paths.front();
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded, run);
  return show(evaluate_run(c, run, {words.paths.begin() + 1, words.paths.end()}, arguments.to),
              arguments.to.folder);
}

int compare_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 2, words.paths.size(), "folders of two or more runs");
  want_no_settings(words, "compare", "takes folders of runs and no settings");
  const RunComparison comparison = compare_runs(words.paths);
  fmt::print("{}", arguments.json ? to_json(comparison) : table_of(comparison));
  return kDone;
}

int export_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, 1, "the folder of one run");
  want_no_settings(words, "export", "takes the folder of a run and no settings");
  fmt::print("{}", export_run(words.paths.front(), arguments.language));
  return kDone;
}

int report_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "folders of runs");
  want_no_settings(words, "report", "takes folders of runs and no settings");
  fmt::print("report in {}\n", report_runs(words.paths, arguments.page));
  return kDone;
}

int resume_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, 1, "the folder of one run");
  want_no_settings(words, "resume", "goes on with the settings of the run; start a new run to change them");
  return show(resume_run(words.paths.front()), words.paths.front());
}

int check_command(const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "data files or folders");
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded);
  const DataSet set = read_data(words.paths, {c.data.format, c.data.columns, c.data.activity});
  fmt::print("{} files, nothing wrong found\n{}", set.files.size(), table_of(take_inventory(set.sessions)));
  for (const std::string& path : set.left_out) fmt::print("not read: {}\n", path);
  return kDone;
}

int settings_command(const Arguments& arguments) {
  fmt::print("{}", arguments.markdown ? settings_as_markdown() : settings_as_text());
  return kDone;
}

int run(int argc, char** argv) {
  CLI::App app("synfer infers synaptic plasticity rules from recordings and behaviour.", "synfer");
  app.set_version_flag("--version", "synfer " SYNFER_VERSION);
  app.require_subcommand(1);
  Arguments arguments;
  int (*chosen)(const Arguments&) = nullptr;

  const auto add = [&](const char* name, const char* what, const char* words, const char* example,
                       bool has_settings, bool has_output, int (*command)(const Arguments&)) {
    CLI::App* sub = app.add_subcommand(name, what);
    if (*words != '\0') sub->add_option("words", arguments.words, words)->option_text("...");
    if (has_settings) {
      sub->add_option("--config", arguments.config, "YAML file with settings (see: synfer settings)");
      sub->add_option("--format", arguments.format, "layout of the data, short for data.format=...");
    }
    if (has_output) {
      sub->add_option("--out", arguments.to.folder, "folder of this run; must not exist yet")->required();
      sub->add_flag("--overwrite", arguments.to.overwrite, "replace an earlier run of that name");
    }
    sub->footer(std::string("Example:\n  ") + example);
    sub->callback([&chosen, command] { chosen = command; });
    return sub;
  };
  add("simulate", "Simulate sessions of a known rule.", "settings, key=value",
      "synfer simulate --out runs/sim \"truth.rule=x*r - 0.05*w\" data.sessions=10", true, true,
      simulate_command);
  CLI::App* recover = add("recover", "Simulate, fit, evaluate: is a known rule found?",
                          "settings, key=value; with --like data",
                          "synfer recover --out runs/xr truth.rule=x*r\n"
                          "  synfer recover --like flies/*.mat --out runs/power truth.rule=x*r",
                          true, true, recover_command);
  recover->add_flag("--like", arguments.like, "many experiments of the design of these data");
  recover->add_option("--rule", arguments.rule, "with --like: the run whose rule is simulated");
  add("fit", "Fit a rule to recorded sessions.", "data files or folders, and settings, key=value",
      "synfer fit flies/*.mat --out runs/flies \"rule.terms=[1, w, x, r, x*r]\"", true, true, fit_command);
  add("evaluate", "Score the rule of a run on unseen sessions.",
      "a run's folder, data files or folders, key=value",
      "synfer evaluate runs/flies other-flies/*.mat --out runs/others", true, true, evaluate_command);
  add("compare", "Compare cross-validated runs on the same held-out choices.", "folders of runs",
      "synfer compare runs/flies runs/flies-without-w", false, false, compare_command)
      ->add_flag("--json", arguments.json, "as JSON, every pair of runs");
  add("export", "Write the rule of a run as code or a formula that needs no synfer.", "the folder of a run",
      "synfer export runs/flies --to python > rule.py", false, false, export_command)
      ->add_option("--to", arguments.language, fmt::format("{}", fmt::join(export_languages(), ", ")))
      ->required();
  add("report", "Write the report of a run again, or of several runs side by side.", "folders of runs",
      "synfer report runs/flies runs/flies-without-w --out comparison.html", false, false, report_command)
      ->add_option("--out", arguments.page, "the page, else RUN/report.html");
  add("check", "Read data and say what is there and what is wrong.",
      "data files or folders, and settings, key=value", "synfer check flies/*.mat", true, false,
      check_command);
  add("resume", "Go on with an interrupted run.", "the folder of a run", "synfer resume runs/flies", false,
      false, resume_command);
  add("settings", "List every setting.", "", "synfer settings", false, false, settings_command)
      ->add_flag("--markdown", arguments.markdown, "as a page");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  const InterruptionGuard guard;
  return chosen(arguments);
}

// Standard output may be a full disk too.
int flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "synfer: standard output cannot be written; is the disk full?\n");
  return kUsage;
}

int guarded_run(int argc, char** argv) {
  const auto say = [](const std::exception& error, int code) {
    fmt::print(stderr, "synfer: {}\n", error.what());
    return code;
  };
  try {
    return flushed(run(argc, argv));
  } catch (const DataError& error) {
    return say(error, kData);
  } catch (const NonFiniteError& error) {
    return say(error, kNotConverged);
  } catch (const Error& error) {
    return say(error, kUsage);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "synfer: out of memory; fewer or shorter sessions, or a smaller network, may fit\n");
    return kUsage;
  } catch (const std::exception& error) {
    return say(error, kUsage);
  }
}

}  // namespace
}  // namespace synfer

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of write(), not the end
  return synfer::guarded_run(argc, argv);
}
