"""Measures looking at every record before it is sent, and keeping what stood there before.

    scripts/bench-review [--rows 100000]

The sample warehouse makes the rows from one SELECT, ten fields beside the match value, and they go to the practice CRM (which plays
Salesforce here: its quota counts requests). They are sent once, all ten fields change, and then

- `sluice plan --all` reads, stages and compares every record. Told are the time until the first groups can be looked at, the
  time of the whole plan, and the peak memory of the process, as the operating system accounts for it;
- the held run is approved, and the values that stood there before are measured on disk: of ten fields a record.
"""

import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time

WORKSPACE = """version: 1
connections:
  rows: {{ kind: sample }}
  crm: {{ kind: practice, settings: {{ plays: salesforce }} }}
syncs:
  leads:
    from: rows
    sql: "{sql}"
    key: [Lead_ID__c]
    to: crm
    object: Lead
    match: Lead_ID__c
    mode: upsert
    fields: all
    schedule: manual
"""

FIELDS = {
    "Lead_ID__c": "'L-' || i",
    "LastName": "'Sørensen ' || (r % 40013)",
    "FirstName": "'Ana ' || (r / 7 % 9973)",
    "Company": "'Company ' || (r / 11 % 79193)",
    "Email": "'lead' || r || '@example.com'",
    "Title": "'Director of ' || (r / 13 % 233)",
    "Phone": "'+49 151 ' || (1000000 + r / 17 % 8999999)",
    "Country": "'Country ' || (r / 19 % 120)",
    "City": "'City ' || (r / 23 % 15013)",
    "Website": "'https://www.company' || (r / 29 % 79193) || '.example'",
    "Lead_Score__c": "r / 31 % 101",
}


def select(rows, shift):
    values = ", ".join(f"{value} as {name}" for name, value in FIELDS.items())
    numbers = f"n(i) as (select 1 union all select i + 1 from n where i < {rows})"
    # A number that says nothing of the one before it: a row compresses as rows of people do.
    scattered = f"m(i, r) as (select i, ((i + {shift}) * 2654435761 + (i * 40503) % 65536 * 7919) % 4294967291 from n)"
    return f"with recursive {numbers}, {scattered} select {values} from m"


def apply(sluice, home, rows, shift):
    workspace = WORKSPACE.format(sql=select(rows, shift))
    subprocess.run([sluice, "--home", home, "apply", "-"], input=workspace, text=True, check=True, stdout=subprocess.DEVNULL)


def sync(sluice, home, *how):
    ran = subprocess.run([sluice, "--home", home, "--json", "sync", "leads", *how], capture_output=True, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.stdout + ran.stderr)
    return json.loads(ran.stdout)


def ask(home, sql):
    database = pathlib.Path(home, "sluice.sqlite")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchone()


def first_groups(home, since, process):
    """Seconds until what was compared first is on disk, where the window reads it."""
    while process.poll() is None:
        if ask(home, "select 1 from run where review is not null"):
            return time.monotonic() - since
        time.sleep(0.02)
    raise SystemExit("the plan ended before any group was seen")


def plan(sluice, home):
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        command = [sluice, "--home", home, "--json", "plan", "leads", "--all", "--limit", "100"]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        first = first_groups(home, began, process)
        _, status, usage = os.wait4(process.pid, 0)
        whole = time.monotonic() - began
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"the plan ended with {os.waitstatus_to_exitcode(status)}")
        out.seek(0)
        return first, whole, usage.ru_maxrss / 1024, json.load(out)["groups"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{arguments.rows:,} records, {arguments.rows * (len(FIELDS) - 1):,} fields")
    print("first groups s   whole plan s   peak MB   kept before MB   groups")
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as home:
            apply(arguments.sluice, home, arguments.rows, 0)
            sync(arguments.sluice, home)
            apply(arguments.sluice, home, arguments.rows, 1)
            first, whole, peak, groups = plan(arguments.sluice, home)
            run = sync(arguments.sluice, home, "--approve")
            if run["delivered"] != arguments.rows:
                raise SystemExit(f"of the records {run['delivered']} were delivered")
            sizes = "select sum(length(z)), sum(n) from before b join batch on batch.id = b.batch where run = {}"
            kept, records = ask(home, sizes.format(run["run"]))
            if records != arguments.rows:
                raise SystemExit(f"of {records} records it is known what stood there")
            print(f"{first:>14.2f} {whole:>14.2f} {peak:>9.0f} {kept / 1e6:>16.1f}   {groups}", flush=True)


if __name__ == "__main__":
    main()
