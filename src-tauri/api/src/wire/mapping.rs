use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DestinationObject, SyncDefinition};

/// `mapping_check`: how the sample rows suit the destination's object.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingCheckRequest {
    /// The sync as it is being edited.
    pub definition: SyncDefinition,
    /// The object its records go to, as `objects` answered.
    pub object: DestinationObject,
}

/// What could fill the object's open fields, and which values it would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappingCheck {
    /// Sample rows looked at.
    pub rows: usize,
    /// For each open field at most one.
    pub suggestions: Vec<Suggestion>,
    /// In the order of the object's fields.
    pub mismatches: Vec<Mismatch>,
}

/// Something that could fill a field of the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Suggestion {
    /// The field's name.
    pub field: String,
    /// The column that could fill it.
    pub column: Option<String>,
    /// Or, for what is sent and is no plain column: its index in `definition.fields`.
    pub sent: Option<usize>,
    /// Why.
    pub likeness: Likeness,
}

/// How like two names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same name.
    Exact,
    /// The same but for capitals, spaces and signs.
    Spelling,
    /// Another word for the same thing.
    Synonym,
}

/// Values of the sample rows that a field of the object would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Mismatch {
    /// The field's name.
    pub field: String,
    /// What is wrong with them.
    pub kind: MismatchKind,
    /// The same in a sentence, with how many rows have it.
    pub message: String,
    /// Sample rows with such a value.
    pub rows: usize,
    /// How many different values those are.
    pub different: usize,
    /// The most frequent of them, masked where personal.
    pub examples: Vec<MismatchExample>,
}

/// What is wrong with values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum MismatchKind {
    /// There is none, and the field needs one.
    Empty,
    /// Not in the pick list.
    NotInList,
    /// Of another type.
    OtherType,
    /// More decimals than the field keeps.
    Decimals,
    /// Longer than the field is.
    TooLong,
    /// No e-mail address.
    NoEmail,
    /// There is no such field.
    NoField,
}

/// One value a field would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MismatchExample {
    /// The value, masked where personal, and cut where long.
    pub value: String,
    /// Sample rows that have it.
    pub rows: usize,
}
