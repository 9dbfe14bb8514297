#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kubeconfigs.sh PLANE URL OTHER-URL CLOSED-URL HERE: writes $PLANE/NAME.kubeconfig for each way of a client to come to
# the server at URL and to say who it is. All are the administrator but where the name says otherwise.
#   admin         certificate and key inline
#   files         as files, by paths relative to the kubeconfig
#   token         inline
#   token-file    $PLANE/token, which a test may write anew
#   exec-token    by a program, which notes each call in $PLANE/exec.log; exec-token-v1beta1 in its older form
#   exec-cert     the same, a certificate
#   insecure      without verification of the server
#   other-name    OTHER-URL, which the server's certificate does not name, with tls-server-name
#   alice, checker, fixer  tokens of users who have no rights unless a test gives them some
# and those that do not work:
#   basic         user name and password, which no API server takes any longer
#   wrong-ca, wrong-token, wrong-name (OTHER-URL), expired (a client certificate), closed (no server there),
#   exec-fails (the program ends with 1), exec-missing (there is no such program)
set -eu
plane=$1 url=$2 other_url=$3 closed_url=$4 here=$5
umask 077
cd "$plane"

base64_of() {
	base64 -w0 "$1"
}

# kubeconfig NAME CLUSTER USER: both as the inside of a JSON object.
kubeconfig() {
	cat >"$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: plane, cluster: {$2}}]
users: [{name: user, user: {$3}}]
contexts: [{name: test, context: {cluster: plane, user: user}}]
current-context: test
END
}

# plugin VERSION INTERACTIVE ARGUMENT…
plugin() {
	printf '"exec": {"apiVersion": "client.authentication.k8s.io/%s", "command": "%s", %s "args": [' \
		"$1" "$here/credential.sh" "$2"
	shift 2
	printf '"%s", ' "$plane" "$@" | sed 's/, $//'
	printf ']}'
}

ca=$(base64_of pki/ca.crt)
cluster="\"server\": \"$url\", \"certificate-authority-data\": \"$ca\""
admin="\"client-certificate-data\": \"$(base64_of pki/admin.crt)\", \"client-key-data\": \"$(base64_of pki/admin.key)\""
token='"token": "admin-token"'
never='"interactiveMode": "Never",'

echo "$url" >url
echo admin-token >token
kubeconfig admin "$cluster" "$admin"
kubeconfig files "\"server\": \"$url\", \"certificate-authority\": \"pki/ca.crt\"" \
	'"client-certificate": "pki/admin.crt", "client-key": "pki/admin.key"'
kubeconfig token "$cluster" "$token"
kubeconfig token-file "$cluster" "\"tokenFile\": \"$plane/token\""
kubeconfig exec-token "$cluster" "$(plugin v1 "$never" token)"
kubeconfig exec-token-v1beta1 "$cluster" "$(plugin v1beta1 '' token)"
kubeconfig exec-cert "$cluster" "$(plugin v1 "$never" cert)"
kubeconfig insecure "\"server\": \"$url\", \"insecure-skip-tls-verify\": true" "$token"
kubeconfig other-name \
	"\"server\": \"$other_url\", \"certificate-authority-data\": \"$ca\", \"tls-server-name\": \"plane.test\"" "$token"
for user in alice checker fixer; do
	kubeconfig "$user" "$cluster" "\"token\": \"$user-token\""
done

kubeconfig basic "$cluster" '"username": "admin", "password": "password"'
kubeconfig wrong-ca "\"server\": \"$url\", \"certificate-authority-data\": \"$(base64_of pki/other-ca.crt)\"" "$token"
kubeconfig wrong-token "$cluster" '"token": "wrong-token"'
kubeconfig wrong-name "\"server\": \"$other_url\", \"certificate-authority-data\": \"$ca\"" "$token"
kubeconfig expired "$cluster" \
	"\"client-certificate-data\": \"$(base64_of pki/expired.crt)\", \"client-key-data\": \"$(base64_of pki/expired.key)\""
kubeconfig closed "\"server\": \"$closed_url\", \"certificate-authority-data\": \"$ca\"" "$token"
kubeconfig exec-fails "$cluster" "$(plugin v1 "$never" fails)"
kubeconfig exec-missing "$cluster" \
	'"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-program", "interactiveMode": "Never", "installHint": "Install it from nowhere."}'
