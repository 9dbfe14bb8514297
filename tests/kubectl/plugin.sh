#!/usr/bin/env bash
# plugin.sh BUILD-DIR SOURCE-ROOT: what `meson install` installs is a plugin to a real kubectl, which runs it and
# completes its commands and options in bash, zsh and fish.
# shellcheck disable=SC2317 # functions are called by check()
set -euo pipefail

build=$(realpath "$1")
cd "$2"
# shellcheck source=tests/judge/common.sh
. tests/judge/common.sh
kubectl=$(tests/judge/build.sh kubectl) || exit
need meson bash zsh fish
bash_completion=/usr/share/bash-completion/bash_completion
[ -f "$bash_completion" ] || skip "needs bash-completion, which is not installed"

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
failed=0

# check WHAT COMMAND…: COMMAND succeeds, or WHAT is reported as wrong.
check() {
	local what=$1
	shift
	if "$@"; then
		echo "ok: $what"
	else
		echo "wrong: $what"
		failed=1
	fi
}

# has TEXT WORD…: each word stands in TEXT by itself.
has() {
	local text=$1 word
	shift
	for word; do
		grep -qE "(^|[^[:alnum:]-])$word([^[:alnum:]-]|$)" <<<"$text" || {
			printf '%s is missing in:\n%s\n' "$word" "$text"
			return 1
		}
	done
}

meson install -C "$build" --no-rebuild --quiet --destdir "$temp/root" >/dev/null
program=$(find "$temp/root" -name kubectl-harden -type f)
export PATH=${program%/*}:${kubectl%/*}:$PATH
export HOME=$temp KUBECONFIG=/dev/null

# ---- running
check "kubectl lists it" has "$(kubectl plugin list 2>&1)" "$program"
check "version" test "$(kubectl harden version)" = "$(kubectl-harden version)"
check "--help" has "$(kubectl harden --help)" diff fix check explain
status=0
kubectl harden diff -f examples/aspnet/deploy.yaml >"$temp/diff" 2>"$temp/log" || status=$?
check "diff exits 1, as kubectl diff" test $status = 1
check "diff shows a hardening" grep -q '^+ *runAsNonRoot: true' "$temp/diff"
status=0
kubectl harden no-such-command >/dev/null 2>&1 || status=$?
check "wrong usage exits 2 through kubectl" test $status = 2

# ---- completion: commands, an option, and files where files belong
commands=(diff fix check fixers explain version completion help)

complete_in_bash() {
	bash --norc -c '
		. "$1"
		. <(kubectl completion bash)
		compopt() { :; }
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$* COMP_POINT=${#COMP_LINE} COMP_TYPE=9
		__start_kubectl
		printf "%s\n" "${COMPREPLY[@]}"
	' - "$bash_completion" kubectl "$@"
}

complete_in_fish() {
	# shellcheck disable=SC2016 # fish expands it
	fish --no-config -c 'kubectl completion fish | source; complete -C "$argv"' kubectl "$@"
}

complete_in_zsh() {
	zsh -f tests/kubectl/complete.zsh "kubectl $*"
}

for shell in bash zsh fish; do
	check "$shell completes commands" has "$(complete_in_$shell harden '')" "${commands[@]}"
	check "$shell completes a command" has "$(complete_in_$shell harden expl)" explain
	check "$shell completes an option" has "$(complete_in_$shell harden diff --file)" --filename
	check "$shell completes a fixer's name" has "$(complete_in_$shell harden explain run-as-n)" run-as-non-root
done
exit $failed
