/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dockerfile
 *
 * Read as the reference has it (docs.docker.com/reference/dockerfile), as far as it says what the image runs as and
 * listens on. What only the build knows (an ARG without a default, a build argument) is not known here; then the value
 * is left out rather than guessed.
 */
#include "kube/dockerfile.h"

#include <stdlib.h>

enum {
	BYTES_MAX = 1 << 20,
	STAGES_MAX = 200,
	VARIABLES_MAX = 1000,
	EXPOSES_MAX = 100,
	VOLUMES_MAX = 100,
	TEXT_MAX = 4096, /* of a value with its variables filled in */
};

struct variable {
	struct str name, value;
	bool known; /* an ARG without a default is not */
};

struct variables {
	struct variable *items; /* VARIABLES_MAX */
	size_t n;
};

struct stage {
	struct str name; /* FROM … AS name */
	struct dockerfile file;
	struct variables env, args;
};

struct reader {
	struct arena *arena;
	const struct image_facts *own;
	const char *path;
	struct str text;
	struct error **err;
	char escape;
	size_t at; /* of the next line */
	struct stage *stages;
	size_t stages_n;
	struct variables global; /* ARGs before the first FROM */
};

static bool fail(struct reader *r, size_t at, const char *why)
{
	struct position position = position_at(r->text, at, NULL);

	return error_set_at(r->err, r->path, &position, "%s", why);
}

/* ---- lines ---- */

static struct str next_line(struct reader *r)
{
	size_t end = str_find(r->text, STR("\n"), r->at);
	struct str line;

	if (end == SIZE_MAX)
		end = r->text.n;
	line = str_sub(r->text, r->at, end);
	r->at = end < r->text.n ? end + 1 : end;
	return line;
}

static bool is_comment(struct str line)
{
	struct str trimmed = str_trim(line);

	return trimmed.n && trimmed.p[0] == '#';
}

/* "# escape=`", among the comments that the file begins with. */
static void read_directives(struct reader *r)
{
	size_t start = r->at;

	r->escape = '\\';
	while (r->at < r->text.n) {
		struct str line, key, value;

		start = r->at;
		line = str_trim(next_line(r));
		if (!line.n || line.p[0] != '#')
			break;
		value = str_sub(line, 1, line.n);
		if (!str_cut(&value, '=', &key) || !value.p)
			break;
		if (str_ieq(str_trim(key), STR("escape")) && str_is(str_trim(value), "`"))
			r->escape = '`';
	}
	r->at = start;
}

/* Takes the escape off the end of a line that goes on; false where it does not. */
static bool goes_on(const struct reader *r, struct str *line)
{
	struct str trimmed = *line;

	while (trimmed.n && strchr(" \t\r", trimmed.p[trimmed.n - 1]))
		trimmed.n--;
	if (!trimmed.n || trimmed.p[trimmed.n - 1] != r->escape)
		return false;
	*line = str_sub(trimmed, 0, trimmed.n - 1);
	return true;
}

