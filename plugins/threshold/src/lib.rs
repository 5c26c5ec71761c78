//! A gate that holds metrics of the candidate to bounds, on all rows and, where asked for, in every slice.

mod judge;
mod parameters;
mod slices;

use judge::Reading;
use parameters::{Bound, Parameters};
use portcullis_policy::metrics::{self, Evaluation};
use portcullis_policy::{Error, Failure, Judgement, Policy, Subject};
use slices::{Division, Part};

struct Threshold;

impl Policy for Threshold {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let bounds = parameters.bounds()?;
        let candidate = metrics::candidate();
        let mut divisions = vec![Division { by: None, parts: vec![part(&candidate, &bounds, &parameters)?] }];
        for slice in &parameters.slices {
            let slices = candidate.slices(slice.columns())?;
            let parts = slices.iter().map(|slice| part(slice, &bounds, &parameters)).collect::<Result<_, _>>()?;
            divisions.push(Division { by: Some(slice.columns().join(", ")), parts });
        }
        Ok(slices::judge(&bounds, &divisions))
    }
}

fn part(evaluation: &Evaluation, bounds: &[Bound], parameters: &Parameters) -> Result<Part, Error> {
    let subject = Subject::of_key("slice", &evaluation.key());
    let rows = evaluation.row_count();
    let mut readings = Vec::new();
    for bound in bounds {
        readings.push(match read(evaluation, bound, parameters) {
            Ok((value, interval)) => Ok(Reading { slice: subject.clone(), rows, value, interval }),
            Err(failure) if failure.is("small-group") => Err(failure.message),
            Err(failure) => return Err(failure.into()),
        });
    }
    Ok(Part { subject, rows, readings })
}

type Value = (Option<f64>, Option<(metrics::Interval, f64)>);

fn read(part: &Evaluation, bound: &Bound, parameters: &Parameters) -> Result<Value, Failure> {
    let value = part.metric(&bound.metric)?;
    let interval = match value {
        Some(_) if parameters.use_interval => part.interval(&bound.metric, parameters.level)?,
        _ => None,
    };
    // Without its interval the value alone would pass for more than it shows.
    let value = if parameters.use_interval && interval.is_none() { None } else { value };
    Ok((value, interval.map(|interval| (interval, parameters.level))))
}

portcullis_policy::export!(gate, Threshold);
