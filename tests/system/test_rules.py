#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The dose rules that ship answer the golden cases (tests/support/golden_cases.tsv) as they did when the cases were reviewed; every
reason names a source of its own file; both languages explain every group."""
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally
import rule_mutants

CTL = os.path.join(B, "planvaxctl")
RULES = os.path.join(ROOT, "conf/rules")


def check_golden(tally):
    for group, cases in sorted(rule_mutants.golden().items()):
        answers = rule_mutants.ask(CTL, RULES, group, [row for row, _ in cases])
        tally.check(answers is not None and len(answers) == len(cases), group + ": an answer to each case")
        for (row, expected), answer in zip(cases, answers or []):
            tally.check(answer == expected, "%s:\n  got  %s\n  want %s" % ("\t".join(row), answer, expected))


def texts_of_sources():
    texts = set()
    for name in os.listdir(RULES):
        if name.endswith(".json") and name != "schedule.json":
            with open(os.path.join(RULES, name), encoding="utf-8") as f:
                root = json.load(f)
            texts |= {s["text"] for s in root["sources"]}
            texts |= {c["text"] for kind in root["contraindications"].values() for c in kind}
    return texts


def check_explanations(tally):
    """Every case, all groups: reasons cite sources that stand in the files, words come in French and English."""
    known, seen = texts_of_sources(), {}
    for group, cases in sorted(rule_mutants.golden().items()):
        text = "".join(rule_mutants.line_of(row) + "\n" for row, _ in cases).encode()
        done = subprocess.run([CTL, "forecast", "--rules", RULES, "--group", group, "--explain"], input=text, capture_output=True, timeout=120)
        for line in done.stdout.splitlines():
            for f in json.loads(line)["forecasts"]:
                sources = [w["source"] for w in f["why"]]
                tally.check(sources and all(s in known for s in sources), "%s: sources %s" % (group, sources))
                words = f["explain"]
                tally.check(len(words["fr"]) == len(words["en"]) >= 2 and all(x.endswith(".") for x in words["fr"] + words["en"]),
                            "%s: %s" % (group, words))
                tally.check(all(any(s in x for x in words["fr"]) and any(s in x for x in words["en"]) for s in sources), "%s: cited" % group)
                seen.setdefault(group, set()).add(f["status"])
    for group, statuses in sorted(seen.items()):
        tally.check("not_complete" in statuses and len(statuses) >= 3, "%s: %s occur" % (group, sorted(statuses)))


def main():
    tally = Tally("rules")
    check_golden(tally)
    check_explanations(tally)
    tally.end()


main()
