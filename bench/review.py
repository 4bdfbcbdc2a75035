"""Measures comparing every record of a run with the practice CRM before it is sent.

    scripts/bench-review [--rows 100000]

The sample warehouse makes the rows from one SELECT. They are sent once, every third score is changed, and `sluice plan --all`
then reads, stages and compares all of them. Told are the time until the first groups can be looked at, the time of the
whole plan, and the peak memory of the process, as the operating system accounts for it.
"""

import argparse
import json
import os
import pathlib
import resource
import sqlite3
import subprocess
import tempfile
import time

WORKSPACE = """version: 1
connections:
  rows: {{ kind: sample }}
  crm: {{ kind: practice }}
syncs:
  leads:
    from: rows
    sql: "{sql}"
    key: [id]
    to: crm
    object: contacts
    match: email
    mode: upsert
    fields:
      - {{ column: email }}
      - {{ column: first_name }}
      - {{ column: last_name }}
      - {{ column: company }}
      - {{ column: lead_score }}
    schedule: manual
"""

SELECT = (
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows}) "
    "select i as id, 'lead' || i || '@example.com' as email, 'Ana' as first_name, 'Nº ' || i as last_name, "
    "'Company ' || (i % 997) as company, (i * 7 + {shift} * (i % 3 = 0)) % 100 as lead_score from n"
)


def apply(sluice, home, rows, shift):
    workspace = WORKSPACE.format(sql=SELECT.format(rows=rows, shift=shift))
    subprocess.run([sluice, "--home", home, "apply", "-"], input=workspace, text=True, check=True, stdout=subprocess.DEVNULL)


def first_groups(home, since, process):
    """Seconds until what was compared first is on disk, where the window reads it."""
    database = pathlib.Path(home, "sluice.sqlite")
    while process.poll() is None:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            row = connection.execute("select review from run where review is not null order by id desc").fetchone()
        if row:
            return time.monotonic() - since
        time.sleep(0.02)
    raise SystemExit("no groups were seen before the plan ended")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{arguments.rows:,} records compared with the practice CRM: first groups s, whole plan s, peak MB, groups")
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as home:
            apply(arguments.sluice, home, arguments.rows, 0)
            sent = subprocess.run([arguments.sluice, "--home", home, "sync", "leads"], capture_output=True, text=True)
            if sent.returncode not in (0, 3):
                raise SystemExit(sent.stderr)
            apply(arguments.sluice, home, arguments.rows, 1)
            began = time.monotonic()
            command = [arguments.sluice, "--home", home, "--json", "plan", "leads", "--all", "--limit", "100"]
            with tempfile.TemporaryFile("w+") as out:
                process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
                first = first_groups(home, began, process)
                _, status, usage = os.wait4(process.pid, 0)
                whole = time.monotonic() - began
                if os.waitstatus_to_exitcode(status) != 0:
                    raise SystemExit(f"the plan ended with {os.waitstatus_to_exitcode(status)}")
                out.seek(0)
                groups = json.load(out)["groups"]
            print(f"{first:.2f}  {whole:.2f}  {usage.ru_maxrss / 1024:.0f}  {groups}")


if __name__ == "__main__":
    main()
