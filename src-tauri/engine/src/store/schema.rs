//! The database's tables, as migrations. A migration is never changed once released, only followed.

/// Each entry takes the database from version `index` to `index + 1` (SQLite's `user_version`).
pub(super) const MIGRATIONS: &[&str] = &[
    // 1: the first release.
    "
create table workspace(id integer primary key check(id = 1), uuid text not null, clean integer not null);
insert into workspace values(1, lower(hex(randomblob(16))), 1);

create table connection(id integer primary key, name text not null unique, kind text not null,
    settings text not null, checked_at integer, checked_ok integer);

-- columns: the mapped columns and their types as the last run saw them; base_until: the last fingerprint
-- chunk of the base, chunks after it override it; next_due: the next slot, in ms.
create table sync(id integer primary key, uuid text not null unique, name text not null unique,
    definition text not null, generation integer not null default 1, columns text,
    base_until integer not null default 0, paused integer not null default 0, next_due integer);

create table draft(id text primary key, title text not null, saved_at integer not null, state text not null);
create table setting(key text primary key, value text not null) without rowid;

-- A slot is (sync, instant), and is taken once.
create table slot(sync integer not null, at integer not null, run integer not null, primary key(sync, at)) without rowid;

-- claimed: batches up to this id may be under way. problem: the error as JSON.
create table run(id integer primary key, sync integer not null, cause integer not null, state integer not null,
    started integer not null, sealed integer, finished integer, slot integer, generation integer not null,
    shape text not null, server_rows integer, claimed integer not null default 0,
    read integer not null default 0, invalid integer not null default 0, added integer not null default 0,
    changed integer not null default 0, removed integer not null default 0, unchanged integer not null default 0,
    carried integer not null default 0, to_send integer not null default 0, sent integer not null default 0,
    delivered integer not null default 0, rejected integer not null default 0, requests integer not null default 0,
    bytes_sent integer not null default 0, next_attempt integer, problem text);
create index run_of_sync on run(sync, id);

-- Records sent together. state speaks for every record of the batch without a row in record_state.
-- State codes are all below 128, so that a change never moves the row.
create table batch(id integer primary key, sync integer not null, run integer not null, n integer not null,
    raw integer not null, state integer not null, attempts integer not null, at integer not null);
create index batch_of_run on batch(run);
create index batch_open on batch(sync) where state in (3, 4, 9, 10);

-- zstd 1 of the records; apart from the state, so that an outcome never rewrites a body.
create table body(batch integer primary key, z blob not null);

-- Sorted 40-bit key hashes with their place in the batch: the index by key.
create table key_segment(batch integer primary key, d blob not null);

-- Records whose state differs from their batch's.
create table record_state(batch integer not null, place integer not null, state integer not null,
    at integer not null, problem text, primary key(batch, place)) without rowid;
create index record_open on record_state(state, batch) where state in (3, 4, 9, 10);

-- A request and its answer; records: which places it carried; z: zstd 1 of the exchange as JSON, empty until
-- the answer is there.
create table exchange(id integer primary key, batch integer not null, at integer not null, records blob not null,
    z blob not null);
create index exchange_of_batch on exchange(batch);

-- Values as they were in the destination before a batch was first sent.
create table before(batch integer primary key, z blob not null);

-- Rows that could not become records; the first thousand of a run keep their reason.
create table invalid_row(run integer not null, row integer not null, key text, problem text not null,
    primary key(run, row)) without rowid;

-- Fingerprints as delivered: key hash u64 x n, fingerprint u128 x n; z: zstd 1 of keys and addresses.
create table fingerprint(id integer primary key, sync integer not null, d blob not null, z blob not null);
create index fingerprint_of_sync on fingerprint(sync, id);
",
    // 2: owners are told apart.
    "
-- epoch: raised by each process that becomes the owner; an owner that finds another's has lost the folder.
alter table workspace add column epoch integer not null default 0;
",
    // 3: comparing inside the warehouse.
    "
-- The last sealed comparison of a sync; refused: zstd 1 of row numbers u64 x n.
create table mark(sync integer primary key, mark text not null, definition text not null, refused blob not null);

-- The rows of the last comparison that the records of a batch were made from: zstd 1 of u64 x n.
create table batch_rows(batch integer primary key, sync integer not null, d blob not null);
create index batch_rows_of_sync on batch_rows(sync);
",
    // 4: what the user discarded, doubtful records (state 13), and jobs of destinations that are polled.
    "
alter table run add column discarded integer not null default 0;

-- The newest discarded record of a key: it is not sent again until its row changes. uncertain: it may have
-- reached the destination although nobody knows.
create table discarded(sync integer not null, hash integer not null, fingerprint blob not null,
    batch integer not null, place integer not null, uncertain integer not null,
    primary key(sync, hash)) without rowid;

-- A job the destination works on, written down before it is first polled; records: which places it has.
create table job(id integer primary key, batch integer not null, records blob not null, token text not null,
    at integer not null);
create index job_of_batch on job(batch);

drop index batch_open;
create index batch_open on batch(sync) where state in (3, 4, 9, 10, 13);
drop index record_open;
create index record_open on record_state(state, batch) where state in (3, 4, 9, 10, 13);
",
    // 5: brakes, held runs, cursors, changed keys.
    "
-- source_rows: usable rows of the last sealed read; cursor: the greatest value of the cursor column that was
-- read, as JSON; keyed_by: the key fingerprints are under, as JSON, where the sync has got another since.
alter table sync add column source_rows integer;
alter table sync add column cursor text;
alter table sync add column keyed_by text;

-- approved: the user said to go on although the destination refuses records.
alter table run add column approved integer not null default 0;

-- What sealing a held run needs beside its staged records: zstd 1 of JSON.
create table held(run integer primary key, z blob not null);
",
    // 6: what goes on, waits or is held is found without looking through the history.
    "
create index run_by_state on run(state, sync);
",
    // 7: a key segment is half as large: two of a full batch fit on a page.
    "
-- It was 40 bits of the key's hash and 16 of its place for each record; it is the first 32 of the hash.
update key_segment set d = coalesce((
    with recursive entry(at) as (select 1 where length(d) > 0 union all select at + 7 from entry where at + 7 < length(d))
    select unhex(group_concat(hex(substr(d, at, 4)), '' order by at)) from entry), x'');
",
    // 8: what a read took.
    "
-- Bytes and price the warehouse said before the read, as JSON; null where it does not say.
alter table run add column cost text;
",
    // 9: fields that are filled only where they are empty.
    "
-- Payloads of a batch as they are sent, by place, where that is not as its body has them; zstd 1 of JSON. Kept before
-- the batch is first sent, so that it is sent again with the same bytes.
create table amended(batch integer primary key, z blob not null);
",
    // 10: undoing runs, and by which ways records went.
    "
-- destination: the connection its records go to; undoes: the run it takes back; sent_by: what the destination calls the
-- ways its records went, as JSON.
alter table run add column destination integer;
alter table run add column undoes integer;
alter table run add column sent_by text;
create index run_undoes on run(undoes) where undoes is not null;
",
    // 11: every record of a run is compared with the destination before it is sent, and the ids of created ones are kept.
    "
-- What was found of each record of a batch when it was looked at, by place; zstd 1 of JSON.
create table looked(batch integer primary key, z blob not null);

-- The destination's own ids of the records of a batch that it created, by place; zstd 1 of JSON.
create table made(batch integer primary key, z blob not null);

-- review: what came of comparing, as JSON.
alter table run add column review text;

-- personal: what earlier definitions made of personal columns, as JSON; null where there was none.
alter table sync add column personal text;
",
    // 12: what an undo left alone; how long runs were held.
    "
-- left_alone: fields that an undo left alone, each with the reason and in how many records, as JSON; as_before: key hashes
-- of records that an undo of some records found as they were before, as JSON; held_for: how long it was held before it was
-- approved, in ms.
alter table run add column left_alone text;
alter table run add column as_before text;
alter table run add column held_for integer not null default 0;
",
    // 13: alerts.
    "
-- Who is told; receiver: the user's settings of it as JSON; problem: why it could not be told, as JSON.
create table alert(id text primary key, receiver text not null, added integer not null, problem text) without rowid;

-- What each was told of a sync and has not recovered; the window, with its notifications, is the alert ''.
create table alert_told(alert text not null, sync integer not null, cause text not null, since integer not null,
    primary key(alert, sync, cause)) without rowid;

-- Alerts that wait to be sent, as JSON.
create table alert_waiting(id integer primary key, alert text not null, notice text not null,
    attempts integer not null default 0, due integer not null);

-- failures: ends in a row without success.
alter table sync add column failures integer not null default 0;
",
    // 14: what went wrong is found and counted by its cause.
    "
-- Why records are in their state: the kind of problem, and its words without values as a hash; shape 0 stands for all
-- further words of a kind.
create table cause(id integer primary key, kind text not null, shape integer not null, unique(kind, shape));
alter table record_state add column cause integer;
alter table invalid_row add column cause integer;

-- How many records of a batch have a cause in a state, and from when to when they got it; rows that could not become
-- records stand here by their run, below zero, since it started. The triggers below keep it.
create table caused(batch integer not null, cause integer not null, state integer not null, n integer not null,
    first_at integer not null, last_at integer not null, primary key(batch, cause, state)) without rowid;
create index caused_by on caused(cause);

-- Batches, and below zero runs, whose problems were kept before there were causes and may have none yet.
create table uncaused(batch integer primary key);
insert into uncaused select id from batch union all select -id from run;

create trigger record_caused after insert on record_state when new.cause is not null begin
    insert into caused values(new.batch, new.cause, new.state, 1, new.at, new.at)
        on conflict(batch, cause, state) do update
        set n = n + 1, first_at = min(first_at, new.at), last_at = max(last_at, new.at);
end;
create trigger record_not_caused after delete on record_state when old.cause is not null begin
    update caused set n = n - 1 where batch = old.batch and cause = old.cause and state = old.state;
    delete from caused where batch = old.batch and cause = old.cause and state = old.state and n = 0;
end;
create trigger record_caused_anew after update of cause, state, at on record_state
when old.cause is not null or new.cause is not null begin
    update caused set n = n - 1 where batch = old.batch and cause = old.cause and state = old.state;
    delete from caused where batch = old.batch and cause = old.cause and state = old.state and n = 0;
    insert into caused select new.batch, new.cause, new.state, 1, new.at, new.at where new.cause is not null
        on conflict(batch, cause, state) do update
        set n = n + 1, first_at = min(first_at, new.at), last_at = max(last_at, new.at);
end;
create trigger row_caused after insert on invalid_row when new.cause is not null begin
    insert into caused select -new.run, new.cause, 11, 1, started, started from run where id = new.run
        on conflict(batch, cause, state) do update set n = n + 1;
end;
create trigger row_not_caused after delete on invalid_row when old.cause is not null begin
    update caused set n = n - 1 where batch = -old.run and cause = old.cause and state = 11;
    delete from caused where batch = -old.run and cause = old.cause and state = 11 and n = 0;
end;
create trigger row_caused_anew after update of cause on invalid_row
when old.cause is not null or new.cause is not null begin
    update caused set n = n - 1 where batch = -old.run and cause = old.cause and state = 11;
    delete from caused where batch = -old.run and cause = old.cause and state = 11 and n = 0;
    insert into caused select -new.run, new.cause, 11, 1, started, started from run
        where id = new.run and new.cause is not null
        on conflict(batch, cause, state) do update set n = n + 1;
end;
",
];
