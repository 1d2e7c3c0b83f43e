#include "completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {
namespace {

using Commands = std::vector<ListedCommand>;
using Settings = std::vector<ListedSetting>;
using Strings = std::vector<std::string>;

// Texts hold no quote themselves: brief() sees to that.
std::string in_quotes(const std::string& text) { return "'" + text + "'"; }

// The first sentence, as short as a list beside a prompt wants it.
std::string brief(const std::string& meaning) {
  const std::size_t end = std::min(meaning.find(". "), meaning.find(": "));
  std::string first;
  for (const char c : meaning.substr(0, end)) {
    if (c == '\'') first += "\u2019";  // a quote would end the shell's own
    if (c != '\'' && c != '[' && c != ']') first += c;
  }
  if (first.ends_with('.')) first.pop_back();
  return first;
}

Strings names_of(const Commands& commands) {
  Strings names;
  for (const ListedCommand& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return names;
}

Strings names_with_settings(const Commands& commands) {
  Strings names;
  for (const ListedCommand& command : commands) {
    if (command.has_settings) names.push_back(command.name);
  }
  return names;
}

Strings options_of(const ListedCommand& command) {
  Strings names;
  for (const ListedOption& option : command.options) names.push_back(option.name);
  return names;
}

std::string bash(const Commands& commands, const Settings& settings) {
  std::string text =
      "# Completion of synfer for bash: source this file, or save it as\n"
      "# ~/.local/share/bash-completion/completions/synfer\n"
      "_synfer() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command=${COMP_WORDS[1]} key= words= options= keys= IFS=$' \\n'\n"
      "  ((COMP_CWORD == 1)) && command=\n"
      "  # For bash the = of key=value is a word of its own.\n"
      "  if [[ $word == '=' ]]; then key=$before word=\n"
      "  elif [[ $before == '=' ]]; then key=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  if [[ $key == --* ]]; then before=$key key=; fi\n"
      "  case $key in\n";
  for (const ListedSetting& setting : settings) {
    if (!setting.choices.empty())
      text += fmt::format("    {}) words='{}' ;;\n", setting.key, fmt::join(setting.choices, " "));
  }
  text +=
      "  esac\n"
      "  if [[ $key ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); return; fi\n"
      "  case $command:$before in\n";
  for (const ListedCommand& command : commands) {
    for (const ListedOption& option : command.options) {
      if (option.choices.empty()) continue;
      text += fmt::format("    {}:{}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", command.name,
                          option.name, fmt::join(option.choices, " "));
    }
  }
  text += "    *:--config | *:--out | *:--rule) return ;;  # a path\n";
  text += "  esac\n  case $command in\n";
  for (const ListedCommand& command : commands) {
    const Strings words = command.name.empty() ? names_of(commands) : command.choices;
    text += fmt::format("    '{}') words='{}' options='{}'{} ;;\n", command.name, fmt::join(words, " "),
                        fmt::join(options_of(command), " "), command.has_settings ? " keys=1" : "");
  }
  text +=
      "  esac\n"
      "  if [[ $word == -* ]]; then words=$options\n"
      "  elif [[ $keys && $word ]]; then\n"
      "    COMPREPLY=($(compgen -W '";
  Strings keys;
  for (const ListedSetting& setting : settings) keys.push_back(setting.key + "=");
  text += join(keys, " ");
  text +=
      "' -- \"$word\"))\n"
      "    ((${#COMPREPLY[@]})) && compopt -o nospace\n"
      "    return\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}\n"
      "complete -o default -o bashdefault -F _synfer synfer\n";
  return text;
}

std::string zsh(const Commands& commands, const Settings& settings) {
  std::string text =
      "#compdef synfer\n"
      "# Completion of synfer for zsh: save it as _synfer in a folder of $fpath.\n"
      "_synfer_words() {\n"
      "  if [[ $PREFIX == *=* ]]; then\n"
      "    local key=${PREFIX%%=*}\n"
      "    compset -P '*='\n"
      "    case $key in\n";
  for (const ListedSetting& setting : settings) {
    if (!setting.choices.empty())
      text += fmt::format("      {}) compadd -- {} ;;\n", setting.key, fmt::join(setting.choices, " "));
  }
  text +=
      "      *) _files ;;\n"
      "    esac\n"
      "    return\n"
      "  fi\n"
      "  local -a settings=(\n";
  for (const ListedSetting& setting : settings)
    text += fmt::format("    {}\n", in_quotes(setting.key + ":" + brief(setting.meaning)));
  text +=
      "  )\n"
      "  _describe -t settings setting settings -S = -q\n"
      "  _files\n"
      "}\n"
      "_synfer() {\n"
      "  if ((CURRENT == 2)); then\n"
      "    local -a commands=(\n";
  for (const ListedCommand& command : commands) {
    if (!command.name.empty())
      text += fmt::format("      {}\n", in_quotes(command.name + ":" + brief(command.meaning)));
  }
  text += "    )\n    _describe -t commands command commands\n";
  text += fmt::format("    compadd -- {}\n    return\n  fi\n", fmt::join(options_of(commands.front()), " "));
  text += "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n";
  for (const ListedCommand& command : commands) {
    if (command.name.empty()) continue;
    text += fmt::format("    {}) _arguments", command.name);
    for (const ListedOption& option : command.options) {
      std::string one = fmt::format("{}[{}]", option.name, brief(option.meaning));
      if (!option.value.empty()) {
        one += option.choices.empty() ? ":path:_files"
                                      : fmt::format(":value:({})", fmt::join(option.choices, " "));
      }
      text += " \\\n      " + in_quotes(one);
    }
    if (!command.choices.empty()) {
      text += fmt::format(" \\\n      '1:word:({})'", fmt::join(command.choices, " "));
    } else if (!command.words.empty()) {
      text += command.has_settings ? " \\\n      '*:word:_synfer_words'" : " \\\n      '*:path:_files'";
    }
    text += " ;;\n";
  }
  return text + "  esac\n}\n_synfer \"$@\"\n";
}

std::string fish(const Commands& commands, const Settings& settings) {
  std::string text =
      "# Completion of synfer for fish: save it as ~/.config/fish/completions/synfer.fish\n"
      "function __synfer_settings\n"
      "  switch (commandline -ct)\n";
  for (const ListedSetting& setting : settings) {
    if (setting.choices.empty()) continue;
    Strings values;
    for (const std::string& value : setting.choices) values.push_back(setting.key + "=" + value);
    text += fmt::format("    case '{}=*'; printf '%s\\n' {}\n", setting.key, fmt::join(values, " "));
  }
  text += "    case '*.*'; printf '%s=\\t%s\\n'";
  for (const ListedSetting& setting : settings)
    text += fmt::format(" \\\n      {} {}", setting.key, in_quotes(brief(setting.meaning)));
  text += "\n    case '*'; printf '%s\\tsettings\\n'";
  Strings sections;
  for (const ListedSetting& setting : settings) {
    const std::size_t dot = setting.key.find('.');
    const std::string section = setting.key.substr(0, dot) + (dot == std::string::npos ? "=" : ".");
    if (sections.empty() || sections.back() != section) sections.push_back(section);
  }
  text += " " + join(sections, " ") + "\n  end\nend\n";
  const std::string none = "not __fish_seen_subcommand_from " + join(names_of(commands), " ");
  for (const ListedCommand& command : commands) {
    const std::string when = command.name.empty() ? none : "__fish_seen_subcommand_from " + command.name;
    if (!command.name.empty()) {
      text += fmt::format("complete -c synfer -f -n {} -a {} -d {}\n", in_quotes(none), command.name,
                          in_quotes(brief(command.meaning)));
    }
    for (const ListedOption& option : command.options) {
      std::string value;
      if (!option.value.empty())
        value = option.choices.empty() ? " -rF" : " -xa " + in_quotes(join(option.choices, " "));
      text += fmt::format("complete -c synfer -n {} -l {}{} -d {}\n", in_quotes(when), option.name.substr(2),
                          value, in_quotes(brief(option.meaning)));
    }
    if (!command.choices.empty())
      text += fmt::format("complete -c synfer -f -n {} -a {}\n", in_quotes(when),
                          in_quotes(join(command.choices, " ")));
  }
  text += fmt::format("complete -c synfer -n {} -a '(__synfer_settings)'\n",
                      in_quotes("__fish_seen_subcommand_from " + join(names_with_settings(commands), " ")));
  return text;
}

struct Shell {
  const char* name;
  std::string (*script)(const Commands&, const Settings&);
};
constexpr std::array<Shell, 3> kShells = {{{"bash", bash}, {"zsh", zsh}, {"fish", fish}}};

}  // namespace

std::vector<std::string> completion_shells() {
  Strings names;
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  return names;
}

std::string completion_script(const std::vector<ListedCommand>& commands,
                              const std::vector<ListedSetting>& settings, const std::string& shell) {
  for (const Shell& known : kShells) {
    if (shell == known.name) return known.script(commands, settings);
  }
  throw ConfigurationError(shell, "no completion for this shell; expected " + join(completion_shells(), ", "),
                           nearest(shell, completion_shells()));
}

}  // namespace synfer
