#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# readme.sh KUBECTL-HARDEN: what README.md shows is what the program prints, and every command in it runs. A comment
# `<!-- output: COMMAND -->` stands above what COMMAND prints; UPDATE=1 writes that anew. The blocks below
# `<!-- ci: … -->` are run by .ci/run, on fresh systems.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
readme=$source_root/README.md

# kubectl, as far as the README needs it.
cat >"$temp/bin/kubectl" <<'SHIM'
#!/bin/sh
[ "$1" = harden ] || exit 99
shift
exec kubectl-harden "$@"
SHIM
chmod +x "$temp/bin/kubectl"
rm -rf "$temp/work"
mkdir "$temp/work"
cp -R "$source_root/examples" "$temp/work"
cd "$temp/work" || exit 99

# With the outputs filled in, the README is as it was.
awk '
	# What stands in a block below the comment is left out, and the command printed instead.
	/^<!-- output: .* -->$/ { command = substr($0, 14, length($0) - 17); print; next }
	command != "" && /^```/ {
		print
		system(command " 2>/dev/null")
		command = ""
		skip = 1
		next
	}
	skip && /^```$/ { skip = 0 }
	!skip { print }
	{ fflush() }
' "$readme" >"$temp/README.md" 2>"$temp/err" || :
if [ "${UPDATE:-}" = 1 ]; then
	cp "$temp/README.md" "$readme"
fi
same "$readme" "$temp/README.md" "README.md shows something else than is printed (> is printed)"

# The commands: those of the sh blocks that .ci/run does not run.
awk '
	/^<!-- ci: / { ci = 1 }
	/^```sh$/ { inside = !ci; next }
	/^```$/ { if (!inside) ci = 0; inside = 0 }
	inside
' "$readme" >"$temp/commands"
[ "$(wc -l <"$temp/commands")" -ge 8 ] || fail "few commands found: $(cat "$temp/commands")"
while read -r command; do
	code=0
	sh -c "$command" >"$temp/out" 2>"$temp/err" </dev/null || code=$?
	# 1 is an answer: changes, findings.
	[ "$code" -le 1 ] || {
		fail "exit code $code: $command"
		cat "$temp/err"
	}
done <"$temp/commands"
cmp -s "$source_root/examples/aspnet/deploy.yaml" examples/aspnet/deploy.yaml && fail "fix changed nothing"
exit "$failed"
