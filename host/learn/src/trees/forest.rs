//! Single trees and forests: samples of the training rows, and a tree grown on each.

use portcullis_stats::Rng;
use rayon::prelude::*;

use super::bins::Binned;
use super::grow::{Limits, Workspace, grow};
use super::statistic::{ClassSample, ManyClasses, Numbers, Statistic, TwoClasses};
use super::tree::Tree;
use super::{Combine, DecisionTree, Each, Growth, Labels, Matrix, Output, RandomForest, Trees};

/// One tree on all rows.
pub(super) fn fit_tree(settings: &DecisionTree, seed: u64, inputs: &Matrix, labels: &Labels, each: Each<'_>) -> Trees {
    let plan = Plan { growth: &settings.growth, trees: 1, sampling: Sampling::All, seed, each };
    plan.fit(inputs, labels)
}

/// Many trees, each on a sample of its own.
pub(super) fn fit_forest(
    settings: &RandomForest,
    seed: u64,
    inputs: &Matrix,
    labels: &Labels,
    each: Each<'_>,
) -> Trees {
    let size = ((settings.samples * inputs.rows() as f64).round() as usize).clamp(1, inputs.rows());
    let sampling = match settings.bootstrap {
        true => Sampling::With(size),
        false if size < inputs.rows() => Sampling::Without(size),
        false => Sampling::All,
    };
    Plan { growth: &settings.growth, trees: settings.trees, sampling, seed, each }.fit(inputs, labels)
}

/// Which rows a tree is grown on.
#[derive(Debug, Clone, Copy)]
enum Sampling {
    All,
    /// So many draws with replacement.
    With(usize),
    /// So many draws without replacement.
    Without(usize),
}

struct Plan<'a> {
    growth: &'a Growth,
    trees: u32,
    sampling: Sampling,
    seed: u64,
    each: Each<'a>,
}

impl Plan<'_> {
    fn fit(&self, inputs: &Matrix, labels: &Labels) -> Trees {
        let criterion = self.growth.criterion;
        let binned = Binned::fine(inputs);
        let (output, members) = match *labels {
            Labels::Classes { codes, classes } => {
                let sample = |row: u32, weight: u32| ClassSample {
                    row,
                    class: codes[row as usize] as u16,
                    weight: weight.min(u32::from(u16::MAX)) as u16,
                };
                let trees = match classes {
                    0 | 1 => vec![Tree { table: vec![1.0], ..Tree::new() }; self.trees as usize],
                    2 => self.grow_all(&TwoClasses { criterion }, &binned, inputs.rows(), sample),
                    _ => {
                        let statistic = ManyClasses { criterion, classes: classes as usize };
                        self.grow_all(&statistic, &binned, inputs.rows(), sample)
                    }
                };
                (Output::Classes(classes), trees)
            }
            Labels::Numbers(targets) => {
                let statistic = Numbers::new(targets, inputs.rows());
                let sample = |row, weight| statistic.sample(row, weight);
                (Output::Number, self.grow_all(&statistic, &binned, inputs.rows(), sample))
            }
        };
        Trees::of(output, Combine::Average, Vec::new(), members, binned.into_edges())
    }

    /// Grows every tree from a random stream of its own, so that it is the same whichever thread grows it.
    fn grow_all<S: Statistic>(
        &self,
        statistic: &S,
        binned: &Binned,
        rows: usize,
        sample: impl Fn(u32, u32) -> S::Sample + Sync,
    ) -> Vec<Tree> {
        let features = binned.cuts.len();
        let limits = Limits::new(self.growth, features);
        (0..self.trees)
            .into_par_iter()
            .map_init(
                || (Workspace::new(statistic, features), vec![0; rows]),
                |(work, weights), tree| {
                    let mut rng = Rng::new(self.seed, u64::from(tree));
                    self.sampling.draw(&mut rng, weights);
                    // All rows and all columns leave nothing to chance, so that equal splits should not either.
                    let chance = limits.tries < features || !matches!(self.sampling, Sampling::All);
                    let rng = chance.then_some(rng);
                    work.samples.clear();
                    let drawn = weights.iter().enumerate().filter(|&(_, &weight)| weight > 0);
                    work.samples.extend(drawn.map(|(row, &weight)| sample(row as u32, weight)));
                    let tree = grow(statistic, binned, limits, rng, work);
                    (self.each)();
                    tree
                },
            )
            .collect()
    }
}

impl Sampling {
    /// How often each row is drawn.
    fn draw(self, rng: &mut Rng, weights: &mut [u32]) {
        let rows = weights.len();
        match self {
            Self::All => weights.fill(1),
            Self::With(size) => {
                weights.fill(0);
                for _ in 0..size {
                    weights[rng.below(rows)] += 1;
                }
            }
            Self::Without(size) => {
                // Selection sampling (Knuth's algorithm S): each row in turn with the chance that is left to it.
                let mut wanted = size;
                for (at, weight) in weights.iter_mut().enumerate() {
                    let taken = rng.below(rows - at) < wanted;
                    *weight = u32::from(taken);
                    wanted -= usize::from(taken);
                }
            }
        }
    }
}
