#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# completion.sh KUBECTL-HARDEN: what is offered at the cursor, by the protocol and by the shells that are here.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# No cluster but that of this file, which nobody answers for.
export HOME="$temp" KUBECONFIG="$temp/config"
unset KUBERNETES_SERVICE_HOST
cat >"$KUBECONFIG" <<-'CONFIG'
	apiVersion: v1
	kind: Config
	clusters:
	- {name: here, cluster: {server: "http://127.0.0.1:1"}}
	users:
	- {name: alice, user: {}}
	contexts:
	- {name: home, context: {cluster: here, user: alice}}
	- {name: work, context: {cluster: here, user: alice}}
	- {name: "of two\twords", context: {cluster: here, user: alice}}
	current-context: home
CONFIG

# offers EXPECTED WORD…: the candidates for the last word, without descriptions, and the directive.
offers() {
	expected=$1
	shift
	offered=$(kubectl-harden __complete "$@" | sed 's/	.*//' | tr '\n' ' ')
	[ "$offered" = "$expected " ] || fail "$*: offers '$offered' instead of '$expected '"
}

offers 'diff fix check fixers kinds explain config version completion help :4' ''
offers 'fix fixers :4' 'fi'
offers ':4' no-such
offers ':4' no-such ''
offers '--profile :4' diff --prof
offers 'baseline restricted hardened auto :4' diff --profile ''
offers 'restricted :4' diff --profile=r
offers 'restricted :4' diff --profile r
offers 'json yaml yml :8' diff -f ''
offers 'json yaml yml :8' diff --filename=sh
offers ':16' diff -k ''
offers ':16' check --kustomize=o
offers '--kustomize :4' diff --kus
offers ':4' fix --kus
offers ':4' diff ''
offers ':4' diff x
offers 'run-as-user run-as-non-root :4' explain run-as
offers 'image image-pull-policy image-tag image-digest :4' explain im
offers 'privileged,run-as-user privileged,run-as-non-root :4' fix --skip privileged,run-as
offers 'auto always never :4' check --color=
offers '--color :4' check --col
offers 'bash fish zsh :4' completion ''
offers 'fix fixers :4' help 'fi'
offers 'true false :4' diff --recursive=
offers 'home work :4' check --context ''
offers 'work :4' check -A --context=w
offers 'here :4' fix --cluster ''
offers 'alice :4' diff --user=a
offers ':4' check -n ''
offers ':4' fix deploy/
[ "$(kubectl_complete-harden 'fi')" = "$(kubectl-harden __complete 'fi')" ] || fail "kubectl_complete-harden"

# bash -c, as if Tab were pressed behind LINE.
in_bash() {
	bash --norc -c '
		. <(kubectl-harden completion bash)
		COMP_LINE=$1 COMP_POINT=${#1}
		words=${1//=/ = }
		read -ra COMP_WORDS <<<"$words"
		[[ $1 == *" " || $1 == *= ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_kubectl_harden 2>/dev/null
		echo "${COMPREPLY[*]}"' - "$1"
}

# is_completed SHELL LINE WORD…
is_completed() {
	shell=$1 line=$2
	shift 2
	[ "$completed" = "$*" ] || fail "$shell: '$line' offers '$completed' instead of '$*'"
}

if has bash; then
	for case in 'kubectl-harden fi|fix fixers' 'kubectl-harden diff --profile=re|restricted' \
		'kubectl-harden diff --profile |baseline restricted hardened auto' 'kubectl-harden explain priv|privileged privilege-escalation' \
		'kubectl-harden diff -f shop/w|shop/web.yaml' 'kubectl-harden diff -f od|odd' \
		'kubectl-harden diff -k kustomize/b|kustomize/base' 'kubectl-harden diff -k shop/w|'; do
		completed=$(in_bash "${case%|*}")
		is_completed bash "${case%|*}" "${case#*|}"
	done
fi
if has fish; then
	for case in 'kubectl-harden fi|fix fixers' 'kubectl-harden diff --profile=re|--profile=restricted' \
		'kubectl-harden explain privilege-|privilege-escalation' 'kubectl-harden diff -f shop/web|shop/web.yaml' \
		'kubectl-harden diff -k kustomize/b|kustomize/base/' 'kubectl-harden check --kustomize=kustomize/b|--kustomize=kustomize/base/'; do
		# shellcheck disable=SC2016 # fish expands it
		completed=$(HOME=$temp fish --no-config -c 'kubectl-harden completion fish | source; complete -C "$argv"' \
			"${case%|*}" | sed 's/	.*//' | sort | tr '\n' ' ' | sed 's/ $//')
		is_completed fish "${case%|*}" "${case#*|}"
	done
fi
if has zsh; then
	kubectl-harden completion zsh >"$temp/_kubectl-harden"
	zsh -fn "$temp/_kubectl-harden" || fail "zsh does not parse its script"
	completed=$(HOME=$temp zsh -f "$tests/complete.zsh" 'kubectl-harden diff --profile=re' 2>&1)
	case $completed in
	*'LINE[kubectl-harden diff --profile=restricted ]'*) ;;
	*) fail "zsh: $completed" ;;
	esac
	completed=$(HOME=$temp zsh -f "$tests/complete.zsh" 'kubectl-harden diff --kustomize=kustomize/b' 2>&1)
	case $completed in
	*'LINE[kubectl-harden diff --kustomize=kustomize/base/]'*) ;;
	*) fail "zsh: $completed" ;;
	esac
	completed=$(HOME=$temp zsh -f "$tests/complete.zsh" 'kubectl-harden expl' 2>&1)
	case $completed in
	*'LINE[kubectl-harden explain ]'*) ;;
	*) fail "zsh: $completed" ;;
	esac
fi
exit "$failed"
