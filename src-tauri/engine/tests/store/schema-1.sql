-- A data folder as the first release wrote it: two runs of one sync, one refused record.
BEGIN TRANSACTION;
CREATE TABLE batch(id integer primary key, sync integer not null, run integer not null, n integer not null,
    raw integer not null, state integer not null, attempts integer not null, at integer not null);
INSERT INTO "batch" VALUES(1,1,1,6,680,5,1,1795648500885);
INSERT INTO "batch" VALUES(2,1,2,2,204,3,1,1795648510401);
CREATE TABLE before(batch integer primary key, z blob not null);
INSERT INTO "before" VALUES(1,X'28B52FFD201F6D0000385B6E756C6C2C5D0100004B11');
INSERT INTO "before" VALUES(2,X'28B52FFD20558D0200B2C4111980D5393B35DE482BCC962D7B37F20752E8EEC6B2400223A3074C7774E981CC415D19BE265A6CB961DB2470FB3C85A175AB3B3AD77425323305A33890ABBAB2B6D8725F015F0202004050C0A5CA');
CREATE TABLE body(batch integer primary key, z blob not null);
INSERT INTO "body" VALUES(1,X'28B52FFD605402450B00065444327035CE018081FFD07900CDB33AF75271C4F7DB5E6EE24F52D23E976C968CF88F8951067463DE0ABFFDBFB0F9CAAB635E70A7360035003500946BD6B74EE1168E72159E5474DB45401E8E0663314DD314211844149E7CF2C9279F7CF229C8CC97999E999CCCECCC84C8CC4D661204AC50829AF933242608E5F6DDD2144E022538CAED5338E9CE5C4EE1B6314F392BB546B89568DF336D2FDAD56F66697C499942A8990B8A65F11D2A6BB8DD81FD520610B03C40903BB231FAA55B6385FD52DCA249907B1BD3827501829AB9836671DC5AA146D05D83FEAA0F010018E8740A4002260E6CD82FDC881F5B3257E5D19F3EDD2476851C40BAF137BC6EE2E55AA4BD9AEA37BE5A926EFC98870462708A7FB4312720F0821121DEF019A98E6329E301F5CBB41E0C62B97FC083BB2EB6BC83BAAA4BE3DEEA20AEFBDCB58F2F5D8DE790C3BDFAF1D5FD2835700F0E99DD33975FD822CAF1C2AA74C31AED684733DA8F860CAD6B9107');
INSERT INTO "body" VALUES(2,X'28B52FFD600800850500020A242790B56D0F1E383323949C5AD8249A64694822B25C32D1AF04932A307957A9C93473D69D55C896025403A0EE38A80416EC61746A75FA5EB36F26CD6F26AAB58263A713AA0953D80A66504D063B76D9FFC438F0E0843D46B2097CA910940A627F2B3F67FD290D14F62FDF0193B2E3085B3A27CCB0E3079FD71E796A98D65A5310072781206BEDDA45D8DDC6EE46BBBB020B0061745F17BA82717390A106A712E261E62C5F4B516060DCC0CEDC17');
CREATE TABLE connection(id integer primary key, name text not null unique, kind text not null,
    settings text not null, checked_at integer, checked_ok integer);
INSERT INTO "connection" VALUES(1,'sample','sample','{}',NULL,NULL);
INSERT INTO "connection" VALUES(2,'crm','practice','{}',NULL,NULL);
INSERT INTO "connection" VALUES(3,'files','file','{"folder":"/exports"}',NULL,NULL);
CREATE TABLE draft(id text primary key, title text not null, saved_at integer not null, state text not null);
CREATE TABLE exchange(id integer primary key, batch integer not null, at integer not null, records blob not null,
    z blob not null);
INSERT INTO "exchange" VALUES(1,1,1795648500885,X'28B52FFD200C610000000001000200030004000500',X'28B52FFD608300E50500920D2A22306BDC06284A51F4126959BDBC6FEE1F80CE714402B6E8CB5511C58A730C0C0CA80251443080204AA228F2DC98B2E391E7B57C28DFD05A1F1F31512210A0486084E455E35CE155B3ADFBD6555E2968C92B6EC6C3FBAEA0E7DF3E30D3E37124F2FCB4361F1325C9F37623E1C830678D19126B4EEB7218CEE9F1EB1A0B8066DBAC157C59F2FCB6D15D38BEDFB27B12F7D2666D2587B752CA5D4E2F7D0EB140303878BE57E1691F0A06006014301E1819184545B53151994203');
INSERT INTO "exchange" VALUES(2,2,1795648510761,X'28B52FFD200421000000000100',X'28B52FFD602500950600A24F2F22306DAB0326606605D7DD9C1DEBA4C425B370BA182C81650E33BA7D24947811115160CFC3101848000802F2FC9CBAA724CF6BF94EFEE1BD7EFAB33C570AE68D8C6962116B8C422045FD1CE28698A60E03F7583772B3B0313D8BBC62ED2A5DB16D65B0B9CA2BE52879C5CD34BCF1CA793E6E043B7D4A9AD6E62746B2C8F3F643E16959EE1E3B20EEB5D6D51808F5E90B1F8D44BB6DF70AAE28798ECB741B9EDE71193608F7D2766F218EB8102477B55E1A216A241C203CDFCB10B5EF040600734AE3EA1690E98A9203A55C96419851');
CREATE TABLE fingerprint(id integer primary key, sync integer not null, d blob not null, z blob not null);
INSERT INTO "fingerprint" VALUES(16777216,1,X'E7B048A796FD67BB4CEEF028CAB08C2D2713BA42989C8617A191DB570921DC74B5D89407A0C460F9C048EC91AA8D77979C2669CC20370B4F7D3B9D9AC71EDE99E41C46B0D96C7FC2DA84CD2D4C286BE60AAFA9FE579BE59B83B672817EA47F50D7B459DD35BFCF3E314D4831DDE06C541639255DC80E0B0D28610E03961E50B10F0E570A4B705224006B95CCA190935C',X'28B52FFD206C4D0100D80A0000004C4541442D30303030310000000032333435360000000005006016301F981998853A6618');
INSERT INTO "fingerprint" VALUES(33554432,1,X'4CEEF028CAB08C2DC89370E6BC5C403648E6FCB8DF5F8E16',X'28B52FFD20129100000A0000004C4541442D303030303200000000');
CREATE TABLE invalid_row(run integer not null, row integer not null, key text, problem text not null,
    primary key(run, row)) without rowid;
