/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Listeners: which settings tell a program what to listen on, how a value says its port, and how to say another.
 * From schemas/listeners.yaml and schemas/ports.yaml.
 */

#include "base/arena.h"
#include "base/str.h"

enum listener_form {
	LISTENER_NUMBER = 1 << 0,  /* 80 */
	LISTENER_ADDRESS = 1 << 1, /* :80, 0.0.0.0:80, tcp://0.0.0.0:80 */
	LISTENER_URL = 1 << 2,	   /* http://+:80, https://+ */
};

/* A name that is a listener's setting. */
struct listener {
	const char *name;     /* "PORT", "--port"; one '*' stands for anything but nothing */
	unsigned forms;	      /* enum listener_form */
	char separator;	      /* between several values; 0: one value */
	bool fold;	      /* ASCII case does not matter */
	bool https;	      /* a bare number is a port for https */
	bool shell;	      /* a flag that is also looked for inside a script */
	bool vague;	      /* it counts only for a port that something else names */
	uint8_t dotnet;	      /* rank among ASP.NET Core's settings, 1 is obeyed first; 0: not one of them */
	uint8_t dotnet_since; /* the first .NET version that knows it; 0: all */
};

extern const struct listener listener_env[];
extern const size_t listener_env_n;
extern const struct listener listener_flags[];
extern const size_t listener_flags_n;
extern const char *const listener_never[]; /* look like a listener's, and say what others use */
extern const size_t listener_never_n;
extern const char *const config_names[]; /* words of lines of configuration files whose value is only a name */
extern const size_t config_names_n;
extern const char *const listener_hosts[]; /* hosts that are this pod */
extern const size_t listener_hosts_n;

struct port_move {
	uint16_t from, to;
};

struct port_reserved {
	uint16_t first, last;
	const char *by;
};

extern const struct port_move port_moves[];
extern const size_t port_moves_n;
extern const struct port_reserved port_reserved[];
extern const size_t port_reserved_n;

/* listener_name_is() - whether @name is what @pattern says: one '*' stands for anything but
 * nothing, and but for the separator ("__", ':') where one follows it. */
bool listener_name_is(const char *pattern, struct str name, bool fold);

/* listener_host_is_own() - whether a host that is listened on or asked is this pod, also an empty one. */
bool listener_host_is_own(struct str host);

/*
 * listener_find_env(), listener_find_flag() - the row of an environment variable, of a flag ("--port"); NULL where it
 * is no listener's.
 */
const struct listener *listener_find_env(struct str name);
const struct listener *listener_find_flag(struct str name);

/* listener_is_never() - whether a name looks like a listener's and is none. */
bool listener_is_never(struct str name);

/* A port that a value says. */
struct listener_port {
	uint16_t port;
	bool https;	   /* an https URL, or a name for https */
	bool implied;	   /* not written: http://+ */
	size_t start, end; /* where its digits are in the value; where they would be, if implied */
};

enum { LISTENER_PORTS_MAX = 16 };

/*
 * listener_ports() - the ports that @value says in a form that @listener takes, LISTENER_PORTS_MAX at most.
 * 0 where it says none: another form, another host, a variable, a template.
 */
size_t listener_ports(const struct listener *listener, struct str value, struct listener_port *ret_ports);

/* listener_says() - whether @value says @port in a form that @listener takes. */
bool listener_says(const struct listener *listener, struct str value, uint16_t port);

/*
 * listener_rewrite() - @value with port @from replaced by @to wherever it says it, in @arena.
 * Returns false where it does not say @from.
 */
bool listener_rewrite(const struct listener *listener, struct arena *arena, struct str value, uint16_t from,
		      uint16_t to, struct str *ret_value);

/* A flag with its value among the arguments of a program. */
struct listener_arg {
	const struct listener *listener;
	size_t token;	   /* which argument holds the value */
	size_t start, end; /* where the value is in it */
};

/* Walks command and args, taken together: a flag may end the one and its value begin the other. */
struct listener_args {
	const struct str *tokens;
	size_t n;
	size_t token, offset; /* where to look next */
};

/*
 * listener_args_next() - the next flag of a listener with its value: "--port=80", "--port", "80", and in a script
 * that is one argument ("sh", "-c", "…") the flags that may be looked for there. False when there are no more.
 */
bool listener_args_next(struct listener_args *args, struct listener_arg *ret_arg);

/*
 * listener_rewrite_local() - free text (a probe's command, a variable that holds a URL) in which this pod itself is
 * addressed at @from, with @to in its place: "localhost:80", "http://127.0.0.1/health".
 * @client: the text is arguments of curl or wget, so that a bare "localhost/health" means port 80 too.
 * Returns false where it does not address it.
 */
bool listener_rewrite_local(struct arena *arena, struct str text, bool client, uint16_t from, uint16_t to,
			    struct str *ret_text);

/* port_default_target() - where a low port moves unless the user says otherwise. */
uint16_t port_default_target(uint16_t port);

/* port_reserved_by() - whose sidecar takes @port in a pod, NULL if it is free. */
const char *port_reserved_by(uint16_t port);
