#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Adds and takes a day at every duration and date of every file of dose rules, one at a time, and asks the golden cases; what they do
not notice goes to the unit tests, run in a tree with the changed file. Prints the rate. A mutant that survives both fails, but for those
of tests/support/rule_mutants_alike.txt, which no answer can tell. Arguments limit the run to files whose names begin with one."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally
import rule_mutants

CTL, UNIT = os.path.join(B, "planvaxctl"), os.path.join(B, "test-rules")
SUITES = ("rule_files/*", "@(covid_rules|mpox_rules|french_*)/*")
ALIKE = os.path.join(ROOT, "tests/support/rule_mutants_alike.txt")


def alike():
    with open(ALIKE, encoding="utf-8") as f:
        return {line.strip() for line in f if line.strip() and not line.startswith("#")}


def unit(tree, suites):
    """Exit code of some suites of the unit tests in a tree."""
    return subprocess.run([os.path.abspath(UNIT), "--filter", suites], cwd=tree, capture_output=True, timeout=300).returncode


def main():
    tally = Tally("rule_mutants")
    golden, known = rule_mutants.golden(), alike()
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, "conf/rules")
        shutil.copytree(os.path.join(ROOT, "conf/rules"), tree)
        rules = rule_mutants.Rules(os.path.join(ROOT, "conf/rules"), tree)
        counts = {"golden": 0, "unit": 0, "alike": 0, "survived": 0}

        def fate(group, cases):
            if rule_mutants.ask(CTL, tree, group, [row for row, _ in cases]) != [expected for _, expected in cases]:
                return "golden"
            return "unit" if any(unit(work, suites) != 0 for suites in SUITES) else "survived"

        tally.check(os.path.exists(UNIT), "the unit tests are built (make unit LAYERS=rules)")
        tally.check(all(unit(work, suites) == 0 for suites in SUITES), "they pass in the copied tree")
        for mutant in rules.mutants():
            if sys.argv[1:] and not mutant[0].startswith(tuple(sys.argv[1:])):
                continue
            text = rule_mutants.told(mutant, rules)
            group = rules.group(mutant[0])
            found = "alike" if text in known else rules.with_mutant(mutant, lambda: fate(group, golden.get(group, [])))
            counts[found] += 1
            tally.check(found != "survived", "nobody noticed " + text)
    print("mutants: %d; noticed by golden cases %d, by unit tests %d; alike %d; survived %d" % (
        sum(counts.values()), counts["golden"], counts["unit"], counts["alike"], counts["survived"]))
    tally.end()


main()
