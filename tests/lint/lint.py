#!/usr/bin/python3
"""lint.py: every check of `make lint`. B names the debug tree to build in.

Each check counts once: passed, or failed with its findings listed as
file:line: [check] message. TIDY=0 leaves the analyser out, QUICK=1 whatever
needs a compiler."""
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import objects  # noqa: E402
import selftest  # noqa: E402
import sources  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("B", "build/debug")


class Count:
    passed = 0
    failed = 0

    def add(self, name, findings):
        findings = list(findings)
        for path, line, message in findings:
            print("%s:%s [%s] %s" % (path, "%d:" % line if line else "", name, message))
        if findings:
            self.failed += 1
        else:
            self.passed += 1
        sys.stdout.flush()


def make(*targets):
    command = [os.environ.get("MAKE", "make"), "-j2", "-k", "--no-print-directory", "VARIANT=debug", "B=" + BUILD]
    run = subprocess.run(command + list(targets), cwd=ROOT, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return run.returncode, run.stdout


def build(target, keep):
    """Runs make; a failure is one finding with the lines that tell why."""
    code, out = make(target)
    if code:
        told = [line for line in out.splitlines() if keep(line)] + ["all of it: make VARIANT=debug B=%s %s" % (BUILD, target)]
        yield "make " + target, 0, "failed\n" + "\n".join(told[-60:])


def generated():
    """Committed files that a program generates equal what it generates."""
    ctl, conf = os.path.join(ROOT, BUILD, "planvaxctl"), os.path.join(ROOT, "conf/planvaxd.conf")
    if not os.path.exists(ctl) or not os.path.exists(conf):
        return
    run = subprocess.run([ctl, "config", "sample"], capture_output=True, stdin=subprocess.DEVNULL)
    with open(conf, "rb") as f:
        if run.returncode or run.stdout != f.read():
            yield "conf/planvaxd.conf", 0, "differs from `planvaxctl config sample`"


def main():
    start = time.monotonic()
    tree = sources.Tree(ROOT)
    count = Count()
    count.add("selftest", selftest.findings())
    for check in sources.CHECKS:
        count.add(check.__name__, check(tree))
    if not os.environ.get("QUICK"):
        count.add("selftest_objects", selftest.object_findings(os.path.join(ROOT, ".clang-tidy")))
        count.add("headers_alone", objects.headers_alone(tree))
        count.add("warnings", build("lint-objects", lambda l: "error:" in l or "***" in l or "undefined" in l))
        for check in objects.OBJECT_CHECKS:
            count.add(check.__name__, check(tree, BUILD))
        count.add("generated", generated())
        if os.environ.get("TIDY") != "0":
            count.add("clang-tidy", build("tidy", lambda l: "error:" in l or "warning:" in l))
    print("lint: %d s" % (time.monotonic() - start), file=sys.stderr)
    if os.environ.get("TALLY"):
        os.makedirs(os.path.dirname(os.environ["TALLY"]) or ".", exist_ok=True)
        with open(os.environ["TALLY"], "a", encoding="utf-8") as tally:
            tally.write("lint %d %d\n" % (count.passed, count.failed))
    print("lint: %d passed, %d failed" % (count.passed, count.failed))
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
