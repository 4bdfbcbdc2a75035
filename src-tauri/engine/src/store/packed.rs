//! How the store keeps bytes small: zstd at its fastest level that still halves, one frame with its size in front
//! and a checksum behind: SQLite itself would not notice a byte that changed.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{compress_bound, get_frame_content_size};

use crate::error::{Error, ErrorKind, Result};

const LEVEL: i32 = 1;
/// Bytes something packed may have; a frame that promises more is damaged.
const MOST: u64 = 1 << 30;

/// What packing needs. Making it costs more than packing one batch, so each thread keeps its own.
struct Contexts {
    compressor: Compressor<'static>,
    decompressor: Decompressor<'static>,
    room: Vec<u8>,
}

thread_local! {
    static CONTEXTS: RefCell<Option<Contexts>> = const { RefCell::new(None) };
}

fn with_contexts<T>(work: impl FnOnce(&mut Contexts) -> Result<T>) -> Result<T> {
    CONTEXTS.with_borrow_mut(|kept| {
        let contexts = match kept {
            Some(contexts) => contexts,
            none => {
                let mut compressor = Compressor::new(LEVEL)?;
                compressor.include_checksum(true)?;
                none.insert(Contexts { compressor, decompressor: Decompressor::new()?, room: Vec::new() })
            }
        };
        work(contexts)
    })
}

/// Packs `bytes`.
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    with_contexts(|contexts| {
        contexts.room.clear();
        contexts.room.reserve(compress_bound(bytes.len()));
        contexts.compressor.compress_to_buffer(bytes, &mut contexts.room)?;
        // Waits in queues: no larger than it is.
        Ok(contexts.room.as_slice().into())
    })
}

/// Unpacks what [`pack`] made; anything else is [`ErrorKind::Damaged`].
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    let size = get_frame_content_size(packed).ok().flatten().filter(|size| *size <= MOST);
    let mut bytes = Vec::with_capacity(size.ok_or_else(damaged)? as usize);
    with_contexts(|contexts| {
        let unpacked = contexts.decompressor.decompress_to_buffer(packed, &mut bytes);
        unpacked.map(|_| ()).map_err(|error| damaged().with_source(error))
    })?;
    Ok(bytes)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Damaged, "Something stored can not be unpacked.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn anything_unpacks_to_what_it_was(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            prop_assert_eq!(unpack(&pack(&bytes).unwrap()).unwrap(), bytes);
        }

        #[test]
        fn what_was_not_packed_is_damaged(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(unpack(&bytes).map_err(|error| error.kind()), Err(ErrorKind::Damaged));
        }
    }

    #[test]
    fn a_cut_frame_is_damaged() {
        let packed = pack(&[7; 10_000]).unwrap();
        assert_eq!(unpack(&packed[..packed.len() - 1]).unwrap_err().kind(), ErrorKind::Damaged);
    }

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
