"""HubSpot's own Python client (hubspot-sdk), unchanged, at work on the address and the key it is given.

Prints what it understood as one JSON object.
"""

import json
import sys

import hubspot_sdk
from hubspot_sdk import HubSpot

address, key = sys.argv[1:]
hubspot = HubSpot(access_token=key, base_url=address, max_retries=2)
batch = hubspot.crm.objects.contacts.batch


def upsert(*rows):
    inputs = [
        {"id": email, "id_property": "email", "object_write_trace_id": trace, "properties": {"email": email, **values}}
        for trace, email, values in rows
    ]
    return batch.upsert(inputs=inputs)


seen = {}
first = upsert(("p-1", "ana@example.com", {"firstname": "Ana"}), ("p-2", "bob", {}))
seen["new"] = {one.object_write_trace_id: one.new for one in first.results}
extra = first.model_extra
seen["refused"] = extra["errors"][0]["context"]["objectWriteTraceId"]
again = upsert(("p-3", "Ana@Example.com", {"lastname": "A"}))
seen["again"] = {one.object_write_trace_id: one.new for one in again.results}

read = batch.get(
    inputs=[{"id": "ana@example.com"}, {"id": "nobody@example.com"}],
    id_property="email",
    properties=["firstname", "lastname"],
    properties_with_history=[],
)
seen["read"] = [one.properties for one in read.results]
seen["missing"] = read.model_extra["errors"][0]["context"]["ids"]

number = read.results[0].id
updated = batch.update(inputs=[{"id": number, "properties": {"lastname": "B"}}])
seen["updated"] = updated.results[0].properties["lastname"]
created = batch.create(inputs=[{"properties": {"email": "bo@example.com"}, "associations": []}])
batch.delete(inputs=[{"id": created.results[0].id}])
seen["properties"] = [one.name for one in hubspot.crm.properties.list("contacts").results][:2]
seen["schemas"] = [one.fully_qualified_name for one in hubspot.crm.object_schemas.list().results]
seen["account"] = hubspot.account.get().portal_id
seen["usage"] = hubspot.account.get_daily_private_apps_usage().results[0].name
try:
    upsert(("p-4", "c@example.com", {"shoe": "44"}))
except hubspot_sdk.BadRequestError as error:
    seen["unknown"] = error.body["errors"][0]["code"]
try:
    HubSpot(access_token="pat-wrong", base_url=address, max_retries=0).crm.properties.list("contacts")
except hubspot_sdk.AuthenticationError as error:
    seen["key"] = error.body["category"]
print(json.dumps(seen))
