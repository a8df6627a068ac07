#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""planvaxctl ingest: what vendors' exports become. For each of several invented styles of export --suggest proposes a section that the
configuration takes and that gives the visits that the style wrote; --explain says why without telling names; options, exit codes."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from daemon_support import B, Tally

tally = Tally("ingest")
CTL = os.path.join(B, "planvaxctl")
# Invented: no one is called so.
NAMES = ["Zorbaluk", "Quintefoil", "Brindezaz", "Ouchtepuk", "Vradimoz", "Tchalipu", "Xandroval", "Yoplinat"]
FIRST = ["Ozgul", "Fridule", "Mirzapo", "Gwalinde"]
TYPES = [("VIP_INITIALE", "Visite d'information et de prévention initiale", "VIP initiale"), ("VIP_PERIODIQUE", "Visite périodique", "VIP périodique"),
         ("REPRISE", "Visite de reprise", "Reprise"), ("PREREPRISE", "Visite de pré-reprise", "Pré-reprise"),
         ("APTITUDE_INITIAL_SIR", "Examen médical d'aptitude initial", "EMA initial"), ("A_LA_DEMANDE", "Visite à la demande", "A la demande")]
BUSY = ["Réunion d'équipe", "Action en milieu de travail", "Congés", "CSE", "Formation"]


def fold(line):
    data, out = line.encode(), []
    while len(data) > 73:
        n = 73
        while data[n] & 0xC0 == 0x80:
            n -= 1
        out.append(data[:n])
        data = data[n:]
    return b"\r\n ".join(out + [data]) + b"\r\n"


def text(value):
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


class Style:
    """Writes a calendar; person, type and so on are told in the vendor's way."""
    product = "-//Vendor//Agenda//FR"
    calendar = []
    busy_too = True

    def visit(self, rng, n, code, long, short, name, number):
        raise NotImplementedError

    def busy(self, rng, n, what):
        return ["SUMMARY:" + text(what)]

    def write(self, path, seed=1, visits=40, busy=12):
        rng = random.Random(seed)
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:" + self.product] + self.calendar
        self.truth, self.names = {}, set()
        for n in range(visits + busy):
            day, hour = 3 + n // 8, 8 + n % 8
            uid = "%d-%s" % (n, type(self).__name__.lower())
            lines += ["BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20211201T080000Z", "DTSTART;TZID=Romance Standard Time:202201%02dT%02d0000" % (day, hour),
                      "DTEND;TZID=Romance Standard Time:202201%02dT%02d3000" % (day, hour)]
            if n % 4 == 3 and n // 4 < busy:
                lines += self.busy(rng, n, BUSY[n % len(BUSY)])
            else:
                code, long, short = TYPES[n % len(TYPES)]
                name, number = "%s %s" % (rng.choice(NAMES).upper(), rng.choice(FIRST)), rng.randrange(10000, 99999)
                self.names.update(name.split())
                own, person = self.visit(rng, n, code, long, short, name, number)
                lines += own
                self.truth[uid] = (code, person)
            lines += ["TRANSP:OPAQUE", "END:VEVENT"]
        lines += ["END:VCALENDAR"]
        with open(path, "wb") as f:
            for line in lines:
                f.write(fold(line))


class Outlook(Style):
    """Number in brackets after the name, type as category, physician as organiser."""
    product = "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN"

    def visit(self, rng, n, code, long, short, name, number):
        return ["CATEGORIES:%s" % text(long), "CLASS:PUBLIC", "ORGANIZER;CN=\"Dr Zzyzx\":mailto:zzyzx@sante.example", "SUMMARY;LANGUAGE=fr:%s (%d)" % (text(name), number),
                "LOCATION:Cabinet 2", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-IMPORTANCE:1", "X-ALT-DESC;FMTTYPE=text/html:<html>99999</html>"], str(number)


class Google(Style):
    """All in the summary; the agenda's name is the calendar's."""
    product = "-//Google Inc//Google Calendar 70.9054//EN"
    calendar = ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:Agenda Dr Zzyzx", "X-WR-TIMEZONE:Europe/Paris"]

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:" + text("%s - %s - n° %d" % (short, name, number)), "DESCRIPTION:", "LOCATION:" + text("12 rue des Lilas, 07100 Annonay")], str(number)


class Booking(Style):
    """Labelled lines in the description, as booking sites write."""
    product = "-//Rendezvous//Export 2.1//FR"

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:" + text(name), "DESCRIPTION:" + text("Patient : %s\nMotif : %s\nDossier : P%d\nTél : 06 12 34 56 78\nNé le : 01/02/1980" % (name, long, number)),
                "ORGANIZER;CN=Centre:mailto:zzyzx@sante.example", "LOCATION:Centre d'Annonay"], "P%d" % number


