#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Public holidays and identifiers against the reference data: every year and zone of jours_feries.csv and of the two official
calendars, and identifier_vectors.csv. Registers as vendors write them: the same rows in any encoding, delimiter and language
of the header make the same plan."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

DATA = os.path.join(os.environ["SHARED"], "data")
DRIVER, CTL = os.path.join(B, "bench-registers"), os.path.join(B, "planvaxctl")
tally = Tally("registers")

# Departements that stand for the zones of the reference. The overseas places without a commemoration of their own in the
# reference have the holidays of the metropole there.
ZONES = {"Métropole": "75", "Alsace-Moselle": "67", "Guadeloupe": "971", "Martinique": "972", "Guyane": "973", "La Réunion": "974",
         "Mayotte": "976", "Saint-Barthélémy": "977", "Saint-Martin": "978", "Saint-Pierre-et-Miquelon": "975", "Wallis-et-Futuna": "986",
         "Polynésie Française": "987", "Nouvelle-Calédonie": "988"}


def computed(first, last, departements):
    out = subprocess.run([DRIVER, "holidays", str(first), str(last), *departements], capture_output=True, text=True, check=True, timeout=60).stdout
    return {tuple(line.split(",")) for line in out.splitlines()}


def holidays():
    with open(DATA + "/jours_feries.csv", encoding="utf-8", newline="") as f:
        rows = [(r["date"], r["nom_jour_ferie"], z) for r in csv.DictReader(f) for z in r["zones"].split("|")]
    years = sorted({int(r[0][:4]) for r in rows})
    tally.check({z for _, _, z in rows} == set(ZONES), "zones of the reference")
    ours = computed(years[0], years[-1], ZONES.values())
    for zone, departement in ZONES.items():
        for year in years:
            wanted = {(d, n) for d, n, z in rows if z == zone and d.startswith(str(year))}
            got = {(d, n) for d, n, p in ours if p == departement and d.startswith(str(year))}
            # Two names may fall on one day (Ascension on 1 or 8 May); one is told.
            days = {d for d, _ in wanted}
            tally.check(days == {d for d, _ in got}, "%s %d: %s" % (zone, year, sorted(days ^ {d for d, _ in got})))
            tally.check(got <= wanted, "%s %d: names %s" % (zone, year, sorted(got - wanted)))
    for departement, zone in (("57", "67"), ("68", "67"), ("2A", "75"), ("2B", "75")):
        same = [{(d, n) for d, n, p in computed(years[0], years[-1], [x])} for x in (departement, zone)]
        tally.check(same[0] == same[1], "departement %s as %s" % (departement, zone))
    for name, departement in (("metropole", "75"), ("alsace-moselle", "67")):
        with open(DATA + "/jours_feries_%s.ics" % name, encoding="utf-8") as f:
            days = {"%s-%s-%s" % x for x in re.findall(r"^DTSTART;VALUE=DATE:(\d{4})(\d\d)(\d\d)", f.read(), re.M)}
        span = sorted(d[:4] for d in days)
        ours = {d for d, _, _ in computed(span[0], span[-1], [departement])}
        tally.check(days <= ours, "%s.ics: not computed: %s" % (name, sorted(days - ours)))
        for year in {d[:4] for d in days}:
            tally.check({d for d in ours if d.startswith(year)} == {d for d in days if d.startswith(year)}, "%s.ics: %s whole" % (name, year))


def identifiers():
    """Vectors that intake checks; NIR, IDNST and NAF stand in no column. FINESS of Corsica: shape only."""
    with open(DATA + "/identifier_vectors.csv", encoding="utf-8", newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["type"] in ("SIREN", "SIRET", "FINESS", "RPPS", "IDNPS", "INSEE_COMMUNE", "REGION")]
    out = subprocess.run([DRIVER, "identifiers"], input="".join("%s,%s\n" % (r["type"], r["value"]) for r in rows), capture_output=True, text=True,
                         check=True, timeout=60).stdout.split()
    tally.check(len(out) == len(rows) and len(rows) >= 20, "every vector is answered")
    for row, got in zip(rows, out):
        wanted = {"1": "1", "0": "0", "?": "1"}[row["valid"]]
        tally.check(got == wanted, "%s %s: %s (%s)" % (row["type"], row["value"], got, row["note"]))


