//! A gate that holds metrics of the candidate to bounds, on all rows and, where asked for, in every slice.

mod judge;
mod parameters;

use judge::{Reading, Said};
use parameters::{Bound, Parameters};
use portcullis_policy::evaluation::{self, Evaluation};
use portcullis_policy::{Error, Failure, Finding, Judgement, Policy, Subject};

struct Threshold;

impl Policy for Threshold {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let bounds = parameters.bounds()?;
        let mut parts = vec![evaluation::candidate()];
        for slice in &parameters.slices {
            parts.extend(evaluation::candidate().slices(slice.columns())?);
        }
        let (mut findings, mut measures, mut open, mut judged_slices) = (Vec::new(), Vec::new(), false, 0);
        for part in &parts {
            for bound in &bounds {
                let slice = Subject::of_key("slice", &part.key());
                let reading = match read(part, bound, &parameters) {
                    Ok(reading) => reading,
                    Err(failure) if failure.is("small-group") => {
                        findings.push(judge::too_small(
                            &bound.metric,
                            slice.as_ref(),
                            part.row_count(),
                            &failure.message,
                        ));
                        open |= slice.is_none();
                        continue;
                    }
                    Err(failure) if failure.is("not-applicable") => {
                        let finding = Finding::info("not-applicable", failure.message).subject("metric", &bound.metric);
                        return Ok(Judgement::not_applicable(finding));
                    }
                    Err(failure) => return Err(failure.into()),
                };
                judged_slices += usize::from(slice.is_some());
                measures.push(judge::measure(bound, &reading));
                match judge::judge(bound, &reading) {
                    Said::Holds => {}
                    Said::Broken(finding) => findings.push(finding),
                    Said::Open(finding) => {
                        findings.push(finding);
                        open = true;
                    }
                }
            }
        }
        open |= !parameters.slices.is_empty() && judged_slices == 0;
        Ok(Judgement::from_findings(findings).undecided(open).measures(measures))
    }
}

fn read(part: &Evaluation, bound: &Bound, parameters: &Parameters) -> Result<Reading, Failure> {
    let value = part.metric(&bound.metric)?;
    let interval = match value {
        Some(_) if parameters.use_interval => part.interval(&bound.metric, parameters.level)?,
        _ => None,
    };
    Ok(Reading {
        slice: Subject::of_key("slice", &part.key()),
        rows: part.row_count(),
        // Without its interval the value alone would pass for more than it shows.
        value: if parameters.use_interval && interval.is_none() { None } else { value },
        interval: interval.map(|interval| (interval, parameters.level)),
    })
}

portcullis_policy::export!(gate, Threshold);
