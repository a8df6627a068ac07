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
from daemon_support import B, Tally, World
from http_client import wait_for_socket

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


class Patients(Style):
    """Patients are attendees, categories are colours, the number is last."""
    product = "-//RDV Sante//EN"

    def visit(self, rng, n, code, long, short, name, number):
        return ["SUMMARY:" + text("%s %s %d" % (long, name, number)), "CATEGORIES:Catégorie %s" % rng.choice(["bleue", "verte", "rouge"]),
                "ATTENDEE;CN=%s;RSVP=TRUE:mailto:%s%d@mail.example" % (name, name.split()[0].lower(), number), "ORGANIZER;CN=Dr Zzyzx:mailto:zzyzx@sante.example"], str(number)

    def busy(self, rng, n, what):
        return ["SUMMARY:" + text(what), "CATEGORIES:Catégorie grise", "ORGANIZER;CN=Dr Zzyzx:mailto:zzyzx@sante.example"]


class Mixed(Style):
    """Two secretaries with two habits: one writes into the summary, one into the description."""
    product = "-//Agenda partagé//FR"

    def visit(self, rng, n, code, long, short, name, number):
        reference = "S001-P%d" % number
        if n % 5 < 3:
            return ["SUMMARY:" + text("%s - Réf. %s" % (short.upper(), reference)), "DESCRIPTION:" + text("Entreprise %s SA\nSIRET 73282932000074" % name)], reference
        return ["SUMMARY:" + text(name), "DESCRIPTION:" + text("%s\nMatricule %s\nDurée : 30 min" % (long, reference))], reference


STYLES = [Outlook, Google, Booking, Prevention, Number, Hash, Patients, Mixed]


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


def explained(s, path, conf, plain):
    """Reasons are added, nothing else changes, and no name is told."""
    name = type(s).__name__
    done = ctl("--dry-run", "--explain", "--config", conf, path)
    got, _ = rows(done)
    tally.check(all(r.pop("explain") for r in got) and got == plain, name + ": --explain adds a member and changes no other")
    words = ctl("--dry-run", "--explain=text", "--config", conf, path)
    tally.check(len(re.findall(r"^%s:\d+: (?:visit|busy) " % re.escape(path), words.stdout, re.M)) == len(plain), name + ": a line for each row")
    tally.check(words.stdout.count("a visit: person and type are named") == len(s.truth), name + ": each visit is explained")
    tally.check("is read as Europe/Paris" in words.stdout, name + ": the zone is explained")
    for out, what in ((done.stdout, "--explain"), (words.stdout, "--explain=text"), (done.stderr + words.stderr, "stderr")):
        found = [n for n in s.names if re.search(re.escape(n), out, re.I)]
        tally.check(not found, "%s: %s tells %s" % (name, what, found))


def event(uid, *lines, start="20220103T090000Z"):
    return "\r\n".join(["BEGIN:VEVENT", "UID:" + uid, "DTSTART:" + start, "DURATION:PT30M", *lines, "END:VEVENT", ""])


def calendar(*events):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"


