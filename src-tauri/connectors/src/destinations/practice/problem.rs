//! What is wrong with a record.

/// One reason why a record is refused.
pub(super) struct Problem {
    /// What it is.
    pub(super) what: What,
    /// The field it is about, by its name.
    pub(super) field: Option<String>,
    /// The same as a sentence, without personal data.
    pub(super) words: String,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It is no e-mail address.
    NotAnAddress,
    /// It is longer than the field.
    TooLong,
    /// It is not in the pick list.
    NotAnOption,
    /// It is of another type.
    WrongType,
    /// The object has no such field.
    NoField,
    /// The field has to have a value.
    Required,
    /// Another record has the value, and no two may.
    Taken,
    /// The field records are matched by is empty.
    NoMatchValue,
    /// There is no record to update.
    NothingToUpdate,
    /// There is a record, and it was to be created.
    Exists,
    /// It is not what is taken here at all.
    Unusable,
}

impl Problem {
    /// About a field.
    pub(super) fn of(what: What, field: &str, words: String) -> Self {
        Self { what, field: Some(field.to_owned()), words }
    }

    /// About the record.
    pub(super) fn with_record(what: What, words: impl Into<String>) -> Self {
        Self { what, field: None, words: words.into() }
    }
}
