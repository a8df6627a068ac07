#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The visit rules that ship against the drafts they were made from: every type with who performs it, its interval and whether a nurse
may; the three regimes of postponement with their windows, caps, exclusions and date vectors; and a January 2022 that postpones nothing."""
import calendar
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from daemon_support import B, Tally

DATA = os.path.join(os.environ["SHARED"], "data")
VISITS = os.path.join(ROOT, "conf/rules/visits")
PROTECTED = {"DISABLED", "INVALIDITY_PENSION", "UNDER_18", "PREGNANT_POSTPARTUM_BREASTFEEDING", "NIGHT_WORKER", "EMF_ABOVE_LIMIT", "BIO_GROUP_2"}
OLDEST, NEWEST = "0000-00-00", "9999-99-99"


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def on(types, code, day):
    return [t for t in types if t["code"] == code and t.get("valid_from", OLDEST) <= day <= t.get("valid_to", NEWEST)]


def check_types(tally, types, regime):
    with open(os.path.join(DATA, "visit_types.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    tally.check({r["code"] for r in rows} == {t["code"] for t in types}, "the codes of the draft, no other")
    for row in rows:
        code, today = row["code"], on(types, row["code"], "2023-01-01")
        tally.check(len(today) == 1, code + ": one rule a day")
        if len(today) != 1:
            continue
        t, nurse = today[0], row["delegable_to_nurse"]
        want = "protocol" if "protocol" in nurse else {"1": "yes", "0": "no"}[nurse[0]]
        tally.check(t["delegable"] == want, "%s: a nurse: %s, wanted %s" % (code, t["delegable"], want))
        tally.check(t.get("interval_months", 0) == int(row["max_interval_months"] or 0), code + ": interval")
        tally.check(t["default_minutes"] == int(row["default_minutes_assumed"]), code + ": minutes")
        basis = row["legal_basis"].split(" (")[0].replace(" to ", " ; ").split(" ; ")
        tally.check(all(article in t["legal_basis"] for article in basis), code + ": " + t["legal_basis"])
        tally.check(t.get("physician_only", False) == (want == "no"), code + ": physician only")
        tally.check((code in regime["types"]) == (row["postponable_2022"][0] == "1"), code + ": may be postponed in 2022")


def check_dates(tally, types):
    """What changed on 31/03/2022 and 28/04/2022."""
    tally.check(not on(types, "MI_CARRIERE", "2022-03-30") and on(types, "MI_CARRIERE", "2022-03-31"), "mid-career visits begin on 31/03/2022")
    for code, before, after in (("REPRISE", "autre arrêt d'au moins 30 jours", "60 jours"), ("PREREPRISE", "plus de 3 mois", "plus de 30 jours")):
        for day, words in (("2022-03-30", before), ("2022-03-31", after)):
            found = on(types, code, day)
            tally.check(len(found) == 1 and words in found[0]["trigger"], "%s on %s: %s" % (code, day, words))
        for day, nurse in (("2021-09-29", "protocol"), ("2021-09-30", "no"), ("2022-04-27", "no"), ("2022-04-28", "protocol")):
            found = on(types, code, day)
            tally.check(len(found) == 1 and found[0]["delegable"] == nurse, "%s on %s: a nurse: %s" % (code, day, nurse))


def add_months(text, months):
    y, m, d = (int(x) for x in text.split("-"))
    y, m = y + (m - 1 + months) // 12, (m - 1 + months) % 12 + 1
    return datetime.date(y, m, min(d, calendar.monthrange(y, m)[1])).isoformat()


def latest(regime, due, before, today):
    """New date at most, or None."""
    if not any(w["from"] <= today <= w.get("to", NEWEST) and w.get("due_from", OLDEST) <= due <= w["due_to"] for w in regime["windows"]):
        return None
    return regime.get("until") or add_months(due, regime["months_again"] if before and "months_again" in regime else regime["months"])


def check_regimes(tally, regimes, draft):
    tally.check([r["id"] for r in draft["regimes"]] == list(regimes), "the regimes of the draft")
    for r in draft["regimes"]:
        ours = regimes[r["id"]]
        window, first = r.get("due_window"), ours["windows"][0]
        if window:
            tally.check(first["due_from"] == window["from"] and first["due_to"] == window["to"], r["id"] + ": window of due dates")
        for entry, w in zip(r.get("due_window_history", []), ours["windows"]):
            end = (datetime.date.fromisoformat(entry["due_before"]) - datetime.timedelta(1)).isoformat()
            tally.check(w["from"] == entry["as_of"] and w["due_to"] == end, "%s: due before %s" % (r["id"], entry["due_before"]))
        tally.check(first["from"] == r.get("in_force_from", first["from"]), r["id"] + ": in force from")
        never = {n["type"]: set(n.get("flags", [])) for n in ours["never"]}
        for n in r.get("never_postponable", []):
            if n["visit"] in never:
                want = PROTECTED if n.get("if_worker_any") == ["SAME_AS_ABOVE"] else set(n.get("if_worker_any", []))
                tally.check(want <= never[n["visit"]], "%s: never %s" % (r["id"], n["visit"]))
            else:
                tally.check(n["visit"] == "EXAMEN_PREALABLE_FONCTION_FPH", "%s: never %s is missing" % (r["id"], n["visit"]))
    for v in draft["date_arithmetic"]["vectors"]:
        found = latest(regimes["fr-2022-covid"], v["due"], v.get("already", False), "2022-04-01")
        tally.check(found == v["latest"], "due %s, already %s: %s, wanted %s" % (v["due"], v.get("already"), found, v["latest"]))
        tally.check(latest(regimes["fr-2022-covid"], v["due"], v.get("already", False), "2022-03-24") is None, "before 25/03/2022 nothing")


def check_january(tally):
    """A replay of January 2022."""
    with tempfile.TemporaryDirectory() as work:
        demo, plan = os.path.join(work, "demo"), os.path.join(work, "plan.json")
        ctl = os.path.join(B, "planvaxctl")
        subprocess.run([ctl, "demo", "--dir", demo, "--services", "2", "--people", "400"], check=True, capture_output=True)
        done = subprocess.run([ctl, "plan", "--input", demo, "--from", "2022-01-01", "--to", "2022-01-31", "--iterations", "200",
                               "--rules", os.path.join(ROOT, "conf/rules"), "--out", plan], capture_output=True, text=True)
        tally.check(done.returncode == 0, "plan of January 2022: " + done.stderr[-300:])
        services = read(plan)["services"]
        tally.check(sum(len(s["proposals"]) for s in services) > 100, "visits of January are planned")
        tally.check(all(not s["postponed"] and s["score"]["postponed"] == 0 for s in services), "a replay of January 2022 postpones nothing")


def main():
    tally = Tally("visits")
    types = read(os.path.join(VISITS, "visit_types.json"))["types"]
    regimes = {r["id"]: r for r in read(os.path.join(VISITS, "postponement.json"))["regimes"]}
    check_types(tally, types, regimes["fr-2022-covid"])
    check_dates(tally, types)
    check_regimes(tally, regimes, read(os.path.join(DATA, "postponement_rules.json")))
    check_january(tally)
    tally.end()


main()
