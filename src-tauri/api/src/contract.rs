//! The table of commands: name, what goes in, what comes back.
//!
//! It is the only place where a command is named. Dispatch and the window's TypeScript both come from it.

use serde_json::Value;

use crate::Api;
use crate::wire::{
    Alert, AlertSave, AppInfo, Catalogue, Checks, Connection, ConnectionCheck, ConnectionPaste,
    ConnectionSave, ConnectionSignIn, DbtProject, DbtRequest, DestinationObject, Discard, Draft, ErrorPage,
    EventCauses, EventDetail, EventPage, EventRequest, EventsExport, EventsRequest, HeldRequest, KeyCheck,
    KeyCheckRequest, MappingCheck, MappingCheckRequest, Pasted, PayloadPreview, PayloadPreviewRequest,
    PersonHistory, PersonRequest, Plan, PlanRequest, Problem, Replay, Retry, Review, ReviewExport,
    ReviewPage, ReviewRequest, Run, RunsRequest, Schedule, ScheduleDescription, Settings, Since,
    SinceRequest, Source, SourceRequest, SupportRequest, Sync, SyncNow, SyncSave, SyncTest, Table, Undo,
    UndoLook, UndoLookRequest,
};

/// Declares every command once; `input -> output`, in wire types.
macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident: $input:ty => $output:ty;)+) => {
        /// Runs the command called `name`.
        ///
        /// An unknown name or an input of the wrong shape is a [`Problem`] of kind `connector_bug`:
        /// the fronts are built from this very table.
        pub async fn dispatch(api: &Api, name: &str, input: Value) -> Result<Value, Problem> {
            match name {
                $(stringify!($name) => {
                    let input: $input = read_input(stringify!($name), input)?;
                    write_output(stringify!($name), &api.$name(input).await?)
                })+
                _ => Err(Problem::contract(format!("There is no command “{name}”."))),
            }
        }

        /// `(name, documentation, input type, output type)` of every command, as TypeScript spells them.
        pub fn table(config: &ts_rs::Config) -> Vec<(&'static str, String, String, String)> {
            use ts_rs::TS;
            vec![$((
                stringify!($name),
                concat!($($doc),+).trim().to_owned(),
                <$input as TS>::name(config),
                <$output as TS>::name(config),
            )),+]
        }
    };
}

