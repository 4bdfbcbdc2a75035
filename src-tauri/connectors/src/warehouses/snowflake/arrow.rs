//! Rows in Arrow's stream form. The real service picks the smallest whole numbers for a batch, and says in the field's
//! metadata what they mean (<https://github.com/apache/arrow-adbc/issues/3008>), so the metadata counts, not Arrow's type.
#![expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types and errors are open-ended")]

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, DataType, Field};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::value::{RowBatch, write_float, write_float32, write_integer, write_string};

use super::head::Head;
use super::moments;
use super::read::is_full;
use super::values::{self, Form, MALFORMED, Written};
use crate::warehouses::moment::interval;

/// Decodes one stream, as bytes of it arrive.
pub(super) struct ArrowRows {
    forms: Arc<[Form]>,
    /// Until the schema is known.
    head: Option<Head>,
    decoder: StreamDecoder,
    pending: Buffer,
    columns: Vec<(Form, ArrayRef)>,
    at: usize,
    rows: usize,
    /// Rows decoded so far.
    pub(super) count: u64,
}

impl ArrowRows {
    pub(super) fn new(forms: Arc<[Form]>) -> Self {
        Self {
            forms,
            head: Some(Head::default()),
            decoder: StreamDecoder::new(),
            pending: Buffer::from(Vec::<u8>::new()),
            columns: Vec::new(),
            at: 0,
            rows: 0,
            count: 0,
        }
    }

    /// Takes the next bytes; the last ones have to be used up.
    pub(super) fn feed(&mut self, bytes: Bytes) {
        self.pending = match &mut self.head {
            None => Buffer::from(bytes),
            Some(head) => {
                let Some(begun) = head.take(&bytes) else { return };
                self.head = None;
                Buffer::from(begun)
            }
        };
    }

    /// Pushes rows until the batch is full or more bytes are needed.
    pub(super) fn push(&mut self, batch: &mut RowBatch) -> Result<()> {
        loop {
            while self.at < self.rows {
                if is_full(batch) {
                    return Ok(());
                }
                for (form, column) in &self.columns {
                    push_cell(batch, *form, column, self.at);
                }
                self.at += 1;
            }
            // Frees what was read before the next batch is gathered.
            self.columns.clear();
            if self.pending.is_empty() {
                return Ok(());
            }
            if let Some(next) = self.decoder.decode(&mut self.pending).map_err(|error| malformed(&error))? {
                self.take(&next)?;
            }
        }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_columns() != self.forms.len() {
            return Err(Error::new(
                ErrorKind::BadAnswer,
                "Snowflake’s rows have other columns than it said.",
            ));
        }
        let schema = batch.schema();
        let meant = schema.fields().iter().zip(self.forms.iter()).map(|(field, form)| meant(field, *form));
        self.columns = meant.zip(batch.columns().iter().cloned()).collect();
        self.rows = batch.num_rows();
        self.count += self.rows as u64;
        self.at = 0;
        Ok(())
    }

    /// Makes sure that the stream ended where it should.
    pub(super) fn finish(&mut self) -> Result<()> {
        if let Some(mut head) = self.head.take() {
            let mut cut = Buffer::from(head.rest());
            self.decoder.decode(&mut cut).map_err(|error| malformed(&error))?;
        }
        self.decoder.finish().map_err(|error| malformed(&error))
    }
}

fn malformed(error: &ArrowError) -> Error {
    // The words of an Arrow error can hold a value.
    let what = std::io::Error::other(match error {
        ArrowError::IpcError(_) => "the Arrow stream ends too early or is damaged",
        _ => "the Arrow stream can not be decoded",
    });
    Error::new(ErrorKind::BadAnswer, "Snowflake’s rows came cut short, or in a form Sluice does not know.")
        .with_source(what)
}

/// The form with the scale this batch has.
fn meant(field: &Field, form: Form) -> Form {
    let scale = field.metadata().get("scale").and_then(|scale| scale.parse().ok());
    let Some(scale) = scale else { return form };
    match form {
        Form::Fixed(_) => Form::Fixed(scale),
        Form::Time(_) => Form::Time(scale),
        Form::Moment(_, zone) => Form::Moment(scale, zone),
        Form::MomentWithOffset(_) => Form::MomentWithOffset(scale),
        Form::Float
        | Form::DecFloat
        | Form::Text
        | Form::Boolean
        | Form::Bytes
        | Form::Date
        | Form::Document
        | Form::List
        | Form::Vector(_)
        | Form::Months
        | Form::Nanos => form,
    }
}

fn push_cell(batch: &mut RowBatch, form: Form, column: &ArrayRef, row: usize) {
    if column.is_null(row) || column.data_type() == &DataType::Null || is_without_members(column, row) {
        batch.null();
    } else {
        batch.json_or(|out| write(form, column, row, out));
    }
}

/// A struct whose first member is missing is a missing value.
fn is_without_members(column: &ArrayRef, row: usize) -> bool {
    let first = column.as_struct_opt().and_then(|parts| parts.columns().first());
    first.is_some_and(|member| member.is_null(row))
}

