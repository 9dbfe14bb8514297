#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fuzz: runs the libFuzzer targets for some minutes and prints what came of it.
#
#	tests/fuzz/run.sh [-m MINUTES] [-j CORES] [-b BUILD] [-d WORK] [TARGET...]
#
# Each target gets MINUTES (default 10) on one core; CORES (default 1) of them run at once. BUILD is made with clang
# where it is not there yet (default build-fuzz); WORK (default BUILD/fuzz-work) keeps the grown corpora and what was
# found. Ends with 1 where anything was found: make it small, mend it, and keep it in regressions/TARGET.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
minutes=10 cores=1 build=$root/build-fuzz work=

while getopts m:j:b:d: option; do
	case $option in
	m) minutes=$OPTARG ;;
	j) cores=$OPTARG ;;
	b) build=$OPTARG ;;
	d) work=$OPTARG ;;
	*) sed -n '/^#	/s/^#	/usage: /p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- parse edit fix
work=${work:-$build/fuzz-work}

if [ ! -e "$build/build.ninja" ]; then
	CC=${CC:-clang-19} meson setup "$build" "$root" -Dfuzz=enabled -Db_sanitize=address,undefined \
		-Db_lundef=false >/dev/null
fi
for target in "$@"; do
	ninja -C "$build" "tests/fuzz/fuzz_$target" >/dev/null
done

# A process ends after so many runs, and the next one goes on with its corpus: parsers that broke are kept for good.
runs=50000

# Runs one target until its time is over, or something is found.
fuzz() {
	target=$1
	corpus=$work/$target/corpus
	log=$work/$target/log
	until=$(($(date +%s) + minutes * 60))
	mkdir -p "$corpus" "$work/$target/found"
	: >"$log"
	set -- "$corpus" "$here/corpus/$target" "$here/regressions/$target"
	[ "$target" != parse ] || set -- "$@" "$root/tests/fixtures/yaml"
	while left=$((until - $(date +%s))) && [ "$left" -gt 0 ]; do
		ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
			nice -n 19 "$build/tests/fuzz/fuzz_$target" -max_len=4096 -dict="$here/$target.dict" \
			-max_total_time="$left" -runs=$runs -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=256 \
			-detect_leaks=0 -print_final_stats=1 -artifact_prefix="$work/$target/found/" \
			"$@" >>"$log" 2>&1 || break
	done
	# Of what ran in this subshell; the second line is its children's.
	times >"$work/$target/times"
}

# What is lost shows in a replay, whose leak checker knows the file.
report() {
	awk -v target="$1" -v found="$(find "$work/$1/found" -type f | wc -l)" '
		FILENAME ~ /times$/ {
			for (i = 1; FNR == 2 && i <= NF; i++) {
				split($i, part, "m")
				cpu += part[1] + part[2] / 60
			}
		}
		/^stat::peak_rss_mb:/ { rss = $2 > rss ? $2 : rss }
		/^stat::number_of_executed_units:/ { runs += $2 }
		match($0, /cov: [0-9]+/) { cov = substr($0, RSTART + 5, RLENGTH - 5) }
		match($0, /corp: [0-9]+/) { corpus = substr($0, RSTART + 6, RLENGTH - 6) }
		END {
			printf "%-6s %6.1f CPU minutes, %9d runs, %6d edges, %5d inputs, %4d MB at most, %d found\n",
				target, cpu, runs, cov, corpus, rss, found
		}
	' "$work/$1/times" "$work/$1/log"
	grep -h '^FUZZ: \|^SUMMARY: ' "$work/$1/log" | sort | uniq -c || true
}

running=0
for target in "$@"; do
	fuzz "$target" &
	running=$((running + 1))
	if [ "$running" -ge "$cores" ]; then
		wait
		running=0
	fi
done
wait
for target in "$@"; do
	report "$target"
done
found=0
for target in "$@"; do
	[ -z "$(find "$work/$target/found" -type f)" ] || found=1
done
exit $found
