//! How long the long tests are, and their chance.

/// `quick`, or `long` where `SLUICE_SOAK=1` asks for the long tests (`make soak`).
pub fn soak(quick: usize, long: usize) -> usize {
    if std::env::var("SLUICE_SOAK").as_deref() == Ok("1") { long } else { quick }
}

/// Chance that comes out the same every time.
pub struct Dice(u64);

impl Dice {
    /// The dice of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}
