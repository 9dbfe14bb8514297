#!/usr/bin/env bash
# The steps of the official one, in its order, for the user and the password of the environment.
set -Eeo pipefail

mkdir -p "$PGDATA"
chmod 00700 "$PGDATA" || :
mkdir -p /var/run/postgresql || :
chmod 03775 /var/run/postgresql || :
if [ "$(id -u)" = 0 ]; then
	find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
	find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
	exec gosu postgres "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	uid=$(id -u)
	if ! getent passwd "$uid" &>/dev/null; then
		NSS_WRAPPER_PASSWD=$(mktemp)
		NSS_WRAPPER_GROUP=$(mktemp)
		echo "postgres:x:$uid:$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
		echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
		export LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libnss_wrapper.so NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
	fi
	initdb --username=postgres --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?}") >/dev/null
	unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
	printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
	# The official one now starts a server for the scripts in /docker-entrypoint-initdb.d, on the socket only.
	pg_ctl -D "$PGDATA" -o "-c listen_addresses=" -w start
	pg_ctl -D "$PGDATA" -m fast -w stop
fi
# Built into the official program: all addresses, and this directory for its socket.
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
