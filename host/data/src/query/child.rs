//! The side that answers: a process that was started for one question.

use std::io::{self, BufReader, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, ErrorCode, Statement};

use super::answer;
use super::functions;
use super::parent::Refused;
use super::permit::{self, Seen, bad};
use super::values::{self, Sent};
use super::wire::{Asked, AskedTable, Outcome, Reply, hear, say};

/// Steps between two looks at the count of steps.
const STRIDE: u64 = 1_000;

/// What the engine itself may hold: bytes of a text, columns of an answer, the depth of an expression, and so on.
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_LENGTH, 1 << 20),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 64 << 10),
    (Limit::SQLITE_LIMIT_COLUMN, 2_000),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_VDBE_OP, 250_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 2_000),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// Answers one question.
///
/// # Errors
/// The pipes broke.
pub fn serve(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let Asked { statement, tables, steps, memory, rows } = hear(&mut input)?;
    let tables: Arc<[AskedTable]> = tables.into();
    let engine = |error: Error| io::Error::other(format!("the engine for SQL does not start: {error}"));
    let (mut connection, seen) = match open(&tables, memory) {
        Ok(opened) => opened,
        Err(Error::SqliteFailure(failure, Some(message))) if message.contains("duplicate column") => {
            let _ = failure;
            let why = "two columns differ only in capitals, and SQL cannot tell them apart; rename one of them";
            return say(&mut output, &Reply::Refused(bad(format!("{message}: {why}"))));
        }
        Err(error) => return Err(engine(error)),
    };
    let needed = match permit::joins(&tables, &statement).and_then(|()| prepared(&connection, &seen, &statement)) {
        Ok(_) => seen.lock().map(|seen| seen.needed(tables.len())).unwrap_or_default(),
        Err(refused) => return say(&mut output, &Reply::Refused(refused)),
    };
    say(&mut output, &Reply::Needs(needed.clone()))?;

    // Filled by this process itself: what holds for the statement does not hold for that.
    connection
        .authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization>)
        .map_err(engine)?;
    for (table, places) in tables.iter().zip(&needed) {
        let Some(places) = places else { continue };
        let columns =
            places.iter().map(|_| values::receive(&mut input, table.rows)).collect::<io::Result<Vec<Sent>>>()?;
        if let Err(error) = fill(&connection, table, places, &columns) {
            return if memory_gone(&error) { say(&mut output, &Outcome::Memory) } else { Err(engine(error)) };
        }
    }
    connection.authorizer(Some(permit::authorizer(Arc::clone(&tables), Arc::clone(&seen)))).map_err(engine)?;
    let spent = count_steps(&mut connection, steps).map_err(engine)?;
    let outcome = match prepared(&connection, &seen, &statement) {
        Ok(mut prepared) => answer::gather(&mut prepared, rows).unwrap_or_else(|error| match error {
            answer::Failed::Refused(refused) => Outcome::Refused(refused),
            answer::Failed::Engine(_) if spent.load(Ordering::Relaxed) => Outcome::Steps,
            answer::Failed::Engine(error) if memory_gone(&error) => Outcome::Memory,
            answer::Failed::Engine(error) => Outcome::Refused(bad(error.to_string())),
        }),
        Err(refused) => Outcome::Refused(refused),
    };
    say(&mut output, &outcome)
}

/// An empty database in memory with these tables, that permits what [`permit`] does.
fn open(tables: &Arc<[AskedTable]>, memory: u64) -> rusqlite::Result<(Connection, Arc<Mutex<Seen>>)> {
    let mut connection = Connection::open_in_memory()?;
    // A misspelt column in quotation marks is an error, as in other databases, and no text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    for pragma in
        [format!("hard_heap_limit = {memory}"), "temp_store = MEMORY".to_owned(), "trusted_schema = OFF".to_owned()]
    {
        // Some of them answer with a row.
        let mut statement = connection.prepare(&format!("PRAGMA {pragma}"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
    }
    functions::add(&connection)?;
    for table in tables.iter() {
        let columns = table.columns.iter().map(|column| format!("{} {}", quoted(&column.name), column.affinity));
        let mut columns: Vec<String> = columns.collect();
        if columns.is_empty() {
            columns.push("\"(no columns)\"".to_owned());
        }
        connection.execute(&format!("CREATE TABLE {} ({})", quoted(&table.name), columns.join(", ")), [])?;
    }
    for (limit, most) in LIMITS {
        connection.set_limit(*limit, *most)?;
    }
    let seen = Arc::default();
    connection.authorizer(Some(permit::authorizer(Arc::clone(tables), Arc::clone(&seen))))?;
    Ok((connection, seen))
}

/// The statement, if it is one, and may run.
fn prepared<'c>(connection: &'c Connection, seen: &Mutex<Seen>, statement: &str) -> Result<Statement<'c>, Refused> {
    let refused = |error: Error| {
        let why = seen.lock().ok().and_then(|seen| seen.refused().cloned());
        why.unwrap_or_else(|| bad(error.to_string()))
    };
    let mut statements = rusqlite::Batch::new(connection, statement);
    let first = statements.next().map_err(refused)?.ok_or_else(|| bad("the statement is empty; write one SELECT"))?;
    if !matches!(statements.next(), Ok(None)) {
        return Err(bad("there are several statements; write one SELECT"));
    }
    if !first.readonly() || first.is_explain() != 0 || first.column_count() == 0 {
        return Err(bad("this is no SELECT; write one SELECT"));
    }
    if first.parameter_count() != 0 {
        return Err(bad("the statement has parameters; write the values into it"));
    }
    Ok(first)
}

/// Puts the rows of a table into it; columns that nobody reads stay NULL.
fn fill(connection: &Connection, table: &AskedTable, places: &[usize], columns: &[Sent]) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN")?;
    let names: Vec<String> =
        places.iter().filter_map(|place| table.columns.get(*place)).map(|c| quoted(&c.name)).collect();
    let insert = if names.is_empty() {
        format!("INSERT INTO {} DEFAULT VALUES", quoted(&table.name))
    } else {
        let marks = vec!["?"; names.len()].join(", ");
        format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&table.name), names.join(", "))
    };
    let mut insert = connection.prepare(&insert)?;
    for row in 0..table.rows as usize {
        for (place, column) in columns.iter().enumerate() {
            insert.raw_bind_parameter(place + 1, column.get(row))?;
        }
        insert.raw_execute()?;
    }
    drop(insert);
    connection.execute_batch("COMMIT")
}

/// Ends the statement when its steps are used up; the answer tells whether that happened.
fn count_steps(connection: &mut Connection, steps: u64) -> rusqlite::Result<Arc<AtomicBool>> {
    let spent = Arc::new(AtomicBool::new(false));
    let (mut left, told) = (steps / STRIDE, Arc::clone(&spent));
    connection.progress_handler(
        STRIDE as i32,
        Some(move || {
            let over = left == 0;
            left = left.saturating_sub(1);
            told.fetch_or(over, Ordering::Relaxed);
            over
        }),
    )?;
    Ok(spent)
}

fn memory_gone(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(failure, _) if failure.code == ErrorCode::OutOfMemory)
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\"").replace('\0', "\u{fffd}"))
}
