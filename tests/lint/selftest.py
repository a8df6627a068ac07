#!/usr/bin/python3
"""A lint that cannot fail is worth nothing: a small tree in which every check
must find something, and a clean one in which none may."""
import os
import subprocess
import tempfile

import objects
import sources

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
TABLE = "base | - | zlib.h\nmodel | base | -\nplan | base model | -\nstore | base | sqlite3.h\n"
LONG = "".join("\tx++;\n" for _ in range(90))

CLEAN = {
    "tests/lint/layers.txt": TABLE,
    "include/planvax/base/good.h": SPDX + "/* good: fine. */\n#ifndef PLANVAX_BASE_GOOD_H\n#define PLANVAX_BASE_GOOD_H\n"
                                          "struct good {\n\tint (*call)(int x); /* back */\n};\n\n"
                                          "/* Adds. */\nint good_add(int a,\n\tint b);\nint good_sub(int a, int b);\n#endif\n",
    "daemon/base/good.c": SPDX + "/* Adds; time() in a comment is no call. */\n#include <planvax/base/good.h>\n"
                                 "#include <zlib.h>\n\nstatic const int table[] = {\n" + "\t1,\n" * 800 + "};\n\n"
                                 "int good_add(int a, int b)\n{\n\treturn a + b + table[0];\n}\n",
    "tests/unit/base/test_good.c": SPDX + "/* Tests of base/good. */\n#include <planvax/base/good.h>\n",
}

BAD = {
    "top_level": ("src/x.txt", ""),
    "folders": ("daemon/base/deep/x.c", SPDX + "/* x */\n"),
    "layers": ("daemon/model/m.c", SPDX + "/* m */\n#include <planvax/plan/p.h>\n"),
    "struct_app": ("daemon/model/m.c", SPDX + "/* m */\nstruct app *a;\n"),
    "clock": ("daemon/model/m.c", SPDX + "/* m */\nstatic int f(void)\n{\n\treturn time(0);\n}\n"),
    "banned": ("daemon/model/m.c", SPDX + "/* m */\nstatic int f(void)\n{\n\treturn atoi(\"1\");\n}\n"),
    "core_silent": ("daemon/model/m.c", SPDX + "/* m */\n#include <planvax/base/log.h>\n"),
    "sql_place": ("daemon/model/m.c", SPDX + "/* m */\nstatic const char *s = \"SELECT a FROM b\";\n"),
    "sizes": ("daemon/model/m.c", SPDX + "/* m */\nint m_f(int x)\n{\n" + LONG + "\treturn x;\n}\n"),
    "prototype_comments": ("include/planvax/model/h.h", SPDX + "/* h: x */\n#include <stddef.h>\n\nint h_f(void);\n"),
    "file_comments": ("daemon/model/m.c", SPDX + "int x;\n"),
    "stems": ("daemon/plan/good.c", SPDX + "/* twice */\n"),
    "guards": ("daemon/model/m.h", SPDX + "/* m */\n#pragma once\n"),
    "macros": ("daemon/model/m.c", SPDX + "/* m */\n#define TRY(x) if (!(x)) \\\n\treturn 0\n"),
    "words": ("daemon/model/m.c", SPDX + "/* FIX" + "ME */\n"),
    "unit_tests": ("tests/unit/base/other.c", SPDX + "/* x */\n"),
    "shell": ("tests/support/x.sh", "if true; then\n"),
}

MORE_BAD = [
    ("layers", "daemon/model/m.c", SPDX + "/* m */\n#include <sqlite3.h>\n"),
    ("layers", "daemon/model/m.c", SPDX + "/* m */\n#include \"../base/good.h\"\n"),
    ("sizes", "daemon/model/m.c", SPDX + "/* m */\nint m_f(int a, int b, int c,\n\tint d, int e, int f)\n{\n\treturn a;\n}\n"),
    ("sizes", "daemon/model/m.c", SPDX + "/* m */\n" + "int m_x;\n" * 720),
    ("sizes", "include/planvax/model/h.h", SPDX + "/* h: x */\nint h_f(int a, int b, int c, int d, int e, int f);\n"),
    ("stems", "daemon/model/lonely.c", SPDX + "/* no header */\n"),
]


def run(files, check):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)
        return list(check(sources.Tree(root)))


def findings():
    for check in sources.CHECKS:
        name = check.__name__
        for path, line, message in run(CLEAN, check):
            yield "tests/lint/selftest.py", 0, "%s complains of a clean tree: %s:%d %s" % (name, path, line, message)
        cases = [(p, t) for n, p, t in MORE_BAD if n == name]
        if name in BAD:
            cases.append(BAD[name])
        if not cases:
            yield "tests/lint/selftest.py", 0, "%s has no bad case" % name
        for path, text in cases:
            if not run({**CLEAN, path: text}, check):
                yield "tests/lint/selftest.py", 0, "%s does not see what is wrong with %s" % (name, path)


OBJECT_HEADER = SPDX + "/* m: x. Prefixes: tx_, map_. */\n#ifndef PLANVAX_MODEL_M_H\n#define PLANVAX_MODEL_M_H\n#endif\n"
OBJECT_CLEAN = ("static int add(int a)\n{\n\treturn a + 1;\n}\nconst char *const tx_names[] = {\"a\", \"b\"};\n"
                "int m_f(int a)\n{\n\treturn add(a);\n}\nint map_f(int a)\n{\n\treturn a;\n}\n")
OBJECT_BAD = {
    "symbol_prefix": "int other(int a)\n{\n\treturn a;\n}\n",
    "mutable_globals": "int m_f(void)\n{\n\tstatic int n;\n\treturn ++n;\n}\n",
    "clock_calls": "#include <time.h>\nlong m_f(void)\n{\n\treturn (time)(NULL);\n}\n",
}
TIDY_BAD = "int m_f(int a)\n{\n\tint *p = 0;\n\tif (a)\n\t\treturn *p;\n\treturn 0;\n}\n"


def run_compiled(check, text):
    with tempfile.TemporaryDirectory() as root:
        files = {**CLEAN, "include/planvax/model/m.h": OBJECT_HEADER, "daemon/model/m.c": text}
        for path, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                f.write(content)
        os.makedirs(os.path.join(root, "build/obj/daemon/model"))
        subprocess.run([os.environ.get("CC", "gcc"), "-fPIE", "-c", "daemon/model/m.c", "-o",
                        "build/obj/daemon/model/m.o"], cwd=root, check=True)
        return list(check(sources.Tree(root), "build"))


def object_findings(config):
    for check in objects.OBJECT_CHECKS:
        for path, _, message in run_compiled(check, OBJECT_CLEAN):
            yield "tests/lint/selftest.py", 0, "%s complains of a clean object: %s" % (check.__name__, message)
        if not run_compiled(check, OBJECT_BAD[check.__name__]):
            yield "tests/lint/selftest.py", 0, "%s does not see its bad case" % check.__name__
    if not run({**CLEAN, "include/planvax/base/bad.h": "size_t bad(void);\n"}, objects.headers_alone):
        yield "tests/lint/selftest.py", 0, "headers_alone does not see a missing include"
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "m.c")
        with open(path, "w", encoding="utf-8") as f:
            f.write(TIDY_BAD)
        tidy = subprocess.run(["clang-tidy", "--quiet", "--config-file=" + config, path, "--"], capture_output=True)
        if tidy.returncode == 0:
            yield "tests/lint/selftest.py", 0, "clang-tidy does not see a null pointer used"