def put(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as f:
        f.write(content)
    return path


def options(folder):
    """What is read, in which zone and window, through which mapping; what the exit code says."""
    good = put(folder + "/cals/S001/a.ics", calendar(event("a", "X-PLANVAX-PERSON:P1", "CATEGORIES:REPRISE"), event("b", start="20220203T090000")))
    half = put(folder + "/half/h.ics", calendar(event("h", "X-PLANVAX-PERSON:P1")))
    text = put(folder + "/text/t.ics", "nothing")
    for args, code in (([good], 0), ([good, half], 3), ([half], 1), ([text], 1), ([folder + "/absent"], 1), ([good, folder + "/absent"], 3), (["--explain=loud", good], 2),
                       (["--mapping", "x", good], 2), (["--name", "x", good], 2), (["--suggest", "--explain", good], 2), (["--zone", "Mars/Olympus", good], 2), ([], 2),
                       (["--from", "2022-01-01", good], 2), (["--jobs", "0", good], 2)):
        done = ctl("--dry-run", *args)
        tally.check(done.returncode == code, "%s: exit %d, not %d: %s" % (args, done.returncode, code, done.stderr))
    with open(good) as f:
        piped = ctl("--dry-run", "-", stdin=f.read())
    tally.check([r["uid"] for r in rows(piped)[0]] == ["a", "b"], "standard input is read")
    tally.check([r["uid"] for r in rows(ctl("--dry-run", "--from", "2022-02-01", "--to", "2022-02-28", good))[0]] == ["b"], "single events outside the window are left out")
    tally.check(rows(ctl("--dry-run", "--zone", "Indian/Reunion", good))[0][1]["start"] == "2022-02-03T05:00:00Z", "--zone counts")
    put(folder + "/cals/services.csv", "service_id;name;kind;region\nS001;Nom;SPSTI;04\n")
    tally.check(rows(ctl("--dry-run", folder + "/cals"))[0][1]["start"] == "2022-02-03T05:00:00Z", "the service's zone counts")
    tally.check(rows(ctl("--dry-run", "--zone", "UTC", folder + "/cals"))[0][1]["start"] == "2022-02-03T09:00:00Z", "--zone counts before the service's")
    many = [put("%s/many/%02d.ics" % (folder, n), calendar(*[event("%d-%d" % (n, k)) for k in range(300)])) for n in range(12)]
    tally.check(ctl("--dry-run", folder + "/many").stdout == ctl("--dry-run", "--jobs", "4", folder + "/many").stdout, "--jobs keeps the order of %d files" % len(many))
    quiet = subprocess.run("%s ingest --dry-run --explain %s/many | head -n 1" % (CTL, folder), shell=True, capture_output=True, text=True)
    tally.check(quiet.stderr == "" and quiet.stdout.count("\n") == 1, "a closed pipe is quiet: " + quiet.stderr)
    versions = put(folder + "/versions/v.ics", calendar(event("v", "SEQUENCE:1"), event("v", "SEQUENCE:0"), event("w", "RRULE:FREQ=DAILY;COUNT=2")))
    told = ctl("--dry-run", "--explain=text", versions).stdout
    tally.check("older than that of line 3 by its SEQUENCE, so that one counts" in told, "which version counts is told: " + told)
    tally.check("instance 2 that is given, by RRULE:FREQ=DAILY;COUNT=2" in told, "recurrence is told: " + told)


def chosen(folder):
    """Which mapping reads a file: that of the source in whose folder it is, --mapping, [mapping.default]."""
    file = put(folder + "/feed/x.ics", calendar(event("x", "SUMMARY:Reprise 1234", "X-ID:77")))
    other = put(folder + "/other/x.ics", calendar(event("x", "SUMMARY:Reprise 1234", "X-ID:77")))
    sections = "[mapping.%s]\nperson = %s\ntype = SUMMARY\ntype.REPRISE = reprise\n"
    conf = put(folder + "/planvaxd.conf", sections % ("number", "SUMMARY ~ (\\d+)") + sections % ("default", "X-ID") +
               "[source.feed]\nservice = S001\npath = %s/feed\nmapping = number\n" % folder)
    for args, person in (([file], "1234"), ([other], "77"), (["--mapping", "default", file], "77"), (["--mapping", "number", other], "1234")):
        done = ctl("--dry-run", "--config", conf, *args)
        tally.check(rows(done)[0][0]["person"] == person, "%s: %s" % (args, done.stdout))
    tally.check(ctl("--dry-run", "--config", conf, "--mapping", "absent", file).returncode == 1, "a mapping that is not there")
    put(conf, "[mapping.default]\nperson = SUMMARY ~ (a+)+\n")
    check = subprocess.run([CTL, "config", "check", "--config", conf], capture_output=True, text=True)
    tally.check(check.returncode == 1 and "[mapping.default] person" in check.stderr, "config check tells a bad expression: " + check.stderr)


def table(folder):
    """Of a table the columns are told by name, else by what they hold; values never."""
    rows_ = ["%d;S001;Zzyzx@sante.example;%02d/01/2022 %02d:00;30;%d;%s;ZORBALUK" % (n, 3 + n, 8 + n % 8, 40000 + n, TYPES[n % len(TYPES)][1]) for n in range(20)]
    path = put(folder + "/export.csv", "N° visite;service_id;Intervenant;Quand;Durée (min);Code client;Prestation;Nom\n" + "\n".join(rows_) + "\n")
    done = ctl("--suggest", path)
    tally.check(done.returncode == 0 and "zorbaluk" not in done.stdout.lower(), "a table: exit %d, no name: %s" % (done.returncode, done.stderr))
    for line in ('start: column "Quand", 20 of 20 rows filled, 20 values; by what it holds: RENAME it', 'person_ref: column "Code client"', 'type: column "Prestation"', "visit_id: column ",
                 'staff_id: column "Intervenant"', "due: not there, which is allowed", "1 other columns are ignored"):
        tally.check(line in done.stdout, "a table: %s in %s" % (line, done.stdout))


CANARY = "Zorbaluk"


def canaries(world):
    """A name in every text of an event reaches neither lines nor store nor log nor reports."""
    staff = sorted(f for f in os.listdir(world.data + "/calendars/S001"))[0]
    with open(world.data + "/people.csv", encoding="utf-8") as f:
        person = f.read().splitlines()[1].split(";")[0]
    texts = ["SUMMARY:%s {n} %s" % ("{type}", CANARY), "DESCRIPTION:Mme %s" % CANARY, "LOCATION:Chez %s" % CANARY, "ATTENDEE;CN=%s:mailto:%s@x.example" % (CANARY, CANARY),
             "CATEGORIES:%s,Bleu" % CANARY, "COMMENT:%s" % CANARY, "CONTACT:%s" % CANARY, "ORGANIZER;CN=%s:mailto:desk@x.example" % CANARY]
    events = [event("visit", *[t.format(type="Reprise", n="#" + person) for t in texts], start="20220110T090000Z"),
              event("busy", *[t.format(type="Congés", n="") for t in texts], start="20220111T090000Z"),
              event("half", *[t.format(type="Mariage", n="#" + person) for t in texts], start="20220112T090000Z"),
              event("other-half", *[t.format(type="Reprise", n="") for t in texts], start="20220112T100000Z"),
              event("due", *[t.format(type="Reprise avant le 31/02/2022", n="#" + person) for t in texts], start="20220112T110000Z")]
    mapping = "[mapping.default]\nperson = \"SUMMARY ~ #([A-Z0-9-]+)\"\ntype = SUMMARY || CATEGORIES\ntype.REPRISE = reprise\ndue = SUMMARY ~ avant le ([0-9/]+)\n"
    put(world.data + "/calendars/S001/" + staff, calendar(*events))
    world.configure(mapping)
    done = ctl("--dry-run", "--config", world.conf, world.data)
    mine = [r for r in rows(done)[0] if r["uid"] in ("visit", "busy", "half", "other-half", "due")]
    tally.check([r["status"] for r in mine] == ["visit", "busy", "rejected", "rejected", "rejected"], "ingest reads them: %s" % mine)
    tally.check(CANARY.lower() not in (done.stdout + done.stderr).lower(), "ingest tells a name: %s" % [x for x in done.stdout.splitlines() if CANARY in x][:2])
    for option in ("--explain", "--explain=text"):
        told = ctl("--dry-run", option, "--config", world.conf, world.data)
        tally.check(CANARY.lower() not in (told.stdout + told.stderr).lower(), "%s tells a name" % option)
    proposal = ctl("--suggest", world.data)
    tally.check(CANARY.lower() not in (proposal.stdout + proposal.stderr).lower(), "--suggest tells a name")
    world.start()
    wait_for_socket(world)
    world.drop_all()
    world.wait_idle()
    tally.check(re.search(r"taken file=S001/%s read=5 created=2 .*rejected=3" % re.escape(staff), world.log()), "the agenda was taken in: " + world.log()[-800:])
    visit = world.ctl("explain", "visit", "visit", "--service", "S001", remote=True)
    tally.check(visit.returncode == 0, "the visit is planned: %s%s" % (visit.stdout, visit.stderr))
    world.kill(15)
    tally.check(os.path.exists("%s/done/S001/%s.report.txt" % (world.spool, staff)), "its report is there")
    for root, _, names in os.walk(world.dir):
        for name in names:
            with open(os.path.join(root, name), "rb") as f:
                held = CANARY.lower().encode() in f.read().lower()
            tally.check(not held or name.endswith(".ics"), "%s/%s holds a name" % (root, name))
    world.end()


def main():
    folder = tempfile.mkdtemp(prefix="planvax-ingest-")
    for style in STYLES:
        explained(*suggested(folder, style))
    options(folder)
    chosen(folder)
    table(folder)
    shutil.rmtree(folder)
    canaries(World(people=60))
    tally.end()


if __name__ == "__main__":
    main()
