"""The budgets of the window, measured in the real window of the release build on a display of its own. See README.md."""

import argparse
import gzip
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from desk import Desk, Page, Tree
from speed import run

#: Records in one request of the destination.
BATCH = 500
#: Under Xvfb compositing costs what a screen does not: frames are measured without it.
PLAIN = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
GRID = "[role=grid]"
LIVE_EVENTS, HOME = 'nav a[title="Live events"]', 'nav a[title="Home"]'
CONTROL, ENTER, ESCAPE, DOWN = "\ue009", "\ue007", "\ue00c", "\ue015"

WORKSPACE = """version: 1
connections:
  rows: {{ kind: sample }}
  crm: {{ kind: practice }}
  events: {{ kind: rudderstack, settings: {{ data_plane_url: "http://127.0.0.1:{port}" }} }}
syncs:
  people: {{ from: rows, sql: "{people}", key: [lead_id], to: events, event: identify, fields: all, schedule: manual }}
  stream: {{ from: rows, sql: "{stream}", key: [lead_id], to: events, event: identify, fields: all, schedule: manual }}
  refused:
    from: rows
    table: crm.leads
    key: [lead_id]
    to: crm
    object: leads
    match: lead_id
    fields: all
    schedule: manual
    brakes: {{ refused: off }}
{more}"""
MORE = '  list-{number:02}: {{ from: rows, sql: "{sql}", key: [lead_id], to: events, event: identify, fields: all, schedule: manual }}\n'

#: Notes when the last key or click came, when something was drawn after it, and when what is wanted was drawn.
WATCH = """
    const seen = (window.benchSeen = { event: null, first: null, wanted: null });
    const stop = new AbortController();
    const drawn = (then) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => then(performance.now());
        channel.port2.postMessage(null);
    });
    let awaited = null;
    const changed = () => {
        const { event } = seen;
        if (event === null || awaited === event) return;
        awaited = event;
        drawn((at) => { if (event === seen.event) seen.first = at; });
    };
    const observer = new MutationObserver(changed);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    document.addEventListener('focusin', changed, { signal: stop.signal });
    for (const kind of ['pointerdown', 'pointerup', 'keydown'])
        addEventListener(kind, (event) => Object.assign(seen, { event: event.timeStamp, first: null }), { capture: true, signal: stop.signal });
    const look = () => {
        if (seen.event === null || !(%s)) return requestAnimationFrame(look);
        drawn((at) => { seen.wanted = at; stop.abort(); observer.disconnect(); });
    };
    look();
"""
#: Milliseconds from frame to frame, scrolling so many pixels in each.
FRAMES = """
    const [css, step, seconds, done] = arguments;
    const scroller = document.querySelector(css);
    const times = [];
    const frame = () => {
        times.push(performance.now());
        scroller.scrollTop += step;
        if (times.at(-1) - times[0] < seconds * 1000) requestAnimationFrame(frame);
        else done({ frames: times.slice(1).map((time, place) => time - times[place]), top: scroller.scrollTop });
    };
    requestAnimationFrame(frame);
"""
#: Plain lines in the place of the list.
STATIC = """
    const { left, top, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();
    const box = document.createElement('div');
    box.id = 'bench-static';
    const place = { position: 'fixed', left: left + 'px', top: top + 'px', width: width + 'px', height: height + 'px' };
    Object.assign(box.style, place, { overflow: 'auto', zIndex: '1000', background: 'Canvas' });
    for (let number = 0; number < 5000; number++) {
        const line = document.createElement('div');
        line.style.height = '28px';
        line.textContent = `Line ${number}: delivered to somebody@example.com, answer 200 OK`;
        box.append(line);
    }
    document.body.append(box);
    arguments[1](true);
"""


def select(prefix, rows):
    numbers = f"n(i) as (select 1 union all select i + 1 from n where i < {rows})"
    return (
        f"with recursive {numbers} select '{prefix}-' || i as lead_id, 'u-{prefix}-' || i as user_id, 'user' || i || '@shop' || i % 977 || '.example' as email,"
        " i * 7919 % 100 as lead_score, i % 365 as days_active, 'Company ' || i % 5000 as company, i % 3 = 0 as consent from n"
    )


