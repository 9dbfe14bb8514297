#!/bin/sh
# debian.sh ROOT: what mmdebstrap calls last: leaves of the packages their programs only, so that the Dockerfiles in
# images/ make users and directories, as the official ones do.
set -eu
cd "$1"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
rm -f etc/shadow etc/gshadow etc/*- etc/subuid etc/subgid
chroot . sh -c 'pwconv && grpconv'
rm -rf var/lib/redis var/lib/postgresql var/lib/rabbitmq var/lib/tomcat10 var/lib/nginx var/log/* run/* tmp/* \
	var/cache/tomcat10 var/cache/apt usr/lib/mono/aot-cache \
	usr/share/doc usr/share/man usr/share/locale usr/share/info usr/share/i18n usr/share/nodejs/@types \
	usr/lib/x86_64-linux-gnu/libLLVM* usr/lib/x86_64-linux-gnu/libz3* usr/lib/postgresql/15/lib/bitcode
