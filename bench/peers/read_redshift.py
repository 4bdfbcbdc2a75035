"""Reads a table with psycopg, every value, as Redshift takes it (simple queries, FETCH in pages): PORT DATABASE TABLE."""

import json
import sys
import time

import psycopg

port, database, table = sys.argv[1:]
connection = psycopg.connect(
    host="127.0.0.1", port=port, dbname=database, user="postgres", password="bench", cursor_factory=psycopg.ClientCursor
)
started = time.monotonic()
rows = 0
with connection.cursor() as cursor:
    cursor.execute(f"declare peer cursor for select * from {table}")
    while page := cursor.execute("fetch forward 1000 from peer").fetchall():
        rows += len(page)
print(json.dumps({"rows": rows, "seconds": time.monotonic() - started}))