class Destination(ThreadingHTTPServer):
    """Takes every request, no more than one in `pace` seconds."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.pace, self.slot, self.taken, self.turn = 0.0, 0.0, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.turn:
            self.server.slot = max(self.server.slot + self.server.pace, time.monotonic())
            wait = self.server.slot - time.monotonic()
        time.sleep(max(0.0, wait))
        self.server.taken += 1
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nOK")

    def log_message(self, *_):
        pass


class Bench:
    def __init__(self, arguments):
        self.given, self.app = arguments, arguments.app
        self.measures = []
        self.destination = Destination()
        self.desk = Desk()

    def report(self, measure, value, unit, at_most=None, at_least=None, note=""):
        """One line of the table. A measure without a bound is told, not judged."""
        budget, ok = "", None
        if at_most is not None:
            budget, ok = f"≤ {at_most:,g} {unit}", value <= at_most
        elif at_least is not None:
            budget, ok = f"≥ {at_least:,g} {unit}", value >= at_least
        digits = 0 if isinstance(value, int) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        self.measures.append({
            "measure": measure, "value": round(value, 4), "unit": unit, "budget": budget, "ok": ok, "note": note,
            "measured": f"{value:,.{digits}f} {unit}" + (f" ({note})" if note else ""),
        })
        print(f"{measure}: {self.measures[-1]['measured']}", file=sys.stderr, flush=True)

    def prepare(self):
        """A data folder with a million events, a dozen syncs, and a window that stays in the tray."""
        port, given = self.destination.server_address[1], self.given
        more = "".join(MORE.format(number=number, sql=select(f"M{number}", 20)) for number in range(1, 10))
        stream = int(given.rate * (given.seconds + 10))
        workspace = self.desk.folder / "workspace.yaml"
        workspace.write_text(WORKSPACE.format(port=port, people=select("P", given.events), stream=select("S", stream), more=more))
        self.desk.env["SLUICE_SECRET_EVENTS_WRITE_KEY"] = "1" * 27
        run([given.sluice, "apply", workspace], self.desk.env)
        for sync in ["refused", *(f"list-{number:02}" for number in range(1, 10)), "people"]:
            # The refused ones make it end with 3.
            ran = subprocess.run([given.sluice, "sync", sync], env=self.desk.env, capture_output=True, text=True)
            if ran.returncode != (3 if sync == "refused" else 0):
                sys.exit(f"{sync} ended with {ran.returncode}: {ran.stderr[-2000:]}")
        page = Page(self.desk, self.app)
        settings = page.ask("app_info")["settings"]
        page.ask("settings_save", settings | {"keep_in_tray": True})
        page.wait('main a[href$="/syncs/people"]')
        page.close()

    def size(self):
        scripts = [gzip.compress(file.read_bytes(), 6) for file in self.given.page.rglob("*.js")]
        self.report("JavaScript, gzip", sum(map(len, scripts)) / 1000, "kB", at_most=350, note=f"{len(scripts)} files")

    def picture(self, program):
        """What the window shows once it has come to rest. The files of the program are in memory afterwards."""
        process = self.desk.start([program])
        picture = self.desk.screen.at_rest(self.given.rest)
        self.desk.end(process)
        return picture

    def start(self):
        """From the start of the process to the picture that stays, in turn with the empty window."""
        programs = [program for program in (self.app, self.given.empty) if program]
        pictures = [self.picture(program) for program in programs]
        took = [[] for _ in programs]
        for _ in range(self.given.rounds):
            for program, picture, seconds in zip(programs, pictures, took):
                since = time.monotonic()
                process = self.desk.start([program])
                seconds.append(self.desk.screen.drawn(since, picture))
                self.desk.end(process)
        ours = took[0]
        self.report("start to usable overview", statistics.median(ours), "s", at_most=1.0, note=f"{min(ours):.2f}–{max(ours):.2f}")
        if self.given.empty:
            ratio = statistics.median(a / b for a, b in zip(*took))
            self.report("start, against the empty window", ratio, "x", at_most=1.3, note=f"empty {statistics.median(took[1]):.2f} s")

    def at_rest(self, program):
        """The program, once its window shows what it shows."""
        process = self.desk.start([program])
        self.desk.screen.at_rest(self.given.rest)
        return process, Tree(process.pid)

    def memory(self):
        """Open, then in the tray, then doing nothing there."""
        process, tree = self.at_rest(self.app)
        opened = tree.memory()
        self.report("memory, window open", sum(opened.values()), "MB", note=parts(opened))
        self.desk.close_window("Sluice")
        time.sleep(self.given.rest)
        if process.poll() is not None:
            sys.exit("closing the window ended Sluice: there is no tray")
        hidden = tree.memory()
        before, since = tree.processor(), time.monotonic()
        time.sleep(self.given.seconds)
        share = (tree.processor() - before) / (time.monotonic() - since) * 100
        self.desk.end(process)
        if self.given.empty:
            process, tree = self.at_rest(self.given.empty)
            empty = sum(tree.memory().values())
            self.desk.end(process)
            ratio = sum(opened.values()) / empty
            self.report("memory, against the empty window", ratio, "x", at_most=1.25, note=f"empty {empty:.0f} MB")
        self.report("memory, in the tray", sum(hidden.values()), "MB", at_most=60, note=parts(hidden))
        self.report("idle processor, hidden", share, "% of a core", at_most=0.1, note=f"{self.given.seconds:g} s")

    def acted(self, page, wanted, act):
        """Milliseconds from the last key or click of `act` to what was drawn next, and to what is wanted."""
        if page.holds(wanted):
            sys.exit(f"{wanted} before anything was done")
        page.call("POST", "/execute/sync", {"script": WATCH % wanted, "args": []})
        act()
        page.until(wanted, lambda: page.holds("window.benchSeen.wanted !== null"))
        seen = page.script("arguments[0](window.benchSeen)")
        return (seen["first"] or seen["wanted"]) - seen["event"], seen["wanted"] - seen["event"]

    def frames(self, page, css, step, seconds):
        answer = page.script(FRAMES, css, step, seconds)
        return sorted(answer["frames"]), answer["top"]

    def events(self):
        """Opening, filtering and scrolling the events that are stored."""
        page = Page(self.desk, self.app, PLAIN)
        page.wait('main a[href$="/syncs/people"]')
        rows = f"[...document.querySelectorAll('{GRID} [role=row][aria-rowindex]')].slice(1)"
        opening = []
        for _ in range(self.given.rounds):
            opening.append(self.acted(page, f"{rows}.length > 0", lambda: page.click(LIVE_EVENTS))[1])
            page.click(HOME)
            page.wait('main a[href$="/syncs/people"]')
        note = f"{min(opening):.0f}–{max(opening):.0f}"
        self.report("stored events: open", statistics.median(opening), "ms", at_most=200, note=note)
        page.click(LIVE_EVENTS)
        page.wait(GRID)
        filters = {"status:rejected": "Rejected", "sync:refused": "refused", f"key:P-{self.given.events // 2}": f"P-{self.given.events // 2}"}
        took = {}
        for text, shown in filters.items():
            wanted = f"{rows}.length > 0 && {rows}.every((row) => row.textContent.includes('{shown}'))"
            took[text] = statistics.median(self.filtered(page, text, wanted) for _ in range(self.given.rounds))
        note = ", ".join(f"{text} {ms:.0f}" for text, ms in took.items())
        self.report("stored events: filter", max(took.values()), "ms", at_most=150, note=note)
        self.scroll(page)
        page.close()

    def scroll(self, page):
        """The list, in turn with plain lines in its place."""
        ours, plain, worst = [], [], 0
        for _ in range(self.given.rounds):
            frames, top = self.frames(page, GRID, 60, 10)
            page.script(STATIC, GRID)
            static, _ = self.frames(page, "#bench-static", 60, 10)
            page.script("document.querySelector('#bench-static').remove(); arguments[0](true)")
            ours.append(frames[len(frames) * 95 // 100])
            plain.append(static[len(static) * 95 // 100])
            worst = max(worst, frames[-1])
        note = f"worst {worst:.0f} ms, {top // 28:,.0f} rows"
        self.report("stored events: scroll, p95 frame", statistics.median(ours), "ms", at_most=16.7, note=note)
        ratio = statistics.median(a / b for a, b in zip(ours, plain))
        self.report("scroll, against plain lines", ratio, "x", at_most=1.15, note=f"plain {statistics.median(plain):.1f} ms")

    def filtered(self, page, text, wanted):
        page.press("/")
        page.type(text)
        page.until("the field has it", lambda: page.holds(f"document.activeElement.value === {json.dumps(text)}"))
        took = self.acted(page, wanted, lambda: page.press(ENTER))[1]
        page.click(LIVE_EVENTS)
        page.until("all events again", lambda: not page.holds(wanted))
        return took

    def feedback(self):
        """Clicks and keys of a day's work: how long until something is drawn that says they were heard."""
        page = Page(self.desk, self.app, PLAIN)
        page.wait('main a[href$="/syncs/people"]')
        there = "document.querySelector({!r})".format
        title = lambda words: f"document.querySelector('main h1, main h2')?.textContent.startsWith('{words}')"
        gone = lambda css: f"!{there(css)}"
        steps = [
            ("Live events", there(GRID), lambda: page.click(LIVE_EVENTS)),
            ("click on an event", there("[role=row][aria-selected=true]"), lambda: page.click(f"{GRID} [aria-rowindex='4']")),
            ("arrow down", there("[role=row][aria-selected=true][aria-rowindex='5']"), lambda: page.press(DOWN)),
            ("escape", gone("[aria-label='Close']"), lambda: page.press(ESCAPE)),
            ("/", "document.activeElement.matches('[role=search] input')", lambda: page.press("/")),
            ("a letter in the search", there("[role=option]"), lambda: page.press("s")),
            ("palette", there("[role=dialog]"), lambda: page.press(CONTROL, "k")),
            ("escape from it", gone("[role=dialog]"), lambda: page.press(ESCAPE)),
            ("People", title("People"), lambda: page.click('nav a[title="People"]')),
            ("Connections", title("Connections"), lambda: page.click('nav a[title="Connections"]')),
            ("Settings", title("Settings"), lambda: page.click('nav [aria-label="Settings"]')),
            ("a sync", title("people"), lambda: page.click('nav a[title^="people:"]')),
            ("its mapping", there("[role=tab][aria-selected=true][data-key=mapping]"), lambda: page.click("[role=tab][data-key=mapping]")),
            ("Home", title("Home"), lambda: page.click(HOME)),
            ("help", there("[role=dialog]"), lambda: page.press("?")),
        ]
        took = {what: self.acted(page, wanted, act) for what, wanted, act in steps}
        slowest = max(took, key=lambda what: took[what][0])
        last = max(took, key=lambda what: took[what][1])
        note = f"slowest of {len(took)}: {slowest}; all of it shown after {took[last][1]:.0f} ms at most: {last}"
        self.report("any click or key: feedback", took[slowest][0], "ms", at_most=100, note=note)
        page.close()

    def stream(self):
        """A run whose destination takes so many records a second, seen in the list that follows."""
        page = Page(self.desk, self.app, PLAIN)
        page.click(LIVE_EVENTS)
        page.wait(GRID)
        destination, seconds = self.destination, self.given.seconds
        destination.pace = BATCH / self.given.rate
        before = destination.taken
        page.ask("sync_now", {"sync": "stream", "full": False, "approve": False, "review": False})
        page.until("the first records go", lambda: destination.taken > before, patience=300)
        before, since = destination.taken, time.monotonic()
        frames, _ = self.frames(page, GRID, 0, seconds)
        rate = (destination.taken - before) * BATCH / (time.monotonic() - since)
        self.report("events a second while they are shown", rate, "/s", at_least=0.95 * self.given.rate, note=f"{seconds:g} s")
        note = f"p95 {frames[len(frames) * 95 // 100]:.0f} ms, worst {frames[-1]:.0f} ms"
        self.report("frames while they are shown", len(frames) / sum(frames) * 1000, "/s", at_least=50, note=note)
        runs = {"sync": "stream", "before": None, "limit": 1}
        page.until("the run ends", lambda: page.ask("runs", runs)[0]["finished_at"], patience=300)
        self.report("following, right at the end", int(self.follows(page)), "of 1", at_least=1)
        page.close()

    def follows(self, page):
        """Whether the newest events stand on top, and the list follows."""
        everything = {"sync": None, "run": None, "key": None, "statuses": [], "search": None, "since": None, "cursor": None, "limit": 10}
        newest = [f"event-{event['event']}" for event in page.ask("events", everything)["events"]]
        top = f"[...document.querySelectorAll('{GRID} [role=row][aria-rowindex]')].slice(1, 11).map((row) => row.id).join()"
        follows = "[...document.querySelectorAll('label')].some((label) => label.textContent.includes('Follow') && label.querySelector('input').checked)"
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if page.holds(f"{top} === {json.dumps(','.join(newest))} && {follows}"):
                return True
            time.sleep(0.1)
        return False

    def table(self):
        print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {self.given.events:,} events, {self.given.rounds} rounds\n")
        lines = [(each["measure"], each["measured"], each["budget"], {True: "yes", False: "NO", None: ""}[each["ok"]]) for each in self.measures]
        for line in [("measure", "measured", "budget", "ok"), ("---",) * 4, *lines]:
            print("| " + " | ".join(line) + " |")


