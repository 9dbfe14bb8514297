/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Listener settings: all that can be seen of what tells a container's program where to listen, wherever it stands.
 */

#include "kube/listeners.h"
#include "kube/pod.h"

enum setting_place {
	SETTING_ENV,	/* a variable's value */
	SETTING_ARG,	/* an item of command or args */
	SETTING_CONFIG, /* a value of a ConfigMap that is a variable here */
	SETTING_FILE,	/* an appsettings.json of a ConfigMap that is mounted here */
	SETTING_IMAGE,	/* a variable that the image is known to set itself */
};

struct listener_setting {
	const struct listener *listener;
	enum setting_place place;
	struct str name;  /* of the variable or the flag; of a file its path in it */
	struct str value; /* empty where it is not seen */
	yaml_id node;	  /* SETTING_ENV: the value; SETTING_ARG: the item */
	struct config_ref config;
	size_t argument, start, end; /* SETTING_ARG: which argument, and where in it the value is */
	bool unseen;		     /* it is set by something that is not in the input */
	bool added;		     /* by us */
	bool obeyed;		     /* nothing that is seen is stronger */
	unsigned strength;	     /* of those of ASP.NET Core: a smaller one is obeyed first */
};

/* The arguments of a container, command and args together, as far as they are looked at. */
enum { ARGUMENTS_MAX = 256 };

struct arguments {
	struct str tokens[ARGUMENTS_MAX];
	yaml_id nodes[ARGUMENTS_MAX];
	struct str changed[ARGUMENTS_MAX]; /* what a token becomes; empty: unchanged */
	size_t n;
};

struct listener_settings {
	struct listener_setting *items; /* in the order: variables, ConfigMaps, image, arguments */
	size_t n, cap;
	struct arguments arguments;
	bool dotnet;	      /* it runs .NET */
	unsigned version;     /* of that, 0 unknown */
	bool certificate;     /* one for https is named */
	bool redirect;	      /* where https is redirected to is said */
	bool refers;	      /* to ConfigMaps: more is seen once they are known */
	struct str unseen;    /* for people: what sets something that is not seen ("Secret/web"); else empty */
	bool unseen_endpoint; /* a Kestrel endpoint is among that */
};

/*
 * listener_settings_read() - of a container, with what pod->configs knows. Texts are slices of the tree, of ConfigMaps,
 * or in @arena, as the items are.
 */
void listener_settings_read(struct kube_pod *pod, int container, struct arena *arena,
			    struct listener_settings *ret_settings);

/* listener_setting_says() - whether the setting says @port. */
bool listener_setting_says(const struct listener_setting *setting, uint16_t port);

/* config_entry_matters() - whether a ConfigMap's value can say what a program listens on, or what kind of program it is. */
bool config_entry_matters(struct str key, struct str value);
