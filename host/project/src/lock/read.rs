//! From the text of a lock file to what it pins. The text may have been made to harm: its size is bounded before it gets
//! here, and so is the number of complaints.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_verdict::Kind;

use super::{LOCK_FILE, LOCK_VERSION, Lock, LockError, Pin};
use crate::layers::{Given, Origin};
use crate::problem::Problems;
use crate::read::{self, Fields, Read};
use crate::written::{self, Entry, Item, Value};

/// Keys of an entry; all are required.
const KEYS: [&str; 5] = ["file", "sha256", "contract", "kind", "capabilities"];

/// Entries that are complained of before the reader gives up.
const MOST_WRONG: usize = 20;

/// Longest text of any value.
const LONGEST: usize = 4096;

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// What is wrong with it, with the lines; or that a newer Portcullis wrote it.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let mut problems = Problems::new(LOCK_FILE);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(line) = conflict(text) {
            let message = "a merge that was not finished; keep either side and run `portcullis lock` again";
            problems.add(Origin::File { line }, "", "", message);
            return Err(LockError::damaged(problems));
        }
        let entries = written::parse(text, &mut problems);
        if !problems.is_empty() {
            return Err(LockError::damaged(problems));
        }
        version(&entries, &mut problems)?;
        let mut lock = Self::default();
        let mut wrong = 0;
        for entry in &entries {
            match (entry.key.as_str(), &entry.item.value) {
                ("version", _) => {}
                ("policy", Value::List(items)) => {
                    for item in items {
                        if !lock.take(item, &mut problems) {
                            wrong += 1;
                        }
                        if wrong == MOST_WRONG {
                            return Err(LockError::damaged(problems));
                        }
                    }
                }
                ("policy", _) => {
                    let message = "policies are a list; write [[policy]], with two brackets";
                    problems.add(Origin::File { line: entry.line }, "", "policy", message);
                }
                (key, _) => {
                    problems.add(Origin::File { line: entry.line }, "", key, "unknown key; valid: version, policy");
                    wrong += 1;
                }
            }
            if wrong >= MOST_WRONG {
                break;
            }
        }
        if problems.is_empty() { Ok(lock) } else { Err(LockError::damaged(problems)) }
    }

    /// Takes one entry; false if something is wrong with it.
    fn take(&mut self, entry: &Item, problems: &mut Problems) -> bool {
        let line = entry.line;
        let Value::Table(given) = &entry.value else {
            problems.add(Origin::File { line }, "", "policy", "each policy is a table; write [[policy]]");
            return false;
        };
        let mut fields = Fields {
            label: "[[policy]]".to_owned(),
            prefix: "",
            header: Origin::File { line },
            given: BTreeMap::new(),
        };
        let mut complete = true;
        for entry in given {
            let origin = Origin::File { line: entry.item.line };
            if KEYS.contains(&entry.key.as_str()) {
                fields.given.insert(entry.key.clone(), Given { item: entry.item.clone(), origin });
            } else if complete {
                complete = false; // one is enough to say that this is not ours
                let message = format!("unknown key; valid: {}", KEYS.join(", "));
                problems.add(Origin::File { line: entry.line }, "[[policy]]", &entry.key, message);
            }
        }
        for key in KEYS.into_iter().filter(|key| !fields.has(key)) {
            complete = false;
            fields.problem(problems, key, "missing; run `portcullis lock` to write the file anew");
        }
        let file = fields.read(problems, "file", short);
        let sha256 = fields.read(problems, "sha256", digest);
        let contract = fields.read(problems, "contract", plain);
        let kind = fields.read(problems, "kind", |item| {
            read::text(item)?.parse::<Kind>().or_else(|error| read::wrong(item, error.to_string()))
        });
        let capabilities = fields.read(problems, "capabilities", words);
        let (Some(file), Some(sha256), Some(contract), Some(kind), Some(capabilities), true) =
            (file, sha256, contract, kind, capabilities, complete)
        else {
            return false;
        };
        if self.pins.contains_key(&file) {
            fields.problem(problems, "file", "stands in the lock twice; remove one and run `portcullis lock`");
            return false;
        }
        self.pins.insert(file, Pin { sha256, contract, kind, capabilities });
        true
    }
}

/// The line of the first mark that git leaves in a file that it could not merge.
fn conflict(text: &str) -> Option<u32> {
    let mark = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark));
    let line = text.lines().position(mark)?;
    Some(u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1))
}

fn version(entries: &[Entry], problems: &mut Problems) -> Result<(), LockError> {
    let found = entries.iter().find(|entry| entry.key == "version");
    let (line, message) = match found.map(|entry| (entry.item.line, &entry.item.value)) {
        Some((_, Value::Whole(version))) if *version == i128::from(LOCK_VERSION) => return Ok(()),
        Some((line, Value::Whole(version))) if *version > i128::from(LOCK_VERSION) => {
            return Err(LockError::Newer { line, version: *version });
        }
        Some((line, _)) => (line, format!("is none that there ever was; this Portcullis writes {LOCK_VERSION}")),
        None => (1, "missing; run `portcullis lock` to write the file anew".to_owned()),
    };
    problems.add(Origin::File { line }, "", "version", message);
    Err(LockError::damaged(std::mem::replace(problems, Problems::new(LOCK_FILE))))
}

