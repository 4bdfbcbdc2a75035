//! The schema a stream begins with, as it is meant: what a member of a struct is declared to be never, it may be in a
//! struct that is null itself. Some servers write the members of a missing moment as nulls, and declare them never to
//! be; the drivers take it.

use std::sync::Arc;

use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::root_as_message;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};

/// What a message's length stands behind, but in streams of before 2019
/// (<https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format>).
const CONTINUES: [u8; 4] = [0xFF; 4];

/// The schema's message, as its bytes arrive.
#[derive(Default)]
pub(super) struct Head(Vec<u8>);

impl Head {
    /// Takes the next bytes. Once the message is whole, its meaning and what follows it are given back.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.0.extend_from_slice(bytes);
        let start = if self.0.starts_with(&CONTINUES) { 8 } else { 4 };
        let length = self.0.get(start - 4..start)?.try_into().ok().map(u32::from_le_bytes)?;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        let message = self.0.get(start..end)?;
        // What is no schema is left to whoever reads it, and tells that it is none.
        let Some(mut meant) = meant(message) else { return Some(std::mem::take(&mut self.0)) };
        meant.extend_from_slice(self.0.get(end..)?);
        Some(meant)
    }

    /// What came of a message that never became whole.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

fn meant(message: &[u8]) -> Option<Vec<u8>> {
    let schema = try_fb_to_schema(root_as_message(message).ok()?.header_as_schema()?).ok()?;
    let fields: Vec<Field> = schema.fields().iter().map(|field| with_members(field)).collect();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    let writer = StreamWriter::try_new(Vec::new(), &schema).ok()?;
    Some(writer.get_ref().clone())
}

fn with_members(field: &Field) -> Field {
    let DataType::Struct(members) = field.data_type() else { return field.clone() };
    let members = members.iter().map(|member| Arc::new(member.as_ref().clone().with_nullable(true)));
    field.clone().with_data_type(DataType::Struct(members.collect()))
}
