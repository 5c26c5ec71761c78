//! Answers as JSON and back, numbers to the last bit.

use portcullis_sandbox::ports::{Answers, Column};
use serde_json::{Value, json};

/// What can be noted.
pub(super) trait Noted: Sized {
    fn note(&self) -> Value;
    fn read(note: &Value) -> Option<Self>;
}

macro_rules! plain {
    ($($type:ty: $as:ident),+) => {$(
        impl Noted for $type {
            fn note(&self) -> Value {
                Value::from(self.clone())
            }

            fn read(note: &Value) -> Option<Self> {
                note.$as().map(Into::into)
            }
        }
    )+};
}

plain!(u64: as_u64, bool: as_bool, String: as_str);

impl Noted for f64 {
    fn note(&self) -> Value {
        if self.is_finite() { json!(self) } else { json!(self.to_string()) }
    }

    fn read(note: &Value) -> Option<Self> {
        note.as_f64().or_else(|| note.as_str()?.parse().ok())
    }
}

impl<T: Noted> Noted for Option<T> {
    fn note(&self) -> Value {
        self.as_ref().map_or(Value::Null, Noted::note)
    }

    fn read(note: &Value) -> Option<Self> {
        if note.is_null() { Some(None) } else { T::read(note).map(Some) }
    }
}

impl<T: Noted> Noted for Vec<T> {
    fn note(&self) -> Value {
        self.iter().map(Noted::note).collect()
    }

    fn read(note: &Value) -> Option<Self> {
        note.as_array()?.iter().map(T::read).collect()
    }
}

impl<A: Noted, B: Noted> Noted for (A, B) {
    fn note(&self) -> Value {
        json!([self.0.note(), self.1.note()])
    }

    fn read(note: &Value) -> Option<Self> {
        Some((A::read(note.get(0)?)?, B::read(note.get(1)?)?))
    }
}

impl<A: Noted, B: Noted, C: Noted> Noted for (A, B, C) {
    fn note(&self) -> Value {
        json!([self.0.note(), self.1.note(), self.2.note()])
    }

    fn read(note: &Value) -> Option<Self> {
        Some((A::read(note.get(0)?)?, B::read(note.get(1)?)?, C::read(note.get(2)?)?))
    }
}

impl Noted for Column {
    fn note(&self) -> Value {
        json!([self.name, self.kind])
    }

    fn read(note: &Value) -> Option<Self> {
        let kind = Self::kind_of(note.get(1)?.as_str()?)?;
        Some(Self { name: String::read(note.get(0)?)?, kind })
    }
}

impl Noted for Answers {
    fn note(&self) -> Value {
        json!({
            "labels": self.labels.note(), "numbers": self.numbers.note(),
            "classes": self.classes.note(), "scores": self.scores.note(),
        })
    }

    fn read(note: &Value) -> Option<Self> {
        Some(Self {
            labels: Vec::read(note.get("labels")?)?,
            numbers: Vec::read(note.get("numbers")?)?,
            classes: Vec::read(note.get("classes")?)?,
            scores: Vec::read(note.get("scores")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back_to_the_last_bit(bits: u64) {
            let number = f64::from_bits(bits);
            let text = serde_json::to_string(&number.note()).unwrap();
            let back = f64::read(&serde_json::from_str(&text).unwrap()).unwrap();
            prop_assert!(back.to_bits() == bits || (back.is_nan() && number.is_nan()));
        }
    }

    #[test]
    fn everything_comes_back() {
        let answers = Answers {
            labels: vec!["a\"b".into()],
            numbers: vec![0.1, f64::INFINITY],
            classes: vec![],
            scores: vec![1.0 / 3.0],
        };
        assert_eq!(Answers::read(&answers.note()), Some(answers));
        let column = Column { name: "age".into(), kind: "integer" };
        assert_eq!(Column::read(&column.note()), Some(column));
        let pair: (String, Option<u64>) = ("x".into(), None);
        assert_eq!(<(String, Option<u64>)>::read(&pair.note()), Some(pair));
        assert_eq!(Column::read(&json!(["age", "colour"])), None);
        assert_eq!(u64::read(&json!(-1)), None);
    }
}
