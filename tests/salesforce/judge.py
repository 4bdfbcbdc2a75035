"""simple-salesforce, unchanged, against the tests' stand-in for Salesforce: prints what it made of the answers."""
import json
import sys

from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

instance, session = sys.argv[1:]
org = Salesforce(instance=instance, session_id=session, version="66.0")
keys = [field["name"] for field in org.Lead.describe()["fields"] if field["externalId"]]
single = org.Lead.upsert("Ext__c/s-1", {"LastName": "One", "Email": "one@example.com"})
again = org.Lead.upsert("Ext__c/s-1", {"Email": None})
records = [
    {"Ext__c": "s-1", "LastName": "One", "Note__c": 'line1\nline2, "q"'},
    {"Ext__c": "s-2", "LastName": ""},
    {"Ext__c": "s-3", "LastName": "Three"},
]
job = org.bulk2.Lead.upsert(records=records, external_id_field="Ext__c", wait=1)[0]
failed = org.bulk2.Lead.get_failed_records(job["job_id"])
done = org.bulk2.Lead.get_successful_records(job["job_id"])
found = org.query("SELECT Id, Ext__c, Note__c FROM Lead WHERE Ext__c IN ('s-1','s-3')")["records"]
try:
    org.Lead.upsert("Ext__c/s-4", {"LastName": "Four", "Rating": "Tepid"})
    refused = None
except SalesforceMalformedRequest as error:
    refused = error.content[0]["errorCode"]
print(json.dumps({"keys": keys, "single": single, "again": again, "job": job, "failed": failed, "done": done,
                  "found": [{"Ext__c": one["Ext__c"], "Note__c": one["Note__c"]} for one in found], "refused": refused}))
