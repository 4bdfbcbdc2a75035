//! One part of a large result, unpacked while it is read.

use std::io::Read as _;

use bytes::{Buf as _, Bytes};
use flate2::bufread::MultiGzDecoder;
use sluice_engine::error::{Error, ErrorKind, Result};

/// Bytes taken out of a part at once.
const PIECE: usize = 256 << 10;

/// A part, unpacked piece by piece.
pub(super) struct Part {
    /// Rows the server says it has.
    pub(super) rows: u64,
    bytes: Unpacked,
}

enum Unpacked {
    Plain(Bytes),
    Gzip(Box<MultiGzDecoder<bytes::buf::Reader<Bytes>>>),
}

impl Part {
    pub(super) fn new(rows: u64, bytes: Bytes) -> Self {
        // Storage does not always say so; the drivers look at the first bytes too.
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        let bytes = if packed {
            Unpacked::Gzip(Box::new(MultiGzDecoder::new(bytes.reader())))
        } else {
            Unpacked::Plain(bytes)
        };
        Self { rows, bytes }
    }

    /// The next bytes; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>> {
        match &mut self.bytes {
            Unpacked::Plain(bytes) => {
                let piece = bytes.split_to(PIECE.min(bytes.len()));
                Ok((!piece.is_empty()).then_some(piece))
            }
            Unpacked::Gzip(gzip) => {
                let mut piece = vec![0; PIECE];
                let mut filled = 0;
                while filled < piece.len() {
                    let read = gzip.read(piece.get_mut(filled..).unwrap_or_default()).map_err(|error| {
                        Error::new(
                            ErrorKind::IncompleteRead,
                            "A part of the result came cut short or damaged.",
                        )
                        .with_source(error)
                    })?;
                    if read == 0 {
                        break;
                    }
                    filled += read;
                }
                piece.truncate(filled);
                Ok((filled > 0).then(|| piece.into()))
            }
        }
    }
}
