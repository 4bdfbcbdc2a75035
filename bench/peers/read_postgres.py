"""Reads a table with psycopg through a server-side cursor, every value: PORT DATABASE TABLE."""

import json
import sys
import time

import psycopg

port, database, table = sys.argv[1:]
connection = psycopg.connect(host="127.0.0.1", port=port, dbname=database, user="postgres", password="bench")
started = time.monotonic()
rows = 0
with connection.cursor(name="peer") as cursor:
    cursor.itersize = 10_000
    for _ in cursor.execute(f"select * from {table}"):
        rows += 1
print(json.dumps({"rows": rows, "seconds": time.monotonic() - started}))
