//! HubSpot's contacts, companies and deals, its limits and its refusals.
//!
//! Properties: developers.hubspot.com/docs/api-reference/latest/crm/objects (contacts, companies, deals); limits:
//! developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines; refusals:
//! developers.hubspot.com/docs/api-reference/error-handling.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_engine::destination::Counted;

use super::super::super::hubspot;
use super::super::objects::{Holds, ObjectDef, field};
use super::super::problem::{Problem, What};
use super::super::records::Done;
use super::{Daily, Play, Refusal};

pub(super) static PLAY: Play = Play {
    id: "hubspot",
    label: "HubSpot, with its properties, limits and refusals",
    name: "HubSpot",
    objects: OBJECTS,
    takes_events: false,
    records: hubspot::LIMITS.records,
    bytes: hubspot::LIMITS.bytes,
    in_flight: hubspot::LIMITS.in_flight,
    // A private app of the tiers Free and Starter.
    daily: Daily { most: 250_000, counts: Counted::Requests },
    burst: Some((100, Duration::from_secs(10))),
    unknown_fields: Some(unknown_fields),
    refused,
    taken,
};

/// HubSpot refuses the whole request, and names the properties.
fn unknown_fields(_: &ObjectDef, names: &[String]) -> Refusal {
    let parts: Vec<_> = names
        .iter()
        .map(|name| {
            json!({ "message": format!("Property \"{name}\" does not exist"), "code": "PROPERTY_DOESNT_EXIST",
                    "context": { "propertyName": [name] } })
        })
        .collect();
    let answer = json!({ "status": "error", "category": "VALIDATION_ERROR",
                         "message": "Property values were not valid", "errors": parts });
    (hubspot::no_property(names), answer)
}

fn refused(problems: &[Problem]) -> Refusal {
    let category = |what| match what {
        What::Exists | What::Taken => "CONFLICT",
        What::NothingToUpdate => "OBJECT_NOT_FOUND",
        What::NotAnAddress
        | What::TooLong
        | What::NotAnOption
        | What::WrongType
        | What::NoField
        | What::Required
        | What::NoMatchValue
        | What::Unusable => "VALIDATION_ERROR",
    };
    let category = problems.first().map_or("VALIDATION_ERROR", |problem| category(problem.what));
    let values: Vec<_> = problems.iter().filter_map(value).collect();
    let message = match problems.first() {
        _ if !values.is_empty() => format!("Property values were not valid: {}", Value::from(values)),
        Some(problem) => problem.words.trim_end_matches('.').to_owned(),
        None => "Invalid input JSON".to_owned(),
    };
    let said =
        json!({ "status": "error", "category": category, "message": message, "context": {}, "errors": [] });
    (hubspot::rejected(&said, category == "CONFLICT"), said)
}

/// The problem as one of the refused values HubSpot lists.
fn value(problem: &Problem) -> Option<Value> {
    let name = problem.field.as_deref()?;
    let (code, words) = match problem.what {
        What::NotAnAddress => ("INVALID_EMAIL", "The e-mail address is invalid".to_owned()),
        What::NotAnOption => ("INVALID_OPTION", problem.words.clone()),
        What::WrongType if problem.words.contains("number") => {
            ("INVALID_LONG", "The value was not a valid number".to_owned())
        }
        What::WrongType => ("INVALID_DATE", problem.words.clone()),
        What::Taken => ("CONFLICTING_UNIQUE_VALUE", problem.words.clone()),
        What::Required => ("REQUIRED_FIELD", problem.words.clone()),
        What::TooLong => ("PROPERTY_VALUE_TOO_LONG", problem.words.clone()),
        What::NoField | What::NoMatchValue | What::NothingToUpdate | What::Exists | What::Unusable => {
            return None;
        }
    };
    Some(json!({ "isValid": false, "message": words, "error": code, "name": name }))
}

fn taken(done: &Done) -> Value {
    json!({ "id": done.record.map(|id| id.to_string()), "new": done.what == "created", "archived": done.what == "deleted" })
}

