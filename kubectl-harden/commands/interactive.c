/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interactive
 *
 * As `git add -p`: a change, its diff, a question, and an answer of one letter on a line of its own. Nothing is written
 * before the last answer, so whoever leaves without one (Ctrl-C, Ctrl-D, a closed terminal) leaves all as it was.
 */
#include "commands/interactive.h"

#include <unistd.h>

#include "commands/answer.h"
#include "report/question.h"
#include "report/text.h"

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_ALL, ANSWER_NONE, ANSWER_QUIT, ANSWER_HELP, ANSWER_END };

static const struct {
	char letter;
	const char *word;
	const char *help;
} answers[] = {
	[ANSWER_YES] = { 'y', "yes", "make this change" },
	[ANSWER_NO] = { 'n', "no", "leave it out" },
	[ANSWER_ALL] = { 'a', "all", "make this change and all later ones of the file" },
	[ANSWER_NONE] = { 'd', "none", "leave out this change and all later ones of the file" },
	[ANSWER_QUIT] = { 'q', "quit", "leave out this change and all later ones, and write those that were made" },
	[ANSWER_HELP] = { '?', "help", "print this" },
};

enum { ANSWERS_N = sizeof(answers) / sizeof(*answers) };

bool interactive_check(const struct session *session, struct error **err)
{
	const struct settings *settings = &session->settings;

	for (size_t i = 0; i < settings->filenames.n; i++)
		if (!strcmp(settings->filenames.items[i], "-"))
			return error_set(err, "--interactive reads answers from standard input, so that cannot be the "
					      "manifest: name a file");
	if (settings->to_stdout)
		return error_set(err,
				 "--interactive asks on standard output, where --stdout prints the result: leave out "
				 "one of them");
	if (settings->format != FORMAT_TEXT)
		return error_set(err, "--interactive asks on standard output, where --output prints data: leave out "
				      "one of them");
	if (!isatty(STDIN_FILENO) || !session->out.terminal)
		return error_set(err, "--interactive needs a terminal as standard input and output; elsewhere, choose "
				      "with --only, --skip or --safe-only, and look at kubectl harden diff");
	return true;
}

/* ---- answers ---- */

static void add_prompt(struct output *out, const struct review *review)
{
	look_start(&out->text, out->colour, LOOK_BOLD);
	question_number(&out->text, review, review->at);
	buf_addz(&out->text, " Make this change [");
	for (size_t i = 0; i < ANSWERS_N; i++)
		buf_addf(&out->text, "%s%c", i ? "," : "", answers[i].letter);
	buf_addz(&out->text, "]?");
	look_end(&out->text, out->colour);
	buf_addc(&out->text, ' ');
	output_flush(out);
}

static void add_help(struct output *out)
{
	for (size_t i = 0; i < ANSWERS_N; i++)
		buf_addf(&out->text, "%c - %s\n", answers[i].letter, answers[i].help);
}

static enum answer read_answer(struct output *out, const struct review *review)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	while (true) {
		enum answer answer = ANSWER_HELP;
		struct str text;

		add_prompt(out, review);
		if (out->number || !answer_read(&line))
			return ANSWER_END;
		text = str_trim(buf_str(&line));
		for (size_t i = 0; i < ANSWERS_N; i++)
			if (str_ieq(text, (struct str){ &answers[i].letter, 1 }) ||
			    str_ieq(text, str_of(answers[i].word)))
				answer = (enum answer)i;
		if (answer != ANSWER_HELP)
			return answer;
		add_help(out);
	}
}

/* ---- questions ---- */

static void show(struct work *work, const struct review *review)
{
	struct output *out = &work->session->out;
	question_add(&out->text, review, out->colour);
	for (size_t i = 0; i < review->trials.n; i++) {
		const struct source *source = review->trials.items[i].source;
		struct splices before;
		size_t k = 0;

		while (review->trials.items[k].source != source)
			k++;
		if (k < i)
			continue;
		review_before(review, source, &before);
		work_add_diff_since(work, source, &before);
		splices_free(&before);
	}
}

/* Returns false where the answers ended. */
static bool ask_all(struct work *work, struct review *review)
{
	struct output *out = &work->session->out;
	size_t from = 0;

	for (; review_next(review); from = review->at) {
		enum answer answer;

		question_lost(&out->text, review, from, out->colour);
		show(work, review);
		answer = read_answer(out, review);
		switch (answer) {
		case ANSWER_YES:
		case ANSWER_NO:
			review_decide(review, answer == ANSWER_YES);
			break;
		case ANSWER_ALL:
		case ANSWER_NONE:
			review_decide_file(review, answer == ANSWER_ALL);
			break;
		case ANSWER_QUIT:
			return true;
		case ANSWER_HELP:
		case ANSWER_END:
			return false;
		}
	}
	question_lost(&out->text, review, from, out->colour);
	return true;
}

bool interactive_ask(struct work *work, int *ret_code)
{
	struct output *out = &work->session->out;
	struct error *error CLEANUP(error_freep) = NULL;
	struct review review;
	bool fine;

	review_init(&review, &work->run);
	fine = ask_all(work, &review);
	if (!fine || *work->run.stop) {
		buf_addc(&out->text, '\n');
		output_flush(out);
	} else {
		review_finish(&review);
		work_count(work);
	}
	review_free(&review);
	if (work_interrupted(work, ret_code))
		return false;
	if (fine)
		return true;
	*ret_code = EXIT_TROUBLE;
	if (!output_finish(out, &error)) {
		output_error(&work->session->err, error);
	} else {
		error_set(&error, "the answers ended before the questions did, so nothing is written; q ends them and "
				  "writes what was accepted");
		output_error(&work->session->err, error);
	}
	buf_addz(&work->session->err.text, "No file was changed.\n");
	output_flush(&work->session->err);
	return false;
}
