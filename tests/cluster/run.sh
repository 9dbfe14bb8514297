#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh KUBECTL-HARDEN SOURCE-ROOT [ROW…]: the rows of rows/, or those named, on a real Kubernetes node: see rows.py.
#
# The node (node.sh) lives in process, network and mount namespaces of its own: with their first process all of it ends,
# its mounts, bridges and iptables rules with it, however this ends. The cgroups of the containers are not in a
# namespace: they are removed here.
set -euo pipefail

kubectl_harden=$(realpath "$1")
source=$(realpath "$2")
shift 2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/../judge/common.sh"

[ "$(id -u)" = 0 ] || skip "a Kubernetes node needs root"
PATH=$PATH:/usr/sbin:/sbin
need etcd containerd ctr containerd-shim-runc-v2 runc iptables conntrack ip unshare setpriv openssl python3
[ -x /usr/lib/cni/bridge ] || skip "needs /usr/lib/cni/bridge, of containernetworking-plugins"
paths=$("$here/build.sh") || exit
mapfile -t paths <<<"$paths"

temp=$(mktemp -d "${TMPDIR:-/var/tmp}/kubectl-harden-node-XXXXXX")
cgroup=$(basename "$temp")
node=
# shellcheck disable=SC2317 # called by trap
clean() {
	if [ -n "$node" ]; then
		kill -KILL "$node" || :
		wait "$node" || :
	fi 2>/dev/null
	# Processes of an ended namespace may take a moment to leave their cgroups.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		find /sys/fs/cgroup -depth -type d -path "*/$cgroup*" -exec rmdir {} + 2>/dev/null || :
		find /sys/fs/cgroup -type d -name "$cgroup" 2>/dev/null | grep -q . || break
		sleep 0.3
	done
	rm -rf --one-file-system "$temp"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

setpriv --pdeathsig KILL unshare --mount --pid --net --ipc --uts --fork --kill-child --mount-proc \
	"$here/node.sh" "$temp" "$cgroup" "${paths[@]}" "$kubectl_harden" "$source" "$@" </dev/null &
node=$!
status=0
wait "$node" || status=$?
node=
exit "$status"