CREATE TABLE key_segment(batch integer primary key, d blob not null);
INSERT INTO "key_segment" VALUES(1,X'17869C984202002D8CB0CA28010074DC210957030097778DAA910500BB67FD96A70000F960C4A0070400');
INSERT INTO "key_segment" VALUES(2,X'17869C984201002D8CB0CA280000');
CREATE TABLE record_state(batch integer not null, place integer not null, state integer not null,
    at integer not null, problem text, primary key(batch, place)) without rowid;
INSERT INTO "record_state" VALUES(2,0,5,1795648510761,NULL);
INSERT INTO "record_state" VALUES(2,1,9,1795648510761,'{"kind":"record_rejected","message":"Email is not a valid e-mail address.","safe":"The record is kept with its reason and sent again on the next run.","hint":"Correct the value or the mapping."}');
CREATE TABLE run(id integer primary key, sync integer not null, cause integer not null, state integer not null,
    started integer not null, sealed integer, finished integer, slot integer, generation integer not null,
    shape text not null, server_rows integer, claimed integer not null default 0,
    read integer not null default 0, invalid integer not null default 0, added integer not null default 0,
    changed integer not null default 0, removed integer not null default 0, unchanged integer not null default 0,
    carried integer not null default 0, to_send integer not null default 0, sent integer not null default 0,
    delivered integer not null default 0, rejected integer not null default 0, requests integer not null default 0,
    bytes_sent integer not null default 0, next_attempt integer, problem text);
INSERT INTO "run" VALUES(1,1,1,3,1795648500697,1795648500837,1795648500888,NULL,2,'{"record":{"object":"contacts","match_field":"email"}}',6,1,6,0,6,0,0,0,0,6,6,6,0,1,686,NULL,NULL);
INSERT INTO "run" VALUES(2,1,1,4,1795648510383,1795648510725,1795648510765,NULL,2,'{"record":{"object":"contacts","match_field":"email"}}',6,2,6,0,0,2,0,4,0,2,2,1,1,1,206,NULL,NULL);
CREATE TABLE setting(key text primary key, value text not null) without rowid;
INSERT INTO "setting" VALUES('theme','dark');
CREATE TABLE slot(sync integer not null, at integer not null, run integer not null, primary key(sync, at)) without rowid;
CREATE TABLE sync(id integer primary key, uuid text not null unique, name text not null unique,
    definition text not null, generation integer not null default 1, columns text,
    base_until integer not null default 0, paused integer not null default 0, next_due integer);
INSERT INTO "sync" VALUES(1,'943b74a4-cc07-49d6-ac1f-8a7772aaa62e','people','{"name":"people","from":"sample","query":{"sql":"select lead_id, email, full_name, lead_score from analytics.lead_scores order by lead_id limit 6"},"key":["lead_id"],"to":"crm","shape":{"record":{"object":"contacts","match_field":"email"}},"mode":"upsert","removed":"nothing","identifiers":{},"fields":null,"schedule":{"at":{"times":[510],"days":[0,1],"time_zone":"Europe/Berlin"}}}',2,'[{"name":"lead_id","logical":"text","native":"TEXT"},{"name":"email","logical":"text","native":"TEXT"},{"name":"full_name","logical":"text","native":"TEXT"},{"name":"lead_score","logical":"integer","native":"INTEGER"}]',16777216,0,1796023800000);
INSERT INTO "sync" VALUES(2,'d20e5cae-0448-4576-9633-a7478bc15d06','nightly','{"name":"nightly","from":"sample","query":{"table":"analytics.lead_scores"},"key":["lead_id"],"to":"files","shape":"identify","mode":"upsert","removed":"nothing","identifiers":{"email":"email"},"fields":null,"schedule":"manual"}',1,NULL,0,0,NULL);
CREATE TABLE workspace(id integer primary key check(id = 1), uuid text not null, clean integer not null);
INSERT INTO "workspace" VALUES(1,'d88d7bc9af5d0fa87199d83fcfc0b142',1);
CREATE INDEX run_of_sync on run(sync, id);
CREATE INDEX batch_of_run on batch(run);
CREATE INDEX batch_open on batch(sync) where state in (3, 4, 9, 10);
CREATE INDEX record_open on record_state(state, batch) where state in (3, 4, 9, 10);
CREATE INDEX exchange_of_batch on exchange(batch);
CREATE INDEX fingerprint_of_sync on fingerprint(sync, id);
COMMIT;
pragma user_version = 1;