fn write(form: Form, column: &ArrayRef, row: usize, out: &mut Vec<u8>) -> Written {
    match form {
        Form::Fixed(scale) => values::fixed(whole(column, row).ok_or(MALFORMED)?, scale, out),
        Form::Float => write_any_float(column, row, out),
        Form::DecFloat => decimal_float(column, row, out),
        Form::Text => {
            write_string(out, text(column, row).ok_or(MALFORMED)?);
            Ok(())
        }
        Form::Boolean => {
            let value = column.as_boolean_opt().ok_or(MALFORMED)?.value(row);
            out.extend_from_slice(if value { b"true" } else { b"false" });
            Ok(())
        }
        Form::Bytes => {
            write_string(out, &STANDARD.encode(bytes(column, row).ok_or(MALFORMED)?));
            Ok(())
        }
        Form::Date => {
            moments::date(i64::try_from(whole(column, row).ok_or(MALFORMED)?).map_err(|_| MALFORMED)?, out)
        }
        Form::Time(scale) => moments::time(moments::scaled(long(column, row)?, scale), out),
        Form::Moment(scale, zone) => moments::moment(nanos(column, row, scale)?, zone, out),
        Form::MomentWithOffset(scale) => moments::moment(nanos(column, row, scale)?, true, out),
        Form::Document | Form::List => values::document(text(column, row).ok_or(MALFORMED)?, out),
        Form::Vector(_) => vector(column, row, out),
        Form::Months => {
            interval(long(column, row)?, 0, 0, out);
            Ok(())
        }
        Form::Nanos => moments::duration(whole(column, row).ok_or(MALFORMED)?, out),
    }
}

fn whole(column: &ArrayRef, row: usize) -> Option<i128> {
    Some(match column.data_type() {
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int16 => column.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int8 => column.as_primitive::<Int8Type>().value(row).into(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value(row),
        DataType::Date32 => column.as_primitive::<Date32Type>().value(row).into(),
        _ => return None,
    })
}

fn long(column: &ArrayRef, row: usize) -> Result<i64, values::Reason> {
    whole(column, row).and_then(|value| i64::try_from(value).ok()).ok_or_else(|| MALFORMED.into())
}

fn text(column: &ArrayRef, row: usize) -> Option<&str> {
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row)),
        _ => None,
    }
}

fn bytes(column: &ArrayRef, row: usize) -> Option<&[u8]> {
    match column.data_type() {
        DataType::Binary => Some(column.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(column.as_binary::<i64>().value(row)),
        DataType::FixedSizeBinary(_) => Some(column.as_fixed_size_binary().value(row)),
        _ => None,
    }
}

fn write_any_float(column: &ArrayRef, row: usize, out: &mut Vec<u8>) -> Written {
    match column.data_type() {
        DataType::Float64 => write_float(out, column.as_primitive::<Float64Type>().value(row))?,
        DataType::Float32 => write_float32(out, column.as_primitive::<Float32Type>().value(row))?,
        _ => return Err(MALFORMED.into()),
    }
    Ok(())
}

/// Exponent, and significand as big-endian two's complement.
fn decimal_float(column: &ArrayRef, row: usize, out: &mut Vec<u8>) -> Written {
    let parts = column.as_struct_opt().ok_or(MALFORMED)?;
    let [exponent, significand] = parts.columns() else { return Err(MALFORMED.into()) };
    let exponent = i32::try_from(long(exponent, row)?).map_err(|_| MALFORMED)?;
    let significand = bytes(significand, row).filter(|bytes| bytes.len() <= 16).ok_or(MALFORMED)?;
    let negative = significand.first().is_some_and(|byte| *byte >= 0x80);
    let start = if negative { -1 } else { 0 };
    let digits = significand.iter().fold(start, |digits: i128, byte| (digits << 8) | i128::from(*byte));
    values::decimal_float(digits, exponent, out)
}

/// Nanoseconds since 1970: a scaled whole number, or seconds and nanoseconds beside each other. With an offset the scaled
/// number has company too, which is told by there being two members of which the second is no fraction.
fn nanos(column: &ArrayRef, row: usize, scale: u32) -> Result<i128, values::Reason> {
    let Some(parts) = column.as_struct_opt() else { return Ok(moments::scaled(long(column, row)?, scale)) };
    let seconds = long(parts.columns().first().ok_or(MALFORMED)?, row)?;
    match parts.column_by_name("fraction") {
        Some(fraction) => Ok(moments::scaled(seconds, 0) + i128::from(long(fraction, row)?)),
        None => Ok(moments::scaled(seconds, scale)),
    }
}

fn vector(column: &ArrayRef, row: usize, out: &mut Vec<u8>) -> Written {
    let Some(list) = column.as_fixed_size_list_opt() else {
        return values::document(text(column, row).ok_or(MALFORMED)?, out);
    };
    let elements = list.value(row);
    values::listed(0..elements.len(), out, |index, out| match elements.data_type() {
        DataType::Int32 => {
            write_integer(out, elements.as_primitive::<Int32Type>().value(index).into());
            Ok(())
        }
        _ => write_any_float(&elements, index, out),
    })
}
