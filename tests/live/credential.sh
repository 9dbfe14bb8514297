#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# credential.sh PLANE token|cert|fails: an exec credential plugin: prints the administrator's credential, in the version
# that it is asked for. Notes each call, with what it was told, as a line of $PLANE/exec.log. The token is the first
# line of $PLANE/exec.token where there is such a file; it expires when the first line of $PLANE/exec.expires says.
set -eu
plane=$1
printf '%s %s\n' "$2" "$(echo "$KUBERNETES_EXEC_INFO" | tr -d '\n')" >>"$plane/exec.log"
version=$(printf '%s\n' "$KUBERNETES_EXEC_INFO" | sed -n 's/.*"apiVersion": *"\([^"]*\)".*/\1/p')

# lines FILE: as the inside of a JSON string.
lines() {
	awk '{ printf "%s\\n", $0 }' "$1"
}

case $2 in
token)
	status="\"token\": \"$(cat "$plane/exec.token" 2>/dev/null || echo admin-token)\""
	;;
cert)
	status="\"clientCertificateData\": \"$(lines "$plane/pki/admin.crt")\", "
	status="$status\"clientKeyData\": \"$(lines "$plane/pki/admin.key")\""
	;;
*)
	echo "credential.sh: this is what it says when it fails" >&2
	exit 1
	;;
esac
[ ! -e "$plane/exec.expires" ] || status="$status, \"expirationTimestamp\": \"$(cat "$plane/exec.expires")\""
printf '{"apiVersion": "%s", "kind": "ExecCredential", "status": {%s}}\n' "$version" "$status"