class Prevention(Style):
    """A business software with properties of its own, and a due date."""
    product = "-//Preventoo SA//Planning 4.2//FR"

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:Visite médicale", "X-PREV-TYPE-VISITE:" + text(long), "X-PREV-SALARIE;MATRICULE=M-%d:%s" % (number, text(name)), "X-PREV-MEDECIN;CODE=DR1:Dr Zzyzx",
                "X-PREV-ECHEANCE:%02d/02/2022" % (1 + n % 27), "X-PREV-SIRET:73282932000074", "LOCATION:Centre d'Annonay"], "M-%d" % number


class Number(Style):
    """The number first, then type and name; the due date in words."""
    product = "-//Medicalo//NONSGML//FR"

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:" + text("%d / %s / %s" % (number, short, name)), "DESCRIPTION:" + text("Échéance : %02d/03/2022. Entreprise 732829320" % (1 + n % 28)),
                "ATTENDEE;CN=Dr Zzyzx;CUTYPE=INDIVIDUAL:mailto:zzyzx@sante.example", "RESOURCES:Salle 1"], str(number)


class Hash(Style):
    """A number sign, which the configuration would take for a comment; busy time without words."""
    product = "Agendalib"

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:" + text("%s #%d" % (short, number)), "COMMENT:" + text(name), "CONTACT:" + text("Dr Zzyzx, 04 75 00 00 00")], str(number)

    def busy(self, rng, n, what):
        return ["SUMMARY:Busy"]


STYLES = [Outlook, Google, Booking, Prevention, Number, Hash]


def ctl(*args, stdin=None):
    return subprocess.run([CTL, "ingest", *args], input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True, text=True, timeout=120)


def rows(done):
    lines = [json.loads(x) for x in done.stdout.splitlines()]
    return lines[:-1], lines[-1]["summary"]


def suggested(folder, style):
    """suggest -> paste -> check -> explain, for one style."""
    name, s = style.__name__, style()
    path, conf = os.path.join(folder, name, "export.ics"), os.path.join(folder, name, "etc", "planvaxd.conf")
    os.makedirs(os.path.join(folder, name, "etc", "conf.d"))
    s.write(path)
    done = ctl("--suggest", "--name", "vendor", "--service", "S001", path)
    tally.check(done.returncode == 0, "%s: suggest: exit %d %s" % (name, done.returncode, done.stderr))
    tally.check(done.stdout == ctl("--suggest", "--name", "vendor", "--service", "S001", path).stdout, name + ": the same proposal each time")
    for word in s.names:
        tally.check(not re.search(re.escape(word), done.stdout, re.I), "%s: the proposal holds the name %s" % (name, word))
    with open(conf, "w") as f:
        f.write("")
    with open(os.path.join(os.path.dirname(conf), "conf.d", "vendor.conf"), "w") as f:
        f.write(done.stdout)
    check = subprocess.run([CTL, "config", "check", "--config", conf], capture_output=True, text=True)
    tally.check(check.returncode == 0, "%s: config check: %s%s" % (name, check.stdout, check.stderr))
    read = ctl("--dry-run", "--config", conf, path)
    got, summary = rows(read)
    seen = {r["uid"]: (r["type"], r["person"]) for r in got if r["status"] == "visit"}
    wrong = {u: (seen.get(u), s.truth.get(u)) for u in set(seen) | set(s.truth) if seen.get(u) != s.truth.get(u)}
    tally.check(not wrong, "%s: %d of %d visits differ: %s\n%s" % (name, len(wrong), len(s.truth), sorted(wrong.items())[:3], done.stdout))
    tally.check(summary["rejected"] == 0 and read.returncode == 0, "%s: %d rejected" % (name, summary["rejected"]))
    tally.check(re.search("gives %d visits" % summary["visit"], done.stdout), name + ": the proposal says what it gives")
    return s, path, conf, got


def main():
    folder = tempfile.mkdtemp(prefix="planvax-ingest-")
    for style in STYLES:
        suggested(folder, style)
    shutil.rmtree(folder)
    tally.end()


if __name__ == "__main__":
    main()
