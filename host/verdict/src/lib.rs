//! What a policy says and what the host makes of it: findings, measures, judgements, verdicts and the run record.
//!
//! Pure types and rules. Nothing here reads a file, knows WebAssembly or draws a table, so that the sandbox, the
//! pipeline and every report can share these words without sharing anything heavier.

mod judgement;
mod name;
mod record;
mod text;
mod verdict;

pub use judgement::{Finding, Judgement, Measure, Named, Outcome, Severity, Subject, Value};
pub use name::{Kind, Mode, ParseNameError};
pub use record::{
    Calibration, ClassMetrics, ClockRecord, ClockSource, Confusion, Curve, DataRecord, EvaluationRecord,
    IntervalRecord, ModelRecord, Place, PolicyRecord, PolicyTiming, RunIdentity, RunRecord, SCHEMA_VERSION,
    SliceRecord, SourceRecord, SplitRecord, TimingRecord,
};
pub use text::plain;
pub use verdict::{Failure, FailureKind, PolicyVerdict, Verdict, overall, policy_verdict};
