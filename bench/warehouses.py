"""How fast each warehouse is read, beside its vendor's own Python client on the same stand-in in the same run. See README.md."""

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from speed import BENCH, Postgres, free_port, run

TOOLS = BENCH.parent / ".tools"
ROWS = 1_000_000
#: How much faster than the vendor's client, and how much memory at most, in MB.
AT_LEAST, AT_MOST = 3, 150


@contextlib.contextmanager
def server(command, is_ready, log):
    """Runs a stand-in until the end of the block; begins when it is ready."""
    process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 120
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command} did not start")
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class Reading:
    """One stand-in: our command, and the peer's."""

    def __init__(self, label, peer, ours, theirs):
        self.label, self.peer, self.ours, self.theirs = label, peer, ours, theirs

    def compare(self, rounds):
        ratios, speeds, peaks, theirs = [], [], [], []
        for _ in range(rounds):
            ran, peer = run(self.ours), run(self.theirs)
            us, them = ran.summary(), peer.summary()
            assert us["rows"] == them["rows"] == ROWS, (us, them)
            ratios.append(them["seconds"] / us["seconds"])
            speeds.append(ROWS / us["seconds"])
            theirs.append(peer.memory)
            peaks.append(ran.memory)
        ratio, peak = statistics.median(ratios), max(peaks)
        met = "yes" if ratio >= AT_LEAST and peak <= AT_MOST else "NO"
        speed = f"{statistics.median(speeds) / 1000:.0f} k rows/s"
        bounds = f"{ratio:.1f} x ({min(ratios):.1f}–{max(ratios):.1f}) | {peak:.0f} MB, {max(theirs):.0f} MB | {met}"
        print(f"| {self.label} | {self.peer} | {speed} | {bounds} |", flush=True)


def snowflake(program, log):
    """fakesnow speaks the drivers' protocol; its own client makes the table."""
    port = free_port()
    python = TOOLS / "fakesnow/bin/python"
    command = [TOOLS / "fakesnow/bin/fakesnow", "-s", "-p", port]
    with server(command, lambda: answers(f"http://127.0.0.1:{port}/"), log):
        seed = f"""
import snowflake.connector as sf
c = sf.connect(user="a", password="a", account="bench", host="127.0.0.1", port={port}, protocol="http", database="SHOP", schema="PUBLIC").cursor()
c.execute('''create table SHOP.PUBLIC.LEADS as select i as lead_id, 'user' || i || '@shop.example' as email, 'u-' || i as user_id,
    mod(i * 7919, 100) as lead_score, cast(i as number(12, 2)) / 7 as ltv, 'Company ' || mod(i, 5000) as company,
    dateadd(second, i * 7, '2026-01-01'::timestamp_ntz) as seen_at, mod(i, 3) = 0 as consent
    from (select seq8() as i from table(generator(rowcount => {ROWS})))''')
"""
        subprocess.run([python, "-c", seed], check=True)
        settings = ["account=bench", "user=reader", "auth=password", "secret.password=reader", "database=SHOP", f"url=http://127.0.0.1:{port}"]
        ours = [program, "snowflake", "PUBLIC.LEADS", *settings]
        yield Reading("Snowflake", "snowflake-connector-python", ours, [python, BENCH / "peers/read_snowflake.py", port, "SHOP.PUBLIC.LEADS"])


def bigquery(program, log):
    rest, grpc = free_port(), free_port()
    python = TOOLS / "bqemulator/bin/python"
    # DuckDB's extension is found below the home folder.
    command = ["env", f"HOME={TOOLS / 'bqemulator'}", TOOLS / "bqemulator/bin/bqemulator", "start", "--rest-port", rest, "--grpc-port", grpc, "--project", "shop", "--log-level", "warning"]
    with server(command, lambda: answers(f"http://127.0.0.1:{rest}/healthz"), log):
        seed = f"""
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
c = bigquery.Client(project="shop", credentials=AnonymousCredentials(), client_options={{"api_endpoint": "http://127.0.0.1:{rest}"}})
c.create_dataset("analytics")
c.query('''create table analytics.leads as select i as lead_id, concat('user', cast(i as string), '@shop.example') as email,
    concat('u-', cast(i as string)) as user_id, mod(i * 7919, 100) as lead_score, cast(i as numeric) / 4 as ltv,
    concat('Company ', cast(mod(i, 5000) as string)) as company,
    timestamp_add(timestamp '2026-01-01 00:00:00+00', interval i * 7 second) as seen_at, mod(i, 3) = 0 as consent
    from unnest(generate_array(1, {ROWS})) as i''').result()
"""
        subprocess.run([python, "-c", seed], check=True)
        settings = ["project=shop", f"url=http://127.0.0.1:{rest}", f"storage_url=http://127.0.0.1:{grpc}"]
        ours = [program, "bigquery", "analytics.leads", *settings]
        theirs = [python, BENCH / "peers/read_bigquery.py", rest, grpc, "shop.analytics.leads"]
        yield Reading("BigQuery", "google-cloud-bigquery, Storage Read", ours, theirs)


def over_postgres(kind, label):
    def reading(program, log):
        folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
        # The server may run as another user.
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres")
        try:
            postgres.make_table("leads", ROWS)
            port = postgres.port
            if kind == "redshift":
                command = [program.parent / "redshift_filter", port]
                kept = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
                port = int(kept.stdout.readline())
            settings = [f"port={port}", "host=127.0.0.1", "database=postgres", "user=postgres", "secret.password=bench", "tls=disable"]
            ours = [program, kind, "public.leads", *settings]
            python = Path(sys.executable)
            yield Reading(label, "psycopg 3", ours, [python, BENCH / f"peers/read_{kind}.py", port, "postgres", "leads"])
        finally:
            postgres.stop()
            shutil.rmtree(folder, ignore_errors=True)

    return reading


READINGS = {
    "snowflake": snowflake,
    "bigquery": bigquery,
    "redshift": over_postgres("redshift", "Redshift"),
    "postgres": over_postgres("postgres", "PostgreSQL"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=READINGS, action="append")
    arguments = parser.parse_args()
    print("| warehouse | against | rows | as fast as | peak memory, theirs | met |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryFile() as log:
        for kind in arguments.only or READINGS:
            for reading in READINGS[kind](arguments.program, log):
                reading.compare(arguments.rounds)


if __name__ == "__main__":
    main()
