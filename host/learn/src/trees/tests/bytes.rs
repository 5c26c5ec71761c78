//! Trees written and read back, and bytes that are no trees.

use super::*;

fn all(case: &Case) -> Vec<Trees> {
    methods()
        .iter()
        .flat_map(|settings| {
            [case.classes(), case.numbers()].map(|labels| fit(settings, &case.matrix(), &labels).unwrap())
        })
        .collect()
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(case in cases()) {
        for trees in all(&case) {
            let bytes = trees.to_bytes();
            let read = Trees::from_bytes(&bytes).unwrap();
            prop_assert_eq!(&read, &trees);
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }

    #[test]
    fn damage_is_refused_or_harmless(case in cases(), place in 0.0..1.0_f64, bits in 1..=255_u8) {
        for trees in all(&case) {
            let mut bytes = trees.to_bytes();
            let place = (place * bytes.len() as f64) as usize;
            prop_assert!(Trees::from_bytes(&bytes[..place]).is_err(), "cut off at {}", place);
            bytes[place] ^= bits;
            if let Ok(other) = Trees::from_bytes(&bytes) {
                let inputs = Matrix::new(vec![vec![0.5, f64::NAN]; other.features().min(100)]).unwrap();
                if let Ok(predicted) = other.predict(&inputs) {
                    prop_assert_eq!(predicted.len(), 2 * other.outputs());
                }
            }
        }
    }
}

#[test]
fn the_layout_never_changes() {
    let case = Case::made(12, 3, 1);
    let bytes = fit(&tree_with(Growth { max_depth: Some(2), ..Growth::default() }), &case.matrix(), &case.classes())
        .unwrap()
        .to_bytes();
    let text = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(
        text,
        "706f727463756c6c697320747265657320320a05030000000001000000000000f0bf00030000000000000080922449922449c2bf\
         dbb66ddbb66debbf010500000107000001000301000102"
    );
}

#[test]
fn a_forest_is_small_on_disk() {
    let case = Case::made(3000, 2, 1);
    let trees = fit(&forest(20), &case.matrix(), &case.classes()).unwrap();
    assert!(trees.to_bytes().len() < 5 * trees.node_count());
}

#[test]
fn other_bytes_are_refused_with_a_reason() {
    let refused = |bytes: &[u8]| Trees::from_bytes(bytes).unwrap_err().to_string();
    assert!(refused(b"").contains("do not start as trees do"));
    assert!(refused(b"portcullis trees 3\n").contains("another version"));
    assert!(refused(b"portcullis trees 1\n\x01").contains("layout 1"));
    assert!(refused(b"portcullis trees 2\n").contains("end early"));
    assert!(refused(b"portcullis trees 2\n\0").contains("no columns"));
    let case = Case::made(12, 2, 1);
    let mut bytes = fit(&tree(), &case.matrix(), &case.classes()).unwrap().to_bytes();
    assert!(Trees::from_bytes(&bytes).is_ok());
    bytes.push(0);
    assert!(refused(&bytes).contains("more follows"));
}
