#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What ASP.NET Core listens on, before and after a manifest is fixed: dotnet.sh KUBECTL-HARDEN
#
# The runtimes and a program for them are of the folder $KUBECTL_HARDEN_DOTNET, or of the `dotnet` on PATH: see parts.sh.
# A version that is not there is not tried. The program listens as the variables STYLE, MODE and PORT say: see cases.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

# skip WHY: as skipped, or as failed where KUBECTL_HARDEN_REQUIRE=1 and the runtimes are there.
skip() {
	echo "$1" >&2
	[ -n "${KUBECTL_HARDEN_DOTNET:-}" ] && [ "${KUBECTL_HARDEN_REQUIRE:-}" = 1 ] && exit 1
	exit 77
}

for command in python3 unshare setpriv openssl; do
	command -v "$command" >/dev/null || skip "no $command here"
done
if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
	root=yes
elif unshare --user --map-root-user --net true 2>/dev/null; then
	root=no
else
	skip "no network namespace can be made here"
fi

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
chmod 755 "$temp"
"$here/parts.sh" "$temp"
versions=
[ ! -d "$temp/webapp-8" ] || versions=8
[ ! -d "$temp/dotnet-10" ] || [ ! -d "$temp/webapp-10" ] || versions="${versions:+$versions }10"
[ -n "$versions" ] || skip "no ASP.NET Core to start"
[ "$versions" = "8 10" ] || [ -z "${KUBECTL_HARDEN_DOTNET:-}" ] || [ "${KUBECTL_HARDEN_REQUIRE:-}" != 1 ] ||
	skip "of .NET 8 and 10 there is but $versions"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=web -keyout "$temp/tls.key" -out "$temp/tls.crt" 2>/dev/null
chmod 644 "$temp/tls.key"
# shellcheck disable=SC2086 # a word each
python3 "$here/start.py" "$program" "$temp" "$root" $versions
