//! What is in the support details, and that nothing of anybody is.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use sluice_engine::alert::{Receiver, Rules};
use sluice_engine::clock::SystemClock;
use sluice_engine::connection::Connection;
use sluice_engine::schedule::Schedule;
use sluice_engine::secrets::{MemorySecrets, Secret};
use sluice_engine::store::drafts::{self, Draft};
use sluice_engine::store::outbox::{self, RecordState};
use sluice_engine::store::runs::{self, InvalidRow};
use sluice_engine::store::{Sqlite, alerts, connections, settings, syncs};
use sluice_engine::sync::{
    Brakes, Field, FieldValue, Identifier, Mode, Query, Removal, Shape, Sync, TableName,
};
use sluice_engine::value::{Column, ColumnType};
use sluice_engine::{ErrorKind, Result};
use tempfile::TempDir;

use crate::Api;
use crate::wire::{RunsRequest, SupportRequest, SyncNow};

/// Is in everything that is planted.
const MARK: &str = "zanzibar";

const WORKSPACE: &str = "version: 1
connections:
  kestrel-rows: { kind: sample }
  kestrel-crm: { kind: practice }
syncs:
  kestrel-people:
    from: kestrel-rows
    sql: select * from analytics.lead_scores order by lead_id limit 5
    key: [lead_id]
    to: kestrel-crm
    object: contacts
    match: email
    fields:
      - { column: email }
      - { column: full_name }
      - { template: '{company}: {full_name}', as: job_title }
";

struct Desk {
    api: Api,
    secrets: Arc<MemorySecrets>,
    home: TempDir,
}

impl Desk {
    /// One with a sync that has sent five records.
    async fn new() -> Self {
        let (home, secrets) = (TempDir::new().unwrap(), Arc::new(MemorySecrets::default()));
        let api = Api::open_with(home.path(), secrets.clone(), Arc::new(SystemClock)).unwrap();
        api.apply_workspace(WORKSPACE).await.unwrap();
        let start = SyncNow {
            sync: "kestrel-people".into(),
            full: false,
            approve: false,
            review: false,
            planned: None,
        };
        let run = api.sync_now(start).await.unwrap();
        let run = api.wait(run.run).await.unwrap();
        assert_eq!(run.counts.delivered, 5, "{run:?}");
        Self { api, secrets, home }
    }

    async fn text(&self) -> String {
        self.api.support(SupportRequest::default()).await.unwrap()
    }

    fn change(&self, change: impl FnOnce(&Sqlite) -> Result<()> + Send + 'static) {
        self.api.engine().store().write(change).wait().unwrap();
    }
}

/// Something personal or secret that is said in this place.
fn planted(place: &str) -> String {
    format!("{MARK}-{place} ana.{MARK}@{MARK}.example +49 30 901820")
}

fn problem(kind: &str) -> runs::Problem {
    runs::Problem {
        kind: kind.to_owned(),
        message: planted("message"),
        safe: planted("safe"),
        hint: planted("hint"),
        fix: Some(planted("fix")),
        details: vec![planted("detail")],
    }
}

/// A sync with something planted wherever somebody may write.
fn planted_sync() -> Sync {
    let fields = vec![
        Field::column(planted("column"), planted("key")),
        Field::new(FieldValue::Template(planted("template")), planted("template-key")),
        Field::new(FieldValue::Constant(json!(planted("constant"))), planted("constant-key")),
    ];
    Sync {
        name: planted("sync"),
        from: planted("connection"),
        query: Query::Table(TableName::new(planted("schema"), planted("table"))),
        key: vec![planted("key")],
        to: Some(planted("connection")),
        shape: Shape::Record { object: planted("object"), match_field: planted("match") },
        mode: Mode::Mirror,
        removed: Removal::Delete,
        identifiers: BTreeMap::from([(Identifier::Email, planted("identifier"))]),
        fields: Some(fields),
        schedule: Schedule::Cron { expression: planted("cron"), time_zone: planted("zone") },
        brakes: Brakes::default(),
        cursor: Some(planted("cursor")),
    }
}

/// Plants in what the user named and set.
fn plant_in_settings(sqlite: &Sqlite) -> Result<()> {
    let of_connection = Connection {
        name: planted("connection"),
        kind: planted("kind"),
        settings: BTreeMap::from([(planted("setting"), planted("host"))]),
    };
    connections::save(sqlite, None, &of_connection)?;
    syncs::save(sqlite, None, &planted_sync(), &planted("uuid"), None)?;
    let sync = syncs::get(sqlite, &planted("sync"))?.id;
    let column = Column { name: planted("column"), logical: ColumnType::Text, native: planted("native") };
    syncs::saw(sqlite, sync, &[column], 3, Some(&planted("cursor")))?;
    let receiver = Receiver {
        name: planted("alert"),
        kind: planted("way"),
        settings: BTreeMap::from([("to".to_owned(), planted("address"))]),
        syncs: Some(vec![planted("uuid")]),
        rules: Rules { failed: true, held: true, rejected: None, rejected_percent: None, silent_hours: None },
    };
    alerts::save(sqlite, &planted("alert-id"), &receiver, 1)?;
    sqlite.execute("update alert set problem = ?1", [problem("sign_in_failed").to_json()?])?;
    let draft = Draft { id: planted("id"), title: planted("title"), saved_at: 1, state: planted("state") };
    drafts::save(sqlite, &draft)?;
    ["theme", "keep_in_tray", "autostart", "notify", "schedules_paused"]
        .into_iter()
        .try_for_each(|key| settings::set(sqlite, key, &planted(key)))
}

