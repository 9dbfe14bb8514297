#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What ASP.NET Core listens on, before and after a manifest is fixed: dotnet.sh KUBECTL-HARDEN
#
# $KUBECTL_HARDEN_DOTNET is a folder with a test program and what it needs to run, each unpacked or as a .tar.xz:
# dotnet-10 (a DOTNET_ROOT) with webapp-10 (webapp.dll), and webapp-8 (webapp, with its own .NET 8). The program listens
# as the variables STYLE, MODE and PORT say: see cases.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

# skip WHY: as skipped, or as failed where KUBECTL_HARDEN_REQUIRE=1 and the runtimes are there.
skip() {
	echo "$1" >&2
	[ -n "${KUBECTL_HARDEN_DOTNET:-}" ] && [ "${KUBECTL_HARDEN_REQUIRE:-}" = 1 ] && exit 1
	exit 77
}

[ -n "${KUBECTL_HARDEN_DOTNET:-}" ] || skip "KUBECTL_HARDEN_DOTNET is not set: no ASP.NET Core to start"
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
for part in dotnet-10 webapp-10 webapp-8; do
	if [ -d "$KUBECTL_HARDEN_DOTNET/$part" ]; then
		ln -s "$(cd "$KUBECTL_HARDEN_DOTNET/$part" && pwd)" "$temp/$part"
	elif [ -f "$KUBECTL_HARDEN_DOTNET/$part.tar.xz" ]; then
		tar -xJf "$KUBECTL_HARDEN_DOTNET/$part.tar.xz" -C "$temp"
	else
		skip "$KUBECTL_HARDEN_DOTNET holds no $part"
	fi
done
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=web -keyout "$temp/tls.key" -out "$temp/tls.crt" 2>/dev/null
chmod 644 "$temp/tls.key"
python3 "$here/start.py" "$program" "$temp" "$root"
