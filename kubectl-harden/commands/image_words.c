/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/image_words.h"

struct words {
	struct arena *arena;
	struct image_word *items;
	size_t n;
};

static void add(struct words *words, const char *title, struct str text)
{
	if (text.n && words->n < IMAGE_WORDS_MAX)
		words->items[words->n++] = (struct image_word){ title, text };
}

static void add_buf(struct words *words, const char *title, struct buf *text)
{
	add(words, title, str_copy(words->arena, buf_str(text)));
	buf_free(text);
}

static void add_list(struct words *words, const char *title, const struct image_texts *texts)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < texts->n; i++)
		buf_addf(&text, "%s%s", i ? ", " : "", texts->items[i]);
	add_buf(words, title, &text);
}

static void add_env(struct words *words, const char *title, const struct image_env *env, size_t n)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "%s%s=%s", i ? ", " : "", env[i].name, env[i].value);
	add_buf(words, title, &text);
}

static void add_user(struct words *words, const struct image_fact *fact)
{
	static const char *const users[] = {
		[IMAGE_USER_UNKNOWN] = "not known",
		[IMAGE_USER_NUMERIC] = "a number",
		[IMAGE_USER_NAME] = "a name, which the kubelet cannot verify",
		[IMAGE_USER_ROOT] = "root",
	};
	static const char *const starts[] = {
		[IMAGE_START_UNKNOWN] = "",
		[IMAGE_START_DIRECT] = "; its program starts as that",
		[IMAGE_START_DROPS] = "; its entrypoint gives directories to another user and goes on as that",
		[IMAGE_START_ROOT] = "; its program starts as that",
	};
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s%s", users[fact->user], starts[fact->start]);
	add_buf(words, "USER", &text);
	if (fact->uid == IMAGE_ID_ANY)
		buf_addz(&text, "any");
	else if (fact->uid >= 0 && fact->gid >= 0)
		buf_addf(&text, "%lld:%lld", (long long)fact->uid, (long long)fact->gid);
	else if (fact->uid >= 0)
		buf_addf(&text, "%lld", (long long)fact->uid);
	add_buf(words, "Works as user", &text);
}

static void add_ports(struct words *words, const struct image_fact *fact)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < fact->listens_n; i++)
		buf_addf(&text, "%s%u%s", i ? ", " : "", fact->listens[i].port, fact->listens[i].udp ? "/udp" : "");
	add_buf(words, "Listens on", &text);
	add(words, "Told so by", str_of(fact->set_by));
	for (size_t i = 0; i < fact->moves_n; i++) {
		const struct image_move *move = &fact->moves[i];

		buf_addf(&text, "%s%u by %s%s%s", i ? ", " : "", move->port, move->env ? move->env : move->arg,
			 move->env ? "=" : " ", move->value);
	}
	add_buf(words, "Moved from", &text);
}

static void add_data_settings(struct words *words, const struct image_fact *fact)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < fact->data_set_by_n; i++) {
		const struct image_data_setting *setting = &fact->data_set_by[i];

		buf_addf(&text, "%s%s", i ? ", " : "", image_data_setting_name(setting));
		if (fact->data.n > 1)
			buf_addf(&text, " (%s)", setting->data);
	}
	add_buf(words, "Data elsewhere by", &text);
}

static void add_source(struct words *words, const struct image_fact *fact)
{
	static const char *const marks[] = {
		[IMAGE_VERIFIED] = "read there", [IMAGE_MEASURED] = "measured", [IMAGE_INFERRED] = "in part concluded",
		[IMAGE_MEMORY] = "not verified", [IMAGE_OWN] = "your own",
	};
	struct buf text = BUF_INIT;

	for (const struct image_fact *from = fact; from; from = from->rest)
		buf_addf(&text, "%s%s (%s)", from == fact ? "" : "; the rest: ", from->source, marks[from->mark]);
	add_buf(words, "From", &text);
}

size_t image_words(const struct image_fact *fact, struct arena *arena, struct image_word ret_words[IMAGE_WORDS_MAX])
{
	struct words words = { .arena = arena, .items = ret_words };

	add_user(&words, fact);
	if (fact->base)
		add(&words, "Program", STR("not known: others build upon this image, or only its config is known"));
	add_ports(&words, fact);
	add_env(&words, "Needs", fact->sets, fact->sets_n);
	add_env(&words, "On a read-only root", fact->sets_read_only, fact->sets_read_only_n);
	add_list(&words, "Scratch", &fact->writable);
	add_list(&words, "Data", &fact->data);
	add_data_settings(&words, fact);
	add_list(&words, "VOLUME", &fact->volumes);
	add_list(&words, "Rewrites", &fact->rewrites);
	add_list(&words, "Mount nothing over", &fact->never);
	add_list(&words, "Configured in", &fact->config);
	add_list(&words, "Needs capability", &fact->capabilities);
	add(&words, "Cannot", str_of(fact->cannot));
	add(&words, "Without root", str_of(fact->twin));
	add(&words, "Note", str_of(fact->note));
	add_source(&words, fact);
	return words.n;
}
