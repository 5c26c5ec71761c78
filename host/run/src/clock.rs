//! The time at which policies' clocks stand still.
//!
//! It is an input like the data: two clones of one commit must come to the same bytes, whenever and wherever they run. So it
//! is never the machine's clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portcullis_project::{Project, commit_time};
use portcullis_verdict::{ClockRecord, ClockSource};

/// A time, and where it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Since 1970.
    pub now: Duration,
    source: ClockSource,
}

impl Clock {
    /// The time that was asked for, else that of the project's commit, else 1970.
    pub fn of(project: &Project, at: Option<Duration>) -> Self {
        if let Some(now) = at {
            return Self { now, source: ClockSource::At };
        }
        match commit_time(&project.root).map(Duration::from_secs).filter(|now| shown(*now).is_some()) {
            Some(now) => Self { now, source: ClockSource::Commit },
            None => Self { now: Duration::ZERO, source: ClockSource::Default },
        }
    }

    /// As the record tells it.
    pub fn record(self) -> ClockRecord {
        ClockRecord { time: shown(self.now).unwrap_or_default(), from: self.source }
    }

    /// What a user should know whose policies ask for the time when there is none.
    pub fn note(self, asked_by: &[&str]) -> Option<String> {
        let missing = self.source == ClockSource::Default && !asked_by.is_empty();
        missing.then(|| {
            format!(
                "there is neither --at nor a commit whose time could be taken, so policies' clocks stand at {}; able to \
                 look at one: {}",
                shown(self.now).unwrap_or_default(),
                asked_by.join(", ")
            )
        })
    }
}

/// RFC 3339 in UTC; none for times beyond its years.
fn shown(now: Duration) -> Option<String> {
    let since = SignedDuration::try_from(now).ok()?;
    Some(Timestamp::from_duration(since).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_in_utc_and_the_note_only_where_it_matters() {
        let clock = Clock { now: Duration::from_secs(1_700_000_000), source: ClockSource::At };
        assert_eq!(clock.record().time, "2023-11-14T22:13:20Z");
        assert_eq!(clock.note(&["a"]), None);
        let none = Clock { now: Duration::ZERO, source: ClockSource::Default };
        assert_eq!(none.note(&[]), None);
        assert!(none.note(&["a", "b"]).unwrap().contains("stand at 1970-01-01T00:00:00Z; able to look at one: a, b"));
        assert_eq!(shown(Duration::MAX), None);
    }
}
