#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What parts.sh makes of a folder, and of a `dotnet` on PATH: one that stands in for it, with runtimes and an SDK of
# empty files.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"
failed=0

for major in 8 10; do
	for name in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
		mkdir -p "root/shared/$name/$major.0.9" "root/shared/$name/$major.0.11"
	done
done
mkdir -p bin root/host given/webapp-10 given/dotnet-10
cat >root/dotnet <<'END'
#!/bin/sh
case $1 in
--list-sdks) cat "$TEMP/sdks" ;;
--list-runtimes) cat "$TEMP/runtimes" ;;
build) grep -q 'net$(Major).0' "$2" && mkdir -p "$7" && echo "$5 $3" >"$7/webapp.dll" ;;
esac
END
chmod +x root/dotnet
ln -s ../root/dotnet bin/dotnet
TEMP=$temp
export TEMP
# What the machine has is not what is asked about.
unset KUBECTL_HARDEN_DOTNET

# expect WHAT FILES SAYS [VARIABLE=VALUE…]: parts.sh makes these files (of those that matter), and says that.
expect() {
	what=$1 files=$2 says=$3
	shift 3
	rm -rf out && mkdir out
	"$(command -v env)" "$@" "$here/parts.sh" "$temp/out" 2>err || echo "ended with $?" >>err
	[ -s err ] || echo "nothing is missing" >err
	made=$(cd out && find . -name webapp -o -name webapp.dll -o -path '*/shared/*/[0-9]*' | LC_ALL=C sort | tr '\n' ' ')
	if [ "$made" != "$files" ] || ! grep -qF "${says:-nothing is missing}" err; then
		printf 'wrong: %s: made %s\n%s\n' "$what" "$made" "$(cat err)"
		failed=1
	fi
}

mkdir tools
for tool in chmod cp dirname mkdir rm sed sort tail tar; do
	ln -s "$(command -v "$tool")" tools/
done
ten="./dotnet-10/shared/Microsoft.AspNetCore.App/10.0.11 ./dotnet-10/shared/Microsoft.NETCore.App/10.0.11 "
eight="./webapp-8/dotnet/shared/Microsoft.AspNetCore.App/8.0.11 ./webapp-8/dotnet/shared/Microsoft.NETCore.App/8.0.11 "
for name in NETCore AspNetCore; do
	for version in 8.0.11 8.0.9 10.0.9 10.0.11; do
		echo "Microsoft.$name.App $version [$temp/root/shared/Microsoft.$name.App]"
	done
done >all
grep -v ' 8' all >ten
: >none
echo "10.0.401 [$temp/root/sdk]" >sdk

cp all runtimes
cp sdk sdks
expect "no dotnet" "" "no dotnet-10: KUBECTL_HARDEN_DOTNET is not set, and there is no dotnet on PATH" "PATH=$temp/tools"
expect "both versions" "$ten./webapp-10/webapp.dll $eight./webapp-8/webapp ./webapp-8/webapp.dll " "" "PATH=$temp/bin:$PATH"
grep -qx -e '-p:Major=8 --configuration' out/webapp-8/webapp.dll && [ -x out/webapp-8/webapp ] || failed=1
cp ten runtimes
expect "one version" "$ten./webapp-10/webapp.dll " "has no Microsoft.AspNetCore.App 8" "PATH=$temp/bin:$PATH"
cp none sdks
expect "no SDK" "$ten" "no webapp-10: KUBECTL_HARDEN_DOTNET is not set, and $temp/bin/dotnet has no SDK to build it" \
	"PATH=$temp/bin:$PATH"
touch given/webapp-10/webapp.dll
rmdir given/dotnet-10
expect "a program of the folder" "$ten./webapp-10/webapp.dll " "no webapp-8/dotnet: $temp/given has none, and" \
	"PATH=$temp/bin:$PATH" "KUBECTL_HARDEN_DOTNET=$temp/given"
exit "$failed"
