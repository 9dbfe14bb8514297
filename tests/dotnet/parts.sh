#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# parts.sh FOLDER: puts into FOLDER what ASP.NET Core is started from, and tells what is missing, and why:
#   dotnet-10  a DOTNET_ROOT with the runtimes of .NET 10
#   webapp-10  a program for it: webapp.dll
#   webapp-8   the same with a .NET 8 of its own: webapp
# Each is copied from the folder $KUBECTL_HARDEN_DOTNET, where it is a folder or a NAME.tar.xz. What is not there is made
# of the `dotnet` on PATH: it has the runtimes or has them not, and its SDK builds the program from webapp/.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=$1
dotnet=$(command -v dotnet || :)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# given NAME: from $KUBECTL_HARDEN_DOTNET; whether it is there.
given() {
	if [ -d "${KUBECTL_HARDEN_DOTNET:-}/$1" ]; then
		cp -RL "$KUBECTL_HARDEN_DOTNET/$1" "$folder/"
	elif [ -f "${KUBECTL_HARDEN_DOTNET:-}/$1.tar.xz" ]; then
		tar -xJf "$KUBECTL_HARDEN_DOTNET/$1.tar.xz" -C "$folder" --no-same-owner
	else
		return 1
	fi
}

# runtime NAME MAJOR: the folder of the newest one of that name.
runtime() {
	[ -z "$dotnet" ] || "$dotnet" --list-runtimes |
		sed -n "s/^$1 \\($2\\.[^ ]*\\) \\[\\(.*\\)\\]\$/\\2\\/\\1/p" | sort -V | tail -n 1
}

# missing NAME WHY
missing() {
	if [ -n "${KUBECTL_HARDEN_DOTNET:-}" ]; then
		echo "no $1: $KUBECTL_HARDEN_DOTNET has none, and $2" >&2
	else
		echo "no $1: KUBECTL_HARDEN_DOTNET is not set, and $2" >&2
	fi
	rm -rf "${folder:?}/$1"
	return 1
}

# make_root NAME MAJOR: a DOTNET_ROOT with nothing but the runtimes of one version.
make_root() {
	web=$(runtime Microsoft.AspNetCore.App "$2") net=$(runtime Microsoft.NETCore.App "$2")
	[ -n "$dotnet" ] || missing "$1" "there is no dotnet on PATH" || return
	[ -n "$web" ] && [ -n "$net" ] || missing "$1" "$dotnet has no Microsoft.AspNetCore.App $2" || return
	mkdir -p "$folder/$1/shared/Microsoft.AspNetCore.App" "$folder/$1/shared/Microsoft.NETCore.App"
	cp -RL "${web%/shared/*}/dotnet" "${web%/shared/*}/host" "$folder/$1/"
	cp -RL "$web" "$folder/$1/shared/Microsoft.AspNetCore.App/"
	cp -RL "$net" "$folder/$1/shared/Microsoft.NETCore.App/"
}

# make_program NAME MAJOR
make_program() {
	[ -n "$dotnet" ] || missing "$1" "there is no dotnet on PATH" || return
	[ -n "$("$dotnet" --list-sdks)" ] || missing "$1" "$dotnet has no SDK to build it" || return
	cp -RL "$here/webapp" "$folder/build"
	"$dotnet" build "$folder/build/webapp.csproj" --configuration Release -p:Major="$2" --output "$folder/$1" \
		>"$folder/build.log" 2>&1 || {
		tail -n 5 "$folder/build.log" >&2
		missing "$1" "$dotnet build fails for net$2.0"
	} || return
	rm -rf "$folder/build" "$folder/build.log"
}

# A program with its own .NET, as `dotnet publish --self-contained` would make it if it could load the parts.
make_contained() {
	make_root "$1/dotnet" "$2" && make_program "$1" "$2" || return
	# shellcheck disable=SC2016 # the script's shell expands it
	printf '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/dotnet/dotnet" "$here/webapp.dll" "$@"\n' >"$folder/$1/webapp"
	chmod +x "$folder/$1/webapp"
}

given dotnet-10 || make_root dotnet-10 10 || :
given webapp-10 || make_program webapp-10 10 || :
given webapp-8 || make_contained webapp-8 8 || :
rm -rf "$folder/build" "$folder/build.log"
chmod -R go+rX "$folder"
