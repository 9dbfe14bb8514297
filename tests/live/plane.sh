#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# plane.sh [--controllers] [--stay] COMMAND…: a Kubernetes control plane for as long as COMMAND runs: etcd,
# kube-apiserver and, with --controllers, kube-controller-manager, on free ports of 127.0.0.1. Ends as COMMAND does.
# Needs no root; several can run at once. It ends with its caller, whose COMMAND then ends too; with --stay, only
# COMMAND counts.
#
# COMMAND has in its environment:
#   PLANE       a folder that is removed at the end: see pki.sh and kubeconfigs.sh for what is in it, and log/
#   KUBECONFIG  $PLANE/admin.kubeconfig
#   PATH        with the kubectl of this Kubernetes first
#
# kube-apiserver, etcd and kubectl are those of the folder $KUBEBUILDER_ASSETS, as envtest has them; else those that
# $TEST_ASSET_KUBE_APISERVER, $TEST_ASSET_ETCD and $TEST_ASSET_KUBECTL name; else those on PATH; else one program is
# built for them (../cluster/kubernetes). Ends as skip() does where there are none.
#
# Without --controllers there is nobody who makes a namespace's service account "default", so that pods are admitted
# without one; with it, admission is as in any cluster. There is no scheduler and no kubelet: pods stay pending.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/../judge/common.sh"
# shellcheck source=tests/judge/go.sh
. "$here/../judge/go.sh"
# shellcheck source=tests/cluster/kubernetes.sh
. "$here/../cluster/kubernetes.sh"

arguments=("$@")
controllers=
stay=
while [ $# -gt 0 ]; do
	case $1 in
	--controllers) controllers=1 ;;
	--stay) stay=1 ;;
	-*) echo "plane.sh: unknown option $1" >&2 && exit 2 ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || { echo "usage: plane.sh [--controllers] [--stay] COMMAND [ARGUMENT...]" >&2 && exit 2; }
need setpriv openssl python3
if [ -z "$stay" ] && [ "${PLANE_OF:-}" != $$ ]; then
	PLANE_OF=$$ exec setpriv --pdeathsig TERM "$0" "${arguments[@]}"
fi
unset PLANE_OF

