#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pki.sh FOLDER: keys and certificates of a control plane, valid for two days:
#   ca           signs all of the following
#   other-ca     has nothing to do with them
#   server       for 127.0.0.1 and plane.test, and not for localhost
#   admin        a client of the group system:masters
#   expired      as admin, but no longer valid
#   sa           the key that signs the tokens of service accounts
set -eu
cd "$1"
umask 077

key() {
	openssl ecparam -genkey -noout -name prime256v1 -out "$1.key"
}

# authority NAME
authority() {
	key "$1"
	openssl req -x509 -new -key "$1.key" -days 2 -subj "/CN=$1" -out "$1.crt"
}

# certificate NAME SUBJECT EXTENSIONS OPTION…: signed by ca.
certificate() {
	name=$1
	openssl req -new -key "$name.key" -subj "$2" -out "$name.csr"
	printf '%s\n' "$3" >"$name.ext"
	shift 3
	openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" \
		-extfile "$name.ext" -out "$name.crt" "$@"
	rm "$name.csr" "$name.ext"
}

authority ca
authority other-ca
key server
certificate server /CN=kube-apiserver 'subjectAltName = IP:127.0.0.1, DNS:plane.test' -days 2
key admin
certificate admin /O=system:masters/CN=admin 'extendedKeyUsage = clientAuth' -days 2
key expired
# OpenSSL 3.4 refuses the one, older ones do not know the other.
certificate expired /O=system:masters/CN=admin 'extendedKeyUsage = clientAuth' -days -1 ||
	certificate expired /O=system:masters/CN=admin 'extendedKeyUsage = clientAuth' \
		-not_before 20200101000000Z -not_after 20200102000000Z
key sa
