/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion: scripts for the program under its own name. `kubectl harden` needs none: kubectl's completion asks
 * kubectl_complete-harden.
 */
#include "commands/command.h"

static const char bash_script[] = "# bash completion for kubectl-harden\n"
				  "_kubectl_harden() {\n"
				  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words lines line directive\n"
				  "\t# The words up to the cursor; bash itself would split them at = and :.\n"
				  "\tread -ra words <<<\"${COMP_LINE:0:COMP_POINT}\"\n"
				  "\t[[ ${COMP_LINE:0:COMP_POINT} == *' ' ]] && words+=('')\n"
				  "\t[[ $cur == '=' ]] && cur=\n"
				  "\tCOMPREPLY=()\n"
				  "\tmapfile -t lines < <(kubectl-harden __complete \"${words[@]:1}\" 2>/dev/null)\n"
				  "\t((${#lines[@]})) || return\n"
				  "\tdirective=${lines[-1]#:}\n"
				  "\tunset 'lines[-1]'\n"
				  "\tif ((directive & 8)); then\n"
				  "\t\tlocal IFS=$'\\n'\n"
				  "\t\tcompopt -o filenames 2>/dev/null\n"
				  "\t\tfor line in \"${lines[@]}\"; do\n"
				  "\t\t\tCOMPREPLY+=($(compgen -f -X \"!*.$line\" -- \"$cur\"))\n"
				  "\t\tdone\n"
				  "\t\tCOMPREPLY+=($(compgen -d -- \"$cur\"))\n"
				  "\t\treturn\n"
				  "\tfi\n"
				  "\tif ((directive & 16)); then\n"
				  "\t\tlocal IFS=$'\\n'\n"
				  "\t\tcompopt -o filenames 2>/dev/null\n"
				  "\t\tCOMPREPLY=($(compgen -d -- \"$cur\"))\n"
				  "\t\treturn\n"
				  "\tfi\n"
				  "\tfor line in \"${lines[@]}\"; do\n"
				  "\t\tCOMPREPLY+=(\"${line%%$'\\t'*}\")\n"
				  "\tdone\n"
				  "}\n"
				  "complete -F _kubectl_harden kubectl-harden\n";

static const char zsh_script[] =
	"#compdef kubectl-harden\n"
	"_kubectl-harden() {\n"
	"\tlocal -a lines candidates prefix\n"
	"\tlocal line directive\n"
	"\tlines=(\"${(@f)$(kubectl-harden __complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
	"\tdirective=${lines[-1]#:}\n"
	"\tlines=(\"${(@)lines[1,-2]}\")\n"
	"\tif (( directive & 8 )); then\n"
	"\t\t_files -g \"*.(${(j:|:)lines})(-.)\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif (( directive & 16 )); then\n"
	"\t\tcompset -P '-*='\n"
	"\t\t_files -/\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tcompset -P '-*='\n"
	"\tfor line in \"${lines[@]}\"; do\n"
	"\t\tline=${line//:/\\\\:}\n"
	"\t\tcandidates+=(\"${line/$'\\t'/:}\")\n"
	"\tdone\n"
	"\t_describe -V 'kubectl-harden' candidates\n"
	"}\n"
	"if [ \"$funcstack[1]\" = \"_kubectl-harden\" ]; then\n"
	"\t_kubectl-harden\n"
	"else\n"
	"\tcompdef _kubectl-harden kubectl-harden\n"
	"fi\n";

static const char fish_script[] = "# fish completion for kubectl-harden\n"
				  "function __kubectl_harden_complete\n"
				  "\tset -l words (commandline -opc) (commandline -ct)\n"
				  "\tset -l prefix (string match -r -- '^-.*=' $words[-1])\n"
				  "\tset -l lines (kubectl-harden __complete $words[2..-1] 2>/dev/null)\n"
				  "\tif test \"$lines[-1]\" = ':8'\n"
				  "\t\tset -l start (string replace -r -- '^-.*=' '' $words[-1])\n"
				  "\t\tfor line in (__fish_complete_path $start)\n"
				  "\t\t\techo \"$prefix$line\"\n"
				  "\t\tend\n"
				  "\t\treturn\n"
				  "\tend\n"
				  "\tif test \"$lines[-1]\" = ':16'\n"
				  "\t\tset -l start (string replace -r -- '^-.*=' '' $words[-1])\n"
				  "\t\tfor line in (__fish_complete_directories $start)\n"
				  "\t\t\techo \"$prefix$line\"\n"
				  "\t\tend\n"
				  "\t\treturn\n"
				  "\tend\n"
				  "\tfor line in $lines[1..-2]\n"
				  "\t\techo \"$prefix$line\"\n"
				  "\tend\n"
				  "end\n"
				  "complete -c kubectl-harden -f -a '(__kubectl_harden_complete)'\n";

static int run(struct session *session)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = { { "bash", bash_script }, { "fish", fish_script }, { "zsh", zsh_script } };
	const char *shell = session->settings.arguments.items[0];
	struct error *error = NULL;

	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		if (!strcmp(shell, scripts[i].shell)) {
			buf_addz(&session->out.text, scripts[i].script);
			return EXIT_FINE;
		}
	}
	error_set(&error, "unknown shell \"%s\"; bash, fish or zsh", shell);
	return command_usage_error(session, error);
}

const struct command command_completion = {
	.name = "completion",
	.bit = COMMAND_OTHER,
	.summary = "Print the completion script of a shell, for kubectl-harden",
	.description =
		"Print the completion script of a shell, for the program under the name kubectl-harden. As kubectl "
		"harden it is completed by kubectl's own completion.",
	.examples = "# In ~/.bashrc\n"
		    "source <(kubectl-harden completion bash)\n"
		    "# In ~/.zshrc\n"
		    "source <(kubectl-harden completion zsh)\n"
		    "# In ~/.config/fish/config.fish\n"
		    "kubectl-harden completion fish | source\n",
	.usage = "bash|fish|zsh",
	.arguments = ARGUMENT_SHELL,
	.arguments_min = 1,
	.arguments_max = 1,
	.run = run,
};
