#!/usr/bin/python3
"""check_eml.py DIR [WORD...]: reads every *.eml of DIR with Python's email package and
python3-icalendar and checks what mail and calendar programs need of an invitation.
No WORD may occur in any part. Prints a line a mail: "NAME METHOD SEQUENCE STATUS TO UID",
then each problem as "PROBLEM NAME: ..."; exit 1 if there was one."""
import email
import email.policy
import email.utils
import os
import re
import sys

try:
    import icalendar
except ImportError:
    print("PROBLEM: the package python3-icalendar is missing: make deps-check installs it")
    sys.exit(1)


class Checker:
    def __init__(self, name):
        self.name = name
        self.problems = []

    def need(self, condition, what):
        if not condition:
            self.problems.append("PROBLEM %s: %s" % (self.name, what))
        return condition


def check_bytes(c, raw):
    c.need(raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r"), "a line does not end in CRLF")
    c.need(max(map(len, raw.split(b"\r\n"))) <= 998, "a line is longer than 998 bytes")
    c.need(all(b < 0x80 for b in raw), "bytes above 127")
    head = raw.split(b"\r\n\r\n", 1)[0]
    c.need(max(map(len, head.split(b"\r\n"))) <= 78, "a header line is longer than 78 bytes")
    names = [l.split(b":")[0].lower() for l in head.split(b"\r\n") if l[:1] not in b" \t"]
    c.need(len(names) == len(set(names)), "a header stands twice")


def check_folding(c, text):
    c.need(text.endswith(b"END:VCALENDAR\r\n"), "the calendar does not end in a line")
    for line in text.split(b"\r\n"):
        c.need(len(line) <= 75, "a calendar line has %d octets" % len(line))
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            c.need(False, "a calendar line is cut inside a character")


def check_headers(c, mail):
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"):
        c.need(mail[name], "no header %s" % name)
    c.need(mail["Auto-Submitted"] == "auto-generated", "Auto-Submitted is %s" % mail["Auto-Submitted"])
    c.need(re.fullmatch(r"<[!-~]+@[!-~]+>", mail["Message-ID"].strip()), "Message-ID %s" % mail["Message-ID"])
    c.need(len(mail["To"].addresses) == 1, "not one recipient")
    c.need(not mail.defects and not any(p.defects for p in mail.walk()), "defects %s" % [p.defects for p in mail.walk()])


def check_structure(c, mail):
    shape = [(p.get_content_type()) for p in mail.walk()]
    c.need(shape == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"],
           "parts are %s" % shape)
    parts = {p.get_content_type(): p for p in mail.walk()}
    for kind in ("text/plain", "text/html", "text/calendar"):
        c.need(parts[kind].get_content_charset() == "utf-8", "%s is not UTF-8" % kind)
    c.need(parts["application/ics"].get_content_disposition() == "attachment", "the file is no attachment")
    return parts


def check_calendar(c, mail, part):
    raw = part.get_payload(decode=True)
    check_folding(c, raw)
    calendar = icalendar.Calendar.from_ical(raw.decode("utf-8"))
    method = str(calendar["METHOD"])
    c.need(part.get_param("method") == method, "method= differs from METHOD")
    c.need(str(calendar["VERSION"]) == "2.0" and calendar["PRODID"], "VERSION or PRODID")
    c.need(not calendar.walk("VTIMEZONE"), "a VTIMEZONE")
    events = calendar.walk("VEVENT")
    if not c.need(len(events) == 1, "%d events" % len(events)):
        return "?"
    event = events[0]
    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "ORGANIZER", "ATTENDEE"):
        c.need(name in event, "no %s" % name)
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        c.need(event[name].dt.utcoffset() is not None and event[name].dt.utcoffset().total_seconds() == 0, "%s is not UTC" % name)
    c.need(event["DTSTART"].dt < event["DTEND"].dt, "it ends before it starts")
    c.need(event["DTSTAMP"].dt == mail["Date"].datetime, "DTSTAMP is not Date")
    c.need(str(event["ORGANIZER"]).lower() == "mailto:" + mail["From"].addresses[0].addr_spec, "ORGANIZER is not From")
    c.need(not isinstance(event["ATTENDEE"], list), "several ATTENDEE")
    c.need(str(event["ATTENDEE"]).lower() == "mailto:" + mail["To"].addresses[0].addr_spec, "ATTENDEE is not To")
    c.need(method in ("REQUEST", "CANCEL"), "METHOD %s" % method)
    status = str(event["STATUS"])
    c.need(status == ("CANCELLED" if method == "CANCEL" else "CONFIRMED"), "STATUS %s" % status)
    if method == "REQUEST":
        params = event["ATTENDEE"].params
        c.need(params.get("RSVP") == "TRUE" and params.get("PARTSTAT") == "NEEDS-ACTION", "ATTENDEE is not asked")
    first = event["SEQUENCE"] == 0
    c.need(first == ("In-Reply-To" not in mail) == ("References" not in mail), "In-Reply-To or References")
    if not first:
        c.need(mail["References"].split()[-1] == mail["In-Reply-To"].strip(), "References do not end in In-Reply-To")
        c.need(mail["In-Reply-To"] != mail["Message-ID"], "answers itself")
    return "%s %d %s %s %s" % (method, event["SEQUENCE"], status, mail["To"].addresses[0].addr_spec, event["UID"])


def check_words(c, mail, words):
    texts = [str(v) for v in mail.values()]
    texts += [p.get_payload(decode=True).decode("utf-8") for p in mail.walk() if not p.is_multipart()]
    unfolded = "\n".join(texts).replace("\r\n ", "").lower()
    for word in words:
        c.need(word.lower() not in unfolded, "tells %s" % word)


def check(path, words):
    c = Checker(os.path.basename(path))
    with open(path, "rb") as f:
        raw = f.read()
    check_bytes(c, raw)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    line = "?"
    check_headers(c, mail)
    parts = check_structure(c, mail)
    if not c.problems:
        line = check_calendar(c, mail, parts["text/calendar"])
        c.need(parts["application/ics"].get_payload(decode=True) == parts["text/calendar"].get_payload(decode=True),
               "the attachment differs from the calendar part")
        check_words(c, mail, words)
    print(c.name, line)
    return c.problems


def main():
    folder, words = sys.argv[1], sys.argv[2:]
    names = sorted(n for n in os.listdir(folder) if n.endswith(".eml"))
    problems = [p for n in names for p in check(os.path.join(folder, n), words)]
    if not names:
        problems.append("PROBLEM: no mail in %s" % folder)
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(1 if problems else 0)


main()