/// Text of no absurd length. A file may be called anything.
fn short(item: &Item) -> Read<String> {
    let text = read::text(item)?;
    if text.len() > LONGEST {
        return read::wrong(item, format!("is {} bytes long; at most {LONGEST}", text.len()));
    }
    Ok(text)
}

/// Such text that can be shown as it is.
fn plain(item: &Item) -> Read<String> {
    let text = short(item)?;
    if text.chars().any(char::is_control) {
        return read::wrong(item, "holds a control character");
    }
    Ok(text)
}

fn digest(item: &Item) -> Read<String> {
    let text = plain(item)?;
    if text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(text);
    }
    read::wrong(item, "is no sha256; expected 64 digits of 0 to 9 and a to f")
}

/// Sorted, nothing twice.
fn words(item: &Item) -> Read<Vec<String>> {
    let Value::List(items) = &item.value else { return read::texts(item) };
    Ok(items.iter().map(plain).collect::<Read<BTreeSet<String>>>()?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lock() -> Lock {
        let pin = |digit: char, words: &[&str]| Pin {
            sha256: String::from(digit).repeat(64),
            contract: "0.1.0".into(),
            kind: Kind::Gate,
            capabilities: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let mut lock = Lock::default();
        lock.insert("policies/b.wasm".into(), pin('b', &["dataset", "evaluation"]));
        lock.insert("policies/a \"quoted\" \u{202e}\n.wasm".into(), pin('a', &[]));
        lock
    }

    fn error(text: &str) -> String {
        Lock::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_reads_back_sorted() {
        let text = lock().text();
        assert_eq!(Lock::parse(&text).unwrap(), lock());
        assert_eq!(Lock::parse(&text.replace('\n', "\r\n")).unwrap(), lock(), "a checkout on Windows");
        assert!(text.find("policies/a").unwrap() < text.find("policies/b").unwrap());
        assert_eq!(Lock::parse(&Lock::default().text()).unwrap(), Lock::default());
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let text = lock().text();
        for (this, with, expected) in [
            ("version = 1", "", "portcullis.lock:1: version: missing"),
            ("version = 1", "version = 0", "portcullis.lock:3: version: is none"),
            ("version = 1", "version = \"1\"", "portcullis.lock:3: version: is none"),
            ("version = 1", "version = 7", "portcullis.lock:3: version 7 was written by a newer Portcullis"),
            ("version = 1", "version = 1\nseal = 1", "portcullis.lock:4: seal: unknown key"),
            ("version = 1", "version =", "portcullis.lock:3: not valid TOML"),
            ("\nkind = \"gate\"", "", "portcullis.lock:5: [[policy]] kind: missing"),
            ("kind = \"gate\"", "kind = \"gates\"", "portcullis.lock:9: [[policy]] kind: `gates` is not a policy kind"),
            ("kind = \"gate\"", "kind = \"gate\"\nnote = 1", "portcullis.lock:10: [[policy]] note: unknown key"),
            ("sha256 = \"a", "sha256 = \"A", "portcullis.lock:7: [[policy]] sha256: is no sha256"),
            ("sha256 = \"a", "sha256 = \"", "portcullis.lock:7: [[policy]] sha256: is no sha256"),
            ("capabilities = []", "capabilities = 3", "portcullis.lock:10: [[policy]] capabilities: 3 is"),
            ("capabilities = []", "capabilities = [\"\\u001b\"]", "holds a control character"),
            (
                "policies/a \\\"quoted\\\" \\U0000202E\\U0000000A.wasm",
                "policies/b.wasm",
                ":13: [[policy]] file: stands in the lock twice",
            ),
            ("[[policy]]\nfile", "<<<<<<< HEAD\n[[policy]]\nfile", "portcullis.lock:5: a merge that was not finished"),
        ] {
            let changed = text.replacen(this, with, 1);
            assert_ne!(changed, text, "{this}");
            let error = error(&changed);
            assert!(error.contains(expected), "{expected}: {error}");
        }
        assert!(error("version = 1\n[policy]\nfile = \"a\"").contains("two brackets"));
        assert!(error("").contains("version: missing"));
    }

    #[test]
    fn much_damage_is_told_in_few_lines_and_soon() {
        let many = "version = 1\n".to_owned() + &"[[policy]]\nx = 1\n".repeat(50_000);
        assert!(error(&many).lines().count() < 200);
        let keys: Vec<String> = (0..50_000).map(|key| format!("k{key} = 1\n")).collect();
        let keys = keys.concat();
        assert!(error(&format!("version = 1\n{keys}")).lines().count() < 200);
        assert!(error(&"]\n".repeat(200_000)).lines().count() < 200);
    }

    #[test]
    fn depth_is_no_danger() {
        for deep in ["[".repeat(500_000), "a.".repeat(500_000) + "a = 1", "a = ".to_owned() + &"{a = ".repeat(200_000)]
        {
            assert!(Lock::parse(&deep).is_err());
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,200}") {
            let _ = Lock::parse(&text);
        }

        #[test]
        fn no_change_of_a_lock_makes_it_panic(at in 0_usize..600, with in "\\PC{0,5}") {
            let mut text: Vec<char> = lock().text().chars().collect();
            let at = at.min(text.len() - 1);
            text.splice(at..=at, with.chars());
            let _ = Lock::parse(&text.into_iter().collect::<String>());
        }
    }
}
