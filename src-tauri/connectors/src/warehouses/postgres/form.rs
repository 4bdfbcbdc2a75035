//! Which JSON form a type has, and how its values are asked for.

use sluice_engine::value::ColumnType;
use tokio_postgres::types::{Kind, Type};

/// The binary form values of a column come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Boolean,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    TimeWithZone,
    Timestamp,
    TimestampWithZone,
    Interval,
    Uuid,
    Json,
    /// As JSON, after one byte for the version.
    Jsonb,
    Address,
    HardwareAddress,
    Bits,
    LogPosition,
    Hstore,
    List(Box<Form>),
    Record(Vec<(String, Form)>),
}

impl Form {
    /// The form of a column's type, and the cast it is asked for with: types without a binary form known
    /// here are asked for as text, so that none fails.
    pub(super) fn of(column: &Type) -> (Self, &'static str) {
        if let Some(form) = Self::binary(column) {
            return (form, "");
        }
        let element = if let Kind::Array(element) = column.kind() { Some(element) } else { None };
        // What a cent is depends on the server's locale; the server knows (`lc_monetary`).
        match element {
            None if *column == Type::MONEY => (Self::Decimal, "::numeric"),
            None => (Self::Text, "::text"),
            Some(element) if *element == Type::MONEY => (Self::List(Box::new(Self::Decimal)), "::numeric[]"),
            Some(_) => (Self::List(Box::new(Self::Text)), "::text[]"),
        }
    }

    fn binary(value: &Type) -> Option<Self> {
        if let Kind::Enum(_) = value.kind() {
            return Some(Self::Text);
        }
        if let Kind::Array(element) = value.kind() {
            return Self::binary(element).map(|form| Self::List(Box::new(form)));
        }
        if let Kind::Domain(base) = value.kind() {
            return Self::binary(base);
        }
        if let Kind::Composite(fields) = value.kind() {
            let fields =
                fields.iter().map(|field| Some((field.name().to_owned(), Self::binary(field.type_())?)));
            return fields.collect::<Option<_>>().map(Self::Record);
        }
        Some(match *value {
            Type::BOOL => Self::Boolean,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID => Self::Oid,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Decimal,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Self::Text,
            Type::BYTEA => Self::Bytes,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMETZ => Self::TimeWithZone,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::TimestampWithZone,
            Type::INTERVAL => Self::Interval,
            Type::UUID => Self::Uuid,
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            Type::INET | Type::CIDR => Self::Address,
            Type::MACADDR | Type::MACADDR8 => Self::HardwareAddress,
            Type::BIT | Type::VARBIT => Self::Bits,
            Type::PG_LSN => Self::LogPosition,
            // Extensions' types have no fixed number.
            _ => match value.name() {
                "citext" => Self::Text,
                "hstore" => Self::Hstore,
                _ => return None,
            },
        })
    }
}

/// The type in the product's words.
pub(super) fn logical(column: &Type) -> ColumnType {
    if let Kind::Array(_) = column.kind() {
        return ColumnType::List;
    }
    if *column == Type::MONEY {
        return ColumnType::Number;
    }
    match Form::binary(column) {
        Some(Form::Boolean) => ColumnType::Boolean,
        Some(Form::Int2 | Form::Int4 | Form::Int8 | Form::Oid) => ColumnType::Integer,
        Some(Form::Float4 | Form::Float8 | Form::Decimal) => ColumnType::Number,
        Some(Form::Text | Form::Uuid) => ColumnType::Text,
        Some(Form::Bytes) => ColumnType::Bytes,
        Some(Form::Date) => ColumnType::Date,
        Some(Form::Time | Form::TimeWithZone) => ColumnType::Time,
        Some(Form::Timestamp | Form::TimestampWithZone) => ColumnType::Timestamp,
        Some(Form::Json | Form::Jsonb | Form::Hstore | Form::Record(_)) => ColumnType::Json,
        Some(Form::List(_)) => ColumnType::List,
        Some(Form::Interval | Form::Address | Form::HardwareAddress | Form::Bits | Form::LogPosition)
        | None => ColumnType::Other,
    }
}
