//! The bytes of a file that may be a policy.

use portcullis_sandbox::{ComponentFile, inspect};
use portcullis_verdict::FailureKind;

/// What a component says of itself is read, and its code looked through, without compiling or running anything.
pub fn component(bytes: &[u8]) {
    let file = ComponentFile::new(bytes.to_vec());
    assert_eq!(file.size(), bytes.len() as u64);
    assert!(file.toolchain().len() <= 100, "the tools are listed without end");
    match (file.inspection(), inspect(bytes)) {
        (Ok(read), Ok(inspected)) => {
            assert_eq!(*read, inspected);
            assert_eq!(read.digest, file.digest());
        }
        (Ok(read), Err(why)) => assert_eq!(read.runs(), Err(why)),
        (Err(read), Err(inspected)) => assert_eq!(*read, inspected),
        (Err(why), Ok(_)) => panic!("it is inspected once and not the other time: {why}"),
    }
    match file.scan() {
        // The two readers agree on what a component is.
        Ok(()) if bytes.get(6) == Some(&1) => {
            let kind = file.inspection().err().map(|failure| failure.kind);
            assert_ne!(kind, Some(FailureKind::NotAComponent), "a valid component is said to be none");
        }
        Ok(()) => {}
        Err(why) => assert!(matches!(why.kind, FailureKind::NotAComponent | FailureKind::Compile), "{why}"),
    }
}
