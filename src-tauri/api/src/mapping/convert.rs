//! Fields of a mapping and of a destination, from the engine's types to the wire's and back.

use sluice_engine::{destination, sync};

use crate::wire::{Field, FieldValue, Takes};

impl From<destination::Takes> for Takes {
    fn from(takes: destination::Takes) -> Self {
        use destination::Takes as Engine;
        match takes {
            Engine::Anything => Self::Anything,
            Engine::Text { longest } => Self::Text { longest },
            Engine::Email => Self::Email,
            Engine::Number { decimals } => Self::Number { decimals },
            Engine::Boolean => Self::Boolean,
            Engine::Date { converts } => Self::Date { converts },
            Engine::Moment { converts } => Self::Moment { converts },
            Engine::OneOf => Self::OneOf,
            Engine::SomeOf => Self::SomeOf,
        }
    }
}

impl From<Takes> for destination::Takes {
    fn from(takes: Takes) -> Self {
        match takes {
            Takes::Anything => Self::Anything,
            Takes::Text { longest } => Self::Text { longest },
            Takes::Email => Self::Email,
            Takes::Number { decimals } => Self::Number { decimals },
            Takes::Boolean => Self::Boolean,
            Takes::Date { converts } => Self::Date { converts },
            Takes::Moment { converts } => Self::Moment { converts },
            Takes::OneOf => Self::OneOf,
            Takes::SomeOf => Self::SomeOf,
        }
    }
}

impl From<&sync::Field> for Field {
    fn from(field: &sync::Field) -> Self {
        let value = match &field.value {
            sync::FieldValue::Column(column) => FieldValue::Column { column: column.clone() },
            sync::FieldValue::Template(template) => FieldValue::Template { template: template.clone() },
            sync::FieldValue::Constant(constant) => FieldValue::Constant { constant: constant.clone() },
        };
        Self {
            value,
            key: field.key.clone(),
            null: field.null.into(),
            hash: field.hash.map(Into::into),
            mask: field.mask,
            only_if_empty: field.only_if_empty,
        }
    }
}

impl From<Field> for sync::Field {
    fn from(field: Field) -> Self {
        let value = match field.value {
            FieldValue::Column { column } => sync::FieldValue::Column(column),
            FieldValue::Template { template } => sync::FieldValue::Template(template),
            FieldValue::Constant { constant } => sync::FieldValue::Constant(constant),
        };
        Self {
            value,
            key: field.key,
            null: field.null.into(),
            hash: field.hash.map(Into::into),
            mask: field.mask,
            only_if_empty: field.only_if_empty,
        }
    }
}
