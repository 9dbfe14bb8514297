# SPDX-License-Identifier: Apache-2.0
"""interactive.py SOURCE-ROOT: kubectl-harden fix --interactive on a pseudo terminal. Called by interactive.sh."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = sys.argv[1]
INPUT = os.path.join(ROOT, "tests/cli/input")
PROMPT = "[y,n,a,d,q,?]? "
PATIENCE = 60
failed = []


class Session:
    """One run of the program with a terminal as its standard input, output and error (or a file for the last)."""

    def __init__(self, *arguments, folder, columns=80, environment=None, stderr=None):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            if stderr:
                os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT, 0o644), 2)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.execvpe("kubectl-harden", ["kubectl-harden", "fix", "--interactive", *arguments],
                       {**os.environ, "NO_COLOR": "1", **(environment or {})})

    def read(self, until=PROMPT):
        """Reads up to a question, or the end; returns what came since the last one, and whether it is a question."""
        text, end = "", time.monotonic() + PATIENCE
        while not re.sub(r"\x1b\[[0-9;]*m", "", text[-200:]).endswith(until):
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"nothing more comes after: {text[-200:]!r}")
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                self.text += text
                return text, False
            text += data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        self.text += text
        return text, True

    def write(self, data):
        os.write(self.fd, data.encode())

    def end(self):
        """Waits; returns the exit code, or minus the signal."""
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def answer(answers, *arguments, **options):
    """Runs it with these answers; returns the questions, what came after the last answer, the code and all text."""
    session, questions = Session(*arguments, **options), []
    for line in [*answers, None]:
        text, asked = session.read()
        if not asked or line is None:
            break
        questions.append(text)
        session.write(line + "\n")
    if asked:
        raise AssertionError(f"one question more: {text}")
    return questions, text, session.end(), session.text


def files(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                found[os.path.relpath(os.path.join(place, name), folder)] = file.read()
    return found


def fix(folder, *arguments):
    subprocess.run(["kubectl-harden", "fix", "-q", *arguments], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def is_equal(one, other, what="not equal"):
    if one != other:
        raise AssertionError(f"{what}: {one!r} and {other!r}")


def is_in(part, text):
    if part not in text:
        raise AssertionError(f"{part!r} is not in:\n{text}")


def is_not_in(part, text):
    if part in text:
        raise AssertionError(f"{part!r} is in:\n{text}")


def two_files(folder):
    """A Deployment and, in another file, the Service that leads to its port 80."""
    with open(os.path.join(folder, "shop/web.yaml"), encoding="utf-8") as file:
        deployment, service = file.read().split("---\n", 1)
    os.makedirs(os.path.join(folder, "two"))
    for name, text in (("a-service.yaml", service), ("b-web.yaml", deployment)):
        with open(os.path.join(folder, "two", name), "w", encoding="utf-8") as file:
            file.write(text)


# ---- the answers ----


def test_all_yes(folder):
    """Every change accepted is what fix makes, byte for byte."""
    for source in ("examples", "tests/fixtures/anchors", "tests/fixtures/unprivileged-ports", "tests/fixtures/styles",
                   "tests/cli/input"):
        plain, asked = os.path.join(folder, "plain"), os.path.join(folder, "asked")
        for copy in (plain, asked):
            shutil.copytree(os.path.join(ROOT, source), copy, ignore=shutil.ignore_patterns("expected"))
        fix(plain, "-R", "-f", ".")
        session, count = Session("-R", "-f", ".", folder=asked), 0
        while session.read()[1]:
            session.write("y\n")
            count += 1
        is_equal(session.end(), 0, "exit code")
        is_equal(files(plain), files(asked), source)
        is_not_in("left out", session.text)
        assert count > 5, f"{source}: {count} questions"
        shutil.rmtree(plain)
        shutil.rmtree(asked)


def test_no_takes_along(folder):
    """What needs something that was left out is not asked for; what does not is."""
    _, text, code, everything = answer(["y", "n", "y", "y", "y"], "-f", "shop/web.yaml", folder=folder)
    is_equal(code, 0)
    is_in("(3/7) Deployment/web: run-as-non-root: left out, for it needs what was left", everything)
    is_not_in("drop: [\"ALL\"]\n(", everything)
    is_in("1 file changed: 5 changes, 1 caveat, 3 changes left out.\n", text)
    is_in("Deployment/web, Service/web: 5 changes, 3 left out\n", text)
    result = files(folder)["shop/web.yaml"].decode()
    for part in ("8080", "allowPrivilegeEscalation: false", "readOnlyRootFilesystem: true"):
        is_in(part, result)
    for part in ("runAsUser", "runAsNonRoot", "capabilities"):
        is_not_in(part, result)
    fix(folder, "-f", "shop/web.yaml")
    is_in("runAsNonRoot: true", files(folder)["shop/web.yaml"].decode())


def test_question(folder):
    """A question says what is wrong, what it costs, and the diff of this change alone."""
    questions, _, _, _ = answer(["y", "y", "q"], "-f", "shop/web.yaml", folder=folder)
    is_in("(1/7) Deployment/web, Service/web: unprivileged-ports\n", questions[0])
    is_in("-          containerPort: 80\n+          containerPort: 8080\n", questions[0])
    is_not_in("runAsUser", questions[0])
    is_in("  caveat: image ghcr.io/shop/web:1.2 is unknown. It must run as UID 10001.\n", questions[1])
    is_in("--- a/shop/web.yaml\n+++ b/shop/web.yaml\n@@ ", questions[1])
    added = [line for line in questions[1].split("\n") if re.match(r"[+-](?![+-])", line)]
    is_equal(added, ["+        securityContext:", "+          runAsUser: 10001", "+          runAsGroup: 10001"])


def test_all_of_the_file(folder):
    """a and d decide about a file; the next one is asked about."""
    questions, text, code, _ = answer(["n", "a", "y", "d"], "-f", "shop/api.yaml", "-f", "shop/web.yaml",
                                      folder=folder)
    is_equal(code, 0)
    is_in("Deployment/api", questions[1])
    is_in("Deployment/web", questions[2])
    is_in("2 files changed", text)
    result = files(folder)
    is_in("readOnlyRootFilesystem: true", result["shop/api.yaml"].decode())
    is_in("8080", result["shop/web.yaml"].decode())
    is_not_in("securityContext", result["shop/web.yaml"].decode())


def test_all_is_fix(folder):
    """a for each file is fix."""
    shutil.copytree(os.path.join(folder, "shop"), os.path.join(folder, "plain"))
    fix(folder, "-f", "plain")
    answer(["A", "all", " a "], "-f", "shop", folder=folder)
    is_equal(files(os.path.join(folder, "shop")), files(os.path.join(folder, "plain")))


def test_quit(folder):
    """q writes what was accepted so far, and nothing where that is nothing."""
    _, text, code, _ = answer(["y", "q"], "-f", "shop/web.yaml", folder=folder)
    is_equal(code, 0)
    is_in("1 file changed: 2 changes, 1 caveat, 6 changes left out.\n", text)
    is_in("8080", files(folder)["shop/web.yaml"].decode())
    is_not_in("runAsUser", files(folder)["shop/web.yaml"].decode())
    before = os.stat(os.path.join(folder, "shop/api.yaml"))
    _, text, code, _ = answer(["q"], "-f", "shop/api.yaml", folder=folder)
    is_equal(code, 0)
    is_in("1 file, nothing changed: 7 changes left out.\n", text)
    is_equal(os.stat(os.path.join(folder, "shop/api.yaml")), before)


def test_other_answers(folder):
    """Anything else is answered with the help, and the same question."""
    for line in ("x", "?", "", "yy", "y" * 3000, "\x1b[A"):
        questions, _, code, _ = answer([line, "q"], "-f", "shop/web.yaml", folder=folder)
        is_equal(code, 0)
        is_in("a - make this change and all later ones of the file\n", questions[1])
        is_in("(1/7) Make this change", questions[1])
        is_not_in("@@", questions[1])
    is_equal(files(folder), files(INPUT))


def test_moved_port(folder):
    """A port that moves in two files is one question, shown in both, and moves in both or in none."""
    two_files(folder)
    before = files(folder)
    questions, text, code, _ = answer(["n", "d"], "-f", "two", folder=folder)
    is_in("(1/7) Service/web, Deployment/web: unprivileged-ports\n", questions[0])
    is_in("--- a/two/a-service.yaml\n", questions[0])
    is_in("--- a/two/b-web.yaml\n", questions[0])
    is_in("(4/7) Deployment/web: privilege-escalation\n", questions[1])
    is_in("2 files, nothing changed: 8 changes left out.\n", text)
    is_equal(files(folder), before)
    answer(["y", "q"], "-f", "two", folder=folder)
    after = files(folder)
    is_not_in("80\n", re.sub("8080", "", after["two/b-web.yaml"].decode().split("containers:")[1]))
    assert after["two/a-service.yaml"] != before["two/a-service.yaml"], "the Service is as it was"


# ---- ways to leave ----


def leave(folder, how):
    session = Session("-f", "shop", folder=folder)
    session.read()
    session.write("y\n")
    session.read()
    how(session)
    session.read()
    code = session.end()
    is_equal(files(folder), files(INPUT), "something was written")
    return code, session.text


def test_interrupt(folder):
    """Ctrl-C: nothing is written, and the shell sees the signal."""
    code, text = leave(folder, lambda session: session.write("\x03"))
    is_equal(code, -signal.SIGINT)
    is_in("none was changed.\n", text)
    code, text = leave(folder, lambda session: session.write("y\x03"))
    is_equal(code, -signal.SIGINT)
    code, text = leave(folder, lambda session: os.kill(session.pid, signal.SIGTERM))
    is_equal(code, -signal.SIGTERM)


def test_end_of_input(folder):
    """Ctrl-D: nothing is written, also with a line that is not finished."""
    for end in ("\x04", "y\x04\x04"):
        code, text = leave(folder, lambda session, end=end: session.write(end))
        is_equal(code, 2)
        is_in("No file was changed.\n", text)


def test_hang_up(folder):
    """The terminal goes away: nothing is written."""
    session = Session("-f", "shop", folder=folder)
    session.read()
    session.write("y\n")
    session.read()
    os.close(session.fd)
    assert os.waitpid(session.pid, 0)[1] != 0
    is_equal(files(folder), files(INPUT))


def test_changed_meanwhile(folder):
    """A file that another program writes while the questions are asked is not replaced, and no other is."""
    session = Session("-f", "shop/api.yaml", "-f", "shop/web.yaml", folder=folder)
    session.read()
    with open(os.path.join(folder, "shop/web.yaml"), "a", encoding="utf-8") as file:
        file.write("# mine\n")
    before = files(folder)
    for _ in range(2):
        session.write("a\n")
        session.read()
    is_equal(session.end(), 2)
    is_in("No file was changed.\n", session.text)
    is_equal(files(folder), before)


# ---- the terminal ----


def test_narrow(folder):
    """The width of the terminal, also one that changes, makes no difference to what is printed."""
    wide = answer(["y", "n", "q"], "-f", "shop/web.yaml", folder=folder)[3]
    shutil.rmtree(folder)
    shutil.copytree(INPUT, folder)
    session = Session("-f", "shop/web.yaml", folder=folder, columns=12)
    for line in ("y", "n", "q"):
        session.read()
        fcntl.ioctl(session.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 30, 0, 0))
        os.kill(session.pid, signal.SIGWINCH)
        session.write(line + "\n")
    session.read()
    is_equal(session.end(), 0)
    is_equal(session.text, wide)


def test_colour(folder):
    """Colours as in a diff, and none where they are not wanted."""
    text = answer(["q"], "-f", "shop/web.yaml", folder=folder, environment={"NO_COLOR": ""})[3]
    is_in("\x1b[1m(1/7) Deployment/web, Service/web: unprivileged-ports\x1b[", text)
    is_in("\x1b[32m+", text)
    for environment, arguments in (({"NO_COLOR": "1"}, []), ({"NO_COLOR": "", "TERM": "dumb"}, []),
                                   ({"NO_COLOR": ""}, ["--color=never"])):
        is_not_in("\x1b", answer(["q"], "-f", "shop/web.yaml", *arguments, folder=folder, environment=environment)[3])


def test_escapes(folder):
    """Nothing of the input reaches the terminal as a command to it."""
    name = "odd/\x1b]0;mine\x07\x9b.yaml"
    os.rename(os.path.join(folder, "odd/escapes.yaml"), os.path.join(folder, name))
    session = Session("-f", name, folder=folder)
    while session.read()[1]:
        session.write("y\n")
    is_equal(session.end(), 0)
    is_in("\\x1b", session.text)
    for character in "\x1b\x07\x9b\u202e\r":
        is_not_in(character, session.text.replace("\r\n", "\n"))


def test_summary(folder):
    """Standard error may lead elsewhere: it holds the summary and no question; -q has none."""
    log = os.path.join(folder, "log")
    _, text, _, _ = answer(["y", "q"], "-f", "shop/web.yaml", folder=folder, stderr=log)
    is_not_in("changed", text)
    with open(log, encoding="utf-8") as file:
        summary = file.read()
    is_in("1 file changed: 2 changes, 1 caveat, 6 changes left out.\n", summary)
    is_not_in("Make this change", summary)
    _, text, _, _ = answer(["q"], "-q", "-f", "shop/api.yaml", folder=folder)
    is_equal(text.replace("q\n", "", 1), "")


def test_nothing_to_ask(folder):
    """Where there is nothing to change there is no question."""
    questions, text, code, _ = answer([], "-f", "odd/hardened.yaml", folder=folder)
    is_equal((questions, text, code), ([], "1 file, nothing to change.\n", 0))


def test_codes(folder):
    """What is left out is left, for who asks with --fail-on; --dry-run writes nothing."""
    is_equal(answer(["d"], "--fail-on=violation", "-f", "shop/web.yaml", folder=folder)[2], 1)
    is_equal(answer(["d"], "--fail-on=hardened", "-f", "shop/web.yaml", folder=folder)[2], 1)
    is_equal(answer(["a"], "--fail-on=hardened", "--dry-run", "-f", "shop/web.yaml", folder=folder)[2], 0)
    _, text, _, _ = answer(["y", "q"], "--dry-run=client", "-f", "shop/web.yaml", folder=folder)
    is_in("+          containerPort: 8080\n", text)
    is_in("1 file would change: 2 changes, 1 caveat, 6 changes left out.\n", text)
    is_equal(files(folder), files(INPUT))


for name, test in list(globals().items()):
    if not name.startswith("test_"):
        continue
    with tempfile.TemporaryDirectory() as place:
        work = os.path.join(place, "work")
        if test is test_all_yes:
            os.mkdir(work)
        else:
            shutil.copytree(INPUT, work)
        try:
            test(work)
        except (AssertionError, TimeoutError, OSError) as error:
            failed.append(name)
            print(f"wrong: {name}: {error}")
sys.exit(bool(failed))