FRENCH = {"services": {"service_id": "Code service", "name": "Nom", "kind": "Type", "region": "Région"},
          "people": {"person_ref": "Référence salarié", "service_id": "Service", "birth_date": "Date de naissance", "sex": "Sexe", "kind": "Catégorie",
                     "siret": "N° SIRET", "priority": "Priorité", "relative_of": "Proche de"},
          "companies": {"siret": "SIRET établissement", "service_id": "service", "name": "RAISON SOCIALE", "insee": "Code commune", "lat": "Latitude",
                        "lon": "Longitude", "headcount": "Effectif", "naf": "Code NAF"},
          "staff": {"staff_id": "Matricule", "service_id": "Service", "role": "Fonction", "name": "Nom", "email": "Adresse mail"},
          "history": {"person_ref": "Réf. salarié", "date": "Date d'injection", "code": "Code vaccin", "lot": "N° de lot"},
          "centres": {"centre_id": "Code centre", "name": "Libellé", "insee": "Code INSEE", "hours": "Horaires d'ouverture"}}


def as_spreadsheet(name, rows):
    """Zeros eaten, French dates, decimal commas: what a spreadsheet does to a register."""
    header = rows[0]
    for row in rows[1:]:
        for i, column in enumerate(header):
            if column in ("insee", "region", "departement", "siret", "works_at") and row[i].startswith("0"):
                row[i] = row[i].lstrip("0")
            elif re.fullmatch(r"\d{4}-\d\d-\d\d", row[i]):
                row[i] = "/".join(reversed(row[i].split("-")))
            elif column in ("lat", "lon"):
                row[i] = row[i].replace(".", ",")
    rows[0] = [FRENCH.get(name, {}).get(c, c) for c in header]


def vendors():
    with tempfile.TemporaryDirectory() as folder:
        data, other = folder + "/data", folder + "/other"
        subprocess.run([CTL, "demo", "--dir", data, "--services", "2", "--people", "300"], check=True, capture_output=True, timeout=120)
        plans = {}
        for encoding, delimiter, newline, spreadsheet in (("utf-8", ";", "\n", False), ("utf-8-sig", ",", "\r\n", True), ("utf-16", "\t", "\r\n", True),
                                                          ("cp1252", ";", "\r\n", True), ("cp1252", ";", "\r", True)):
            what = "%s %r %r" % (encoding, delimiter, newline)
            shutil.rmtree(other, ignore_errors=True)
            shutil.copytree(data, other)
            for name in os.listdir(other):
                if not name.endswith(".csv"):
                    continue
                with open(os.path.join(data, name), encoding="utf-8", newline="") as f:
                    rows = list(csv.reader(f, delimiter=";"))
                if spreadsheet:
                    as_spreadsheet(name[:-4], rows)
                with open(os.path.join(other, name), "w", encoding=encoding, newline="") as f:
                    csv.writer(f, delimiter=delimiter, lineterminator=newline).writerows(rows)
            done = subprocess.run([CTL, "plan", "--input", other, "--from", "2022-01-01", "--to", "2022-01-31", "--iterations", "1"], capture_output=True,
                                  timeout=240, text=True)
            if tally.check(done.returncode == 0, "%s: exit %d: %s" % (what, done.returncode, done.stderr[-400:])):
                plans[what] = json.loads(done.stdout)["input_digest"]
        tally.check(len(set(plans.values())) == 1, "one input digest: %s" % plans)


holidays()
identifiers()
vendors()
tally.end()
