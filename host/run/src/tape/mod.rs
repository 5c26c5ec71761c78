//! What a policy asked and was answered, so that it can judge again without the data.
//!
//! A [`Taped`] stands between a policy and a world. Recording, it passes every question on and notes the answer; replaying,
//! it has no world and answers from its notes. A question is noted by what it is (`current.column("age").mean()`), so that a
//! policy may ask in another order, or less than before; what was never asked cannot be answered.
//!
//! The notes hold what the policy saw and nothing else: aggregates for most, rows for one that was granted rows.

mod cells;
mod dataset;
mod evaluation;
mod predictor;
mod recording;
mod world;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portcullis_sandbox::ports::{Answer, Failure};
use serde_json::{Value, json};

use cells::Noted;
pub(crate) use recording::Session;
pub use recording::{RECORDING_FILE, Recording, Replayed, Shelf, cannot, replay, said};
pub(crate) use world::Taped;

/// The notes.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    answers: Mutex<BTreeMap<String, Value>>,
    /// Questions that had no answer in the notes.
    unknown: Mutex<Vec<String>>,
}

impl Tape {
    pub fn of(answers: BTreeMap<String, Value>) -> Self {
        Self { answers: Mutex::new(answers), ..Self::default() }
    }

    /// Everything noted, by question.
    pub fn answers(&self) -> BTreeMap<String, Value> {
        lock(&self.answers).clone()
    }

    /// What was asked and is not in the notes, each once.
    pub fn unknown(&self) -> Vec<String> {
        let mut unknown = lock(&self.unknown).clone();
        unknown.sort();
        unknown.dedup();
        unknown
    }

    /// Asks and notes, or looks up. None if it was never asked.
    fn noted<T: Noted>(&self, question: &str, real: Option<impl FnOnce() -> T>) -> Option<T> {
        match real {
            Some(real) => Some(self.note(question, real())),
            None => self.look(question),
        }
    }

    fn note<T: Noted>(&self, question: &str, answer: T) -> T {
        lock(&self.answers).insert(question.to_owned(), answer.note());
        answer
    }

    fn look<T: Noted>(&self, question: &str) -> Option<T> {
        let found = lock(&self.answers).get(question).and_then(T::read);
        if found.is_none() {
            lock(&self.unknown).push(question.to_owned());
        }
        found
    }

    /// The same for a question that may be refused.
    fn answer<T: Noted>(&self, question: &str, real: Option<impl FnOnce() -> Answer<T>>) -> Answer<T> {
        self.noted(question, real).unwrap_or_else(|| Err(unknown(question)))
    }
}

fn unknown(question: &str) -> Failure {
    Failure::new("unavailable", format!("the recording holds no answer to {question}; record it anew"))
}

impl<T: Noted> Noted for Answer<T> {
    fn note(&self) -> Value {
        match self {
            Ok(answer) => json!({ "answer": answer.note() }),
            Err(failure) => json!({ "failure": { "code": failure.code, "message": failure.message } }),
        }
    }

    fn read(note: &Value) -> Option<Self> {
        if let Some(failure) = note.get("failure") {
            let code = Failure::code_of(failure.get("code")?.as_str()?)?;
            return Some(Err(Failure::new(code, failure.get("message")?.as_str()?)));
        }
        T::read(note.get("answer")?).map(Ok)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Arguments as a question shows them.
fn shown(arguments: &impl serde::Serialize) -> String {
    serde_json::to_string(arguments).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_answered_again_and_nothing_else_is() {
        let tape = Tape::default();
        let asked = tape.noted("a.mean()", Some(|| vec![1.5, f64::NAN, -0.0]));
        assert!(asked.is_some());
        let refused: Answer<f64> = tape.answer("b.mean()", Some(|| Err(Failure::new("withheld", "`b` is withheld"))));
        assert!(refused.is_err());

        let again = Tape::of(tape.answers());
        let numbers: Vec<f64> = again.noted("a.mean()", None::<fn() -> Vec<f64>>).unwrap();
        assert!(numbers[0] == 1.5 && numbers[1].is_nan() && numbers[2].is_sign_negative());
        assert_eq!(again.answer("b.mean()", None::<fn() -> Answer<f64>>), refused);
        assert!(again.unknown().is_empty());
        let unknown: Answer<f64> = again.answer("c.mean()", None::<fn() -> Answer<f64>>);
        assert!(unknown.unwrap_err().message.contains("no answer to c.mean()"));
        assert_eq!(again.unknown(), ["c.mean()"]);
    }
}
