# shellcheck shell=sh
# Sourced by what needs Kubernetes' own programs. Needs common.sh and go.sh.

# build_kubernetes FOLDER: prints the path of the program of FOLDER (tests/cluster/kubernetes), which is all of
# Kubernetes' programs in one; it is built once and then kept in a cache.
build_kubernetes() {
	version=$(sed -n 's/^require k8s.io\/kubernetes v1\.\([0-9.]*\)$/\1/p' "$1/go.mod")
	package=k8s.io/component-base/version
	build kubernetes "$1" . \
		"-X $package.gitVersion=v1.$version -X $package.gitMajor=1 -X $package.gitMinor=${version%%.*}" \
		"$1/go.mod" "$1/go.sum" "$1/main.go"
}
