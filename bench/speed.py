"""How fast Sluice is, as whole processes of the release build, against others in the same run. See README.md."""

import argparse
import functools
import json
import os
import platform
import pwd
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

BENCH = Path(__file__).parent
PASSWORD = "bench"


class Ran:
    """A finished process: seconds, CPU seconds, peak memory in MB, standard output."""

    def __init__(self, seconds, cpu, memory, output):
        self.seconds, self.cpu, self.memory, self.output = seconds, cpu, memory, output

    def summary(self):
        return json.loads(self.output)


def run(command, env=None, cwd=None, keep=True):
    output = tempfile.TemporaryFile() if keep else open(os.devnull, "wb")
    errors = tempfile.TemporaryFile()
    started = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=output, stderr=errors, env={**os.environ, **(env or {})}, cwd=cwd
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        errors.seek(0)
        sys.exit(f"{command} ended with {process.returncode}: {errors.read().decode()[-2000:]}")
    text = b""
    if keep:
        output.seek(0)
        text = output.read()
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


class Postgres:
    """A server of its own, in a folder that is removed at the end."""

    def __init__(self, folder):
        self.programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))[-1]
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self.as_server = []
        if os.getuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
            self.as_server = ["runuser", "-u", "postgres", "--"]
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "shared_buffers": "512MB",
            "max_wal_size": "4GB",
            "autovacuum": "off",
        }
        self.server("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with open(folder / "data/postgresql.conf", "a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        self.server("pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "start")

    def server(self, program, *arguments):
        command = [*self.as_server, self.programs / program, *arguments]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def psql(self, sql):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "-c", sql]

    def sql(self, *statements):
        for statement in statements:
            run(self.psql(statement))

    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"

    def stop(self):
        self.server("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def make_table(self, name, rows):
        self.sql(
            f"""create table {name} as select i as lead_id, 'user' || i || '@shop' || i % 977 || '.example' as email,
                'u-' || lpad(i::text, 8, '0') as user_id, (i % 9973) * 7919 % 100 as lead_score, i % 365 as days_active,
                'Company ' || i % 5000 || case when i % 7 = 0 then ' GmbH' else ' Ltd.' end as company,
                timestamptz '2026-01-01' + i * interval '7.013 s' as seen_at, i % 3 = 0 as consent
                from generate_series(1, {rows}) i""",
            f"create table {name}_shuffled as select * from {name} order by md5(lead_id::text || 'x')",
            f"vacuum analyze {name}",
            f"vacuum analyze {name}_shuffled",
        )

    def show(self, table):
        """The view `leads`, which the syncs read, is this table from now on."""
        self.sql("drop view if exists leads", f"create view leads as select * from {table}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Sink:
    """Takes every request; see sink.rs."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return [int(number) for number in answer.read().split()]

    def requests(self):
        return self.get("/stats")[0]


class Sluice:
    """A data folder with one sync, from the view `leads` to the sink."""

    def __init__(self, program, folder, postgres, sink):
        self.program, self.home = program, folder
        self.env = {
            "SLUICE_HOME": str(folder),
            "SLUICE_SECRET_SHOP_PASSWORD": PASSWORD,
            "SLUICE_SECRET_EVENTS_WRITE_KEY": "1" * 27,
        }
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        workspace = folder / "workspace.yaml"
        workspace.write_text(f"""version: 1
connections:
  shop:
    kind: postgres
    settings: {{ host: 127.0.0.1, port: {postgres.port}, database: postgres, user: postgres, tls: disable }}
  events:
    kind: rudderstack
    settings: {{ data_plane_url: "{sink.url}" }}
syncs:
  leads:
    from: shop
    table: public.leads
    key: [lead_id]
    to: events
    event: identify
    mode: upsert
    identifiers: {{ user_id: user_id, email: email }}
    fields: all
    schedule: manual
""")
        run([program, "apply", workspace], self.env)

    def sync(self):
        return run([self.program, "sync", "leads", "--json"], self.env)

    def disk(self):
        return sum(file.stat().st_size for file in self.home.rglob("*") if file.is_file()) / 1e6


def drt(venv, folder, postgres, sink, table, chunk=500):
    """A fresh project of drt that takes so many rows at once, and the command that runs it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "syncs").mkdir(parents=True)
    (folder / ".drt").mkdir()
    (folder / "drt_project.yml").write_text("name: bench\nversion: '0.1'\nprofile: bench\n")
    (folder / ".drt/profiles.yml").write_text(
        f"bench:\n  type: postgres\n  host: 127.0.0.1\n  port: {postgres.port}\n  dbname: postgres\n  user: postgres\n"
        f"  password: {PASSWORD}\n"
    )
    (folder / "syncs/leads.yml").write_text(f"""name: leads
model: select * from {table}
destination:
  type: rest_api
  url: {sink.url}/v1/batch
  method: POST
  headers: {{ Content-Type: application/json }}
  body_mode: batch
  batch_template: '{{"batch": {{{{ rows | tojson_safe }}}}}}'
  max_records_per_request: 500
sync:
  mode: full
  batch_size: {chunk}
  rate_limit: {{ requests_per_second: 1000000 }}
""")
    return lambda: run([venv / "bin/drt", "run"], {"HOME": str(folder), "DO_NOT_TRACK": "1"}, folder)


def dlt(venv, folder, postgres, sink, table):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {"HOME": str(folder), "RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "data")}
    command = [venv / "bin/python", BENCH / "peers/dlt_sync.py", postgres.dsn(), table, f"{sink.url}/v1/batch"]
    return lambda: run(command, env, folder)


class Bench:
    def __init__(self, arguments):
        self.rounds, self.with_five = arguments.rounds, arguments.five
        self.program, self.event_log, self.venv = arguments.sluice, arguments.event_log, arguments.venv
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
        os.chmod(self.folder, 0o755)
        self.sink = Sink(arguments.sink)
        self.postgres = Postgres(self.folder / "postgres")
        self.lines = []

    def close(self):
        self.sink.process.kill()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy(self, table):
        return run(self.postgres.psql(f"copy (select * from {table}) to stdout"), keep=False)

    def sluice(self, name="home"):
        return Sluice(self.program, self.folder / name, self.postgres, self.sink)

    def counted(self, wanted, work):
        """Runs `work`, which has to make exactly so many requests."""
        before = self.sink.requests()
        ran = work()
        made = self.sink.requests() - before
        if made != wanted:
            sys.exit(f"{made} requests instead of {wanted}")
        return ran

    def report(self, measure, figure, bound, met):
        self.lines.append((measure, figure, bound, "yes" if met else "NO"))
        print(f"{measure}: {figure} (bound {bound})", file=sys.stderr, flush=True)

    def ratio(self, measure, ours, theirs, bound, unit=" x", at_most=True):
        """`ours` and `theirs` in seconds, pair by pair; the median of the ratios counts."""
        ratios = sorted(a / b for a, b in zip(ours, theirs))
        ratio = statistics.median(ratios)
        spread = f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s"
        met = ratio <= bound if at_most else ratio >= bound
        sign = "≤" if at_most else "≥"
        self.report(measure, f"{ratio:.2f}{unit} ({ratios[0]:.2f}–{ratios[-1]:.2f}; {spread})", f"{sign} {bound}{unit}", met)

    def against_peers(self):
        self.postgres.make_table("leads_200k", 200_000)
        self.postgres.show("leads_200k")
        # drt opens a client for each chunk of rows: with few chunks it is at its fastest. For that no aim is set.
        peers = {"drt-core": drt, "drt-core, 10,000 rows a chunk": functools.partial(drt, chunk=10_000), "dlt": dlt}
        ours = {name: [] for name in peers}
        theirs = {name: [] for name in peers}
        for _ in range(self.rounds):
            for name, peer in peers.items():
                sync = self.sluice()
                ours[name].append(self.counted(400, sync.sync).seconds)
                prepared = peer(self.venv, self.folder / name, self.postgres, self.sink, "leads_200k")
                theirs[name].append(self.counted(400, prepared).seconds)
        for name, bound in zip(peers, (12, 1, 24)):
            measure = f"first full sync, 200 k rows, against {name}"
            self.ratio(measure, theirs[name], ours[name], bound, at_most=False)

    def large(self, label, rows, rounds):
        """One size: first full sync, nothing changed, one per cent changed, another order."""
        table = f"leads_{label}"
        self.postgres.make_table(table, rows)
        requests, changed = rows // 500, rows // 100
        seconds = {key: [] for key in ("copy", "first", "copy again", "unchanged", "changed", "shuffled")}
        memory, disk = {}, 0
        for number in range(rounds):
            self.postgres.show(table)
            sync = self.sluice()
            seconds["copy"].append(self.copy(table).seconds)
            first = self.counted(requests, sync.sync)
            disk = sync.disk()
            seconds["copy again"].append(self.copy(table).seconds)
            unchanged = self.counted(0, sync.sync)
            self.postgres.show(f"{table}_shuffled")
            shuffled = self.counted(0, sync.sync)
            # In place, so that the order stays: the table is as large before as after.
            self.postgres.show(f"(select lead_id, email, user_id, case when lead_id % 100 = {number} then lead_score + 1 else lead_score end as lead_score, days_active, company, seen_at, consent from {table}) t")
            changing = self.counted(-(-changed // 500), sync.sync)
            for key, ran in (("first", first), ("unchanged", unchanged), ("shuffled", shuffled), ("changed", changing)):
                seconds[key].append(ran.seconds)
                memory.setdefault(key, []).append(ran.memory)
        return seconds, {key: statistics.median(values) for key, values in memory.items()}, disk

    def one_million(self):
        seconds, memory, disk = self.large("1m", 1_000_000, self.rounds)
        # A copy before and one after: what the computer is slower at for a while counts on both sides.
        around = [statistics.mean(pair) for pair in zip(seconds["copy"], seconds["copy again"])]
        self.ratio("first full sync, 1 M rows, against copy", seconds["first"], around, 2.5)
        self.ratio("nothing changed, 1 M rows, against copy", seconds["unchanged"], seconds["copy again"], 1.2)
        self.ratio("1 % changed of 1 M, against nothing changed", seconds["changed"], seconds["unchanged"], 1.3)
        self.ratio("another order, 1 M, against the same order", seconds["shuffled"], seconds["unchanged"], 2)
        self.report("peak memory, first full sync, 1 M", f"{memory['first']:.0f} MB", "≤ 60 MB", memory["first"] <= 60)
        print(f"    peak memory of the others: {memory}", file=sys.stderr)
        self.report("data folder, 1 M delivered events", f"{disk:.1f} MB", "≤ 80 MB", disk <= 80)
        return memory["first"]

    def five_million(self, of_one):
        seconds, memory, _ = self.large("5m", 5_000_000, 1)
        self.ratio("another order, 5 M, against the same order", seconds["shuffled"], seconds["unchanged"], 2)
        first, apart = memory["first"], memory["first"] / of_one - 1
        met = first <= 60 and abs(apart) <= 0.2
        self.report("peak memory, first full sync, 5 M", f"{first:.0f} MB, {apart:+.0%}", "≤ 60 MB, ± 20 %", met)
        print(f"    5 M in seconds: {seconds}, in MB: {memory}", file=sys.stderr)

    def log(self):
        self.postgres.show("leads_1m")
        sync = self.sluice("log")
        sync.sync()
        bounds = {"by key": 10, "newest page": 10, "by state": 50, "by cause": 50, "by time": 50, "free text": 400}
        for name, took in json.loads(run([self.event_log, sync.home]).output).items():
            bound = bounds[name]
            self.report(f"event log of 1 M, {name}", f"{took:.1f} ms", f"≤ {bound} ms", took <= bound)

    def after_a_kill(self):
        """Killed with everything waiting: how long until that can be seen, and until it goes on."""
        seen, sent = [], []
        for _ in range(self.rounds):
            sync = self.sluice("killed")
            self.sink.get("/hold")
            before = self.sink.requests()
            process = subprocess.Popen([self.program, "sync", "leads"], env={**os.environ, **sync.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while self.sink.requests() == before:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            looked = run([self.program, "runs", "--json"], sync.env)
            if looked.output.count(b'"run"') != 1:
                sys.exit(f"one run was to be seen: {looked.output.decode()}")
            seen.append(looked.seconds * 1_000)
            self.sink.get("/release")
            before, started = self.sink.requests(), time.monotonic()
            process = subprocess.Popen([self.program, "run"], env={**os.environ, **sync.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while self.sink.requests() == before and time.monotonic() < started + 60:
                time.sleep(0.002)
            sent.append(time.monotonic() - started)
            process.kill()
            process.wait()
        took = statistics.median(seen)
        self.report("killed with 1 M waiting, to see them", f"{took:.0f} ms", "≤ 100 ms", took <= 100)
        took = statistics.median(sent)
        self.report("killed with 1 M waiting, to send again", f"{took:.2f} s", "≤ 2 s", took <= 2)

    def table(self):
        widths = [max(len(line[column]) for line in [*self.lines, ("measure", "measured", "bound", "met")]) for column in range(4)]
        for line in [("measure", "measured", "bound", "met"), tuple("-" * width for width in widths), *self.lines]:
            print("| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ("sluice", "event-log", "sink", "venv"):
        parser.add_argument(f"--{program}", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each comparison")
    parser.add_argument("--five", action="store_true", help="5 M rows too: memory and order")
    parser.add_argument("--only", default="peers,large,log,kill", help="parts, with commas")
    arguments = parser.parse_args()
    parts = arguments.only.split(",")
    # Ended from outside, it still ends its server and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    bench = Bench(arguments)
    try:
        if "peers" in parts:
            bench.against_peers()
        memory = bench.one_million() if "large" in parts else None
        if memory is None and ("log" in parts or "kill" in parts):
            bench.postgres.make_table("leads_1m", 1_000_000)
        if "log" in parts:
            bench.log()
        if "kill" in parts:
            bench.postgres.show("leads_1m")
            bench.after_a_kill()
        if arguments.five and memory is not None:
            bench.five_million(memory)
    finally:
        bench.close()
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {arguments.rounds} rounds\n")
    bench.table()


if __name__ == "__main__":
    main()