/* The next instruction, its lines joined, in @out; where it begins. Comments and empty lines inside of it are nothing. */
static bool next_instruction(struct reader *r, struct buf *out, size_t *ret_at)
{
	bool more = true;

	out->n = 0;
	while (more && r->at < r->text.n) {
		size_t at = r->at;
		struct str line = next_line(r);

		if (is_comment(line) || !str_trim(line).n)
			continue;
		if (!out->n)
			*ret_at = at + (size_t)(str_trim(line).p - line.p);
		more = goes_on(r, &line);
		buf_add(out, line);
	}
	return out->n > 0;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "RUN <<EOF", "COPY <<-'A' <<B /": passes over the lines up to each of these words. */
static void skip_heredocs(struct reader *r, struct str line)
{
	for (size_t at = 0; (at = str_find(line, STR("<<"), at)) != SIZE_MAX;) {
		bool tabs;
		size_t start, end;
		struct str word;

		at += 2;
		tabs = at < line.n && line.p[at] == '-';
		start = at + tabs;
		start += start < line.n && (line.p[start] == '"' || line.p[start] == '\'');
		for (end = start; end < line.n && is_name(line.p[end]); end++)
			;
		word = str_sub(line, start, end);
		at = end;
		while (word.n && r->at < r->text.n) {
			struct str text = next_line(r);

			while (tabs && text.n && text.p[0] == '\t')
				text = str_sub(text, 1, text.n);
			if (text.n && text.p[text.n - 1] == '\r')
				text.n--;
			if (str_eq(text, word))
				break;
		}
	}
}

/* ---- variables ---- */

static const struct variable *find(const struct variables *variables, struct str name)
{
	for (size_t i = variables->n; i-- > 0;)
		if (str_eq(variables->items[i].name, name))
			return &variables->items[i];
	return NULL;
}

static void set(struct reader *r, struct variables *variables, struct variable variable)
{
	if (!variables->items)
		variables->items = ARENA_ARRAY(r->arena, struct variable, VARIABLES_MAX);
	if (variables->n < VARIABLES_MAX)
		variables->items[variables->n++] = variable;
}

/* An ENV counts for more than an ARG of the same name. */
static const struct variable *look_up(const struct reader *r, const struct stage *stage, struct str name)
{
	const struct variable *variable = stage ? find(&stage->env, name) : find(&r->global, name);

	return variable || !stage ? variable : find(&stage->args, name);
}

/* What "${NAME:-word}" and the like mean; false where that is not known here. */
static bool expand_braces(struct reader *r, const struct stage *stage, struct str inside, struct buf *out)
{
	size_t end = 0;
	const struct variable *variable;
	struct str word = STR_NONE;
	char op = 0;

	while (end < inside.n && is_name(inside.p[end]))
		end++;
	variable = look_up(r, stage, str_sub(inside, 0, end));
	if (end < inside.n) {
		if (inside.n - end < 2 || inside.p[end] != ':' || !strchr("-+", inside.p[end + 1]))
			return false;
		op = inside.p[end + 1];
		word = str_sub(inside, end + 2, inside.n);
	}
	if (op == '+')
		buf_add(out, variable && variable->known && variable->value.n ? word : STR_NONE);
	else if (variable && variable->known && (variable->value.n || !op))
		buf_add(out, variable->value);
	else if (op == '-')
		buf_add(out, word);
	else
		return false;
	return true;
}

/* @text with its variables filled in and its quotes taken off, in the arena; false where one of them is not known. */
static bool expand(struct reader *r, const struct stage *stage, struct str text, struct str *ret)
{
	struct buf out = BUF_INIT;
	char quote = 0;
	bool known = true;

	for (size_t i = 0; known && i < text.n; i++) {
		char c = text.p[i];

		if (c == r->escape && quote != '\'' && i + 1 < text.n) {
			buf_addc(&out, text.p[++i]);
		} else if (c == quote || (!quote && (c == '"' || c == '\''))) {
			quote = quote ? 0 : c;
		} else if (c == '$' && quote != '\'' && i + 1 < text.n && text.p[i + 1] == '{') {
			size_t end = str_find(text, STR("}"), i);

			known = end != SIZE_MAX && expand_braces(r, stage, str_sub(text, i + 2, end), &out);
			i = end;
		} else if (c == '$' && quote != '\'' && i + 1 < text.n && is_name(text.p[i + 1])) {
			size_t end = i + 1;

			while (end < text.n && is_name(text.p[end]))
				end++;
			known = expand_braces(r, stage, str_sub(text, i + 1, end), &out);
			i = end - 1;
		} else {
			buf_addc(&out, c);
		}
		known &= out.n <= TEXT_MAX;
	}
	*ret = known ? str_copy(r->arena, buf_str(&out)) : STR_NONE;
	buf_free(&out);
	return known;
}

/* The next word of @rest, quotes and escapes in it; empty at the end. */
static struct str next_word(const struct reader *r, struct str *rest)
{
	size_t start = 0, end;
	char quote = 0;
	struct str word;

	while (start < rest->n && strchr(" \t\r", rest->p[start]))
		start++;
	for (end = start; end < rest->n; end++) {
		char c = rest->p[end];

		if (c == r->escape && quote != '\'' && end + 1 < rest->n)
			end++;
		else if (c == quote || (!quote && (c == '"' || c == '\'')))
			quote = quote ? 0 : c;
		else if (!quote && strchr(" \t\r", c))
			break;
	}
	if (end > rest->n)
		end = rest->n;
	word = str_sub(*rest, start, end);
	*rest = str_sub(*rest, end, rest->n);
	return word;
}

/* ---- instructions ---- */

/* "ARG NAME", "ARG NAME=default", several of them. */
static void read_arg(struct reader *r, struct stage *stage, struct str rest)
{
	struct str word;

	while ((word = next_word(r, &rest)).n) {
		struct str value = word, name;
		struct variable variable = { 0 };
		const struct variable *global;

		str_cut(&value, '=', &name);
		variable.name = str_copy(r->arena, name);
		global = find(&r->global, name);
		if (value.p)
			variable.known = expand(r, stage, value, &variable.value);
		else if (stage && global)
			variable = *global;
		set(r, stage ? &stage->args : &r->global, variable);
	}
}

static void set_env(struct reader *r, struct stage *stage, struct str name, struct str text)
{
	struct variable variable = { .name = str_copy(r->arena, name) };

	variable.known = expand(r, stage, text, &variable.value);
	set(r, &stage->env, variable);
}

/* "ENV A=1 B=2", or the old "ENV A the rest of the line". */
static void read_env(struct reader *r, struct stage *stage, struct str rest)
{
	struct str line = rest, word = next_word(r, &rest), name;

	if (!memchr(word.p ? word.p : "", '=', word.n)) {
		set_env(r, stage, word, str_trim(rest));
		return;
	}
	while ((word = next_word(r, &line)).n) {
		struct str value = word;

		if (str_cut(&value, '=', &name) && value.p)
			set_env(r, stage, name, value);
	}
}

static const struct stage *find_stage(const struct reader *r, struct str name)
{
	int64_t number;

	for (size_t i = r->stages_n; i-- > 0;)
		if (r->stages[i].name.n && str_ieq(r->stages[i].name, name))
			return &r->stages[i];
	if (str_int(name, &number) && number >= 0 && (size_t)number < r->stages_n)
		return &r->stages[number];
	return NULL;
}

static void build_upon_image(struct reader *r, struct stage *stage, struct str name)
{
	struct image_ref ref;

	if (str_is(name, "scratch") || !image_ref_parse(r->arena, name, &ref))
		return;
	stage->file.from = name;
	stage->file.base = image_fact_lookup(r->own, r->arena, &ref, NULL);
	for (size_t i = 0; stage->file.base && i < stage->file.base->env_n; i++)
		set(r, &stage->env,
		    (struct variable){ str_of(stage->file.base->env[i].name), str_of(stage->file.base->env[i].value),
				       true });
}

/* As its base, but for what is added from here on. */
static void build_upon_stage(struct reader *r, struct stage *stage, const struct stage *base)
{
	struct variables env = { 0 };

	stage->file = base->file;
	for (size_t i = 0; i < base->env.n; i++)
		set(r, &env, base->env.items[i]);
	stage->env = env;
}

/* "FROM [--platform=…] image [AS name]" */
static bool read_from(struct reader *r, struct str rest, size_t at)
{
	struct stage *stage;
	const struct stage *base;
	struct str word = next_word(r, &rest), name = STR_NONE;

	while (str_starts(word, STR("--")))
		word = next_word(r, &rest);
	if (!word.n)
		return fail(r, at, "FROM without an image");
	if (r->stages_n == STAGES_MAX)
		return fail(r, at, "more than 200 stages");
	if (!expand(r, NULL, word, &name))
		name = STR_NONE;
	base = name.n ? find_stage(r, name) : NULL;
	stage = &r->stages[r->stages_n];
	*stage = (struct stage){ .file = { .user_at = SIZE_MAX, .config = { .keeps_user = true } } };
	if (base)
		build_upon_stage(r, stage, base);
	else if (name.n)
		build_upon_image(r, stage, name);
	stage->file.from_at = at;
	word = next_word(r, &rest);
	if (str_ieq(word, STR("AS")))
		stage->name = str_copy(r->arena, next_word(r, &rest));
	r->stages_n++;
	return true;
}

static void read_user(struct reader *r, struct stage *stage, struct str rest, size_t at)
{
	struct str user;

	stage->file.user_at = at;
	stage->file.config.keeps_user = false;
	stage->file.config.user_unknown = !expand(r, stage, next_word(r, &rest), &user);
	stage->file.config.user = user;
}

static void add_expose(struct reader *r, struct stage *stage, struct image_port port, size_t at)
{
	struct dockerfile *file = &stage->file;
	struct dockerfile_expose *items;

	if (file->exposes_n == EXPOSES_MAX)
		return;
	items = ARENA_ARRAY(r->arena, struct dockerfile_expose, file->exposes_n + 1);
	/* A stage that is built upon keeps its own. */
	if (file->exposes_n)
		memcpy(items, file->exposes, file->exposes_n * sizeof(*items));
	items[file->exposes_n++] = (struct dockerfile_expose){ port, at };
	file->exposes = items;
}

static void read_expose(struct reader *r, struct stage *stage, struct str rest, size_t at)
{
	struct str word;

	while ((word = next_word(r, &rest)).n) {
		struct image_port port;
		struct str text;

		/* A range is of ports that nobody needs root for, or none of a server's. */
		if (expand(r, stage, word, &text) && image_port_parse(text, &port))
			add_expose(r, stage, port, at);
	}
}

static void add_volume(struct reader *r, struct stage *stage, struct str path)
{
	struct image_texts *volumes = &stage->file.config.volumes;
	const char **items;

	if (path.n < 2 || path.p[0] != '/' || volumes->n == VOLUMES_MAX)
		return;
	items = ARENA_ARRAY(r->arena, const char *, volumes->n + 1);
	if (volumes->n)
		memcpy(items, volumes->items, volumes->n * sizeof(*items));
	items[volumes->n++] = path.p;
	volumes->items = items;
}

/* "VOLUME /a /b", "VOLUME ["/a", "/b"]" */
static void read_volume(struct reader *r, struct stage *stage, struct str rest)
{
	bool json = str_starts(str_trim(rest), STR("["));
	struct str word;

	while ((word = next_word(r, &rest)).n) {
		struct str path;

		while (json && word.n && strchr("[,", word.p[0]))
			word = str_sub(word, 1, word.n);
		while (json && word.n && strchr("],", word.p[word.n - 1]))
			word.n--;
		/* ["/a","/b"] without a blank */
		while (json && word.n) {
			struct str part;

			str_cut(&word, ',', &part);
			if (expand(r, stage, part, &path))
				add_volume(r, stage, path);
		}
		if (!json && expand(r, stage, word, &path))
			add_volume(r, stage, path);
	}
}

static bool read_instruction(struct reader *r, struct str line, size_t at)
{
	struct stage *stage = r->stages_n ? &r->stages[r->stages_n - 1] : NULL;
	struct str rest = line, word = next_word(r, &rest);

	if (str_ieq(word, STR("FROM")))
		return read_from(r, rest, at);
	if (str_ieq(word, STR("ARG")))
		read_arg(r, stage, rest);
	else if (str_ieq(word, STR("RUN")) || str_ieq(word, STR("COPY")) || str_ieq(word, STR("ADD")))
		skip_heredocs(r, rest);
	if (!stage)
		return true;
	if (str_ieq(word, STR("ENV")))
		read_env(r, stage, rest);
	else if (str_ieq(word, STR("USER")))
		read_user(r, stage, rest, at);
	else if (str_ieq(word, STR("EXPOSE")))
		read_expose(r, stage, rest, at);
	else if (str_ieq(word, STR("VOLUME")))
		read_volume(r, stage, rest);
	else if (str_ieq(word, STR("CMD")) || str_ieq(word, STR("ENTRYPOINT")))
		stage->file.own_program = true;
	else if (str_ieq(word, STR("WORKDIR")) && !expand(r, stage, str_trim(rest), &stage->file.config.workdir))
		stage->file.config.workdir = STR_NONE;
	return true;
}

/* What the last stage sets, as a config. */
static void conclude(struct reader *r, struct dockerfile *ret)
{
	const struct stage *stage = &r->stages[r->stages_n - 1];
	struct image_config *config = &ret->config;

	*ret = stage->file;
	config->ports = ARENA_ARRAY(r->arena, struct image_port, ret->exposes_n + 1);
	for (size_t i = 0; i < ret->exposes_n; i++)
		config->ports[config->ports_n++] = ret->exposes[i].port;
	config->env = ARENA_ARRAY(r->arena, struct image_env, stage->env.n + 1);
	for (size_t i = 0; i < stage->env.n; i++) {
		const struct variable *variable = &stage->env.items[i];

		/* The last of a name counts. */
		if (variable->known && find(&stage->env, variable->name) == variable)
			config->env[config->env_n++] =
				(struct image_env){ str_copy(r->arena, variable->name).p, variable->value.p };
	}
}

bool dockerfile_read(struct arena *arena, const struct image_facts *own, const char *path, struct str text,
		     struct dockerfile *ret_file, struct error **err)
{
	struct reader r = { .arena = arena, .own = own, .path = path, .text = text, .err = err };
	struct buf line = BUF_INIT;
	bool fine = true;
	size_t at = 0;

	if (text.n > BYTES_MAX)
		return fail(&r, 0, "a Dockerfile of more than 1 MiB");
	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.at = 3;
	r.stages = ARENA_ARRAY(arena, struct stage, STAGES_MAX);
	read_directives(&r);
	while (fine && next_instruction(&r, &line, &at))
		fine = read_instruction(&r, buf_str(&line), at);
	buf_free(&line);
	if (!fine)
		return false;
	if (!r.stages_n)
		return fail(&r, 0, "no FROM: this is no Dockerfile");
	conclude(&r, ret_file);
	return true;
}

struct image_fact dockerfile_fact(struct arena *arena, const struct dockerfile *file, const struct image_ref *ref,
				  const char *path)
{
	struct image_fact fact = image_config_fact(arena, &file->config, file->base, ref, path);

	fact.base |= file->own_program;
	/* It would be a twin of what this is built upon. */
	fact.twin = NULL;
	return fact;
}
