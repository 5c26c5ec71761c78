//! Training: check the target, learn the encoding, fit the family.

use portcullis_data::{ColumnInfo, ColumnKind, Frame, Target, Values};

use crate::encode::Encoder;
use crate::error::LearnError;
use crate::methods;
use crate::model::Model;
use crate::parameters::Settings;
use crate::trees::Labels;

/// Trains a model on these rows. Nothing outside them is looked at: imputation, scaling and levels are learnt here.
///
/// The result depends on the settings, the rows and their order, and on nothing else; not on the number of threads.
///
/// # Errors
/// A family that does not do the target's task, a target that cannot be learnt (one value only, not finite, another
/// number of rows), columns that cannot be encoded, or an algorithm that gave up.
pub fn train(settings: &Settings, inputs: &Frame, target: &Target) -> Result<Model, LearnError> {
    train_watched(settings, inputs, target, &|| ())
}

/// As [`train`], and calls `each`, from any thread, when one of [`Settings::steps`] is done.
///
/// # Errors
/// As [`train`].
pub fn train_watched(
    settings: &Settings,
    inputs: &Frame,
    target: &Target,
    each: &(dyn Fn() + Sync),
) -> Result<Model, LearnError> {
    let family = settings.family;
    let task = target.task();
    family.check_task(task)?;
    if inputs.rows() == 0 {
        return Err(LearnError::NoRows);
    }
    if inputs.rows() != target.len() {
        return Err(LearnError::Rows { inputs: inputs.rows(), target: target.len() });
    }
    let truth = Truth::of(target)?;
    let encoder = Encoder::learn(family, settings.parameters.encode(), inputs)?;
    let matrix = encoder.bind(inputs)?.matrix(0..inputs.rows())?;
    let method = settings.parameters.method();
    let (learnt, mut notes) = methods::fit(family, method, settings.seed, &matrix, &truth.labels(), each)?;
    let (classes, positive) = match target {
        Target::Classes { classes, positive, .. } => (classes.clone(), *positive),
        Target::Numbers(_) => (Vec::new(), None),
    };
    notes.extend(truth.absent(&classes).map(|class| {
        format!(
            "class `{class}` has no row in the training part, so the model never predicts it; [split] stratify helps"
        )
    }));
    Ok(Model {
        family,
        task,
        classes,
        positive,
        inputs: inputs.iter().map(|(name, values)| ColumnInfo::new(name, kind(values))).collect(),
        parameters: settings.parameters.values().clone(),
        seed: settings.seed,
        rows: inputs.rows() as u64,
        notes,
        provenance: None,
        encoder,
        present: truth.present(),
        learnt,
    })
}

fn kind(values: &Values) -> ColumnKind {
    match values {
        Values::Numbers(_) => ColumnKind::Number,
        Values::Categories(_) => ColumnKind::Text,
    }
}

/// A target that was found fit to learn from.
enum Truth<'a> {
    /// Codes into `present`, which lists the classes that occur, in order.
    Classes {
        codes: Vec<u32>,
        present: Vec<u32>,
    },
    Numbers(&'a [f64]),
}

impl<'a> Truth<'a> {
    fn of(target: &'a Target) -> Result<Self, LearnError> {
        match target {
            Target::Classes { classes, codes, .. } => Self::of_classes(classes, codes),
            Target::Numbers(numbers) => {
                if let Some((row, value)) = numbers.iter().enumerate().find(|(_, value)| !value.is_finite()) {
                    return Err(LearnError::TargetValue { row: row + 1, value: *value });
                }
                match numbers.split_first() {
                    Some((first, rest)) if rest.iter().all(|value| value == first) => {
                        Err(LearnError::ConstantTarget { value: first.to_string(), rows: numbers.len() })
                    }
                    _ => Ok(Self::Numbers(numbers)),
                }
            }
        }
    }

    fn of_classes(classes: &[String], codes: &[u32]) -> Result<Self, LearnError> {
        let mut places = vec![None; classes.len()];
        for (row, code) in codes.iter().enumerate() {
            match places.get_mut(*code as usize) {
                Some(place) => *place = Some(0),
                None => return Err(LearnError::TargetCode { row: row + 1, code: *code, classes: classes.len() }),
            }
        }
        let mut present = Vec::new();
        for (class, place) in (0..).zip(&mut places) {
            if let Some(place) = place {
                *place = present.len() as u32;
                present.push(class);
            }
        }
        if let [only] = present.as_slice() {
            let value = classes.get(*only as usize).cloned().unwrap_or_default();
            return Err(LearnError::ConstantTarget { value, rows: codes.len() });
        }
        let codes = codes.iter().filter_map(|code| places.get(*code as usize).copied().flatten()).collect();
        Ok(Self::Classes { codes, present })
    }

    fn labels(&self) -> Labels<'_> {
        match self {
            Self::Classes { codes, present } => Labels::Classes { codes, classes: present.len() as u32 },
            Self::Numbers(numbers) => Labels::Numbers(numbers),
        }
    }

    fn present(&self) -> Vec<u32> {
        match self {
            Self::Classes { present, .. } => present.clone(),
            Self::Numbers(_) => Vec::new(),
        }
    }

    fn absent<'b>(&self, classes: &'b [String]) -> impl Iterator<Item = &'b str> {
        let present = self.present();
        (0..).zip(classes).filter(move |(code, _)| !present.contains(code)).map(|(_, class)| class.as_str())
    }
}