/// Plants in what came back from other systems.
fn plant_in_events(sqlite: &Sqlite) -> Result<()> {
    let (batch, run): (i64, i64) =
        sqlite.query_row("select max(id), max(run) from batch", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (place, kind) in [(0, "record_rejected"), (1, MARK)] {
        let problem = problem(kind).to_json()?;
        outbox::set_state(sqlite, batch, place, RecordState::Rejected, 1, Some(&problem))?;
    }
    let invalid = InvalidRow { row: 9, key: Some(planted("row")), problem: problem("duplicate_key") };
    runs::add_invalid(sqlite, run, &invalid)?;
    let (problem, ways) = (problem("sign_in_failed").to_json()?, json!([planted("way")]).to_string());
    sqlite.execute("update run set state = 7, problem = ?1, sent_by = ?2", [problem, ways])?;
    Ok(())
}

/// Columns of the database that have something planted in them, as `table.column`.
fn places(sqlite: &Sqlite) -> Result<Vec<String>> {
    let columns = "select m.name, c.name from sqlite_schema m join pragma_table_info(m.name) c
                   where m.type = 'table' and c.type = 'TEXT' collate nocase order by 1, 2";
    let mut statement = sqlite.prepare(columns)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
        let looking = format!("select exists(select 1 from {table} where instr({column}, ?1) > 0)");
        if sqlite.query_row(&looking, [MARK], |row| row.get(0))? {
            found.push(format!("{table}.{column}"));
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_anybody_wrote_is_in_the_text() {
    let desk = Desk::new().await;
    desk.change(plant_in_settings);
    desk.change(plant_in_events);
    let secret = Secret::new(planted("secret"));
    for (place, setting) in [("kestrel-crm", "token"), (planted("connection").as_str(), "password")] {
        desk.api.engine().secrets().set(place, setting, &secret).unwrap();
    }
    let places = desk.api.engine().store().read(places).unwrap();
    for place in [
        "alert.id",
        "alert.problem",
        "alert.receiver",
        "cause.kind",
        "connection.kind",
        "connection.name",
        "connection.settings",
        "draft.id",
        "draft.state",
        "draft.title",
        "invalid_row.key",
        "invalid_row.problem",
        "record_state.problem",
        "run.problem",
        "run.sent_by",
        "setting.value",
        "sync.columns",
        "sync.cursor",
        "sync.definition",
        "sync.name",
        "sync.uuid",
    ] {
        assert!(places.iter().any(|planted| planted == place), "nothing is planted in {place}: {places:?}");
    }
    desk.api.shown_in(format!("2.48.1 {MARK}"));

    let text = desk.text().await;
    let lower = text.to_lowercase();
    let home = desk.home.path().display().to_string();
    for hidden in
        [MARK, "kestrel", "@", "901820", "analytics", "lead_id", "full_name", "contacts", home.as_str()]
    {
        assert!(!lower.contains(&hidden.to_lowercase()), "{hidden} is in it:\n{text}");
    }
    for told in ["### Sync 2", "| Rejected | SLU-3006 | 1 |", "| Rejected | unknown | 1 |", "| SLU-2004 |"] {
        assert!(text.contains(told), "{told} is missing:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_of_what_kinds_things_are_and_how_often_what_happened() {
    let desk = Desk::new().await;
    desk.api.shown_in("2.48.1".into());
    let text = desk.text().await;
    for told in [
        "- Webview: 2.48.1\n",
        "- Keychain: answers\n",
        "- Days of history: 90\n",
        "| 1 | destination | practice | never | – |\n",
        "| 2 | warehouse | sample | never | – |\n",
        "| Delivered | all | 5 |\n",
        "- From: connection 2 of kind sample\n",
        "- To: connection 1 of kind practice\n",
        "- Reads: a SELECT\n",
        "- Fields: 3\n",
        "- Fields from a template: 1\n",
        "- Brake for fewer rows: 50 %\n",
        "| by hand | completed | – | 5 | 0 | 5 | 0 | 0 | 0 | 5 | 5 | 0 | 0 | 0 |",
    ] {
        assert!(text.contains(told), "{told} is missing:\n{text}");
    }
    let version = desk.api.engine().store().figures().unwrap().version;
    assert!(text.contains(&format!("- Version of the tables: {version}\n")), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_written_to_a_file_as_it_is_shown() {
    let desk = Desk::new().await;
    let path = desk.home.path().join("support.md").display().to_string();
    let shown = desk.api.support(SupportRequest { path: Some(path.clone()) }).await.unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap(), shown);
    let nowhere = desk.home.path().join("gone").join("support.md").display().to_string();
    let problem = desk.api.support(SupportRequest { path: Some(nowhere) }).await.unwrap_err();
    assert_eq!(problem.kind, ErrorKind::BadFile.name());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_read_is_told_and_holds_up_nothing_else() {
    let desk = Desk::new().await;
    desk.secrets.fail_with(Some(sluice_engine::Error::new(ErrorKind::KeychainAbsent, planted("keychain"))));
    desk.change(|sqlite| {
        sqlite.execute("update run set shape = ?1", [planted("shape")])?;
        sqlite.execute("insert into alert(id, receiver, added) values('a', ?1, 1)", [planted("receiver")])?;
        Ok(())
    });
    let runs = RunsRequest { sync: None, before: None, limit: 1 };
    assert_eq!(desk.api.runs(runs).await.unwrap_err().kind, ErrorKind::Damaged.name());
    let text = desk.text().await;
    assert!(text.contains(&format!("- Keychain: {}\n", ErrorKind::KeychainAbsent.code())), "{text}");
    let told = format!("- Could not be read to the end: {}\n", ErrorKind::Damaged.code());
    assert!(text.contains(&told) && text.contains("| Delivered | all | 5 |"), "{text}");
    assert!(!text.contains(MARK), "{text}");
}
