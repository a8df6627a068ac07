#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""golden_data: the figures of the rule data beside the dose rules, one a row, as they were reviewed against their sources.

golden_data.tsv has rows of file, path, value. Run with --write it takes what the files say now: only after a change was reviewed."""
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(HERE, "..", "..", "conf", "rules")
TABLE = os.path.join(HERE, "golden_data.tsv")
WORDS = {"note", "source", "sources", "text", "ground", "label", "title"}  # prose, read by people alone


def figures(value, path=""):
    """(path, value) of every member but prose; an entry of a list is named by its own name where it has one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in WORDS:
                yield from figures(inner, path + "/" + key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            name = next((inner[k] for k in ("id", "type", "product", "code") if isinstance(inner.get(k), str)), None) if isinstance(inner, dict) else None
            yield from figures(inner, "%s/%d%s" % (path, i, ":" + name if name else ""))
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def rows():
    for path in sorted(glob.glob(os.path.join(RULES, "*", "*.json"))):
        with open(path, encoding="utf-8") as f:
            for where, value in figures(json.load(f)):
                yield "\t".join((os.path.relpath(path, RULES), where, value))


def reviewed():
    with open(TABLE, encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f if not line.startswith("#")]


def write():
    with open(TABLE, "w", encoding="utf-8") as f:
        f.write("# file, path, value: reviewed figures of conf/rules, see golden_data.py\n")
        f.writelines(row + "\n" for row in rows())


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        sys.exit("usage: golden_data.py --write")
