# SPDX-License-Identifier: Apache-2.0
"""A daemon with a service and its staff, and calendars made of single visits, for the tests of sources."""
import json
import os
import sqlite3
import time

from daemon_support import World
from http_client import wait_for_socket

LIVE = "status IN ('visit', 'busy', 'free')"
STAFF = "staff_id;service_id;role;name;email;centre_id\nP1;S001;physician;P1;p1@service.example;C1\n"


def event(uid, day=12, hour=8, more="", minutes=30, person="W1", stamp=0):
    return ("BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20211201T0800%02dZ\r\nDTSTART:202201%02dT%02d0000Z\r\nDURATION:PT%dM\r\n"
            "ATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:%s\r\nCATEGORIES:VIP_INITIALE\r\n%sEND:VEVENT\r\n"
            % (uid, stamp, day, hour, minutes, person, more))


def calendar(*events):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//FR\r\n" + "".join(events) + "END:VCALENDAR\r\n"


class FeedWorld(World):
    """The registers are imported by start(); sources are sections of the configuration."""

    def begin(self, sections):
        self.registers = {"communes.csv": "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n",
                          "services.csv": "service_id;name;kind;region\nS001;Service de test;SPSTI;53\n",
                          "centres.csv": "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n", "staff.csv": STAFF}
        for name, text in self.registers.items():
            with open(os.path.join(self.dir, name), "w") as f:
                f.write(text)
            self.drop(os.path.join(self.dir, name), name)
        self.configure(sections)
        self.start()
        wait_for_socket(self)
        return self.wait_idle(120)

    def source(self, name):
        done = self.ctl("sources", "show", name, "--json", remote=True)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def fetch(self, name, seconds=120):
        """Looks at a source now and waits for the end; how it stands then."""
        self.ctl("sources", "fetch", name, remote=True, check=True)
        self.wait_idle(seconds)
        return self.source(name)

    def rows(self, where=LIVE):
        """uid, recurrence and start of the entries in the store, read beside the daemon."""
        for _ in range(50):
            try:
                db = sqlite3.connect("file:%s/planvax.db?mode=ro" % self.dir, uri=True, timeout=10)
                try:
                    return sorted(db.execute("SELECT uid, recurrence, start_utc FROM agenda WHERE " + where))
                finally:
                    db.close()
            except sqlite3.OperationalError:
                time.sleep(0.1)
        return None

    def uids(self, where=LIVE):
        return sorted({row[0] for row in self.rows(where)})