commands! {
    /// What the window asks first.
    app_info: () => AppInfo;
    /// Every kind of warehouse and destination.
    catalogue: () => Catalogue;
    /// What is to be said of every error, by code.
    errors: () => Vec<ErrorPage>;
    /// Saved connections, by name.
    connections: () => Vec<Connection>;
    /// Creates or updates a connection.
    connection_save: ConnectionSave => Connection;
    /// Deletes the connection of this name; refused while a sync uses it.
    connection_delete: String => ();
    /// Signs in in the browser and saves the connection; the page to open is pushed. A newer sign-in ends one that waits.
    connection_sign_in: ConnectionSignIn => Connection;
    /// Ends the sign-in of this token, if it still waits; nothing is saved.
    connection_sign_in_cancel: String => ();
    /// Tests a connection step by step.
    connection_check: ConnectionCheck => Checks;
    /// Fills the form from one pasted thing.
    connection_paste: ConnectionPaste => Pasted;
    /// Tables and views of the warehouse connection of this name.
    tables: String => Vec<Table>;
    /// Looks at the rows of a query.
    source: SourceRequest => Source;
    /// Counts nulls and duplicates of a row key over all rows.
    key_check: KeyCheckRequest => KeyCheck;
    /// The models of a dbt project, as its manifest tells of them.
    dbt_project: DbtRequest => DbtProject;
    /// The exact payload of one sample row.
    payload_preview: PayloadPreviewRequest => PayloadPreview;
    /// Objects and fields of the destination connection of this name.
    objects: String => Vec<DestinationObject>;
    /// How the sample rows suit the destination's object: what could fill its open fields, and which values it would not take.
    mapping_check: MappingCheckRequest => MappingCheck;
    /// A schedule in words, and its next runs.
    schedule_describe: Schedule => ScheduleDescription;
    /// IANA names of all time zones.
    time_zones: () => Vec<String>;
    /// Wizards that were not finished, newest first.
    drafts: () => Vec<Draft>;
    /// Saves a draft and answers with the time.
    draft_save: Draft => Draft;
    /// Deletes the draft of this id.
    draft_delete: String => ();
    /// All syncs, by name.
    syncs: () => Vec<Sync>;
    /// The sync of this name.
    sync: String => Sync;
    /// Creates or updates a sync.
    sync_save: SyncSave => Sync;
    /// Deletes the sync of this name and its history.
    sync_delete: String => ();
    /// Pauses the schedule of the sync of this name.
    sync_pause: String => Sync;
    /// Resumes the schedule of the sync of this name.
    sync_unpause: String => Sync;
    /// What a run would do now; nothing is sent.
    plan: PlanRequest => Plan;
    /// Runs a sync; answers as soon as the run is written down.
    sync_now: SyncNow => Run;
    /// Sends one record a run of a sync would send, in a run of its own; answers as soon as the run is written down.
    sync_test: SyncTest => Run;
    /// Stops the run of this id; what was sent stays sent.
    run_cancel: i64 => Run;
    /// What a held run would do, from what it has ready to send.
    held: HeldRequest => Plan;
    /// How far the records of the held run of this id have been compared with the destination, and what came of it.
    review: i64 => Review;
    /// Compares every record of the held run of this id; answers at once, and goes on by itself.
    review_start: i64 => Review;
    /// A page of the compared records of a held run.
    review_records: ReviewRequest => ReviewPage;
    /// Writes the compared records of a held run to a file; answers with how many.
    review_export: ReviewExport => u64;
    /// Whether the warehouse has changed since a held run read it.
    held_since: SinceRequest => Since;
    /// Goes on with a held run: what it showed is sent.
    run_approve: i64 => Run;
    /// Drops a held run; nothing more of it is sent.
    run_drop: i64 => Run;
    /// Run history, newest first.
    runs: RunsRequest => Vec<Run>;
    /// The run of this id.
    run: i64 => Run;
    /// A page of the event log.
    events: EventsRequest => EventPage;
    /// Why events are in their state, in groups of one cause, the group with the newest event first.
    event_causes: EventsRequest => EventCauses;
    /// Everything ever sent to one person, newest first.
    person: PersonRequest => PersonHistory;
    /// Everything about one record.
    event: EventRequest => EventDetail;
    /// Writes events to a file; answers with how many.
    events_export: EventsExport => u64;
    /// Sends rejected records again, as a new run.
    retry: Retry => Run;
    /// What undoing a run would do; nothing is written anywhere.
    undo_look: UndoLookRequest => UndoLook;
    /// Takes back what a run wrote, in a run of its own.
    undo: Undo => Run;
    /// Sends the record of one event once more, as it was or corrected, in a run of its own.
    replay: Replay => Run;
    /// Decides that rejected or waiting records of a run are not to be sent; answers with the run.
    discard: Discard => Run;
    /// Who is told when a sync needs somebody, in the order they were added.
    alerts: () => Vec<Alert>;
    /// Adds or changes somebody who is told.
    alert_save: AlertSave => Alert;
    /// Tells nobody there any more, by this id.
    alert_delete: String => ();
    /// Sends a test to the one with this id; answers once it has arrived.
    alert_test: String => ();
    /// Saves the user's settings.
    settings_save: Settings => Settings;
    /// What a supporter needs to know, as text without secrets and personal data.
    support: SupportRequest => String;
}

fn read_input<T: serde::de::DeserializeOwned>(name: &str, input: Value) -> Result<T, Problem> {
    serde_json::from_value(input)
        .map_err(|error| Problem::contract(format!("The input of “{name}” has the wrong shape: {error}.")))
}

fn write_output<T: serde::Serialize>(name: &str, output: &T) -> Result<Value, Problem> {
    serde_json::to_value(output)
        .map_err(|error| Problem::contract(format!("The answer of “{name}” could not be written: {error}.")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    /// The table as TypeScript.
    fn typescript() -> String {
        let table = table(&ts_rs::Config::from_env());
        let plain = |name: &str| name.trim_start_matches("Array<").trim_end_matches('>').to_owned();
        let built_in = ["null", "number", "string", "boolean"];
        let names: BTreeSet<String> =
            table.iter().flat_map(|(.., input, output)| [plain(input), plain(output)]).collect();
        let mut out =
            String::from("// This file was generated from the table of commands. Do not edit it by hand.\n");
        for name in names.iter().filter(|name| !built_in.contains(&name.as_str())) {
            writeln!(out, "import type {{ {name} }} from \"./{name}\";").unwrap();
        }
        out.push_str(
            "\n/** Every command: what goes in and what comes back. */\nexport interface Commands {\n",
        );
        for (name, documentation, input, output) in &table {
            writeln!(out, "  /** {documentation} */\n  {name}: {{ input: {input}; output: {output} }};")
                .unwrap();
        }
        out.push_str("}\n");
        out
    }

    #[test]
    fn the_window_has_this_very_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/api/bindings/commands.ts");
        let now = typescript();
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        if kept != now {
            std::fs::write(path, &now).unwrap();
            panic!("commands.ts was out of date and is written anew: commit it");
        }
    }
}
