/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object: what of its metadata matters here
 *
 * A controller comes before all others, for it undoes every change at once. Argo CD and Flux come before Helm, whose
 * charts they render or install: what they are told is what is to be changed.
 */
#include "live/object.h"

#include "live/json_values.h"

struct reading {
	struct live_object *ret;
	struct arena *arena;
	struct str labels, annotations;
};

static struct str text_of(const struct reading *reading, struct str object, const char *key)
{
	return json_text(json_member(object, key), reading->arena);
}

/* The owner that says to be the controller: there is at most one (apimachinery meta/v1 controller_ref.go). */
static void read_owner(struct reading *reading, struct str references)
{
	struct json_walk walk = json_walk(references);

	while (json_next(&walk) && !reading->ret->owner.kind.n) {
		if (!str_is(json_member(walk.value, "controller"), "true"))
			continue;
		reading->ret->owner = (struct live_owner){
			.api_version = text_of(reading, walk.value, "apiVersion"),
			.kind = text_of(reading, walk.value, "kind"),
			.name = text_of(reading, walk.value, "name"),
			.uid = text_of(reading, walk.value, "uid"),
		};
	}
}

static void set_manager(struct reading *reading, enum live_manager manager, const char *kind, struct str namespace,
			struct str name)
{
	reading->ret->manager = manager;
	reading->ret->managed_by = str_fmt(reading->arena, "%s%s%.*s%s%.*s", kind, name.n ? " " : "",
					   STR_ARG(namespace), namespace.n ? "/" : "", STR_ARG(name));
}

/*
 * Argo CD's mark, "APPLICATION:GROUP/KIND:NAMESPACE/NAME", says whose it is: a copy of it on what a controller made
 * from the object counts for nothing (argo-cd util/argo/resource_tracking.go). APPLICATION is "NAMESPACE_NAME" where
 * it is not in Argo CD's own namespace.
 */
static struct str argo_application(struct reading *reading)
{
	struct str rest = text_of(reading, reading->annotations, "argocd.argoproj.io/tracking-id"), application, kind;

	if (!rest.n || !str_cut(&rest, ':', &application) || !str_cut(&rest, ':', &kind))
		return text_of(reading, reading->labels, "argocd.argoproj.io/instance");
	if (!str_ends(rest, str_join(reading->arena, STR("/"), reading->ret->name)) ||
	    !str_ends(kind, str_join(reading->arena, STR("/"), reading->ret->resource->kind)))
		return STR_NONE;
	return application;
}

static bool read_argo_cd(struct reading *reading)
{
	struct str application = argo_application(reading), namespace = STR_NONE, name = application;

	if (!application.n)
		return false;
	if (memchr(application.p, '_', application.n))
		str_cut(&name, '_', &namespace);
	set_manager(reading, MANAGER_ARGO_CD, "application", namespace, name);
	return true;
}

/* The labels that its two controllers set (fluxcd kustomize-controller and helm-controller, "labels"). */
static bool read_flux(struct reading *reading)
{
	static const struct {
		const char *kind, *name, *namespace;
	} rows[] = {
		{ "Kustomization", "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace" },
		{ "HelmRelease", "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str name = text_of(reading, reading->labels, rows[i].name);

		if (!name.n)
			continue;
		set_manager(reading, MANAGER_FLUX, rows[i].kind, text_of(reading, reading->labels, rows[i].namespace),
			    name);
		return true;
	}
	return false;
}

/* What Helm sets on all that it installs (helm pkg/action/validate.go); the label alone is in rendered charts, too. */
static bool read_helm(struct reading *reading)
{
	struct str name = text_of(reading, reading->annotations, "meta.helm.sh/release-name");

	if (name.n) {
		set_manager(reading, MANAGER_HELM, "release",
			    text_of(reading, reading->annotations, "meta.helm.sh/release-namespace"), name);
		return true;
	}
	if (!str_is(text_of(reading, reading->labels, "app.kubernetes.io/managed-by"), "Helm"))
		return false;
	name = text_of(reading, reading->labels, "app.kubernetes.io/instance");
	set_manager(reading, MANAGER_HELM, name.n ? "release" : "a release", STR_NONE, name);
	return true;
}

static void read_manager(struct reading *reading)
{
	struct live_object *ret = reading->ret;

	if (ret->owner.kind.n) {
		ret->manager = MANAGER_OWNER;
		ret->managed_by =
			str_fmt(reading->arena, "%.*s/%.*s", STR_ARG(ret->owner.kind), STR_ARG(ret->owner.name));
	} else if (!read_argo_cd(reading) && !read_flux(reading)) {
		read_helm(reading);
	}
}

/* The pods that run for it now, and that a change of it replaces. */
static int64_t read_replicas(const struct live_resource *resource, struct str object)
{
	struct str spec = json_member(object, "spec"), status = json_member(object, "status");
	int64_t n;

	if (!resource->group.n && str_is(resource->kind, "Pod"))
		return 1;
	if (json_int(json_member(spec, "replicas"), &n) || json_int(json_member(status, "desiredNumberScheduled"), &n))
		return n;
	/* A CronJob's next Job has it; those that run are left alone. */
	return json_member(spec, "jobTemplate").n ? 0 : -1;
}

bool live_object_read(const struct live_resource *resource, struct str json, struct arena *arena,
		      struct live_object *ret, struct error **err)
{
	struct reading reading = { .ret = ret, .arena = arena };
	struct str object, metadata, deleted;

	*ret = (struct live_object){ .resource = resource, .replicas = -1 };
	if (!json_whole(json, &object, err))
		return false;
	metadata = json_member(object, "metadata");
	ret->name = text_of(&reading, metadata, "name");
	if (!json_is_object(object) || !ret->name.n)
		return error_set(err, "the server sent something without a name among its %.*s",
				 STR_ARG(resource->name));
	ret->namespace = text_of(&reading, metadata, "namespace");
	ret->uid = text_of(&reading, metadata, "uid");
	ret->resource_version = text_of(&reading, metadata, "resourceVersion");
	deleted = json_member(metadata, "deletionTimestamp");
	ret->deleted = deleted.n && !str_is(deleted, "null");
	reading.labels = json_member(metadata, "labels");
	reading.annotations = json_member(metadata, "annotations");
	read_owner(&reading, json_member(metadata, "ownerReferences"));
	read_manager(&reading);
	ret->replicas = read_replicas(resource, object);
	return true;
}
