"""The first full sync with dlt: rows from a server-side cursor to a custom destination, 500 a request.

`dlt_sync.py DSN TABLE URL`, in a working folder of its own.
"""

import sys

import dlt
import psycopg2
import psycopg2.extras
import requests
from dlt.common import json

dsn, table, url = sys.argv[1:]
session = requests.Session()


@dlt.destination(batch_size=500, loader_file_format="typed-jsonl", name="sink", naming_convention="direct")
def sink(items, schema):
    answer = session.post(url, data=json.dumpb({"batch": items}), headers={"Content-Type": "application/json"})
    answer.raise_for_status()


@dlt.resource(name="leads", primary_key="lead_id")
def leads():
    with psycopg2.connect(dsn) as connection, connection.cursor(
        "leads", cursor_factory=psycopg2.extras.RealDictCursor
    ) as cursor:
        cursor.itersize = 10_000
        cursor.execute(f"select * from {table}")
        while rows := cursor.fetchmany(10_000):
            yield [dict(row) for row in rows]


dlt.pipeline("leads", destination=sink, dataset_name="bench", pipelines_dir="pipelines").run(leads())
