/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child: both outputs to their ends, whatever comes first; how it ended; and that nothing is left of it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/child.h"

enum { MOST = 1 << 20 };

static bool run_shell(const char *script, const volatile sig_atomic_t *stop, struct child *child, struct error **err)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	return child_run(argv, MOST, stop, child, err);
}

static void assert_no_child_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void reads_both_outputs(void **state)
{
	struct error *error = NULL;
	struct child child;

	(void)state;
	assert_true(run_shell("echo wrong >&2; echo right; exit 3", NULL, &child, &error));
	assert_true(str_is(buf_str(&child.out), "right\n"));
	assert_true(str_is(buf_str(&child.err), "wrong\n"));
	assert_true(WIFEXITED(child.status));
	assert_int_equal(WEXITSTATUS(child.status), 3);
	assert_null(error);
	assert_no_child_left();
	child_free(&child);
}

/* More than a pipe holds, on the one and then on the other: neither waits for the other. */
static void is_not_blocked_by_either(void **state)
{
	struct child child;

	(void)state;
	assert_true(run_shell("head -c 900000 /dev/zero >&2; head -c 900000 /dev/zero; head -c 900000 /dev/zero >&2",
			      NULL, &child, NULL));
	assert_int_equal(child.out.n, 900000);
	assert_int_equal(child.err.n, CHILD_ERR_MAX);
	child_free(&child);
}

static void gives_nothing_to_read(void **state)
{
	struct child child;

	(void)state;
	assert_true(run_shell("cat; echo end", NULL, &child, NULL));
	assert_true(str_is(buf_str(&child.out), "end\n"));
	child_free(&child);
}

static void says_that_it_is_missing(void **state)
{
	const char *const argv[] = { "no-such-program-anywhere", NULL };
	struct error *error = NULL;
	struct child child;

	(void)state;
	assert_false(child_run(argv, MOST, NULL, &child, &error));
	assert_true(child.missing);
	assert_non_null(error);
	error_free(error);
	child_free(&child);
	assert_no_child_left();
}

static void ends_what_prints_too_much(void **state)
{
	struct error *error = NULL;
	struct child child;

	(void)state;
	assert_false(run_shell("exec cat /dev/zero", NULL, &child, &error));
	assert_string_equal(error->message, "it prints more than 1048576 bytes");
	assert_false(child.missing);
	error_free(error);
	child_free(&child);
	assert_no_child_left();
}

static void takes_exactly_the_most(void **state)
{
	struct child child;

	(void)state;
	assert_true(run_shell("head -c 1048576 /dev/zero", NULL, &child, NULL));
	assert_int_equal(child.out.n, MOST);
	child_free(&child);
}

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	stopped = number;
}

/* The signal reaches only us, while the child prints nothing: it is ended, even where it ignores the first request. */
static void is_ended_by_a_signal(void **state)
{
	static const char *const scripts[] = { "kill -TERM $PPID; exec sleep 1000",
					       "trap '' TERM; kill -TERM $PPID; exec sleep 1000",
					       "exec >&- 2>&-; kill -TERM $PPID; exec sleep 1000" };
	struct sigaction action = { .sa_handler = stop }, old;

	(void)state;
	sigaction(SIGTERM, &action, &old);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		struct error *error = NULL;
		struct child child;

		stopped = 0;
		assert_false(run_shell(scripts[i], &stopped, &child, &error));
		assert_string_equal(error->message, "stopped by a signal");
		error_free(error);
		child_free(&child);
		assert_no_child_left();
	}
	sigaction(SIGTERM, &old, NULL);
}

/* Who ignores SIGCHLD is still told how it ended, and ignores it afterwards. */
static void knows_its_end_without_sigchld(void **state)
{
	struct sigaction old;
	struct child child;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_true(run_shell("exit 7", NULL, &child, NULL));
	assert_int_equal(WEXITSTATUS(child.status), 7);
	child_free(&child);
	sigaction(SIGCHLD, NULL, &old);
	assert_true(old.sa_handler == SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

/* Its environment is the one that it is given, and PATH is ours all the same; its errors can go where ours go. */
static void gets_what_it_is_given(void **state)
{
	static const char *const argv[] = { "sh", "-c", "echo $ONE-$TWO-$HOME; echo wrong >&2; cat", NULL };
	static const char *const env[] = { "ONE=1", "TWO=2", NULL };
	int ends[2], saved[2] = { dup(STDIN_FILENO), dup(STDERR_FILENO) };
	struct child_options options = { .env = env };
	char text[16] = "";
	struct child child;

	(void)state;
	assert_true(child_run_with(argv, &options, MOST, NULL, &child, NULL));
	assert_true(str_is(buf_str(&child.out), "1-2-\n"));
	assert_true(str_is(buf_str(&child.err), "wrong\n"));
	child_free(&child);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "asked\n", 6), 6);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	options = (struct child_options){ .env = env, .reads = true, .tells = true };
	assert_true(child_run_with(argv, &options, MOST, NULL, &child, NULL));
	dup2(saved[0], STDIN_FILENO);
	dup2(saved[1], STDERR_FILENO);
	assert_true(str_is(buf_str(&child.out), "1-2-\nasked\n"));
	assert_int_equal(child.err.n, 0);
	assert_int_equal(read(ends[0], text, sizeof(text) - 1), 6);
	assert_string_equal(text, "wrong\n");
	child_free(&child);
	close(ends[0]);
	close(saved[0]);
	close(saved[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_outputs),	     cmocka_unit_test(is_not_blocked_by_either),
		cmocka_unit_test(gives_nothing_to_read),     cmocka_unit_test(says_that_it_is_missing),
		cmocka_unit_test(ends_what_prints_too_much), cmocka_unit_test(takes_exactly_the_most),
		cmocka_unit_test(is_ended_by_a_signal),	     cmocka_unit_test(knows_its_end_without_sigchld),
		cmocka_unit_test(gets_what_it_is_given),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
