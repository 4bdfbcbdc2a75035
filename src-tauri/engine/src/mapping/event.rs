//! Events: who a row is about, and where that stands in the payload.

use super::{Mapping, find, identifiers};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{EventName, Identifier, Shape, Sync};
use crate::value::{Cell, Column, RowBatch, write_string};

impl Mapping {
    pub(super) fn compile_event(&mut self, sync: &Sync, columns: &[Column]) -> Result<()> {
        for (identifier, column) in identifiers(sync, columns) {
            let column = Some(find(columns, &column)?);
            match identifier {
                Identifier::UserId => self.user_id = column,
                Identifier::Email => self.email = column,
                Identifier::AnonymousId => self.anonymous_id = column,
            }
        }
        if self.user_id.or(self.email).or(self.anonymous_id).is_none() {
            return Err(Error::new(
                ErrorKind::NoIdentifier,
                "The rows have no email, user_id or anonymous_id column.",
            )
            .with_safe("Nothing was sent.")
            .with_hint("Say which column plays one of these parts."));
        }
        if let Shape::Track(EventName::Column(column)) = &sync.shape {
            self.event_name = Some(find(columns, column)?);
        }
        Ok(())
    }

    pub(super) fn write_identify(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"{\"type\":\"identify\"");
        self.write_who(batch, row, out)?;
        out.extend_from_slice(b",\"traits\":");
        let start = out.len();
        self.fields.write(batch, row, out);
        if let Some(email) = self.email_to_add(batch, row) {
            let comma = if out.len() - start > 2 { "," } else { "" };
            let mut entry = b"\"email\":".to_vec();
            entry.extend_from_slice(email);
            entry.extend_from_slice(comma.as_bytes());
            out.splice(start + 1..=start, entry);
        }
        out.push(b'}');
        Ok(())
    }

    pub(super) fn write_track(
        &self,
        name: &EventName,
        batch: &RowBatch,
        row: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.extend_from_slice(b"{\"type\":\"track\",\"event\":");
        match (name, self.event_name) {
            (EventName::Fixed(name), _) => write_string(out, name),
            (EventName::Column(_), Some(column)) => match batch.cell(row, column) {
                Cell::Json(json) => write_as_string(json, out),
                Cell::Null => {
                    let message = format!("The event name column “{}” is null.", self.names[column]);
                    return Err(Error::new(ErrorKind::NoIdentifier, message)
                        .with_hint("Fill the column, or choose a fixed event name."));
                }
                Cell::Unreadable(reason) => return Err(self.unreadable(column, reason)),
            },
            (EventName::Column(name), None) => {
                let message = format!("The column “{name}” is not in the rows.");
                return Err(Error::new(ErrorKind::MissingObject, message));
            }
        }
        self.write_who(batch, row, out)?;
        if let Some(email) = self.email_to_add(batch, row) {
            out.extend_from_slice(b",\"context\":{\"traits\":{\"email\":");
            out.extend_from_slice(email);
            out.extend_from_slice(b"}}");
        }
        out.extend_from_slice(b",\"properties\":");
        self.fields.write(batch, row, out);
        out.push(b'}');
        Ok(())
    }

    /// Writes `userId` and `anonymousId`. Somebody known only by e-mail has it as their `userId`: the vendors'
    /// APIs refuse an event that has neither.
    fn write_who(&self, batch: &RowBatch, row: usize, out: &mut Vec<u8>) -> Result<()> {
        let value = |column: Option<usize>| -> Result<Option<&[u8]>> {
            match column.map(|column| (column, batch.cell(row, column))) {
                Some((_, Cell::Json(json))) if json != b"\"\"" => Ok(Some(json)),
                Some((column, Cell::Unreadable(reason))) => Err(self.unreadable(column, reason)),
                Some((_, Cell::Json(_) | Cell::Null)) | None => Ok(None),
            }
        };
        let (user, anonymous, email) = (value(self.user_id)?, value(self.anonymous_id)?, value(self.email)?);
        let user = user.or(if anonymous.is_none() { email } else { None });
        if user.or(anonymous).is_none() {
            return Err(Error::new(
                ErrorKind::NoIdentifier,
                "The row has no email, user id or anonymous id.",
            ));
        }
        for (key, value) in [(",\"userId\":", user), (",\"anonymousId\":", anonymous)] {
            if let Some(value) = value {
                out.extend_from_slice(key.as_bytes());
                write_as_string(value, out);
            }
        }
        Ok(())
    }

    /// The e-mail, where the fields do not hold it already.
    fn email_to_add<'a>(&self, batch: &'a RowBatch, row: usize) -> Option<&'a [u8]> {
        match batch.cell(row, self.email.filter(|_| !self.email_mapped)?) {
            Cell::Json(json) => Some(json),
            Cell::Null | Cell::Unreadable(_) => None,
        }
    }
}

/// Appends a JSON scalar as a JSON string.
fn write_as_string(json: &[u8], out: &mut Vec<u8>) {
    if json.first() == Some(&b'"') {
        out.extend_from_slice(json);
    } else {
        write_string(out, std::str::from_utf8(json).unwrap_or(""));
    }
}
