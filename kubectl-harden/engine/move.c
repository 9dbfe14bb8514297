/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Move
 *
 * The plan has decided; here it is written down, a change for each port that an object names. What a reference names is
 * looked up anew in the tree at hand, so what was changed already is not changed again.
 */
#include "engine/move.h"

#include <stdlib.h>

#include "fixers/fix.h"
#include "fixers/list.h"
#include "kube/appsettings.h"
#include "kube/config_files.h"

/* ---- Services ---- */

static const char gap[] = "a Service leads to its pods by number: until the roll-out is done, old pods do "
			  "not answer, and \"rollout undo\" does not undo the Service. A named container "
			  "port has no such gap.";

static void move_service_port(struct fix_context *fix, const struct service *service, const struct service_port *port,
			      yaml_id item)
{
	struct yaml_tree *tree = fix->tree;
	yaml_id target = yaml_get(tree, item, "targetPort");
	struct problem problem = { .at = target ? target : item };
	struct change change;
	int64_t number = 0;

	/* 0, "" and null count as absent (core/v1 defaults.go). */
	if (!port->moves || (target && !yaml_is_null(tree, target) && yaml_text(tree, target).n &&
			     (!yaml_int(tree, target, &number) || (number && number != port->number))))
		return;
	change = fix_begin(fix, TARGET_POD);
	if (port->name.n)
		change_str(&change, item, "targetPort", port->name, &order_service_port);
	else
		change_port(&change, item, "targetPort", port->target, &order_service_port);
	problem.message = fix_format(fix, "Service %.*s leads to port %lld of its pods, which moves to %u",
				     STR_ARG(service->name), (long long)port->number, port->target);
	if (!port->name.n) {
		problem.caveat = CAVEAT_TEXT;
		problem.detail = STR(gap);
	}
	fix_end(&change, &fixer_unprivileged_ports, &problem);
}

void move_service(struct fix_context *fix, const struct service *service)
{
	size_t index = 0;

	YAML_EACH(fix->tree, yaml_get_path(fix->tree, fix->pod->object.node, "spec.ports"), item) {
		if (index == service->ports_n)
			break;
		move_service_port(fix, service, &service->ports[index++], item);
	}
}

/* ---- ConfigMaps ---- */

/* The new text of a ConfigMap's value; false where it does not say the port (any more). */
static bool moved_text(struct fix_context *fix, const struct config_move *move, struct str text, struct str *ret_text)
{
	const char *why;

	if (move->listener)
		return listener_rewrite(move->listener, fix->arena, text, move->from, move->to, ret_text);
	return appsettings_move(fix->arena, text, move->from, move->to, ret_text, &why) == APPSETTINGS_MOVED;
}

void move_config(struct fix_context *fix, const struct inventory_config *config)
{
	for (size_t i = 0; i < config->moves.n; i++) {
		const struct config_move *move = &config->moves.items[i];
		struct str key = config->map.entries[move->entry].key, text;
		yaml_id value = yaml_get_str(fix->tree, yaml_get(fix->tree, fix->pod->object.node, "data"), key);
		struct problem problem = { .at = value };
		struct change change;

		if (!moved_text(fix, move, yaml_text(fix->tree, value), &text))
			continue;
		change = fix_begin(fix, TARGET_POD);
		change_set_str(&change, value, text);
		problem.message = fix_format(fix, "%.*s of ConfigMap %.*s says port %u of its pods, which moves to %u",
					     STR_ARG(key), STR_ARG(config->map.name), move->from, move->to);
		fix_end(&change, &fixer_unprivileged_ports, &problem);
	}
}

static void move_file(struct fix_context *fix, const struct config_files *config, yaml_id file, uint16_t from,
		      uint16_t to)
{
	struct yaml_tree *tree = fix->tree;
	struct str name = yaml_text(tree, yaml_key(tree, file)), text;
	struct problem problem = { .at = file };
	struct change change;

	if (!config_rewrite(fix->arena, name, yaml_text(tree, file), from, to, &text))
		return;
	change = fix_begin(fix, TARGET_POD);
	change_set_str(&change, file, text);
	problem.message = fix_format(fix, "%.*s of ConfigMap %.*s listens on port %u, which moves to %u", STR_ARG(name),
				     STR_ARG(config->name), from, to);
	fix_end(&change, &fixer_unprivileged_ports, &problem);
}