plane=$(mktemp -d "${TMPDIR:-/tmp}/kubectl-harden-plane-XXXXXX")
children=() # process ids; the first one is a process group
# shellcheck disable=SC2317 # called by trap
clean() {
	{
		kill -KILL "${children[@]}" || :
		wait || :
	} 2>/dev/null
	rm -rf "$plane"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# Where this is killed, which no trap sees, its children are too, but for this one: it removes the folder.
# shellcheck disable=SC2016 # sh expands it
setsid sh -c 'tail --pid="$1" -f /dev/null; rm -rf "$2"' - $$ "$plane" </dev/null >/dev/null 2>&1 &
children+=(-$!)
disown
mkdir -p "$plane"/{bin,log,pki,etcd}

# fail WHY: ends all, with the last lines of each log.
fail() {
	echo "error: $1" >&2
	tail -n 5 "$plane"/log/* >&2
	exit 1
}

# provide PROGRAM VARIABLE: links $plane/bin/PROGRAM to it; false where there is none but the one to be built.
provide() {
	local found=${KUBEBUILDER_ASSETS:-/nonexistent}/$1
	if [ ! -x "$found" ]; then
		found=${!2:-}
	fi
	if [ ! -x "$found" ]; then
		found=$(command -v "$1") || return 1
	fi
	ln -sf "$found" "$plane/bin/$1"
}

provide etcd TEST_ASSET_ETCD || skip "needs etcd: install etcd-server, or set KUBEBUILDER_ASSETS"
kubernetes=
if ! provide kube-apiserver TEST_ASSET_KUBE_APISERVER; then
	kubernetes=$(build_kubernetes "$here/../cluster/kubernetes") || {
		status=$?
		echo "or set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl, as setup-envtest makes it" >&2
		exit "$status"
	}
	ln -s "$kubernetes" "$plane/bin/kube-apiserver"
fi
for program in kubectl kube-controller-manager; do
	if [ -n "$kubernetes" ]; then
		ln -s "$kubernetes" "$plane/bin/$program"
	elif [ "$program" = kubectl ] || [ -n "$controllers" ]; then
		provide "$program" TEST_ASSET_KUBECTL || skip "needs $program, to go with kube-apiserver"
	fi
done
PATH=$plane/bin:$PATH

"$here/pki.sh" "$plane/pki" >"$plane/log/pki" 2>&1 || fail "openssl"
cat >"$plane/tokens.csv" <<END
admin-token,admin,admin,system:masters
alice-token,alice,alice
checker-token,checker,checker
fixer-token,fixer,fixer
END

# start NAME COMMAND…: its number is in $started.
start() {
	local name=$1
	shift
	setpriv --pdeathsig KILL "$@" >"$plane/log/$name" 2>&1 </dev/null &
	started=$!
	children+=("$started")
}

# wait_for URL: false where the last program that was started ends before it answers there.
wait_for() {
	local tries=600
	until is_ready "$1"; do
		kill -0 "$started" 2>/dev/null && [ $((tries--)) -gt 0 ] || return 1
		sleep 0.1
	done
}

# is_ready URL: whether it answers with 200. (Python would be slow to start that often.)
is_ready() {
	case $1 in
	https:*) kubectl --kubeconfig="$plane/admin.kubeconfig" get --raw /readyz ;;
	*) exec 3<>"/dev/tcp/127.0.0.1/${1##*:}" ;;
	esac >/dev/null 2>&1
}

free_ports() {
	python3 -S -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
print(*(s.getsockname()[1] for s in sockets))'
}

start_etcd() {
	rm -rf "$plane/etcd"
	start etcd etcd --data-dir "$plane/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
		--advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port" \
		--initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
		--initial-cluster "default=http://127.0.0.1:$peer_port" --unsafe-no-fsync
	wait_for "http://127.0.0.1:$etcd_port"
}

start_apiserver() {
	local pki=$plane/pki admission=()
	[ -n "$controllers" ] || admission=(--disable-admission-plugins=ServiceAccount)
	start kube-apiserver kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" \
		--bind-address=127.0.0.1 --secure-port="$port" --advertise-address=127.0.0.1 --endpoint-reconciler-type=none \
		--cert-dir="$plane/apiserver" --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" \
		--client-ca-file="$pki/ca.crt" --token-auth-file="$plane/tokens.csv" --authorization-mode=RBAC \
		--service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/sa.key" \
		--service-account-signing-key-file="$pki/sa.key" --service-cluster-ip-range=10.96.0.0/16 \
		--allow-privileged=true "${admission[@]}"
	"$here/kubeconfigs.sh" "$plane" "https://127.0.0.1:$port" "https://localhost:$port" \
		"https://127.0.0.1:$closed_port" "$here"
	wait_for "https://127.0.0.1:$port"
}

# A port that is free now may be taken a moment later: once more, then.
for attempt in 1 2 3; do
	read -r etcd_port peer_port port closed_port < <(free_ports)
	echo "http://127.0.0.1:$etcd_port" >"$plane/etcd-url"
	if start_etcd && start_apiserver; then
		break
	fi
	[ "$attempt" != 3 ] || fail "the API server does not start"
done
export KUBECONFIG=$plane/admin.kubeconfig PLANE=$plane
if [ -n "$controllers" ]; then
	start kube-controller-manager kube-controller-manager --kubeconfig="$KUBECONFIG" \
		--authentication-kubeconfig="$KUBECONFIG" --authorization-kubeconfig="$KUBECONFIG" --bind-address=127.0.0.1 \
		--secure-port=0 --service-account-private-key-file="$plane/pki/sa.key" \
		--root-ca-file="$plane/pki/ca.crt" --leader-elect=false --cert-dir="$plane/controllers" \
		--kube-api-qps=200 --kube-api-burst=200
fi

# A shell starts its background jobs deaf for Ctrl-C: COMMAND is not to hand that on.
setpriv --pdeathsig KILL env --default-signal=INT,QUIT "$@" <&0 &
command=$!
children+=("$command")
status=0
wait "$command" || status=$?
exit "$status"
