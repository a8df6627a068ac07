#!/usr/bin/python3
"""Checks of the source text. Each check is a function that yields findings
(path, line, message); lint.py runs them all and counts."""
import fnmatch
import os
import re
import subprocess

FIXED_TOP = {"daemon", "conf", "systemd", "include", "tests", "Makefile", "README.md", "LICENSE"}
SILENT_LAYERS = {"model", "rules", "plan", "ical", "ingest", "view", "deliver"}
FUNCTION_LINES = 80
FILE_LINES = 700
PARAMETERS = 5
NOT_LAYERS = {"sql", "web", "man"}


class Tree:
    """The files of the project and its layer table."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(self._list())
        self.layers, self.libraries = self._table()
        self._code = {}

    def _list(self):
        try:
            out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=self.root,
                                 capture_output=True, text=True, check=True).stdout
            return [f for f in out.splitlines() if os.path.isfile(os.path.join(self.root, f))]
        except (OSError, subprocess.CalledProcessError):
            found = []
            for here, dirs, names in os.walk(self.root):
                dirs[:] = [d for d in dirs if d not in ("build", ".git", "__pycache__")]
                found += [os.path.relpath(os.path.join(here, n), self.root) for n in names]
            return found

    def _table(self):
        may, libraries = {}, {}
        with open(os.path.join(self.root, "tests/lint/layers.txt"), encoding="utf-8") as table:
            for line in table:
                if line.startswith("#") or "|" not in line:
                    continue
                layer, allowed, libs = (cell.split() for cell in line.split("|"))
                may[layer[0]] = {w for w in allowed if w != "-"} | {layer[0]}
                libraries[layer[0]] = [w for w in libs if w != "-"]
        return may, libraries

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as f:
            return f.read()

    def code(self, path, strings=False):
        """The text with comments (and strings) blanked, line numbers kept."""
        key = (path, strings)
        if key not in self._code:
            self._code[key] = blank(self.text(path), strings)
        return self._code[key]

    def c_files(self, *tops):
        return [f for f in self.files if f.endswith((".c", ".h")) and f.split("/")[0] in (tops or ("daemon", "include"))]

    def layer_of(self, path):
        parts = path.split("/")
        if parts[0] == "daemon" and len(parts) == 3:
            return parts[1]
        if parts[:2] == ["include", "planvax"] and len(parts) == 4:
            return parts[2]
        return None


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, strings):
    def replace(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        if strings:
            return token
        return token[0] + re.sub(r"[^\n]", "_", token[1:-1]) + token[-1]
    return TOKEN.sub(replace, text)


def lines_matching(code, pattern):
    for number, line in enumerate(code.splitlines(), 1):
        for match in re.finditer(pattern, line):
            yield number, match


def functions(code):
    """(name, head line, lines between braces, parameters) of each function."""
    lines = code.splitlines()
    start = None
    for i, line in enumerate(lines):
        if line.startswith("{"):
            start = i
        elif line.startswith("}") and start is not None:
            head_at = start
            while head_at > 0 and lines[head_at - 1].strip() and lines[head_at - 1][0] not in "}#" \
                    and not lines[head_at - 1].rstrip().endswith((";", "*/")):
                head_at -= 1
            head = " ".join(lines[head_at:start])
            match = re.search(r"(\w+)\s*\(", head)
            if match and not re.match(r"\s*(struct|enum|union)\s+\w*\s*$", head):
                yield match.group(1), head_at + 1, i - start, parameters(head[match.end() - 1:])
            start = None


def parameters(text):
    depth, count, seen = 0, 0, False
    for ch in text:
        if ch == "(":
            depth += 1
        elif ch == ")":
            depth -= 1
            if depth == 0:
                break
        elif depth == 1 and ch == ",":
            count += 1
        if depth >= 1 and ch not in "( \t\n":
            seen = True
    inner = text[1:text.find(")")].strip() if ")" in text else ""
    return 0 if not seen or inner == "void" else count + 1


def prototypes(code):
    """(line number of the first line, text) of declarations at file scope."""
    depth, paren, start, text = 0, 0, None, ""
    for number, line in enumerate(code.splitlines(), 1):
        if line.startswith("#") or (start is None and not line.strip()):
            continue
        if start is None and depth == 0:
            start, text = number, ""
        text += line + " "
        depth += line.count("{") - line.count("}")
        paren += line.count("(") - line.count(")")
        if depth == 0 and paren == 0 and re.search(r"[;}]\s*$", line):
            yield start, text
            start = None


def is_prototype(text):
    return bool(re.match(r"^\s*(?!typedef\b)[^={]*\w\s*\([^{]*\)\s*(__attribute__.*)?;\s*$", text)) and "(*" not in text.split("(")[0] + "("


# ---------------------------------------------------------------- checks

def top_level(tree):
    for name in sorted({f.split("/")[0] for f in tree.files}):
        if name not in FIXED_TOP and not name.startswith("."):
            yield name, 0, "not one of the fixed top-level entries"


def folders(tree):
    for path in tree.c_files():
        parts = path.split("/")
        layer = tree.layer_of(path)
        if layer is None:
            yield path, 0, "sources lie in daemon/<layer>/ or include/planvax/<layer>/, no deeper"
        elif layer not in tree.layers and layer not in NOT_LAYERS:
            yield path, 0, "%s is no layer of tests/lint/layers.txt" % layer
        elif parts[-1] != parts[-1].lower():
            yield path, 0, "file names are snake_case"


def allowed_include(tree, layer, target, path):
    parts = target.split("/")
    if target.startswith("planvax/"):
        if len(parts) != 3:
            return "no such place in include/planvax"
        if parts[1] in tree.layers[layer]:
            return None
        if "@options" in tree.layers[layer] and target.endswith("_options.h"):
            return None
        return "%s may not include %s" % (layer, parts[1])
    holders = [l for l, patterns in tree.libraries.items() if any(fnmatch.fnmatch(target, p) for p in patterns)]
    if holders and layer not in holders:
        return "<%s> belongs to %s" % (target, " ".join(holders))
    return None


def layers(tree):
    for path in tree.c_files() + [f for f in tree.c_files("tests") if f.startswith("tests/unit/")]:
        layer = tree.layer_of(path) or (path.split("/")[2] if path.startswith("tests/unit/") else None)
        if layer not in tree.layers:
            continue
        for number, match in lines_matching(tree.code(path, True), r'^\s*#\s*include\s*([<"])([^>"]+)[>"]'):
            why = None
            if match.group(1) == "<":
                why = allowed_include(tree, layer, match.group(2), path)
            elif "/" in match.group(2):
                why = '"%s": private headers lie beside their source' % match.group(2)
            if why:
                yield path, number, why


def struct_app(tree):
    for path in tree.c_files():
        if path.startswith("daemon/app/"):
            continue
        for number, _ in lines_matching(tree.code(path), r"\bstruct app\b"):
            yield path, number, "only daemon/app names struct app"


def clock(tree):
    for path in tree.c_files():
        if path == "daemon/base/clock.c":
            continue
        for number, match in lines_matching(
                tree.code(path), r"(?<![\w.>])(time|clock|clock_gettime|gettimeofday|timespec_get|ftime)\s*\("):
            yield path, number, "%s(): only base/clock reads the clock" % match.group(1)


BANNED = ("strcpy stpcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atoll atof localtime "
          "localtime_r gmtime gmtime_r mktime ctime ctime_r asctime asctime_r rand rand_r srand random srandom "
          "drand48 lrand48 tmpnam tempnam mktemp system popen alloca __builtin_alloca setjmp longjmp").split()


def banned(tree):
    for path in tree.c_files("daemon", "tests"):
        for number, match in lines_matching(tree.code(path), r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED)):
            yield path, number, "%s() is banned" % match.group(1)
    for path in tree.c_files("daemon", "tests", "include"):
        for number, _ in lines_matching(tree.code(path), r"\bNDEBUG\b"):
            yield path, number, "assert stays on"


def core_silent(tree):
    for path in tree.c_files():
        if tree.layer_of(path) not in SILENT_LAYERS:
            continue
        for number, _ in lines_matching(tree.code(path, True), r"#\s*include\s*<planvax/base/log\.h>"):
            yield path, number, "core layers do not log"


def sql_place(tree):
    sql = r'"\s*(SELECT\s+\w|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA\s)'
    for path in tree.c_files("daemon"):
        if tree.layer_of(path) == "store":
            continue
        for number, _ in lines_matching(tree.code(path, True), sql):
            yield path, number, "statements live in daemon/store"


def sizes(tree):
    for path in tree.c_files("daemon", "include", "tests"):
        code = tree.code(path)
        lines = code.count("\n") - table_lines(code)
        if lines > FILE_LINES:
            yield path, 0, "%d lines, at most %d (constant tables not counted)" % (lines, FILE_LINES)
        if not path.endswith(".c"):
            continue
        for name, line, length, count in functions(code):
            if length > FUNCTION_LINES:
                yield path, line, "%s: %d lines, at most %d" % (name, length, FUNCTION_LINES)
            if count > PARAMETERS:
                yield path, line, "%s: %d parameters, at most %d" % (name, count, PARAMETERS)
    for path in tree.c_files("daemon", "include"):
        if path.endswith(".h"):
            for line, text in prototypes(tree.code(path)):
                if is_prototype(text) and parameters(text[text.index("("):]) > PARAMETERS:
                    yield path, line, "more than %d parameters" % PARAMETERS


def table_lines(code):
    """Lines of constant tables at file scope."""
    count, inside = 0, False
    for line in code.splitlines():
        if not inside and re.match(r"^(static\s+)?const\b.*=\s*\{\s*$", line):
            inside = True
        if inside:
            count += 1
            inside = not line.startswith("}")
    return count


def prototype_comments(tree):
    for path in tree.c_files("include"):
        lines = tree.text(path).splitlines()
        previous_end = 0
        for start, text in prototypes(tree.code(path)):
            if is_prototype(text):
                above = lines[start - 2].rstrip() if start >= 2 else ""
                inline = any("/*" in l for l in lines[start - 1:start + text.count("\n")])
                grouped = previous_end == start - 1
                if not above.endswith("*/") and not grouped and not inline:
                    yield path, start, "prototype without a comment: " + text.split("(")[0].strip()
                span = start
                while not lines[span - 1].split("/*")[0].rstrip().endswith((";", "}")):
                    span += 1
                previous_end = span


def file_comments(tree):
    for path in tree.c_files("daemon", "include", "tests"):
        head = tree.text(path).lstrip().split("\n", 3)
        stem = os.path.basename(path).rsplit(".", 1)[0]
        if "SPDX-License-Identifier: Apache-2.0" not in head[0]:
            yield path, 1, "no SPDX line"
        elif len(head) < 2 or not head[1].startswith("/*"):
            yield path, 2, "says not what it is"
        elif path.startswith("include/") and not head[1].startswith("/* %s: " % stem):
            yield path, 2, 'a contract header begins with "/* %s: "' % stem


def header_stem(headers, stem):
    """The header that a source belongs to: its own, else (json_write) the one
    whose second part it is."""
    parts = stem.split("_")
    for n in range(len(parts), 0, -1):
        if "_".join(parts[:n]) in headers:
            return "_".join(parts[:n])
    return None


def stems(tree):
    seen = {}
    for path in tree.c_files():
        name = os.path.basename(path)
        if name == "main.c":
            continue
        if name in seen:
            yield path, 0, "stem already used by " + seen[name]
        seen[name] = path
    headers = {os.path.basename(p)[:-2] for p in tree.c_files() if p.endswith(".h")}
    for path in tree.c_files("daemon"):
        stem = os.path.basename(path)[:-2]
        if path.endswith(".c") and stem != "main" and header_stem(headers, stem) is None:
            yield path, 0, "no header of the same stem"


def guards(tree):
    for path in tree.c_files("daemon", "include"):
        if not path.endswith(".h"):
            continue
        stem = os.path.basename(path)[:-2].upper()
        if not re.search(r"#ifndef ((?:\w+_)?%s_H)\n#define \1\n" % stem, tree.text(path)):
            yield path, 0, "no include guard that ends with %s_H" % stem


def macros(tree):
    for path in tree.c_files():
        code = re.sub(r"\\\n", "  ", tree.code(path))
        for number, _ in lines_matching(code, r"^\s*#\s*define\b.*\b(return|goto)\b"):
            yield path, number, "a macro hides control flow"


def words(tree):
    pattern = r"\b(%s)\b" % "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"))
    for path in tree.files:
        if not path.endswith((".c", ".h", ".sh", ".py", ".sql", ".awk", ".md", ".conf", "Makefile")):
            continue
        for number, match in lines_matching(tree.text(path), pattern):
            yield path, number, match.group(1)


def unit_tests(tree):
    modules = {}
    for path in tree.c_files("daemon", "include"):
        modules.setdefault(tree.layer_of(path), set()).add(os.path.basename(path)[:-2])
    for path in tree.c_files("tests"):
        parts = path.split("/")
        if parts[1] != "unit" or not path.endswith(".c"):
            continue
        if len(parts) != 4 or parts[2] not in tree.layers:
            yield path, 0, "unit tests lie in tests/unit/<layer>/"
        elif not parts[3].startswith(("test_", "threads_")):
            yield path, 0, "unit tests are named test_<module>.c or threads_<module>.c"
        for number, _ in lines_matching(tree.code(path), r"^\s*ParameterizedTest\b"):
            yield path, number, "ParameterizedTest crashes under PIE; use a table"


def shell(tree):
    for path in tree.files:
        if path.endswith(".sh"):
            run = subprocess.run(["sh", "-n", os.path.join(tree.root, path)], capture_output=True, text=True)
            if run.returncode:
                yield path, 0, run.stderr.strip()
        elif path.endswith(".py"):
            try:
                compile(tree.text(path), path, "exec")
            except SyntaxError as error:
                yield path, error.lineno or 0, error.msg


CHECKS = [top_level, folders, layers, struct_app, clock, banned, core_silent, sql_place, sizes, prototype_comments,
          file_comments, stems, guards, macros, words, unit_tests, shell]
