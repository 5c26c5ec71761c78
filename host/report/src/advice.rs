//! What to do next, by situation. Sentences hold text from outside as it came: each format makes it inert.

use portcullis_verdict::{FailureKind, PolicyRecord, PolicyVerdict, RunRecord, Verdict};

use crate::Caller;
use crate::inert::clipped;
use crate::words::{self, parameters, place};

/// Most policies that get a sentence of their own.
const MOST: usize = 5;

/// What to do next, a sentence or two each, the most pressing first.
pub fn next(record: &RunRecord, caller: &Caller) -> Vec<String> {
    let mut steps: Vec<_> = words::by_importance(record).into_iter().filter_map(for_policy).collect();
    if steps.len() > MOST {
        let left = steps.len() - MOST;
        steps.truncate(MOST);
        steps.push(format!("… and {left} more; `{}` shows them again.", caller.line("report")));
    }
    if record.verdict == Verdict::Blocked && record.skipped.contains_key("train") {
        steps.push("Once the data passes, run again; `--keep-going` trains on it in spite of the block.".to_owned());
    }
    if record.policies.is_empty() && !matches!(record.run.command.as_str(), "train" | "evaluate") {
        steps.push(format!(
            "Put a policy into `policies/`, or name one in {} under `[[policy]]`.",
            caller.configuration()
        ));
    }
    if record.verdict == Verdict::Passed {
        let report = caller.line("report");
        steps.push(format!("`{report}` shows this run again, `{report} --format json` all of it."));
    }
    steps
}

fn for_policy(policy: &PolicyRecord) -> Option<String> {
    match policy.verdict {
        PolicyVerdict::Blocked | PolicyVerdict::Warned => Some(for_broken_rule(policy)),
        PolicyVerdict::NotEvaluable => Some(for_failure(policy)),
        PolicyVerdict::Passed | PolicyVerdict::Skipped => None,
    }
}

fn for_broken_rule(policy: &PolicyRecord) -> String {
    let what =
        if policy.kind.is_some_and(portcullis_verdict::Kind::judges_data) { "data" } else { "data or the model" };
    let name = &policy.name;
    let wrong = match (policy.place.line, parameters(policy)) {
        (Some(_), parameters) if parameters.is_empty() => format!("it is configured at {}", place(policy)),
        (Some(_), parameters) => {
            format!("its parameters are at {} ({})", place(policy), clipped(&parameters, 200))
        }
        (None, _) => {
            format!("give {} an entry under `[[policy]]` in the configuration with parameters of your own", policy.file)
        }
    };
    format!("{name}: change the {what} until the rule holds. If the rule is what is wrong, {wrong}.")
}

fn for_failure(policy: &PolicyRecord) -> String {
    let (name, place) = (&policy.name, place(policy));
    let Some(failure) = &policy.failure else {
        return format!("{name}: it could not be evaluated; run it again and see its log.");
    };
    let then = match failure.kind {
        FailureKind::NotAComponent | FailureKind::Incompatible | FailureKind::Compile => {
            format!("Replace {} by a component built for this host.", policy.file)
        }
        FailureKind::Refused => format!("Grant what it asks for at {place}, or take it out."),
        FailureKind::NotDeterministic => format!(
            "Please report it as a defect of Portcullis, whose sandbox should not allow that, and tell the author of {}.",
            policy.file
        ),
        FailureKind::PolicyError => format!(
            "It could not judge what it was given. Where the message does not tell why, compare its parameters at {place}; if \
             they are right, the author of {} needs the message and the log.",
            policy.file
        ),
        FailureKind::Trap => {
            format!(
                "That is a failure of the policy itself ({}): its author needs the message and the log.",
                policy.file
            )
        }
        FailureKind::Fuel
        | FailureKind::Time
        | FailureKind::Memory
        | FailureKind::Stack
        | FailureKind::HostCalls
        | FailureKind::Output => format!("If it asks for no more than its work takes, raise its `limits` at {place}."),
        FailureKind::Host => "That is a defect of Portcullis: please report it.".to_owned(),
    };
    format!("{name}: {}. {then}", clipped(failure.message.trim_end_matches('.'), 500))
}
