//! Values as Storage Read answers with them: Arrow arrays
//! (<https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details>).

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, IntervalMonthDayNanoType,
    Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, OffsetSizeTrait};
use arrow_array::{
    BooleanArray, GenericBinaryArray, GenericListArray, GenericStringArray, PrimitiveArray, StructArray,
};
use arrow_schema::{DataType, IntervalUnit, TimeUnit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sluice_engine::value::{RowBatch, write_compact_json, write_float, write_integer, write_string};

use super::schema::Form;
use super::values::{
    MALFORMED, Reason, Written, clock, day, decimal, inner, interval, moment, quoted, range, range_moment,
};

/// The values of one column, by the form their type has.
pub(super) enum Cells<'a> {
    Text(Texts<'a>),
    Bytes(&'a GenericBinaryArray<i32>),
    Integer(&'a PrimitiveArray<Int64Type>),
    Float(&'a PrimitiveArray<Float64Type>),
    Decimal128(&'a PrimitiveArray<Decimal128Type>),
    Decimal256(&'a PrimitiveArray<Decimal256Type>),
    Boolean(&'a BooleanArray),
    Date(&'a PrimitiveArray<Date32Type>),
    Time(&'a PrimitiveArray<Time64MicrosecondType>),
    Moment(&'a PrimitiveArray<TimestampMicrosecondType>, &'static str),
    Json(Texts<'a>),
    Interval(&'a PrimitiveArray<IntervalMonthDayNanoType>),
    Range(&'a StructArray, Box<Cells<'a>>, Box<Cells<'a>>),
    List(Lists<'a>, Box<Cells<'a>>),
    Record(&'a StructArray, Vec<(&'a str, Cells<'a>)>),
    /// Something else than the type's form: each value is unreadable.
    Unknown(&'a dyn Array),
}

/// Text, with short or long offsets.
pub(super) enum Texts<'a> {
    Short(&'a GenericStringArray<i32>),
    Long(&'a GenericStringArray<i64>),
}

/// Lists, with short or long offsets.
pub(super) enum Lists<'a> {
    Short(&'a GenericListArray<i32>),
    Long(&'a GenericListArray<i64>),
}

impl<'a> Cells<'a> {
    /// The values of `array`, which should have `form`.
    pub(super) fn of(form: &'a Form, array: &'a dyn Array) -> Self {
        Self::single(form, array).or_else(|| Self::nested(form, array)).unwrap_or(Self::Unknown(array))
    }

    fn single(form: &Form, array: &'a dyn Array) -> Option<Self> {
        Some(match (form, array.data_type()) {
            // A stand-in calls well-known text bytes.
            (Form::Text, _) | (Form::Bytes, DataType::Utf8 | DataType::LargeUtf8) => {
                Self::Text(Texts::of(array)?)
            }
            (Form::Json, _) => Self::Json(Texts::of(array)?),
            (Form::Bytes, DataType::Binary) => Self::Bytes(array.as_binary()),
            (Form::Integer, DataType::Int64) => Self::Integer(array.as_primitive()),
            (Form::Float, DataType::Float64) => Self::Float(array.as_primitive()),
            (Form::Decimal, DataType::Decimal128(..)) => Self::Decimal128(array.as_primitive()),
            (Form::Decimal, DataType::Decimal256(..)) => Self::Decimal256(array.as_primitive()),
            (Form::Boolean, DataType::Boolean) => Self::Boolean(array.as_boolean()),
            (Form::Date, DataType::Date32) => Self::Date(array.as_primitive()),
            (Form::Time, DataType::Time64(TimeUnit::Microsecond)) => Self::Time(array.as_primitive()),
            (Form::DateTime, DataType::Timestamp(TimeUnit::Microsecond, _)) => {
                Self::Moment(array.as_primitive(), "")
            }
            (Form::Timestamp, DataType::Timestamp(TimeUnit::Microsecond, _)) => {
                Self::Moment(array.as_primitive(), "Z")
            }
            (Form::Interval, DataType::Interval(IntervalUnit::MonthDayNano)) => {
                Self::Interval(array.as_primitive())
            }
            _ => return None,
        })
    }

    fn nested(form: &'a Form, array: &'a dyn Array) -> Option<Self> {
        Some(match (form, array.data_type()) {
            (Form::Range(of), DataType::Struct(_)) => {
                let ends = array.as_struct();
                let end = |name| ends.column_by_name(name).map(|end| Box::new(Self::of(of, end.as_ref())));
                Self::Range(ends, end("start")?, end("end")?)
            }
            (Form::List(element), DataType::List(_)) => {
                let lists = array.as_list::<i32>();
                Self::List(Lists::Short(lists), Box::new(Self::of(element, lists.values().as_ref())))
            }
            (Form::List(element), DataType::LargeList(_)) => {
                let lists = array.as_list::<i64>();
                Self::List(Lists::Long(lists), Box::new(Self::of(element, lists.values().as_ref())))
            }
            (Form::Record(fields), DataType::Struct(_)) => {
                let records = array.as_struct();
                let field = |(name, form): &'a (String, Form)| {
                    Some((name.as_str(), Self::of(form, records.column_by_name(name)?.as_ref())))
                };
                Self::Record(records, fields.iter().map(field).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// Pushes the value of a row.
    pub(super) fn push(&self, row: usize, batch: &mut RowBatch) {
        if matches!(self, Self::List(..)) && self.is_null(row) {
            batch.json(|out| out.extend_from_slice(b"[]"));
        } else if self.is_null(row) {
            batch.null();
        } else {
            batch.json_or(|out| self.write(row, out));
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Text(texts) | Self::Json(texts) => texts.array().is_null(row),
            Self::Bytes(array) => array.is_null(row),
            Self::Integer(array) => array.is_null(row),
            Self::Float(array) => array.is_null(row),
            Self::Decimal128(array) => array.is_null(row),
            Self::Decimal256(array) => array.is_null(row),
            Self::Boolean(array) => array.is_null(row),
            Self::Date(array) => array.is_null(row),
            Self::Time(array) => array.is_null(row),
            Self::Moment(array, _) => array.is_null(row),
            Self::Interval(array) => array.is_null(row),
            Self::Range(array, ..) | Self::Record(array, _) => array.is_null(row),
            Self::List(Lists::Short(array), _) => array.is_null(row),
            Self::List(Lists::Long(array), _) => array.is_null(row),
            Self::Unknown(array) => array.is_null(row),
        }
    }

    /// Appends the JSON form of a row's value, which is not null.
    fn write(&self, row: usize, out: &mut Vec<u8>) -> Written {
        match self {
            Self::Text(texts) => write_string(out, texts.value(row)),
            Self::Json(texts) => write_compact_json(out, texts.value(row)),
            Self::Bytes(array) => write_string(out, &STANDARD.encode(array.value(row))),
            Self::Integer(array) => write_integer(out, array.value(row)),
            Self::Float(array) => write_float(out, array.value(row))?,
            Self::Decimal128(array) => small_decimal(array.value(row), array.scale(), out)?,
            Self::Decimal256(array) => decimal(&array.value_as_string(row), out)?,
            Self::Boolean(array) => out.extend_from_slice(if array.value(row) { b"true" } else { b"false" }),
            Self::Date(array) => quoted(out, |out| day(array.value(row).into(), out))?,
            Self::Time(array) => quoted(out, |out| {
                clock(array.value(row), out);
                Ok(())
            })?,
            Self::Moment(array, zone) => quoted(out, |out| moment(array.value(row), zone, out))?,
            Self::Interval(array) => {
                let value = array.value(row);
                interval(value.months.into(), value.days.into(), value.nanoseconds.into(), out);
            }
            Self::Range(_, start, end) => {
                let (first, last) = (
                    |out: &mut Vec<u8>| start.write_end(row, out),
                    |out: &mut Vec<u8>| end.write_end(row, out),
                );
                let open = |end: &Cells<'_>| end.is_null(row);
                range((!open(start)).then_some(&first as _), (!open(end)).then_some(&last as _), out)?;
            }
            Self::List(lists, elements) => write_list(lists.places(row)?, elements, out)?,
            Self::Record(_, fields) => write_record(fields, row, out)?,
            Self::Unknown(_) => return Err(MALFORMED.into()),
        }
        Ok(())
    }

    /// Appends an end of a range.
    #[expect(clippy::wildcard_enum_match_arm, reason = "ranges are of days and moments alone")]
    fn write_end(&self, row: usize, out: &mut Vec<u8>) -> Written {
        match self {
            Self::Date(array) => day(array.value(row).into(), out),
            Self::Moment(array, "") => range_moment(array.value(row), "", out),
            Self::Moment(array, _) => range_moment(array.value(row), "+00", out),
            _ => Err(MALFORMED.into()),
        }
    }

    fn write_inner(&self, row: usize, out: &mut Vec<u8>) -> Written {
        if matches!(self, Self::List(..)) && self.is_null(row) {
            out.extend_from_slice(b"[]");
        } else if self.is_null(row) {
            out.extend_from_slice(b"null");
        } else {
            inner(self.write(row, out))?;
        }
        Ok(())
    }
}

impl<'a> Texts<'a> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other types are none of text")]
    fn of(array: &'a dyn Array) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8 => Some(Self::Short(array.as_string())),
            DataType::LargeUtf8 => Some(Self::Long(array.as_string())),
            _ => None,
        }
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Short(array) => array,
            Self::Long(array) => array,
        }
    }

    fn value(&self, row: usize) -> &str {
        match self {
            Self::Short(array) => array.value(row),
            Self::Long(array) => array.value(row),
        }
    }
}

impl Lists<'_> {
    /// Where the elements of a row's list are.
    fn places(&self, row: usize) -> Result<std::ops::Range<usize>, Reason> {
        fn ends<O: OffsetSizeTrait>(
            array: &GenericListArray<O>,
            row: usize,
        ) -> Option<std::ops::Range<usize>> {
            let offsets = array.value_offsets();
            Some(offsets.get(row)?.as_usize()..offsets.get(row + 1)?.as_usize())
        }
        match self {
            Self::Short(array) => ends(array, row),
            Self::Long(array) => ends(array, row),
        }
        .ok_or_else(|| MALFORMED.into())
    }
}

/// A decimal of up to 38 digits, of which `places` are decimals: the common ones without a detour over text.
fn small_decimal(value: i128, places: i8, out: &mut Vec<u8>) -> Written {
    let places = usize::try_from(places).map_err(|_| MALFORMED)?;
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, decimals) = digits.split_at_checked(digits.len() - places).ok_or(MALFORMED)?;
    let sign = if value < 0 { "-" } else { "" };
    decimal(&format!("{sign}{whole}.{decimals}"), out)
}

fn write_list(places: std::ops::Range<usize>, elements: &Cells<'_>, out: &mut Vec<u8>) -> Written {
    out.push(b'[');
    for (index, place) in places.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        elements.write_inner(place, out)?;
    }
    out.push(b']');
    Ok(())
}

fn write_record(fields: &[(&str, Cells<'_>)], row: usize, out: &mut Vec<u8>) -> Written {
    out.push(b'{');
    for (index, (name, cells)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, name);
        out.push(b':');
        cells.write_inner(row, out)?;
    }
    out.push(b'}');
    Ok(())
}