/// A property of one line holds 65,536 characters
/// (knowledge.hubspot.com/properties/property-field-types-in-hubspot).
const TEXT: Holds = Holds::Text(65_536);

static OBJECTS: &[ObjectDef] = &[
    ObjectDef {
        name: "contacts",
        label: "Contacts",
        one: "contact",
        fields: &[
            field("email", "Email", Holds::Email).unique(),
            field("firstname", "First name", TEXT),
            field("lastname", "Last name", TEXT),
            field("company", "Company name", TEXT),
            field("jobtitle", "Job title", TEXT),
            field("phone", "Phone number", TEXT),
            field("mobilephone", "Mobile phone number", TEXT),
            field("website", "Website URL", TEXT),
            field("industry", "Industry", TEXT),
            field("address", "Street address", TEXT),
            field("city", "City", TEXT),
            field("state", "State/Region", TEXT),
            field("zip", "Postal code", TEXT),
            field("country", "Country/Region", TEXT),
            field(
                "lifecyclestage",
                "Lifecycle stage",
                Holds::PickList(&[
                    "subscriber",
                    "lead",
                    "marketingqualifiedlead",
                    "salesqualifiedlead",
                    "opportunity",
                    "customer",
                    "evangelist",
                    "other",
                ]),
            ),
            field(
                "hs_lead_status",
                "Lead status",
                Holds::PickList(&[
                    "NEW",
                    "OPEN",
                    "IN_PROGRESS",
                    "OPEN_DEAL",
                    "UNQUALIFIED",
                    "ATTEMPTED_TO_CONTACT",
                    "CONNECTED",
                    "BAD_TIMING",
                ]),
            ),
            field("user_id", "User ID", TEXT).unique().custom(),
            field("lead_id", "Lead ID", TEXT).unique().custom(),
            field("lead_score", "Lead score", Holds::Number).custom(),
            field("score_grade", "Score grade", Holds::PickList(&["A", "B", "C", "D"])).custom(),
            field("logins_last_7_days", "Log-ins in the last 7 days", Holds::Number).custom(),
            field("last_login_at", "Last log-in", Holds::AnyTime).custom(),
            field("last_platform", "Last platform", TEXT).custom(),
            field("workspace_id", "Workspace ID", TEXT).custom(),
            field("workspace_name", "Workspace name", TEXT).custom(),
            field("workspace_created_at", "Created a workspace", Holds::AnyTime).custom(),
            field("plan", "Plan", TEXT).custom(),
            field("seats", "Seats", Holds::Number).custom(),
        ],
    },
    ObjectDef {
        name: "companies",
        label: "Companies",
        one: "company",
        fields: &[
            field("name", "Company name", TEXT),
            field("domain", "Company domain name", TEXT),
            field("city", "City", TEXT),
            field("country", "Country/Region", TEXT),
            field("phone", "Phone number", TEXT),
            field("numberofemployees", "Number of employees", Holds::Number),
            field("annualrevenue", "Annual revenue", Holds::Number),
            field("account_id", "Account ID", TEXT).unique().custom(),
            field("workspace_id", "Workspace ID", TEXT).unique().custom(),
            field("plan", "Plan", TEXT).custom(),
            field("seats", "Seats", Holds::Number).custom(),
        ],
    },
    ObjectDef {
        name: "deals",
        label: "Deals",
        one: "deal",
        fields: &[
            field("dealname", "Deal name", TEXT).required(),
            field(
                "dealstage",
                "Deal stage",
                Holds::PickList(&[
                    "appointmentscheduled",
                    "qualifiedtobuy",
                    "presentationscheduled",
                    "decisionmakerboughtin",
                    "contractsent",
                    "closedwon",
                    "closedlost",
                ]),
            )
            .required(),
            field("amount", "Amount", Holds::Number),
            field("closedate", "Close date", Holds::AnyTime),
            field("workspace_id", "Workspace ID", TEXT).unique().custom(),
            field("deal_id", "Deal ID", TEXT).unique().custom(),
        ],
    },
];
