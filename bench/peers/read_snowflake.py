"""Reads a table with Snowflake's own connector, every value: PORT TABLE."""

import json
import sys
import time

import snowflake.connector

port, table = sys.argv[1:]
connection = snowflake.connector.connect(
    user="reader", password="reader", account="bench", host="127.0.0.1", port=int(port), protocol="http",
    database="SHOP", schema="PUBLIC",
)
started = time.monotonic()
cursor = connection.cursor().execute(f"select * from {table}")
rows = 0
while batch := cursor.fetchmany(10_000):
    rows += len(batch)
print(json.dumps({"rows": rows, "seconds": time.monotonic() - started}))
