#!/bin/sh
# build.sh: prints three lines: the program of kubernetes/, a Debian root file system, and the archive of the images in
# images/. Each is made once and then kept in a cache. Ends with a message and as skip() does where something is
# missing. Those of ASP.NET Core (images/aspnet-*) are made where $KUBECTL_HARDEN_DOTNET or the `dotnet` on PATH has what
# they need: see tests/dotnet/parts.sh.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/../judge/common.sh"
# shellcheck source=tests/judge/go.sh
. "$here/../judge/go.sh"
# shellcheck source=tests/cluster/kubernetes.sh
. "$here/kubernetes.sh"

packages=nginx-light,apache2-bin,redis-server,postgresql-15,memcached,rabbitmq-server,tomcat10,openjdk-17-jre-headless
packages=$packages,python3-minimal,libpython3-stdlib,nodejs,gosu,hostname,libnss-wrapper
packages=$packages,libstdc++6,libssl3,ca-certificates,tzdata,curl,mono-mcs

# key FILE…: names what is made of these files, and of what is read from stdin.
key() {
	{ cat; cat "$@"; } | sha256sum | cut -c1-16
}

make_debian() {
	rm -rf "$cache"/debian-*
	mkdir -p "$debian.new/root"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands it
	mmdebstrap --quiet --variant=minbase --include="$packages" \
		--setup-hook='mkdir -p "$1/etc/postgresql-common"' \
		--setup-hook='echo create_main_cluster = false >"$1/etc/postgresql-common/createcluster.conf"' \
		--customize-hook="$here/debian.sh" bookworm "$debian.new/debian.tar"
	tar -xf "$debian.new/debian.tar" -C "$debian.new/root"
	mv "$debian.new" "$debian"
}

make_images() {
	rm -rf "$cache"/images-*.tar "$cache"/images-*.tar.new "$cache"/images-*.parts
	mkdir "$images.parts"
	"$here/../dotnet/parts.sh" "$images.parts"
	"$here/images.py" "$debian/debian.tar" "$debian/root" "$images.new" "$images.parts"
	rm -rf "$images.parts"
	mv "$images.new" "$images"
}

need mmdebstrap python3

# The download and the compiler do not get in each other's way.
debian=$cache/debian-$(echo "$packages" | key "$here/debian.sh")
once debian "$debian" make_debian &
other=$!

program=$(build_kubernetes "$here/kubernetes") || exit
wait "$other"

parts=$({
	find "${KUBECTL_HARDEN_DOTNET:-/nonexistent}" -maxdepth 1 -printf '%f %s\n' | LC_ALL=C sort
	dotnet --list-runtimes && dotnet --list-sdks
} 2>/dev/null) || :
# shellcheck disable=SC2046 # none of our names has a blank
images=$cache/images-$(echo "$debian $parts" | key "$here/images.py" "$here/../dotnet/parts.sh" \
	$(find "$here/images" "$here/../dotnet/webapp" -type f | LC_ALL=C sort)).tar
once images "$images" make_images

printf '%s\n' "$program" "$debian/root" "$images"
