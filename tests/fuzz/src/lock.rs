//! The text of a lock file.

use portcullis_project::Lock;

use crate::texts;

/// What is read is written in one way, in which nothing acts, and reads back as the same.
pub fn lock(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Lock::parse(text) {
        Ok(lock) => {
            let written = lock.text();
            texts::nothing_acts("the lock", &written);
            match Lock::parse(&written) {
                Ok(read) => assert_eq!(read, lock, "{written}"),
                Err(error) => panic!("what was written does not read back: {error}\n{written}"),
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
