#!/bin/sh
# build.sh judge|kubectl: prints the path of that program, built once and then kept in a cache.
# build.sh test: runs the judge's own tests.
#
# judge: see main.go. kubectl: the one on PATH where that knows plugin completion (1.26 or newer), else one built here.
# Ends with a message and as skip() does where there is no Go to build with.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"
# shellcheck source=tests/judge/go.sh
. "$here/go.sh"

case ${1-} in
judge)
	build judge "$here" . '' "$here/go.mod" "$here/go.sum" "$here"/*.go
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
	build kubectl "$here" ./kubectl \
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
