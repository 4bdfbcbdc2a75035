//! What is stored compressed, with a checksum: SQLite itself would not notice a byte that changed.

use crate::error::{Error, ErrorKind, Result};

/// Compresses `bytes`.
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(1)?;
    compressor.include_checksum(true)?;
    Ok(compressor.compress(bytes)?)
}

/// Reads what [`pack`] made; anything else is [`ErrorKind::Damaged`].
pub(crate) fn unpack(z: &[u8]) -> Result<Vec<u8>> {
    zstd::stream::decode_all(z)
        .map_err(|error| Error::new(ErrorKind::Damaged, "A stored entry can not be read.").with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_bit_is_noticed() {
        let text = b"a text that is long enough to be worth compressing, a text that is long enough";
        let z = pack(text).unwrap();
        assert_eq!(unpack(&z).unwrap(), text);
        for bit in 0..z.len() * 8 {
            let mut z = z.clone();
            z[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&z).map_or_else(|error| error.kind() == ErrorKind::Damaged, |back| back == text));
        }
    }
}