void move_files(struct run *run, struct fix_context *fix, const struct config_files *config)
{
	for (uint32_t i = 0; i < config->ports_n; i++) {
		const struct file_port *port = &config->ports[i];
		uint16_t to = port->saying == CONFIG_LISTENS ? plan_files_target(run, config, port->port) : 0;
		yaml_id data = yaml_get(fix->tree, fix->pod->object.node, "data");

		if (to)
			move_file(fix, config, yaml_get_str(fix->tree, data, port->file), port->port, to);
	}
}

/* ---- references ---- */

struct mover {
	struct run *run;
	struct fix_context *fix;
	const struct reference *reference;
	unsigned scope; /* of the row, so far */
	struct {
		struct port_place *items;
		size_t n, cap;
	} places;
};

static void take_place(struct yaml_tree *tree, const struct port_place *place, void *data)
{
	struct mover *mover = data;

	(void)tree;
	VEC_PUSH(&mover->places, *place);
}

/* The list that a place is an item of, or stands in an item of; YAML_NONE for none. */
static yaml_id list_of(struct yaml_tree *tree, const struct port_place *place)
{
	yaml_id list = yaml_is_seq(tree, place->parent) ? place->parent : yaml_parent(tree, place->parent);

	return yaml_is_seq(tree, list) ? list : YAML_NONE;
}

/* Whether another place of the same list says the new port already. */
static bool is_there(const struct mover *mover, const struct port_place *place, uint16_t port)
{
	struct yaml_tree *tree = mover->fix->tree;
	yaml_id list = list_of(tree, place);

	for (size_t i = 0; list && i < mover->places.n; i++) {
		const struct port_place *other = &mover->places.items[i];

		if (other->protocol == place->protocol && other->first <= port && other->last >= port &&
		    list_of(tree, other) == list)
			return true;
	}
	return false;
}

static void set_number(struct change *change, yaml_id node, uint16_t port)
{
	struct fix_context *fix = change->fix;
	int64_t number;

	if (yaml_int(fix->tree, node, &number))
		change_set_int(change, node, port);
	else
		change_set_str(change, node, fix_format(fix, "%u", port));
}

/* A key with another name: what is behind it is written once more, if it is but a few settings. */
static void rename_key(struct change *change, const struct port_place *place, uint16_t to)
{
	struct fix_context *fix = change->fix;
	struct yaml_tree *tree = fix->tree;
	struct str name = fix_format(fix, "%u", to);
	struct str old = str_copy(fix->arena, yaml_text(tree, yaml_key(tree, place->node)));
	const char *const keys[] = { name.p, old.p };
	const struct yaml_order before_old = { keys, 2 };
	yaml_id map;

	if (yaml_get_str(tree, place->parent, name))
		change_refuse(change, place->node, "the new port has a setting of its own there");
	YAML_EACH(tree, place->node, key)
		if (!yaml_is_scalar(tree, yaml_value(tree, key)))
			change_refuse(change, key, "its settings are more than can be written under another key");
	map = change_map(change, place->parent, name.p, &before_old);
	YAML_EACH(tree, place->node, key)
		change_str(change, map, str_copy(fix->arena, yaml_text(tree, key)).p,
			   yaml_text(tree, yaml_value(tree, key)), NULL);
	change_remove(change, place->node);
}

