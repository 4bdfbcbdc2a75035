//! The values records have now, read before they are changed.

use sluice_engine::destination::{Found, ReadByKey};
use sluice_engine::error::Error;

use super::client::Org;
use super::describe::Described;
use super::error::Trouble;
use super::lookup::{Fields, Match};

/// The records asked for, as they are now, in the order asked. Fields that the object does not have are left out.
pub(super) async fn read_by_key(
    org: &Org,
    read: &ReadByKey<'_>,
) -> Option<Result<Vec<Option<Found>>, Error>> {
    // What is there before is good to know, and not worth the last of the day's requests.
    if org.is_nearly_spent() {
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
    let selected: Vec<_> = fields.iter().map(|(_, name)| *name).collect();
    let matches = org.find(object, by, &values, &selected).await.map_err(Trouble::error)?;
    let shown = |record: &Fields| {
        let members: Vec<_> = fields
            .iter()
            .map(|(asked, name)| {
                let value = record.get(*name).map_or("null", |raw| raw.get());
                format!("{}:{value}", serde_json::Value::from(asked.as_str()))
            })
            .collect();
        Found { fields: format!("{{{}}}", members.join(",")) }
    };
    Ok(values
        .iter()
        .map(|value| match matches.of(by, value) {
            Match::One(record) => Some(shown(record)),
            // Nobody can say which of them it would be.
            Match::None | Match::Several => None,
        })
        .collect())
}
