#!/bin/sh
# build.sh judge|kubectl: prints the path of that program, built once and then kept in a cache.
# build.sh test: runs the judge's own tests.
#
# judge: see main.go. kubectl: the one on PATH where that knows plugin completion (1.26 or newer), else one built here.
# Ends with a message and as skip() does where there is no Go to build with.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${KUBECTL_HARDEN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-harden-tests}
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"

export CGO_ENABLED=0 GOTOOLCHAIN=local

# at_least MINOR VERSION: whether VERSION (such as go1.26.8 or v1.32.4) is 1.MINOR or newer.
at_least() {
	minor=$(printf '%s\n' "$2" | sed -n 's/^[a-z]*1\.\([0-9][0-9]*\).*/\1/p')
	[ -n "$minor" ] && [ "$minor" -ge "$1" ]
}

find_go() {
	for go in "${GO:-go}" /usr/local/go/bin/go /usr/lib/go-1.*/bin/go; do
		command -v "$go" >/dev/null || continue
		at_least 26 "$("$go" env GOVERSION)" && return
	done
	skip "$1 needs Go 1.26 or newer to be built, and there is none on PATH"
}

# build NAME PACKAGE FLAGS SOURCE…: builds PACKAGE unless its sources have been built before.
build() {
	name=$1 package=$2 flags=$3
	shift 3
	find_go "$name"
	key=$({ "$go" env GOVERSION GOOS GOARCH; cat "$@"; } | sha256sum | cut -c1-16)
	program=$cache/$name-$key/$name
	if [ ! -x "$program" ]; then
		mkdir -p "$cache"
		# Tests run side by side: one builds, the others wait for it.
		exec 9>"$cache/$name.lock"
		flock 9
	fi
	if [ ! -x "$program" ]; then
		echo "building $name (once, a few minutes) in $cache" >&2
		"$go" -C "$here" build -mod=readonly -buildvcs=false -trimpath \
			-ldflags "-s -w $flags" -o "$program.new" "$package" >&2
		mv "$program.new" "$program"
	fi
	echo "$program"
}

case ${1-} in
judge)
	build judge . '' "$here/go.mod" "$here/go.sum" "$here"/*.go
	;;
kubectl)
	if command -v kubectl >/dev/null; then
		found=$(kubectl version --client --output=json 2>/dev/null | sed -n 's/.*"gitVersion": *"\([^"]*\)".*/\1/p')
		if at_least 26 "$found"; then
			command -v kubectl
			exit
		fi
	fi
	version=$(sed -n 's/^\tk8s.io\/kubectl v0\.\([0-9.]*\).*/\1/p' "$here/go.mod")
	pkg=k8s.io/component-base/version
	build kubectl ./kubectl \
		"-X $pkg.gitVersion=v1.$version -X $pkg.gitMajor=1 -X $pkg.gitMinor=${version%%.*}" \
		"$here/go.mod" "$here/go.sum" "$here/kubectl/main.go"
	;;
test)
	find_go judge
	"$go" -C "$here" vet ./...
	"$go" -C "$here" test ./...
	;;
*)
	echo "usage: build.sh judge|kubectl|test" >&2
	exit 2
	;;
esac
