"""Reads the bench's million rows from fakesnow with Snowflake's own Python client; prints rows, seconds and peak memory.

usage: snowflake_client.py PORT [make], with `make` to fill the table first
"""

import re
import resource
import sys
import time
from pathlib import Path

import snowflake.connector

port, make = int(sys.argv[1]), sys.argv[2:] == ["make"]
client = snowflake.connector.connect(
    user="bench", password="bench", account="bench", host="127.0.0.1", port=port, protocol="http",
    database="BENCH", schema="PUBLIC",
)
cursor = client.cursor()
if make:
    source = (Path(__file__).parents[1] / "snowflake_read.rs").read_text()
    table = re.search(r'const TABLE: &str = "(.*?)";\n', source, re.S).group(1)
    cursor.execute(re.sub(r"\\\n\s*", "", table).replace('\\"', '"'))
    sys.exit()
started = time.monotonic()
cursor.execute("select * from leads")
count = 0
while rows := cursor.fetchmany(10_000):
    count += len(rows)
seconds = time.monotonic() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(f"{count} rows: {seconds:.2f} s, {count / seconds:.0f} rows/s, {peak} MB")
