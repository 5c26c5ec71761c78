//! Gradient boosting: rounds of small trees, each fitted to the gradients that the rounds before it left.

use portcullis_stats::Rng;
use rayon::prelude::*;

use super::bins::Binned;
use super::gradients::{Gradient, Loss, Scale};
use super::histogram::Layout;
use super::leafwise::Grower;
use super::settings::Boosting;
use super::tree::Tree;
use super::{Combine, Each, Labels, Matrix, Output, Trees};

/// Trains a boosted ensemble.
pub(super) fn fit(settings: &Boosting, seed: u64, inputs: &Matrix, labels: &Labels, each: Each<'_>) -> Trees {
    let output = match labels {
        Labels::Classes { classes, .. } => Output::Classes(*classes),
        Labels::Numbers(_) => Output::Number,
    };
    let (baseline, members, cuts) = match labels {
        Labels::Classes { classes: 0 | 1, .. } => (vec![0.0], Vec::new(), vec![Vec::new(); inputs.columns().len()]),
        // Inside the pool from the start: entering it for each of thousands of small steps would cost more than they do.
        _ => rayon::scope(|_| boost(settings, seed, inputs, labels, each)),
    };
    Trees::of(output, Combine::Sum, baseline, members, cuts)
}

fn boost(
    settings: &Boosting,
    seed: u64,
    inputs: &Matrix,
    labels: &Labels,
    each: Each<'_>,
) -> (Vec<f64>, Vec<Tree>, Vec<Vec<f64>>) {
    let rows = inputs.rows();
    let binned = Binned::coarse(inputs, settings.bins as usize);
    let layout = Layout::new(&binned);
    let (training, held_out) = split(settings, seed, rows);
    let loss = Loss::new(*labels);
    let baseline = loss.baseline(&training);
    let mut scores: Vec<Vec<f64>> = baseline.iter().map(|&start| vec![start; rows]).collect();
    let mut gradients = vec![vec![Gradient::default(); rows]; scores.len()];
    // Trees of one round do not depend on each other: with several classes, each thread grows some of them.
    let teams = rayon::current_num_threads().min(scores.len()).max(1);
    let mut growers: Vec<Grower> = (0..teams).map(|_| Grower::new(&binned, &layout, settings, &training)).collect();

    let mut trees = Vec::new();
    let mut patience = settings
        .early_stopping
        .filter(|_| !held_out.is_empty())
        .map(|rounds| Patience::new(rounds, loss.mean(&scores, &held_out)));
    for _ in 0..settings.rounds {
        let scale = loss.gradients(&scores, &mut gradients);
        let share = scores.len().div_ceil(teams);
        let round: Vec<Vec<Tree>> = growers
            .par_iter_mut()
            .zip(scores.par_chunks_mut(share))
            .zip(gradients.par_chunks(share))
            .map(|((grower, scores), gradients)| {
                scores
                    .iter_mut()
                    .zip(gradients)
                    .map(|(scores, gradients)| step(grower, &binned, scores, gradients, scale, &held_out))
                    .collect()
            })
            .collect();
        trees.extend(round.into_iter().flatten());
        each();
        if let Some(patience) = &mut patience
            && patience.is_over(loss.mean(&scores, &held_out), trees.len())
        {
            break;
        }
    }
    if let Some(patience) = patience {
        trees.truncate(patience.best_trees);
    }
    drop(growers);
    (baseline, trees, binned.into_edges())
}

/// Grows one tree and adds it to the scores.
fn step(
    grower: &mut Grower,
    binned: &Binned,
    scores: &mut [f64],
    gradients: &[Gradient],
    scale: Scale,
    held_out: &[u32],
) -> Tree {
    let (tree, leaves) = grower.grow(gradients, scale);
    for leaf in &leaves {
        for &row in grower.rows(leaf) {
            scores[row as usize] += leaf.value;
        }
    }
    for &row in held_out {
        // The bin of missing values is the largest, and their code the smallest.
        let code = |feature: u16| binned.codes[feature as usize][row as usize].wrapping_add(1).into();
        scores[row as usize] += tree.table[tree.leaf_of(code) as usize];
    }
    tree
}

/// The rows to train on and those held out for early stopping, each ascending.
fn split(settings: &Boosting, seed: u64, rows: usize) -> (Vec<u32>, Vec<u32>) {
    let all: Vec<u32> = (0..rows as u32).collect();
    let held = (settings.validation * rows as f64).ceil() as usize;
    if settings.early_stopping.is_none() || held >= rows {
        return (all, Vec::new());
    }
    let mut shuffled = all;
    Rng::new(seed, 0).shuffle(&mut shuffled);
    let mut training = shuffled.split_off(held);
    training.sort_unstable();
    shuffled.sort_unstable();
    (training, shuffled)
}

/// Counts the rounds since the held-out loss was last better.
struct Patience {
    rounds: u32,
    waited: u32,
    best: f64,
    best_trees: usize,
}

impl Patience {
    fn new(rounds: u32, loss: f64) -> Self {
        Self { rounds, waited: 0, best: loss, best_trees: 0 }
    }

    /// Notes the loss after so many trees; true once it has not improved for long enough.
    fn is_over(&mut self, loss: f64, trees: usize) -> bool {
        if loss < self.best {
            (self.best, self.best_trees, self.waited) = (loss, trees, 0);
        } else {
            self.waited += 1;
        }
        self.waited >= self.rounds
    }
}
