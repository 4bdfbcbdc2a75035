//! Results in Arrow form as the real service writes them: whole numbers of any width, told apart by the field's metadata
//! (<https://github.com/apache/arrow-adbc/issues/3008>).

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A column with what the service says about it.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) scale: i64,
    pub(crate) values: ArrayRef,
}

/// One Arrow stream.
pub(crate) fn stream(columns: &[Column]) -> Vec<u8> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|column| {
            let metadata = [
                ("logicalType", column.kind.to_uppercase()),
                ("precision", "38".to_owned()),
                ("scale", column.scale.to_string()),
                ("charLength", "0".to_owned()),
            ];
            let metadata: HashMap<_, _> =
                metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            Field::new(column.name, column.values.data_type().clone(), true).with_metadata(metadata)
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch =
        RecordBatch::try_new(schema.clone(), columns.iter().map(|column| column.values.clone()).collect());
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&batch.unwrap()).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

pub(crate) fn base64(stream: &[u8]) -> String {
    STANDARD.encode(stream)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
