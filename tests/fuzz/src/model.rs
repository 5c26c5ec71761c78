//! A model's file: whatever stands in it, it is read whole or refused, and what is read can be written and can predict.

use portcullis_data::{Categories, ColumnKind, Frame, Values};
use portcullis_learn::Model;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Bytes without the first line, which holds their digest: a fuzzer would never get past that.
pub fn model(bytes: &[u8]) {
    let _ = Model::from_bytes(bytes);
    let Some(file) = signed(bytes) else { return };
    let Ok(model) = Model::from_bytes(&file) else { return };
    let written = model.to_bytes().expect("what was read can be written");
    let again = Model::from_bytes(&written).expect("what was written can be read");
    assert_eq!(again.to_bytes().expect("it was written before"), written);
    // A row in which everything is missing, and one in which nothing is known.
    let columns = model.inputs().iter().map(|input| {
        let values = match input.kind {
            ColumnKind::Boolean | ColumnKind::Text | ColumnKind::Other => {
                Values::Categories(Categories { levels: vec!["never seen".to_owned()], codes: vec![u32::MAX, 0] })
            }
            _ => Values::Numbers(vec![f64::NAN, 1e300]),
        };
        (input.name.clone(), values)
    });
    if let Ok(rows) = Frame::new(columns.collect()) {
        let _ = model.predict(&rows);
    }
}

/// The bytes as a file whose first line says what it should, and whose head states the length that it has.
fn signed(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, payload) = (bytes.get(..end)?, bytes.get(end + 1..)?);
    let mut head: Value = serde_json::from_slice(head).ok()?;
    *head.get_mut("payload_bytes")? = payload.len().into();
    let body = [head.to_string().as_bytes(), b"\n", payload].concat();
    let digest = hex::encode(Sha256::digest(&body));
    Some([format!("PORTCULLIS-MODEL 1 {digest}\n").as_bytes(), &body].concat())
}