static const char *last_key(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

static void replace(const struct mover *mover, struct change *change, const struct port_place *place,
		    const struct plan_move *move)
{
	const struct port_reference *row = mover->reference->row;
	struct fix_context *fix = mover->fix;
	struct str text;

	switch ((enum reference_form)row->form) {
	case FORM_NUMBER:
	case FORM_TEXT:
	case FORM_EITHER:
		if (!place->node || yaml_is_null(fix->tree, place->node))
			change_port(change, place->parent, last_key(row->ports), move->to, NULL);
		else
			set_number(change, place->node, move->to);
		break;
	case FORM_KEY:
		rename_key(change, place, move->to);
		break;
	case FORM_LIST:
	case FORM_ADDRESS:
		if (port_text_replace(fix->arena, row->form, yaml_text(fix->tree, place->node), move->from, move->to,
				      &text))
			change_set_str(change, place->node, text);
		break;
	case FORM_SETTING:
		break;
	}
}

/* Another item like the one that @place is in, with the new port. */
static void add_beside(const struct mover *mover, struct change *change, const struct port_place *place, uint16_t to)
{
	struct fix_context *fix = mover->fix;
	struct yaml_tree *tree = fix->tree;
	yaml_id list = list_of(tree, place), item;
	int64_t number;

	if (!list) {
		change_refuse(change, place->node, "it stands in no list that could hold another port");
		return;
	}
	if (list == place->parent) {
		if (yaml_int(tree, place->node, &number))
			change_append_int(change, list, to);
		else
			change_append_str(change, list, fix_format(fix, "%u", to));
		return;
	}
	item = change_append_map(change, list);
	YAML_EACH(tree, place->parent, key) {
		struct str name = yaml_text(tree, key);
		const char *z = str_copy(fix->arena, name).p;
		yaml_id value = yaml_value(tree, key);

		if (value == place->node && yaml_int(tree, value, &number))
			change_port(change, item, z, to, NULL);
		else if (value == place->node)
			change_str(change, item, z, fix_format(fix, "%u", to), NULL);
		else if (yaml_is_scalar(tree, value) &&
			 (!mover->reference->row->range || !str_is(name, mover->reference->row->range)))
			change_str(change, item, z, yaml_text(tree, value), NULL);
	}
}

static void move_place(struct mover *mover, const struct port_place *place, const struct plan_move *move)
{
	const struct port_place added = { place->node, place->parent, place->protocol, move->to, move->to };
	const struct reference *reference = mover->reference;
	struct fix_context *fix = mover->fix;
	/* In a cluster pods listen on the old port until the roll-out is done. */
	bool whole = move->whole && place->first == place->last, rolling = reference->where.source->live;
	bool instead = reference->row->deed == DEED_MOVE || (whole && !rolling);
	yaml_id at = place->node ? place->node : place->parent;
	struct problem problem = { .at = at };
	struct change change;

	if (reference->row->deed == DEED_WIDEN && is_there(mover, place, move->to))
		return;
	change = fix_begin(fix, TARGET_POD);
	if (instead)
		replace(mover, &change, place, move);
	else
		add_beside(mover, &change, place, move->to);
	problem.message = fix_format(fix, "%s %.*s names port %u of its pods, which moves to %u", reference->row->kind,
				     STR_ARG(reference->name), move->from, move->to);
	if (!instead)
		problem.message = fix_format(fix, "%.*s; %s", STR_ARG(problem.message),
					     whole ? "the old one can go once the roll-out is done"
						   : "it names pods that keep theirs, too");
	if (fix_end(&change, &fixer_unprivileged_ports, &problem) == FIX_CHANGED && !instead)
		VEC_PUSH(&mover->places, added);
}

static void move_scope(struct yaml_tree *tree, yaml_id scope, void *data)
{
	struct mover *mover = data;
	const struct reference *reference = mover->reference;
	struct plan_move moves[PLAN_MOVES_MAX];

	if (mover->scope++ != reference->scope)
		return;
	mover->places.n = 0;
	port_places_each(tree, mover->fix->pod->object.node, scope, reference->row, take_place, mover);
	for (size_t i = 0; i < mover->places.n; i++) {
		const struct port_place place = mover->places.items[i];
		const struct reference_port range = { place.protocol, place.first, place.last };
		size_t n = place.first < PORT_FIRST_FREE ? plan_reference_moves(mover->run, reference, &range, moves)
							 : 0;

		for (size_t m = 0; m < n; m++)
			move_place(mover, &place, &moves[m]);
	}
}

void move_references(struct run *run, struct fix_context *fix, const struct reference *references, size_t n)
{
	struct mover mover = { .run = run, .fix = fix };

	for (size_t i = 0; i < n; i++) {
		mover.reference = &references[i];
		mover.scope = 0;
		if (references[i].selected_n && !references[i].why_not.n)
			port_scopes_each(fix->tree, fix->pod->object.node, references[i].row, move_scope, &mover);
	}
	free(mover.places.items);
}
