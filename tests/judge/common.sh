# shellcheck shell=sh
# Sourced by the tests that compare kubectl-harden with Kubernetes' own programs.

# skip WHY: ends the test as skipped, or as failed where KUBECTL_HARDEN_REQUIRE=1.
skip() {
	echo "$1" >&2
	[ "${KUBECTL_HARDEN_REQUIRE:-}" = 1 ] && exit 1
	exit 77
}

# need COMMAND…: skips where one of them is missing.
need() {
	for command; do
		command -v "$command" >/dev/null || skip "needs $command, which is not installed"
	done
}

# manifests SOURCE-ROOT: prints the path of each manifest to run over, ended by NUL: fixtures, examples, and the folder
# $KUBECTL_HARDEN_CORPUS.
manifests() {
	for folder in "$1/tests/fixtures" "$1/examples" "${KUBECTL_HARDEN_CORPUS:-}"; do
		if [ -d "$folder" ]; then
			find "$folder" -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -print0
		fi
	done | sort -z
}

# each_manifest FUNCTION SOURCE-ROOT FOLDER: calls the bash function for each manifest, several at once, and sums up the
# lines that it prints: "ok FILE", "skip FILE: why" or "FAIL FILE: why", anything else being detail; FOLDER is for a
# temporary file. Fails on a FAIL, or if nothing was ok.
each_manifest() {
	results=$3/results
	# shellcheck disable=SC2016 # the inner bash expands it
	manifests "$2" | xargs -0 -r -n 1 -P "$(nproc)" bash -c '"$1" "$2"' - "$1" >"$results"
	grep -v -e '^ok ' -e '^skip ' "$results" || :
	echo "$(grep -c '^ok ' "$results") manifests compared, $(grep -c '^FAIL ' "$results") wrong; not comparable:"
	sed -n 's/^skip [^:]*: //p' "$results" | sort | uniq -c
	grep -q '^ok ' "$results" && ! grep -q '^FAIL ' "$results"
}
