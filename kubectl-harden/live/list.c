/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List
 *
 * The server answers an expired continue token with 410 and, mostly, a token for the rest as it is now (API concepts,
 * "410 Gone responses"; apiserver storage/etcd3 handleCompactedErrorForPaging). That is all that is wanted here: what
 * is changed later is tested by its resourceVersion anyway. Without one, all is asked for in one piece, as client-go's
 * pager does, for a list that takes longer than the server remembers would never end.
 */
#include "live/list.h"

#include <inttypes.h>

#include "live/json_values.h"

static const char metadata_list[] = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
static const char metadata_one[] = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/* Pages in a row that were only a 410: a server that has nothing else to say. */
enum { GONE_MAX = 20 };

struct pager {
	struct live_client *client;
	const struct live_list *list;
	bool (*each)(void *data, const struct live_resource *resource, struct str object, struct error **err);
	void *data;
	struct arena *arena; /* of .token */
	struct str token;    /* of the page to come */
	bool whole;	     /* without pages */
	unsigned gone;
};

static void add_query(struct buf *path, char *separator, const char *key, struct str value)
{
	if (!value.n)
		return;
	buf_addc(path, *separator);
	*separator = '&';
	buf_addz(path, key);
	buf_addc(path, '=');
	buf_add_percent(path, value, "");
}

static void add_path(const struct pager *pager, struct buf *path)
{
	const struct live_list *list = pager->list;
	char limit[STR_INT_MAX], separator = '?';

	live_resource_path(list->resource, list->namespace, list->name, path);
	if (list->name.n)
		return;
	if (!pager->whole)
		add_query(path, &separator, "limit", str_int_text(limit, list->page ? list->page : LIVE_PAGE));
	add_query(path, &separator, "continue", pager->token);
	add_query(path, &separator, "labelSelector", str_of(list->labels));
	add_query(path, &separator, "fieldSelector", str_of(list->fields));
}

/* Where @answer says that the list goes on; empty where it says nothing. */
static struct str continue_of(const struct pager *pager, struct str answer)
{
	return json_text(json_member(json_member(answer, "metadata"), "continue"), pager->arena);
}

/* Hands over what an answer holds, and notes where the next page begins. */
static bool read_page(struct pager *pager, struct str path, struct str body, struct error **err)
{
	struct error *why CLEANUP(error_freep) = NULL;
	struct str answer, items, token;
	struct json_walk walk;

	if (!json_whole(body, &answer, &why))
		return error_set(err, "the server's answer to GET %.*s is %s", STR_ARG(path), why->message);
	if (!json_is_object(answer))
		return error_set(err, "the server's answer to GET %.*s is no object", STR_ARG(path));
	if (pager->list->name.n) {
		pager->token = STR_NONE;
		return pager->each(pager->data, pager->list->resource, answer, err);
	}
	items = json_member(answer, "items");
	if (!json_is_list(items) && !str_is(items, "null"))
		return error_set(err, "the server's answer to GET %.*s is no list", STR_ARG(path));
	walk = json_walk(items);
	while (json_next(&walk)) {
		if (!json_is_object(walk.value))
			return error_set(err, "the server's answer to GET %.*s lists what is no object", STR_ARG(path));
		if (!pager->each(pager->data, pager->list->resource, walk.value, err))
			return false;
	}
	token = continue_of(pager, answer);
	if (token.n && str_eq(token, pager->token))
		return error_set(err, "the server's answer to GET %.*s says to ask the same again", STR_ARG(path));
	pager->token = token;
	return true;
}

/* After a 410: whether there is a way on. */
static bool go_on(struct pager *pager, struct str body, void (*restart)(void *data))
{
	struct str answer;

	if (!pager->token.n || pager->whole || ++pager->gone > GONE_MAX)
		return false;
	if (json_whole(body, &answer, NULL)) {
		struct str token = continue_of(pager, answer);

		if (token.n && !str_eq(token, pager->token)) {
			pager->token = token;
			return true;
		}
	}
	if (!restart)
		return false;
	restart(pager->data);
	pager->token = STR_NONE;
	pager->whole = true;
	return true;
}

/* One request. *ret_again: there is a page to come. */
static bool ask_page(struct pager *pager, void (*restart)(void *data), bool *ret_again, enum live_failure *ret_failure,
		     struct error **err)
{
	struct live_response response CLEANUP(live_response_free) = { 0 };
	struct error *why CLEANUP(error_freep) = NULL;
	struct buf path CLEANUP(buf_free) = BUF_INIT;
	struct live_request request = { .method = "GET", .verb = pager->list->name.n ? "get" : "list" };

	add_path(pager, &path);
	request.path = buf_str(&path);
	if (pager->list->metadata)
		request.accept = pager->list->name.n ? metadata_one : metadata_list;
	if (!live_do(pager->client, &request, &response, &why)) {
		*ret_failure = response.failure;
		*ret_again = response.failure == LIVE_GONE && go_on(pager, buf_str(&response.body), restart);
		return *ret_again || error_set(err, "%s", why->message);
	}
	pager->gone = 0;
	*ret_failure = LIVE_FINE;
	if (!read_page(pager, request.path, buf_str(&response.body), err))
		return false;
	*ret_again = pager->token.n;
	if (!pager->list->more)
		return true;
	*pager->list->more = *ret_again;
	*ret_again = false;
	return true;
}

bool live_list_each(struct live_client *client, const struct live_list *list,
		    bool (*each)(void *data, const struct live_resource *resource, struct str object,
				 struct error **err),
		    void (*restart)(void *data), void *data, enum live_failure *ret_failure, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct pager pager = { .client = client, .list = list, .each = each, .data = data, .arena = arena };
	enum live_failure failure = LIVE_FINE;
	bool again = true, good = true;

	while (again && good)
		good = ask_page(&pager, restart, &again, &failure, err);
	if (ret_failure)
		*ret_failure = good ? LIVE_FINE : failure;
	return good;
}
