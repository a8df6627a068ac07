#!/usr/bin/python3
"""Checks of headers and object files: what only a compiler can tell."""
import concurrent.futures
import os
import re
import subprocess

import sources

# The only modules that may hold state outside a struct, each with its reason.
MUTABLE = {
    "daemon/base/log.c",  # the log level
    "daemon/base/clock.c",  # the fixed clock
}
CLOCK = {"time", "clock", "clock_gettime", "gettimeofday", "timespec_get", "ftime"}


def package_flags():
    names = "jansson libcrypto zlib libical icu-i18n sqlite3 libevent libevent_openssl libcurl openssl"
    run = subprocess.run(["pkg-config", "--cflags"] + names.split(), capture_output=True, text=True)
    return [re.sub(r"^-I", "-isystem", f) for f in run.stdout.split()]


def headers_alone(tree):
    """Each header compiles without what was included before it."""
    flags = ("-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wundef -Werror "
             "-Iinclude -fsyntax-only -x c").split() + package_flags()

    def compile_one(path):
        run = subprocess.run([os.environ.get("CC", "gcc")] + flags + ["-include", path, "/dev/null"],
                             cwd=tree.root, capture_output=True, text=True)
        return path, run.stderr if run.returncode else None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, error in pool.map(compile_one, [p for p in tree.c_files() if p.endswith(".h")]):
            if error:
                yield path, 0, "does not compile alone:\n" + "\n".join(error.splitlines()[:6])


def objects_of(tree, build):
    for path in tree.c_files("daemon"):
        obj = os.path.join(tree.root, build, "obj", path[:-2] + ".o")
        if path.endswith(".c") and os.path.exists(obj):
            yield path, obj


def nm(obj):
    """(name, type letter, section) of each symbol."""
    out = subprocess.run(["nm", "-f", "sysv", obj], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        cells = [c.strip() for c in line.split("|")]
        if len(cells) == 7 and cells[0] != "Name":
            yield cells[0], cells[2], cells[6]


def prefixes(tree, path):
    stem = os.path.basename(path)[:-2]
    headers = {os.path.basename(p)[:-2]: p for p in tree.c_files() if p.endswith(".h")}
    owner = sources.header_stem(headers, stem)
    found = {stem + "_"} | ({owner + "_"} if owner else set())
    if owner:
        for listed in re.findall(r"Prefix(?:es)?:([^.]+)\.", tree.text(headers[owner])):
            found |= set(re.findall(r"[a-z][a-z0-9_]*", listed))
    return stem, found


def symbol_prefix(tree, build):
    for path, obj in objects_of(tree, build):
        stem, allowed = prefixes(tree, path)
        for name, kind, _ in nm(obj):
            if kind not in "TDBRCWV" or (name == "main" and stem == "main"):
                continue
            if name != stem and not name.startswith(tuple(allowed)):
                yield path, 0, "external symbol %s starts with neither %s_ nor a prefix that its header declares" % (name, stem)


def mutable_globals(tree, build):
    for path, obj in objects_of(tree, build):
        if path in MUTABLE:
            continue
        for name, kind, section in nm(obj):
            writable = section.startswith((".data", ".bss", ".tbss", ".tdata")) and ".rel.ro" not in section
            if writable and kind in "dDbBC" and not name.startswith("."):
                yield path, 0, "%s is a mutable global" % name


def clock_calls(tree, build):
    for path, obj in objects_of(tree, build):
        if path == "daemon/base/clock.c":
            continue
        for name, kind, _ in nm(obj):
            if kind == "U" and name in CLOCK:
                yield path, 0, "calls %s(): only base/clock reads the clock" % name


OBJECT_CHECKS = [symbol_prefix, mutable_globals, clock_calls]
