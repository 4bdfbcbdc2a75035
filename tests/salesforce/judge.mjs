// jsforce, unchanged, against the tests' stand-in for Salesforce: prints what it made of the answers.
import jsforce from 'jsforce';

const [url] = process.argv.slice(2);
const oauth2 = new jsforce.OAuth2({ loginUrl: url, clientId: 'CONSUMER_KEY', clientSecret: 'CONSUMER_SECRET' });
const org = new jsforce.Connection({ oauth2, version: '66.0' });
await org.authorize({ grant_type: 'client_credentials' });

const leads = [
    // jsforce takes a file's columns from the first record.
    { Ext__c: 'j-1', LastName: 'Åström', Rating: 'Hot', Email: 'ana@example.com', Note__c: 'line1\nline2, "q"' },
    { Ext__c: 'j-2', Email: 'nobody@example.com' },
    { Ext__c: 'j-3', LastName: 'Lukewarm', Rating: 'Tepid' },
];
const described = await org.sobject('Lead').describe();
const upserted = await org.sobject('Lead').upsert(leads, 'Ext__c', { allOrNone: false });
const again = await org.sobject('Lead').upsert([{ Ext__c: 'j-1', Note__c: null }], 'Ext__c');
const bulk = await org.bulk2.loadAndWaitForResults({
    object: 'Lead',
    operation: 'upsert',
    externalIdFieldName: 'Ext__c',
    input: [...leads.map((lead) => ({ ...lead, Email: null })), { Ext__c: 'j-4', LastName: 'Four' }],
    pollInterval: 20,
    pollTimeout: 20000,
});
const found = await org.query("SELECT Id, Ext__c, Email, Note__c FROM Lead WHERE Ext__c IN ('j-1','J-4','j-9')");
const limits = await org.limits();
const destroyed = await org.sobject('Lead').destroy(found.records.map((lead) => lead.Id));
let unknown;
try {
    await org.sobject('Lead').upsert([{ Ext__c: 'j-1', Emial: 'x' }], 'Ext__c');
} catch (error) {
    unknown = error.errorCode;
}
const keys = described.fields.filter((field) => field.externalId).map((field) => field.name);
console.log(JSON.stringify({ keys, upserted, again, bulk, found: found.records, limits, destroyed, unknown }));
