#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The dose rules that ship answer the golden cases (tests/support/golden_cases.tsv) as they did when the cases were reviewed; every
reason names a source of its own file; both languages explain every group. Figures of vials, visits, premises, campaigns and
beneficiaries are as reviewed (tests/support/golden_data.tsv), and vials hold the volumes that the dose rules give."""
import json
import os
import subprocess
import sys
from decimal import Decimal

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally
import golden_data
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


def check_data(tally):
    now, then = list(golden_data.rows()), golden_data.reviewed()
    for row in sorted(set(now) ^ set(then)):
        tally.check(False, "%s: %s" % ("not reviewed" if row in now else "reviewed, but gone", row))
    tally.check(now == then and len(now) > 500, "%d figures, in order" % len(now))


def volumes():
    """{(product, kind of dose): volumes} of all dose rules."""
    found = {}
    for name in os.listdir(RULES):
        if name.endswith(".json") and name != "schedule.json":
            with open(os.path.join(RULES, name), encoding="utf-8") as f:
                doses = [d for s in json.load(f)["series"] for d in s["doses"]]
            for d in doses:
                for p in d.get("preferable", []):
                    if "volume" in p:
                        found.setdefault((p["code"], d.get("kind", "primary")), set()).add(Decimal(p["volume"]))
    return found


def check_volumes(tally):
    with open(os.path.join(RULES, "vials", "vials.json"), encoding="utf-8") as f:
        vials = {v["product"]: v for v in json.load(f)["vials"]}
    for (product, kind), given in sorted(volumes().items()):
        vial = vials.get(product)
        units = vial and vial["units_booster" if kind == "booster" else "units_other"]
        tally.check(vial and given == {units * Decimal(vial["unit_ml"])}, "%s, %s: %s mL are %s" % (product, kind, sorted(given), vial))


def main():
    tally = Tally("rules")
    check_data(tally)
    check_volumes(tally)
    check_golden(tally)
    check_explanations(tally)
    tally.end()


main()
