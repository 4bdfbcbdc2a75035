// This file was generated from the table of commands. Do not edit it by hand.
import type { Alert } from "./Alert";
import type { AlertSave } from "./AlertSave";
import type { AppInfo } from "./AppInfo";
import type { Catalogue } from "./Catalogue";
import type { Checks } from "./Checks";
import type { Connection } from "./Connection";
import type { ConnectionCheck } from "./ConnectionCheck";
import type { ConnectionPaste } from "./ConnectionPaste";
import type { ConnectionSave } from "./ConnectionSave";
import type { ConnectionSignIn } from "./ConnectionSignIn";
import type { DbtProject } from "./DbtProject";
import type { DbtRequest } from "./DbtRequest";
import type { DestinationObject } from "./DestinationObject";
import type { Discard } from "./Discard";
import type { Draft } from "./Draft";
import type { ErrorPage } from "./ErrorPage";
import type { EventCauses } from "./EventCauses";
import type { EventDetail } from "./EventDetail";
import type { EventPage } from "./EventPage";
import type { EventRequest } from "./EventRequest";
import type { EventsExport } from "./EventsExport";
import type { EventsRequest } from "./EventsRequest";
import type { HeldRequest } from "./HeldRequest";
import type { KeyCheck } from "./KeyCheck";
import type { KeyCheckRequest } from "./KeyCheckRequest";
import type { MappingCheck } from "./MappingCheck";
import type { MappingCheckRequest } from "./MappingCheckRequest";
import type { Pasted } from "./Pasted";
import type { PayloadPreview } from "./PayloadPreview";
import type { PayloadPreviewRequest } from "./PayloadPreviewRequest";
import type { PersonHistory } from "./PersonHistory";
import type { PersonRequest } from "./PersonRequest";
import type { Plan } from "./Plan";
import type { PlanRequest } from "./PlanRequest";
import type { Replay } from "./Replay";
import type { Retry } from "./Retry";
import type { Review } from "./Review";
import type { ReviewExport } from "./ReviewExport";
import type { ReviewPage } from "./ReviewPage";
import type { ReviewRequest } from "./ReviewRequest";
import type { Run } from "./Run";
import type { RunsRequest } from "./RunsRequest";
import type { Schedule } from "./Schedule";
import type { ScheduleDescription } from "./ScheduleDescription";
import type { Settings } from "./Settings";
import type { Since } from "./Since";
import type { SinceRequest } from "./SinceRequest";
import type { Source } from "./Source";
import type { SourceRequest } from "./SourceRequest";
import type { SupportRequest } from "./SupportRequest";
import type { Sync } from "./Sync";
import type { SyncNow } from "./SyncNow";
import type { SyncSave } from "./SyncSave";
import type { SyncTest } from "./SyncTest";
import type { Table } from "./Table";
import type { Undo } from "./Undo";
import type { UndoLook } from "./UndoLook";
import type { UndoLookRequest } from "./UndoLookRequest";

