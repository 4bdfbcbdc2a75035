//! The types of Redshift, and in which form their values come over.

use sluice_engine::value::ColumnType;

/// How a value's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Boolean,
    Integer,
    Float4,
    Float8,
    Decimal,
    Text,
    /// `char(n)`, with its n; `None` where it is not known.
    Padded(Option<u16>),
    Date,
    Time,
    TimeWithZone,
    Timestamp,
    TimestampWithZone,
    Interval,
    Json,
    /// Hexadecimal.
    Bytes,
    Geometry,
    Sketch,
}

/// Type numbers of the vendor's driver, with the names of its documentation
/// (<https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/utils/oids.py>).
const TYPES: &[(u32, &str, Form)] = &[
    (16, "boolean", Form::Boolean),
    (18, "\"char\"", Form::Text),
    (19, "name", Form::Text),
    (20, "bigint", Form::Integer),
    (21, "smallint", Form::Integer),
    (23, "integer", Form::Integer),
    (25, "text", Form::Text),
    (26, "oid", Form::Integer),
    (700, "real", Form::Float4),
    (701, "double precision", Form::Float8),
    (705, "unknown", Form::Text),
    (1042, "char", Form::Padded(None)),
    (1043, "varchar", Form::Text),
    (1082, "date", Form::Date),
    (1083, "time", Form::Time),
    (1114, "timestamp", Form::Timestamp),
    (1184, "timestamptz", Form::TimestampWithZone),
    (1186, "interval", Form::Interval),
    (1188, "interval year to month", Form::Interval),
    (1190, "interval day to second", Form::Interval),
    (1266, "timetz", Form::TimeWithZone),
    (1700, "numeric", Form::Decimal),
    (3000, "geometry", Form::Geometry),
    (3001, "geography", Form::Geometry),
    (3999, "geometry", Form::Geometry),
    (4000, "super", Form::Json),
    (6551, "varbyte", Form::Bytes),
];

impl Form {
    /// Name and form of the type with this number and modifier.
    pub(super) fn of(oid: u32, modifier: i32) -> Option<(&'static str, Self)> {
        let (_, name, form) = TYPES.iter().find(|(number, ..)| *number == oid)?;
        // The modifier of `char(n)` is n and the four bytes its length took.
        let padded = || Self::Padded(u16::try_from(modifier - 4).ok().filter(|length| *length > 0));
        Some((name, if *form == Self::Padded(None) { padded() } else { *form }))
    }

    /// The form of a type that has no fixed number, by its name.
    pub(super) fn of_name(name: &str) -> Self {
        if name == "hllsketch" {
            return Self::Sketch;
        }
        TYPES.iter().find(|(_, known, _)| *known == name).map_or(Self::Text, |(.., form)| *form)
    }

    /// The type in the product's words.
    pub(super) fn logical(self) -> ColumnType {
        match self {
            Self::Boolean => ColumnType::Boolean,
            Self::Integer => ColumnType::Integer,
            Self::Float4 | Self::Float8 | Self::Decimal => ColumnType::Number,
            Self::Text | Self::Padded(_) => ColumnType::Text,
            Self::Date => ColumnType::Date,
            Self::Time | Self::TimeWithZone => ColumnType::Time,
            Self::Timestamp | Self::TimestampWithZone => ColumnType::Timestamp,
            Self::Json => ColumnType::Json,
            Self::Bytes => ColumnType::Bytes,
            Self::Interval | Self::Geometry | Self::Sketch => ColumnType::Other,
        }
    }

    /// What the server is asked for to get the column's value.
    pub(super) fn asked(self, column: &str) -> String {
        // The server writes eight digits of a single-precision number, of which some need nine.
        if self == Self::Float4 { format!("{column}::float8") } else { column.to_owned() }
    }
}
