# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of the command line: `. lib.sh KUBECTL-HARDEN`. They run in a folder of their own that holds a
# copy of input/, with the program on PATH as kubectl-harden, and nothing of the caller's settings.

tests=$(cd "$(dirname "$0")" && pwd)
source_root=$(cd "$tests/../.." && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
temp=$(mktemp -d)
trap 'chmod -R u+rwx "$temp"; rm -rf "$temp"' EXIT
mkdir "$temp/bin" "$temp/work"
ln -s "$program" "$temp/bin/kubectl-harden"
ln -s "$source_root/kubectl-harden/kubectl_complete-harden" "$temp/bin/"
PATH=$temp/bin:$PATH
export PATH LC_ALL=C TERM=xterm COLUMNS=200
unset NO_COLOR CI GIT_DIR
cp -R "$tests/input/." "$temp/work"
cd "$temp/work" || exit 99
failed=0

# fail WHAT…: the test goes on, and fails at its end.
fail() {
	echo "wrong: $*"
	# shellcheck disable=SC2034 # for the test's end
	failed=1
}

# skip WHY: ends the test as skipped, or as failed where KUBECTL_HARDEN_REQUIRE=1.
skip() {
	echo "$1" >&2
	[ "${KUBECTL_HARDEN_REQUIRE:-}" = 1 ] && exit 1
	exit 77
}

# has COMMAND…: whether they are all here; those that CI must have are required there.
has() {
	for command; do
		command -v "$command" >/dev/null && continue
		[ "${KUBECTL_HARDEN_REQUIRE:-}" != 1 ] || fail "$command is not installed"
		echo "no $command here: part of this test is left out"
		return 1
	done
}

# reports ARGUMENT…: reports.py, with the distribution's Python where one that comes first has no jsonschema.
reports() {
	python=python3
	"$python" -c 'import jsonschema' 2>/dev/null || [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
	"$python" "$tests/reports.py" "$@"
}

# run CODE COMMAND…: runs it with its output in $temp/out and $temp/err; its exit code must be CODE.
run() {
	expected=$1
	shift
	code=0
	"$@" >"$temp/out" 2>"$temp/err" || code=$?
	[ "$code" = "$expected" ] || {
		fail "exit code $code instead of $expected: $*"
		cat "$temp/err"
	}
}

# says FILE TEXT: FILE (out, err) of the last run holds the line TEXT.
says() {
	grep -qxF -- "$2" "$temp/$1" || {
		fail "no line '$2' in std$1:"
		cat "$temp/$1"
	}
}

# tells FILE TEXT: FILE (out, err) of the last run holds TEXT, wherever its prose was wrapped.
tells() {
	tr -s '\n ' '  ' <"$temp/$1" | grep -qF -- "$2" || {
		fail "no '$2' in std$1:"
		cat "$temp/$1"
	}
}

# is_empty FILE
is_empty() {
	[ ! -s "$temp/$1" ] || {
		fail "std$1 is not empty:"
		cat "$temp/$1"
	}
}

# same FILE FILE WHAT
same() {
	cmp -s "$1" "$2" || {
		fail "$3"
		diff "$1" "$2" | cat -v | head -20
	}
}

# fresh: input/ as it was.
fresh() {
	rm -rf "$temp/work"
	mkdir "$temp/work"
	cp -R "$tests/input/." "$temp/work"
	cd "$temp/work" || exit 99
}
