# shellcheck shell=sh
# Sourced by what builds Go programs for the tests: each is built once and then kept in a cache. Needs common.sh.
cache=${KUBECTL_HARDEN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-harden-tests}

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

# once NAME PATH COMMAND…: makes PATH by COMMAND unless it is there. Tests run side by side: one makes it, the others
# wait.
once() {
	name=$1 path=$2
	shift 2
	if [ ! -e "$path" ]; then
		mkdir -p "$cache"
		exec 9>"$cache/$name.lock"
		flock 9
		if [ ! -e "$path" ]; then
			echo "making $name (once, a few minutes) in $cache" >&2
			"$@" >&2
		fi
		exec 9>&-
	fi
}

# build NAME MODULE PACKAGE FLAGS SOURCE…: builds PACKAGE of the module in the folder MODULE unless its sources have been
# built before, and prints the path of the program.
build() {
	name=$1 module=$2 package=$3 flags=$4
	shift 4
	find_go "$name"
	key=$({ "$go" env GOVERSION GOOS GOARCH; cat "$@"; } | sha256sum | cut -c1-16)
	program=$cache/$name-$key/$name
	once "$name" "$program" compile
	echo "$program"
}

compile() {
	"$go" -C "$module" build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w $flags" -o "$program.new" "$package"
	mv "$program.new" "$program"
}