def parts(sizes):
    return ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    there = lambda path: Path(path).resolve(strict=True)
    for name, what in (("app", "the window's program"), ("sluice", "the command, which makes the events"), ("page", "the built page: ui/dist")):
        parser.add_argument(f"--{name}", type=there, required=True, help=what)
    parser.add_argument("--empty", type=there, help="the empty window; without it no ratios are measured")
    parser.add_argument("--events", type=int, default=1_000_000, help="events that are stored")
    parser.add_argument("--rate", type=int, default=5_000, help="events a second that come in")
    parser.add_argument("--seconds", type=float, default=60, help="how long they come in, and how long the idle window is watched")
    parser.add_argument("--rest", type=float, default=15, help="seconds until memory is looked at")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="size,start,memory,events,feedback,stream", help="parts, with commas")
    parser.add_argument("--json", type=Path, help="writes the table there, too")
    parser.add_argument("--check", action="store_true", help="ends with 1 where a budget is missed")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    bench = Bench(arguments)
    try:
        wanted = arguments.only.split(",")
        if wanted != ["size"]:
            bench.prepare()
        for part in wanted:
            getattr(bench, part)()
    finally:
        bench.desk.close()
        bench.table()
    if arguments.json:
        arguments.json.write_text(json.dumps(bench.measures, indent=2, ensure_ascii=False) + "\n")
    if arguments.check and any(each["ok"] is False for each in bench.measures):
        sys.exit(1)


if __name__ == "__main__":
    main()
