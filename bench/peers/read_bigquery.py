"""Reads a table with Google's own client over the Storage Read API, every value: REST-PORT GRPC-PORT TABLE."""

import json
import sys
import time

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, bigquery_storage
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

rest, grpc_port, table = sys.argv[1:]
client = bigquery.Client(
    project="shop", credentials=AnonymousCredentials(), client_options={"api_endpoint": f"http://127.0.0.1:{rest}"}
)
limits = [("grpc.max_receive_message_length", 128 << 20)]
transport = BigQueryReadGrpcTransport(channel=grpc.insecure_channel(f"127.0.0.1:{grpc_port}", options=limits))
storage = bigquery_storage.BigQueryReadClient(transport=transport)
started = time.monotonic()
rows = 0
for batch in client.list_rows(client.get_table(table)).to_arrow_iterable(bqstorage_client=storage):
    rows += len(batch.to_pylist())
print(json.dumps({"rows": rows, "seconds": time.monotonic() - started}))
