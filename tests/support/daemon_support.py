"""What the system tests share: a daemon of the built tree in a folder of its own, and a tally of checks."""
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

B = os.environ.get("B", "build/release")


class Tally:
    """Counts checks; the last line is what the suite runner reads."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def check(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print("FAILED %s: %s" % (self.name, what))
        return holds

    def end(self):
        print("%s: %d passed, %d failed" % (self.name, self.passed, self.failed))
        sys.exit(1 if self.failed else 0)


class World:
    """A folder with data, an authority and a daemon; everything is ended by pid."""

    def __init__(self, services=1, people=250, month="2022-01", more=""):
        self.dir = tempfile.mkdtemp(prefix="planvax-test-")
        self.month, self.daemon, self.receiver = month, None, None
        self.spool, self.mail, self.authority = (os.path.join(self.dir, n) for n in ("spool", "mail", "authority"))
        for folder in (self.spool, self.mail, self.authority):
            os.mkdir(folder)
        self.data = os.path.join(self.dir, "data")
        if services:
            self.ctl("demo", "--dir", self.data, "--services", str(services), "--people", str(people), "--month", month, check=True)
        self.secret = os.path.join(self.dir, "secret")
        with open(self.secret, "w") as f:
            f.write("whsec_cGxhbnZheC10ZXN0LXNlY3JldC1wbGFudmF4LXRlc3Q=\n")
        self.conf, self.socket = os.path.join(self.dir, "planvaxd.conf"), os.path.join(self.dir, "control.sock")
        self.more, self.push_url = more, None

    def path(self, name):
        return os.path.join(B, name)

    def ctl(self, *args, check=False, remote=False, timeout=300):
        command = [self.path("planvaxctl"), *args] + (["--socket", self.socket] if remote else [])
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if check and done.returncode != 0:
            raise SystemExit("%s: exit %d\n%s%s" % (" ".join(command), done.returncode, done.stdout, done.stderr))
        return done

    def start_receiver(self, *args):
        out = open(os.path.join(self.dir, "receive.out"), "ab")
        seen = out.tell()
        self.receiver = subprocess.Popen(
            [self.path("planvaxctl"), "receive", "--listen", "127.0.0.1:0", "--secret-file", self.secret, "--dir", self.authority, *args],
            stdin=subprocess.DEVNULL, stdout=out, stderr=open(os.path.join(self.dir, "receive.log"), "ab"))
        while True:
            with open(out.name) as f:
                f.seek(seen)
                lines = [x for x in f if x.startswith("listening ")]
            if lines:
                self.push_url = "http://%s/plans" % lines[0].split()[1]
                return
            if self.receiver.poll() is not None:
                raise SystemExit("planvaxctl receive ended with %d" % self.receiver.returncode)
            time.sleep(0.05)

    def configure(self, more=""):
        with open(self.conf, "w") as f:
            f.write("[store]\npath = %s/planvax.db\n[spool]\ndirectory = %s\n[http]\nlisten = 127.0.0.1:0\n[control]\nsocket = %s\n"
                    "[mail]\nmaildir = %s\nfrom = planvax@planvax.example\n[planning]\nmonth = %s\nsettle = 0\niterations = 1\n"
                    "[clock]\nplanning_now = %s\n" % (self.dir, self.spool, self.socket, self.mail, self.month, self.noon_before()))
            if self.push_url:
                f.write("[authority.default]\nurl = %s\nsecret_file = %s\nallow_private = 1\n" % (self.push_url, self.secret))
            f.write(self.more + more)

    def noon_before(self):
        import datetime
        day = datetime.date.fromisoformat(self.month + "-01") - datetime.timedelta(1)
        return day.isoformat() + "T12:00:00Z"

    def drop_all(self):
        for path in sorted(glob.glob(self.data + "/*.csv")):
            self.drop(path, os.path.basename(path))
        for path in sorted(glob.glob(self.data + "/calendars/*/*.ics")):
            self.drop(path, os.path.relpath(path, self.data + "/calendars"))

    def drop(self, path, name):
        target = os.path.join(self.spool, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        hidden = os.path.join(self.spool, ".incoming")
        shutil.copyfile(path, hidden)
        os.rename(hidden, target)

    def start(self):
        self.daemon = subprocess.Popen([self.path("planvaxd"), "--config", self.conf], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=open(os.path.join(self.dir, "planvaxd.log"), "ab"))

    def wait_idle(self, seconds=240):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ctl("status", "--wait", "5", remote=True).returncode == 0:
                return True
            if self.daemon.poll() is not None:
                return False
            time.sleep(0.1)
        return False

    def kill(self, number=signal.SIGKILL):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.send_signal(number)
        return self.daemon.wait(timeout=60) if self.daemon else None

    def log(self):
        with open(os.path.join(self.dir, "planvaxd.log"), errors="replace") as f:
            return f.read()

    def end(self):
        for process in (self.daemon, self.receiver):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
