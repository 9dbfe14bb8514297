/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * .NET: how a container that runs it is known, and what is set for a program whose listener is not seen.
 * Names are from schemas/dotnet.yaml.
 */

#include "kube/listener_settings.h"

struct dotnet_names {
	const char *const *items;
	size_t n;
	unsigned below; /* what is said of them holds below this version; 0: of all */
};

struct dotnet_rules {
	struct dotnet_names images, signs, commands, versions, certificates, redirects, urls, endpoint, diagnostics_old,
		diagnostics, user, extracts;
};

extern const struct dotnet_rules dotnet_rules;

/* dotnet_is_one() - whether @name is one of @names, whatever its case. */
bool dotnet_is_one(const struct dotnet_names *names, struct str name);

/*
 * dotnet_look() - whether a container runs .NET, by its image, its environment, its command, or because the user says
 * so of what nothing else is known of; its major version in *ret_version (may be NULL), 0 where that is not known.
 */
bool dotnet_look(struct kube_pod *pod, int container, unsigned *ret_version);

/*
 * dotnet_is_ruled_out() - whether a container's image is known to run another program (nginx), which does not ask what
 * .NET's settings say; not where the user says what the image is.
 */
bool dotnet_is_ruled_out(struct kube_pod *pod, int container);

/* dotnet_variable() - the container's variable of that name, whatever its case; YAML_NONE where it has none. */
yaml_id dotnet_variable(struct kube_pod *pod, int container, const struct dotnet_names *names);

/* dotnet_user() - the user and group that images of a version have; 0 where it is not known, or they have none. */
int64_t dotnet_user(unsigned version);

/* dotnet_diagnostics_name() - the variable that switches diagnostics off in that version. */
struct str dotnet_diagnostics_name(unsigned version);

/* What is set so that a program whose listener for a port is nowhere to be seen listens on another one. */
struct dotnet_addition {
	struct {
		struct str name, value;
		yaml_id node; /* a value that we added before and that becomes this one; YAML_NONE: a new variable */
	} items[3];
	size_t n;
	struct str doubt;  /* why this may silence something: then only done where the user insists; else empty */
	struct str caveat; /* what nobody can see from here */
	bool https;	   /* the port that moves is one for https */
};

/*
 * dotnet_add() - what is added to the container of @settings so that its program moves from @from to @to. Nothing where
 * its listeners are seen, or where that would not help; texts are in @arena.
 */
void dotnet_add(struct kube_pod *pod, int container, const struct listener_settings *settings, struct arena *arena,
		uint16_t from, uint16_t to, struct dotnet_addition *ret_addition);

/*
 * dotnet_image_value() - what a variable of the image says of @from, with @to in its place, and with the container's
 * https port besides where a certificate for one is named. Empty where it does not say @from.
 */
struct str dotnet_image_value(struct kube_pod *pod, int container, const struct listener_settings *settings,
			      const struct listener_setting *setting, struct arena *arena, uint16_t from, uint16_t to);

/*
 * dotnet_redirect() - the variable that keeps https redirects on @settings' old port once its listener moved; empty
 * where they are said already, or where there are none because several ports are for https.
 */
struct str dotnet_redirect(const struct listener_settings *settings);
