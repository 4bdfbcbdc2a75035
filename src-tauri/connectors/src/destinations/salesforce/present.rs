//! The values records have now, read before they are changed.

use chrono::{DateTime, Utc};
use sluice_engine::destination::{Found, ReadByKey};
use sluice_engine::error::Error;

use super::client::Org;
use super::describe::Described;
use super::error::Trouble;
use super::lookup::{Fields, Match, id};

/// Every object has these, but not every user may read them (Object Reference, "System Fields").
const MADE_AT: &str = "CreatedDate";
const CHANGED_AT: &str = "SystemModstamp";

/// The records asked for, as they are now, in the order asked. Fields that the object does not have are left out.
pub(super) async fn read_by_key(
    org: &Org,
    read: &ReadByKey<'_>,
) -> Option<Result<Vec<Option<Found>>, Error>> {
    // What is there before is good to know, and not worth the last of the day's requests.
    if !read.needed && org.is_nearly_spent() {
        return None;
    }
    let object = match org.describe(read.object).await {
        Ok(object) if !object.queryable => return None,
        Ok(object) => object,
        Err(trouble) => return Some(Err(trouble.error())),
    };
    Some(read_described(org, &object, read).await)
}

async fn read_described(
    org: &Org,
    object: &Described,
    read: &ReadByKey<'_>,
) -> Result<Vec<Option<Found>>, Error> {
    let by = object.match_field(read.match_field)?;
    let fields: Vec<_> =
        read.fields.iter().filter_map(|name| Some((name, object.field(name)?.name.as_str()))).collect();
    let values: Vec<_> = read.values.iter().map(String::as_str).collect();
    let times = [MADE_AT, CHANGED_AT].into_iter().filter(|name| object.field(name).is_some());
    let selected: Vec<_> = fields.iter().map(|(_, name)| *name).chain(times).collect();
    let matches = org.find(object, by, &values, &selected).await.map_err(Trouble::error)?;
    let shown = |record: &Fields| {
        let members: Vec<_> = fields
            .iter()
            .map(|(asked, name)| {
                let value = record.get(*name).map_or("null", |raw| raw.get());
                format!("{}:{value}", serde_json::Value::from(asked.as_str()))
            })
            .collect();
        let fields = format!("{{{}}}", members.join(","));
        let (made_at, changed_at) = (moment(record, MADE_AT), moment(record, CHANGED_AT));
        Found { fields, id: id(record), made_at, changed_at, ..Found::default() }
    };
    Ok(values
        .iter()
        .map(|value| match matches.of(by, value) {
            Match::One(record) => Some(shown(record)),
            // Nobody can say which of them it would be.
            Match::Several => Some(Found::several()),
            Match::None => None,
        })
        .collect())
}

/// A moment as Salesforce writes it: `2026-01-31T12:00:00.000+0000`.
fn moment(record: &Fields, name: &str) -> Option<DateTime<Utc>> {
    let text: String = serde_json::from_str(record.get(name)?.get()).ok()?;
    DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f%z").ok().map(|at| at.to_utc())
}
