//! Salesforce's leads, contacts and accounts, its limits and its refusals.
//!
//! Fields: developer.salesforce.com, Object Reference for the Salesforce Platform (Lead, Contact, Account); limits: Salesforce
//! Developer Limits and Allocations Quick Reference, "API Request Limits and Allocations", for an Enterprise Edition;
//! refusals: SOAP API Developer Guide, `StatusCode`.

use serde_json::{Value, json};
use sluice_engine::destination::Counted;

use super::super::super::salesforce::{self, RowError};
use super::super::objects::{Holds, ObjectDef, field};
use super::super::problem::{Problem, What};
use super::super::records::Done;
use super::{Daily, Play, Refusal};

pub(super) static PLAY: Play = Play {
    id: "salesforce",
    label: "Salesforce, with its fields, limits and refusals",
    name: "Salesforce",
    objects: OBJECTS,
    takes_events: false,
    records: salesforce::COLLECTION,
    bytes: 4 << 20,
    in_flight: salesforce::LIMITS.in_flight,
    daily: Daily { most: 100_000, counts: Counted::Requests },
    burst: None,
    unknown_fields: Some(unknown_fields),
    refused,
    taken,
};

/// Salesforce refuses the whole request, and names the first field it does not know.
fn unknown_fields(object: &ObjectDef, names: &[String]) -> Refusal {
    let first = names.first().map(String::as_str).unwrap_or_default();
    let message = format!("No such column '{first}' on sobject of type {}", object.name);
    let answer = json!([{ "errorCode": "INVALID_FIELD", "message": message }]);
    (salesforce::no_field(&message), answer)
}

fn refused(problems: &[Problem]) -> Refusal {
    let errors: Vec<_> = problems.iter().map(error).collect();
    let exists = problems.iter().any(|problem| problem.what == What::Exists);
    let result = json!({ "success": false, "created": false, "errors": errors });
    (salesforce::rejected(&errors, exists), result)
}

/// The problem with Salesforce's code and in its words, but for the value.
fn error(problem: &Problem) -> RowError {
    let field = problem.field.as_deref().unwrap_or_default();
    let (code, message) = match problem.what {
        What::Required => ("REQUIRED_FIELD_MISSING", format!("Required fields are missing: [{field}]")),
        What::NotAnAddress => ("INVALID_EMAIL_ADDRESS", format!("{field}: invalid email address")),
        What::NotAnOption => (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            format!("{field}: bad value for restricted picklist field"),
        ),
        What::TooLong => ("STRING_TOO_LONG", format!("{field}: data value too large")),
        What::WrongType => ("JSON_PARSER_ERROR", format!("{field}: value not of required type")),
        What::NoField => ("INVALID_FIELD", format!("No such column '{field}'")),
        What::Taken | What::Exists => ("DUPLICATE_VALUE", format!("duplicate value found: {field}")),
        What::NoMatchValue => ("MISSING_ARGUMENT", format!("{field} not specified")),
        What::NothingToUpdate | What::Unusable => ("", problem.words.trim_end_matches('.').to_owned()),
    };
    let fields = problem.field.iter().cloned().collect();
    RowError { status_code: code.to_owned(), message, fields }
}

fn taken(done: &Done) -> Value {
    // Ids of leads begin so; this one has 15 characters, as Salesforce's do.
    let id = done.record.map(|id| format!("00Q{id:012}"));
    json!({ "id": id, "success": true, "created": done.what == "created", "errors": [] })
}

static OBJECTS: &[ObjectDef] = &[
    ObjectDef {
        name: "Lead",
        label: "Lead",
        one: "lead",
        fields: &[
            field("LastName", "Last Name", Holds::Text(80)).required(),
            field("FirstName", "First Name", Holds::Text(40)),
            field("Company", "Company", Holds::Text(255)).required(),
            field("Email", "Email", Holds::Email),
            field("Title", "Title", Holds::Text(128)),
            field("Phone", "Phone", Holds::Text(40)),
            field("Country", "Country", Holds::Text(80)),
            field("City", "City", Holds::Text(40)),
            field("Website", "Website", Holds::Text(255)),
            field("Industry", "Industry", Holds::Text(255)),
            field("LeadSource", "Lead Source", Holds::Text(255)),
            field("NumberOfEmployees", "No. of Employees", Holds::Number),
            field("AnnualRevenue", "Annual Revenue", Holds::Number),
            field("HasOptedOutOfEmail", "Email Opt Out", Holds::Boolean),
            field("Rating", "Rating", Holds::PickList(&["Hot", "Warm", "Cold"])),
            field(
                "Status",
                "Lead Status",
                Holds::PickList(&[
                    "Open - Not Contacted",
                    "Working - Contacted",
                    "Closed - Converted",
                    "Closed - Not Converted",
                ]),
            ),
            field("Lead_ID__c", "Lead ID", Holds::Text(64)).unique().custom(),
            field("User_ID__c", "User ID", Holds::Text(64)).unique().custom(),
            field("Lead_Score__c", "Lead Score", Holds::Number).custom(),
            field("Score_Grade__c", "Score Grade", Holds::PickList(&["A", "B", "C", "D"])).custom(),
            field("Logins_Last_7_Days__c", "Logins, last 7 days", Holds::Number).custom(),
            field("Last_Login_At__c", "Last Login", Holds::DateTime).custom(),
            field("Last_Platform__c", "Last Platform", Holds::Text(40)).custom(),
        ],
    },
    ObjectDef {
        name: "Contact",
        label: "Contact",
        one: "contact",
        fields: &[
            field("LastName", "Last Name", Holds::Text(80)).required(),
            field("FirstName", "First Name", Holds::Text(40)),
            field("Email", "Email", Holds::Email),
            field("Title", "Title", Holds::Text(128)),
            field("Phone", "Phone", Holds::Text(40)),
            field("Department", "Department", Holds::Text(80)),
            field("MailingCountry", "Mailing Country", Holds::Text(80)),
            field("MailingCity", "Mailing City", Holds::Text(40)),
            field("Birthdate", "Birthdate", Holds::Date),
            field("HasOptedOutOfEmail", "Email Opt Out", Holds::Boolean),
            field("User_ID__c", "User ID", Holds::Text(64)).unique().custom(),
            field("Workspace_Created__c", "Workspace Created", Holds::DateTime).custom(),
        ],
    },
    ObjectDef {
        name: "Account",
        label: "Account",
        one: "account",
        fields: &[
            field("Name", "Account Name", Holds::Text(255)).required(),
            field("Website", "Website", Holds::Text(255)),
            field("Industry", "Industry", Holds::Text(255)),
            field("Phone", "Phone", Holds::Text(40)),
            field("BillingCountry", "Billing Country", Holds::Text(80)),
            field("BillingCity", "Billing City", Holds::Text(40)),
            field("NumberOfEmployees", "Employees", Holds::Number),
            field("AnnualRevenue", "Annual Revenue", Holds::Number),
            field("Account_ID__c", "Account ID", Holds::Text(64)).unique().custom(),
            field("Workspace_ID__c", "Workspace ID", Holds::Text(64)).unique().custom(),
            field("Plan__c", "Plan", Holds::Text(40)).custom(),
            field("Seats__c", "Seats", Holds::Number).custom(),
        ],
    },
];
