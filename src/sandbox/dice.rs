//! Chance and ids: a small deterministic generator that is part of the state, so a run can be repeated.
//! It protects nothing; no secret may come from it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A splitmix64 generator and a counter for ids that are never given out twice, not even after a reset.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dice {
    state: u64,
    issued: u64,
}

impl Dice {
    /// A generator that always gives the same series for the same seed.
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            issued: 0,
        }
    }

    /// The next number of the series.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// True in `percent` of a hundred cases.
    pub fn hits(&mut self, percent: u8) -> bool {
        percent > 0 && self.roll() % 100 < u64::from(percent)
    }

    /// The next counted number, from 1.
    pub fn count(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// A new identifier in the form of a version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let count = self.count();
        let hash = hex(&Sha256::digest(format!("sandbox object {count}")));
        format!(
            "{}-{}-4{}-a{}-{}",
            &hash[0..8],
            &hash[8..12],
            &hash[13..16],
            &hash[17..20],
            &hash[20..32]
        )
    }

    /// A new opaque token with a readable prefix.
    pub fn token(&mut self, prefix: &str) -> String {
        let count = self.count();
        let hash = hex(&Sha256::digest(format!(
            "sandbox token {count} {}",
            self.state
        )));
        format!("{prefix}{count}-{}", &hash[0..32])
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
