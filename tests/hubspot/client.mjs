// HubSpot's own Node client (@hubspot/api-client), unchanged, at work on the address and the key it is given.
// Prints what it understood as one JSON object.
import { Client } from '@hubspot/api-client';

const [address, key] = process.argv.slice(2);
const hubspot = new Client({ accessToken: key, basePath: address, numberOfApiCallRetries: 2 });
const batch = hubspot.crm.contacts.batchApi;
const upsert = (...rows) =>
    batch.upsert({
        inputs: rows.map(([objectWriteTraceId, email, values]) => ({
            id: email,
            idProperty: 'email',
            objectWriteTraceId,
            properties: { email, ...values },
        })),
    });
const named = (results) => Object.fromEntries(results.map((one) => [one.objectWriteTraceId, one._new]));

const seen = {};
const first = await upsert(['n-1', 'eva@example.com', { firstname: 'Eva' }], ['n-2', 'eve', {}]);
seen.new = named(first.results);
seen.refused = first.errors[0].context.objectWriteTraceId;
seen.again = named((await upsert(['n-3', 'Eva@Example.com', { lastname: 'E' }])).results);
const read = await batch.read({
    inputs: [{ id: 'eva@example.com' }, { id: 'nobody@example.com' }],
    idProperty: 'email',
    properties: ['firstname', 'lastname'],
    propertiesWithHistory: [],
});
seen.read = read.results.map((one) => one.properties);
seen.missing = read.errors[0].context.ids;
const { id } = read.results[0];
const updated = await batch.update({ inputs: [{ id, properties: { lastname: 'F' } }] });
seen.updated = updated.results[0].properties.lastname;
const created = await batch.create({ inputs: [{ properties: { email: 'eli@example.com' }, associations: [] }] });
await batch.archive({ inputs: [{ id: created.results[0].id }] });
const properties = await hubspot.crm.properties.coreApi.getAll('contacts');
seen.properties = properties.results.map((one) => one.name).slice(0, 2);
const schemas = await hubspot.crm.schemas.coreApi.getAll();
seen.schemas = schemas.results.map((one) => one.fullyQualifiedName);
seen.unknown = await upsert(['n-4', 'c@example.com', { shoe: '44' }]).catch(({ body }) => body.errors[0].code);
const stranger = new Client({ accessToken: 'pat-wrong', basePath: address });
seen.key = await stranger.crm.properties.coreApi.getAll('contacts').catch(({ body }) => body.category);
console.log(JSON.stringify(seen));
