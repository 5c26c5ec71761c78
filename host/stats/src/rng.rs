//! Random numbers that stay the same for ever.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};

/// A generator of random numbers whose values never change from one version to the next: recorded verdicts, splits
/// and models depend on them.
///
/// Xoshiro256++ (Blackman and Vigna, 2018). Its state is filled by `SplitMix64` from a mix of the seed and the number of
/// the stream, so that streams of one seed are independent and work can be shared out over threads: the piece `i` of a
/// job draws from `Rng::new(seed, i)`, whoever runs it.
///
/// ```
/// use portcullis_stats::Rng;
/// let mut first = Rng::new(42, 0);
/// let mut again = Rng::new(42, 0);
/// let mut other = Rng::new(42, 1);
/// assert_eq!(first.next_u64(), again.next_u64());
/// assert_ne!(first.next_u64(), other.next_u64());
/// ```
#[derive(Debug, Clone)]
pub struct Rng(Xoshiro256PlusPlus);

/// 2^64 divided by the golden ratio, the step of `SplitMix64`.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of `SplitMix64` (Steele, Lea and Flood, 2014): a bijection that spreads every bit of its input over all bits.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(GOLDEN);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Rng {
    /// The stream `stream` of the seed `seed`.
    pub fn new(seed: u64, stream: u64) -> Self {
        // The inner mix keeps (1, 0) and (0, 1) apart; the outer one keeps neighbouring streams apart.
        let mut state = mix(mix(seed).wrapping_add(stream));
        let mut bytes = [0; 32];
        for word in bytes.chunks_exact_mut(8) {
            word.copy_from_slice(&mix(state).to_le_bytes());
            state = state.wrapping_add(GOLDEN);
        }
        Self(Xoshiro256PlusPlus::from_seed(bytes))
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number in `0..n`, each equally likely (Lemire's method with rejection, 2019). 0 where `n` is 0.
    ///
    /// ```
    /// let mut rng = portcullis_stats::Rng::new(1, 0);
    /// assert!((0..100).all(|_| rng.below(6) < 6));
    /// ```
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        let mut product = u128::from(self.next_u64()) * u128::from(n);
        if (product as u64) < n {
            // The first 2^64 mod n values of the low half would be drawn once too often.
            let unfair = n.wrapping_neg().checked_rem(n).unwrap_or(0);
            while (product as u64) < unfair {
                product = u128::from(self.next_u64()) * u128::from(n);
            }
        }
        (product >> 64) as usize
    }

    /// A number in `[0, 1)`: a multiple of 2^-53, each equally likely.
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * STEP
    }

    /// Puts the values in a random order, each order equally likely (Fisher and Yates).
    ///
    /// ```
    /// let mut values = [1, 2, 3, 4];
    /// portcullis_stats::Rng::new(1, 0).shuffle(&mut values);
    /// values.sort();
    /// assert_eq!(values, [1, 2, 3, 4]);
    /// ```
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by an independent implementation of `SplitMix64`, Xoshiro256++ and Lemire's method.
    #[test]
    fn values_never_change() {
        let first = |seed, stream| {
            let mut rng = Rng::new(seed, stream);
            [rng.next_u64(), rng.next_u64(), rng.next_u64()]
        };
        assert_eq!(first(0, 0), [0x3ed1_653f_0682_083a, 0x852c_ecd8_e741_8ff7, 0x8deb_058e_baf6_ffc3]);
        assert_eq!(first(42, 0), [0xeb42_c256_0e9f_46d3, 0xba04_0fc5_80df_f35f, 0x73f4_cc6d_f99d_830f]);
        assert_eq!(first(42, 1), [0xfc57_8410_9d85_ac64, 0xe50e_6ed2_fad5_6b66, 0x9800_343b_1908_34b4]);
        assert_ne!(first(0, 1), first(1, 0));
        let mut rng = Rng::new(7, 7);
        assert_eq!([0; 8].map(|_| rng.below(10)), [0, 0, 0, 6, 8, 5, 3, 4]);
        let mut values = [0, 1, 2, 3, 4, 5, 6, 7];
        rng.shuffle(&mut values);
        assert_eq!(values, [7, 4, 5, 6, 2, 0, 3, 1]);
        assert_eq!(rng.uniform(), 0.736_559_680_345_881);
    }

    #[test]
    fn the_splitmix_step_is_the_published_one() {
        // The first outputs of SplitMix64 from state 0, as printed by its reference implementation.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(GOLDEN), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn draws_are_even() {
        let mut rng = Rng::new(3, 0);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[rng.below(7)] += 1;
        }
        // Standard deviation of a count is 93; five of them.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 465), "{counts:?}");
        let mean = (0..10_000).map(|_| rng.uniform()).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.0145, "{mean}");
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
    }
}
