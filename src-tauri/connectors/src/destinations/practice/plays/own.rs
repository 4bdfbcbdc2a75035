//! The practice CRM's own rules.

use serde_json::{Value, json};
use sluice_engine::destination::Counted;
use sluice_engine::error::{Error, ErrorKind};

use super::super::objects::{Holds, ObjectDef, field};
use super::super::problem::{Problem, What};
use super::super::records::Done;
use super::{Daily, Play, Refusal};

pub(super) static PLAY: Play = Play {
    id: "own",
    label: "A CRM of its own",
    name: "The practice CRM",
    objects: OBJECTS,
    takes_events: true,
    records: 200,
    bytes: 4 << 20,
    in_flight: 2,
    daily: Daily { most: 100_000, counts: Counted::Records },
    burst: None,
    unknown_fields: None,
    refused,
    taken,
};

fn refused(problems: &[Problem]) -> Refusal {
    let words: Vec<_> = problems.iter().map(|problem| problem.words.as_str()).collect();
    let exists = problems.iter().any(|problem| problem.what == What::Exists);
    let first = problems.first().map_or(What::Unusable, |problem| problem.what);
    let kind = kind(if exists { What::Exists } else { first });
    let words = words.join(" ");
    let result = json!({ "status": "refused", "reason": words });
    (Error::new(kind, words), result)
}

fn kind(what: What) -> ErrorKind {
    match what {
        What::Exists => ErrorKind::AlreadyExists,
        What::NotAnOption => ErrorKind::NotInList,
        What::Taken => ErrorKind::ValueTaken,
        What::Required => ErrorKind::RequiredMissing,
        What::TooLong => ErrorKind::TextTooLong,
        What::NothingToUpdate => ErrorKind::NothingToUpdate,
        What::NotAnAddress | What::WrongType | What::NoField | What::NoMatchValue | What::Unusable => {
            ErrorKind::RecordRejected
        }
    }
}

fn taken(done: &Done) -> Value {
    match done.record {
        Some(id) => json!({ "status": done.what, "id": id }),
        None => json!({ "status": done.what }),
    }
}

const GRADES: Holds = Holds::PickList(&["A", "B", "C", "D"]);

/// Contacts, leads and accounts.
static OBJECTS: &[ObjectDef] = &[
    ObjectDef {
        name: "contacts",
        label: "Contacts",
        one: "contact",
        fields: &[
            field("email", "Email", Holds::Email).required().unique(),
            field("full_name", "Full name", Holds::Text(120)),
            field("first_name", "First name", Holds::Text(80)),
            field("last_name", "Last name", Holds::Text(80)),
            field("company", "Company", Holds::Text(120)),
            field("job_title", "Job title", Holds::Text(80)),
            field("phone", "Phone", Holds::Text(40)),
            field("country", "Country", Holds::Text(60)),
            field("city", "City", Holds::Text(80)),
            field("birthday", "Birthday", Holds::Date),
            field("do_not_email", "Do not e-mail", Holds::Boolean),
            field(
                "lifecycle",
                "Lifecycle stage",
                Holds::PickList(&["Subscriber", "Lead", "Customer", "Former customer"]),
            ),
            field("user_id", "User ID", Holds::Text(64)).unique().custom(),
            field("lead_id", "Lead ID", Holds::Text(64)).unique().custom(),
            field("lead_score", "Lead score", Holds::Number).custom(),
            field("score_grade", "Rating", GRADES).custom(),
            field("logins_last_7_days", "Log-ins in the last 7 days", Holds::Number).custom(),
            field("last_login_at", "Last log-in", Holds::DateTime).custom(),
            field("last_platform", "Last platform", Holds::Text(40)).custom(),
            field("origin", "Origin", Holds::Text(80)).custom(),
            field("created_at", "Created", Holds::DateTime).custom(),
        ],
    },
    ObjectDef {
        name: "leads",
        label: "Leads",
        one: "lead",
        fields: &[
            field("email", "Email", Holds::Email).required().unique(),
            field("full_name", "Full name", Holds::Text(120)),
            field("first_name", "First name", Holds::Text(80)),
            field("last_name", "Last name", Holds::Text(80)),
            field("company", "Company", Holds::Text(120)),
            field("industry", "Industry", Holds::Text(80)),
            field("employees", "Employees", Holds::Number),
            field("city", "City", Holds::Text(80)),
            field("marketing_consent", "Marketing consent", Holds::Boolean),
            field("title", "Job title", Holds::Text(80)),
            field("phone", "Phone", Holds::Text(40)),
            field("country", "Country", Holds::Text(60)),
            field("status", "Status", Holds::PickList(&["New", "Working", "Qualified", "Unqualified"])),
            field("lead_source", "Lead source", Holds::Text(80)),
            field("next_step_on", "Next step on", Holds::Date),
            field("do_not_email", "Do not e-mail", Holds::Boolean),
            field("lead_id", "Lead ID", Holds::Text(64)).unique().custom(),
            field("user_id", "User ID", Holds::Text(64)).unique().custom(),
            field("lead_score", "Lead score", Holds::Number).custom(),
            field("score_grade", "Rating", GRADES).custom(),
            field("logins_last_7_days", "Log-ins in the last 7 days", Holds::Number).custom(),
            field("last_login_at", "Last log-in", Holds::DateTime).custom(),
            field("last_platform", "Last platform", Holds::Text(40)).custom(),
            field("origin", "Origin", Holds::Text(80)).custom(),
            field("created_at", "Created", Holds::DateTime).custom(),
        ],
    },
    ObjectDef {
        name: "accounts",
        label: "Accounts",
        one: "account",
        fields: &[
            field("name", "Account name", Holds::Text(120)).required(),
            field("domain", "Domain", Holds::Text(120)).unique(),
            field(
                "industry",
                "Industry",
                Holds::PickList(&["Software", "Retail", "Finance", "Health", "Education", "Other"]),
            ),
            field("employees", "Employees", Holds::Number),
            field("annual_revenue", "Annual revenue", Holds::Number),
            field("country", "Country", Holds::Text(60)),
            field("customer_since", "Customer since", Holds::Date),
            field("account_id", "Account ID", Holds::Text(64)).unique().custom(),
            field("workspace_id", "Workspace ID", Holds::Text(64)).unique().custom(),
            field("plan", "Plan", Holds::Text(40)).custom(),
            field("seats", "Seats", Holds::Number).custom(),
            field("created_at", "Created", Holds::DateTime).custom(),
            field("is_active", "Active", Holds::Boolean).custom(),
        ],
    },
];
