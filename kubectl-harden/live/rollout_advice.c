/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advice
 *
 * What a program or a kubelet says when a setting of ours stops it, and what helps. The texts are those that the
 * fixers' caveats quote (`kubectl harden explain`).
 */
#include "live/rollout_internal.h"
#include "live/words.h"

struct symptom {
	const char *says, *also; /* both stand in one line of the reasons, in any case; also: NULL */
	const char *flags;	 /* what to give kubectl harden fix; NULL: nothing of ours helps */
	const char *what;	 /* what is wrong */
};

/* The first row that fits a line counts. */
static const struct symptom symptoms[] = {
	{ "image will run as root", NULL, "--run-as-user=UID",
	  "the image runs as root: name a user that it works with, or skip run-as-non-root" },
	{ "has non-numeric user", NULL, "--run-as-user=UID",
	  "the kubelet cannot tell whether the image's user is root" },
	{ "bind", "permission denied", "--low-ports=sysctl", "the program opens a port below 1024" },
	{ "listen", "permission denied", "--low-ports=sysctl", "the program opens a port below 1024" },
	{ "read-only file system", NULL, "--skip=read-only-root-filesystem",
	  "the program writes to its image: mount an emptyDir there, or leave its root file system writable" },
	{ "chown", "operation not permitted", "--skip=capabilities,run-as-user,run-as-non-root",
	  "the program changes owners, as root with capabilities may" },
	{ "setuid", "operation not permitted", "--skip=capabilities,run-as-user,run-as-non-root",
	  "the program changes its user, as root with capabilities may" },
	{ "setgid", "operation not permitted", "--skip=capabilities,run-as-user,run-as-non-root",
	  "the program changes its group, as root with capabilities may" },
	{ "effective uid is not 0", NULL, "--skip=privilege-escalation", "the program calls sudo" },
	{ "no new privileges", NULL, "--skip=privilege-escalation", "the program calls sudo" },
	{ "function not implemented", NULL, "--skip=seccomp-profile",
	  "the program makes a system call that is filtered" },
	{ "operation not permitted", NULL, "--skip=capabilities",
	  "the program needs a capability that it has no more" },
	{ "permission denied", NULL, "--run-as-user=UID",
	  "files belong to another user than the one that the program runs as" },
	{ "oomkilled", NULL, "--skip=resources", "the program takes more memory than its limit" },
	{ "violates podsecurity", NULL, NULL,
	  "the namespace refuses the pod: kubectl harden check names what only a person can decide" },
	{ "exceeded quota", NULL, NULL, "the namespace's ResourceQuota has no room for another pod" },
};

enum { SYMPTOMS = sizeof(symptoms) / sizeof(*symptoms) };

static bool says(struct str line, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= line.n; i++)
		if (str_ieq(str_sub(line, i, i + n), str_of(words)))
			return true;
	return false;
}

static size_t find_symptom(struct str line)
{
	size_t i = 0;

	while (i < SYMPTOMS && !(says(line, symptoms[i].says) && (!symptoms[i].also || says(line, symptoms[i].also))))
		i++;
	return i;
}

static struct str with_object(const struct live_rollout_options *options, const struct live_rollout *item,
			      const char *before, const char *after, const char *why, struct arena *arena)
{
	const struct live_object *object = item->object;
	struct buf line = BUF_INIT;
	struct str text;

	buf_addz(&line, before);
	live_shell_object(&line, object->resource, object->namespace, object->name, options->flags, arena);
	buf_addz(&line, after);
	buf_addf(&line, "  # %s", why);
	text = str_copy(arena, buf_str(&line));
	buf_free(&line);
	return text;
}

void live_rollout_advise(const struct live_rollout_options *options, struct live_rollout *item, struct arena *arena)
{
	bool seen[SYMPTOMS + 1] = { false };

	item->advice = ARENA_ARRAY(arena, struct str, SYMPTOMS + 1);
	for (size_t i = 0; i < item->why_n; i++)
		seen[find_symptom(item->why[i])] = true;
	for (size_t i = 0; i < SYMPTOMS; i++) {
		const struct symptom *symptom = &symptoms[i];
		struct str flags;

		if (!seen[i])
			continue;
		flags = str_fmt(arena, " %s", symptom->flags ? symptom->flags : "");
		item->advice[item->advice_n++] =
			symptom->flags
				? with_object(options, item, "kubectl harden fix ", flags.p, symptom->what, arena)
				: with_object(options, item, "kubectl harden check ", "", symptom->what, arena);
	}
	if (str_is(item->object->resource->group, "apps"))
		item->advice[item->advice_n++] =
			with_object(options, item, "kubectl rollout undo ", "",
				    "the pods as they were; Services and others that were changed with them stay",
				    arena);
}
