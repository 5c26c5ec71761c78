//! Histograms of classes.

use super::super::Criterion;
use super::super::tree::Tree;
use super::{Statistic, draws};

/// A row of a classification sample, in 8 bytes.
#[derive(Debug, Clone, Copy)]
pub(in crate::trees) struct ClassSample {
    pub row: u32,
    pub class: u16,
    pub weight: u16,
}

impl ClassSample {
    fn counts(self) -> u64 {
        u64::from(self.weight) << 32 | 1
    }
}

/// `x ln x`, which is 0 at 0.
fn x_ln_x(x: f64) -> f64 {
    if x > 0.0 { x * x.ln() } else { 0.0 }
}

/// Two classes: draws of class 1, then counts.
pub(in crate::trees) struct TwoClasses {
    pub criterion: Criterion,
}

impl TwoClasses {
    fn side(&self, ones: f64, all: f64) -> f64 {
        let zeros = all - ones;
        match self.criterion {
            Criterion::Gini => (ones * ones + zeros * zeros) / all,
            Criterion::Entropy => x_ln_x(ones) + x_ln_x(zeros) - x_ln_x(all),
        }
    }
}

impl Statistic for TwoClasses {
    type Sample = ClassSample;
    type Sum = [u64; 2];

    fn width(&self) -> usize {
        2
    }

    fn row(sample: &ClassSample) -> u32 {
        sample.row
    }

    fn add(&self, bin: &mut [u64], sample: &ClassSample) {
        bin[0] += u64::from(sample.class * sample.weight);
        bin[1] += sample.counts();
    }

    fn zero(&self) -> [u64; 2] {
        [0; 2]
    }

    fn plus(&self, sum: &mut [u64; 2], bin: &[u64]) {
        sum[0] += bin[0];
        sum[1] += bin[1];
    }

    fn rest(&self, total: &[u64; 2], part: &[u64; 2]) -> [u64; 2] {
        [total[0] - part[0], total[1] - part[1]]
    }

    fn counts(&self, sum: &[u64; 2]) -> u64 {
        sum[1]
    }

    fn score(&self, left: &[u64; 2], total: &[u64; 2]) -> f64 {
        let (ones, all) = (left[0] as f64, draws(left[1]));
        self.side(ones, all) + self.side(total[0] as f64 - ones, draws(total[1]) - all)
    }

    fn shows_purity(&self, sum: &[u64; 2]) -> bool {
        sum[0] == 0 || sum[0] == sum[1] >> 32
    }

    fn alike(one: &ClassSample, other: &ClassSample) -> bool {
        one.class == other.class
    }

    fn leaf(&self, tree: &mut Tree, sum: &[u64; 2], _: &[ClassSample], _: bool) -> u32 {
        tree.number(sum[0] as f64 / draws(sum[1]))
    }
}

/// Any number of classes: draws of each, then counts.
pub(in crate::trees) struct ManyClasses {
    pub criterion: Criterion,
    pub classes: usize,
}

impl ManyClasses {
    fn side(&self, counts: impl Iterator<Item = f64>, all: f64) -> f64 {
        match self.criterion {
            Criterion::Gini => counts.map(|count| count * count).sum::<f64>() / all,
            Criterion::Entropy => counts.map(x_ln_x).sum::<f64>() - x_ln_x(all),
        }
    }
}

impl Statistic for ManyClasses {
    type Sample = ClassSample;
    type Sum = Box<[u64]>;

    fn width(&self) -> usize {
        self.classes + 1
    }

    fn row(sample: &ClassSample) -> u32 {
        sample.row
    }

    fn add(&self, bin: &mut [u64], sample: &ClassSample) {
        bin[sample.class as usize] += u64::from(sample.weight);
        bin[self.classes] += sample.counts();
    }

    fn zero(&self) -> Box<[u64]> {
        vec![0; self.classes + 1].into_boxed_slice()
    }

    fn plus(&self, sum: &mut Box<[u64]>, bin: &[u64]) {
        for (word, more) in sum.iter_mut().zip(bin) {
            *word += more;
        }
    }

    fn rest(&self, total: &Box<[u64]>, part: &Box<[u64]>) -> Box<[u64]> {
        total.iter().zip(part.iter()).map(|(all, some)| all - some).collect()
    }

    fn counts(&self, sum: &Box<[u64]>) -> u64 {
        sum[self.classes]
    }

    fn score(&self, left: &Box<[u64]>, total: &Box<[u64]>) -> f64 {
        let (all, total_all) = (draws(left[self.classes]), draws(total[self.classes]));
        let classes = &left[..self.classes];
        self.side(classes.iter().map(|&count| count as f64), all)
            + self.side(classes.iter().zip(total.iter()).map(|(some, all)| (all - some) as f64), total_all - all)
    }

    fn shows_purity(&self, sum: &Box<[u64]>) -> bool {
        sum[..self.classes].iter().filter(|&&count| count > 0).count() < 2
    }

    fn alike(one: &ClassSample, other: &ClassSample) -> bool {
        one.class == other.class
    }

    fn leaf(&self, tree: &mut Tree, sum: &Box<[u64]>, samples: &[ClassSample], pure: bool) -> u32 {
        if pure && let Some(sample) = samples.first() {
            return u32::from(sample.class);
        }
        let row = self.classes + tree.table.len() / self.classes;
        let all = draws(sum[self.classes]);
        tree.table.extend(sum[..self.classes].iter().map(|&count| count as f64 / all));
        row as u32
    }
}