/** Every command: what goes in and what comes back. */
export interface Commands {
  /** What the window asks first. */
  app_info: { input: null; output: AppInfo };
  /** Every kind of warehouse and destination. */
  catalogue: { input: null; output: Catalogue };
  /** What is to be said of every error, by code. */
  errors: { input: null; output: Array<ErrorPage> };
  /** Saved connections, by name. */
  connections: { input: null; output: Array<Connection> };
  /** Creates or updates a connection. */
  connection_save: { input: ConnectionSave; output: Connection };
  /** Deletes the connection of this name; refused while a sync uses it. */
  connection_delete: { input: string; output: null };
  /** Signs in in the browser and saves the connection; the page to open is pushed. A newer sign-in ends one that waits. */
  connection_sign_in: { input: ConnectionSignIn; output: Connection };
  /** Ends the sign-in of this token, if it still waits; nothing is saved. */
  connection_sign_in_cancel: { input: string; output: null };
  /** Tests a connection step by step. */
  connection_check: { input: ConnectionCheck; output: Checks };
  /** Fills the form from one pasted thing. */
  connection_paste: { input: ConnectionPaste; output: Pasted };
  /** Tables and views of the warehouse connection of this name. */
  tables: { input: string; output: Array<Table> };
  /** Looks at the rows of a query. */
  source: { input: SourceRequest; output: Source };
  /** Counts nulls and duplicates of a row key over all rows. */
  key_check: { input: KeyCheckRequest; output: KeyCheck };
  /** The models of a dbt project, as its manifest tells of them. */
  dbt_project: { input: DbtRequest; output: DbtProject };
  /** The exact payload of one sample row. */
  payload_preview: { input: PayloadPreviewRequest; output: PayloadPreview };
  /** Objects and fields of the destination connection of this name. */
  objects: { input: string; output: Array<DestinationObject> };
  /** How the sample rows suit the destination's object: what could fill its open fields, and which values it would not take. */
  mapping_check: { input: MappingCheckRequest; output: MappingCheck };
  /** A schedule in words, and its next runs. */
  schedule_describe: { input: Schedule; output: ScheduleDescription };
  /** IANA names of all time zones. */
  time_zones: { input: null; output: Array<string> };
  /** Wizards that were not finished, newest first. */
  drafts: { input: null; output: Array<Draft> };
  /** Saves a draft and answers with the time. */
  draft_save: { input: Draft; output: Draft };
  /** Deletes the draft of this id. */
  draft_delete: { input: string; output: null };
  /** All syncs, by name. */
  syncs: { input: null; output: Array<Sync> };
  /** The sync of this name. */
  sync: { input: string; output: Sync };
  /** Creates or updates a sync. */
  sync_save: { input: SyncSave; output: Sync };
  /** Deletes the sync of this name and its history. */
  sync_delete: { input: string; output: null };
  /** Pauses the schedule of the sync of this name. */
  sync_pause: { input: string; output: Sync };
  /** Resumes the schedule of the sync of this name. */
  sync_unpause: { input: string; output: Sync };
  /** What a run would do now; nothing is sent. */
  plan: { input: PlanRequest; output: Plan };
  /** Runs a sync; answers as soon as the run is written down. */
  sync_now: { input: SyncNow; output: Run };
  /** Sends one record a run of a sync would send, in a run of its own; answers as soon as the run is written down. */
  sync_test: { input: SyncTest; output: Run };
  /** Stops the run of this id; what was sent stays sent. */
  run_cancel: { input: number; output: Run };
  /** What a held run would do, from what it has ready to send. */
  held: { input: HeldRequest; output: Plan };
  /** How far the records of the held run of this id have been compared with the destination, and what came of it. */
  review: { input: number; output: Review };
  /** Compares every record of the held run of this id; answers at once, and goes on by itself. */
  review_start: { input: number; output: Review };
  /** A page of the compared records of a held run. */
  review_records: { input: ReviewRequest; output: ReviewPage };
  /** Writes the compared records of a held run to a file; answers with how many. */
  review_export: { input: ReviewExport; output: number };
  /** Whether the warehouse has changed since a held run read it. */
  held_since: { input: SinceRequest; output: Since };
  /** Goes on with a held run: what it showed is sent. */
  run_approve: { input: number; output: Run };
  /** Drops a held run; nothing more of it is sent. */
  run_drop: { input: number; output: Run };
  /** Run history, newest first. */
  runs: { input: RunsRequest; output: Array<Run> };
  /** The run of this id. */
  run: { input: number; output: Run };
  /** A page of the event log. */
  events: { input: EventsRequest; output: EventPage };
  /** Why events are in their state, in groups of one cause, the group with the newest event first. */
  event_causes: { input: EventsRequest; output: EventCauses };
  /** Everything ever sent to one person, newest first. */
  person: { input: PersonRequest; output: PersonHistory };
  /** Everything about one record. */
  event: { input: EventRequest; output: EventDetail };
  /** Writes events to a file; answers with how many. */
  events_export: { input: EventsExport; output: number };
  /** Sends rejected records again, as a new run. */
  retry: { input: Retry; output: Run };
  /** What undoing a run would do; nothing is written anywhere. */
  undo_look: { input: UndoLookRequest; output: UndoLook };
  /** Takes back what a run wrote, in a run of its own. */
  undo: { input: Undo; output: Run };
  /** Sends the record of one event once more, as it was or corrected, in a run of its own. */
  replay: { input: Replay; output: Run };
  /** Decides that rejected or waiting records of a run are not to be sent; answers with the run. */
  discard: { input: Discard; output: Run };
  /** Who is told when a sync needs somebody, in the order they were added. */
  alerts: { input: null; output: Array<Alert> };
  /** Adds or changes somebody who is told. */
  alert_save: { input: AlertSave; output: Alert };
  /** Tells nobody there any more, by this id. */
  alert_delete: { input: string; output: null };
  /** Sends a test to the one with this id; answers once it has arrived. */
  alert_test: { input: string; output: null };
  /** Saves the user's settings. */
  settings_save: { input: Settings; output: Settings };
  /** What a supporter needs to know, as text without secrets and personal data. */
  support: { input: SupportRequest; output: string };
}
