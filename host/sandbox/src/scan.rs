//! What a component's code may be, read before anything is compiled.
//!
//! A few kilobytes can keep a compiler busy for minutes: its time and memory go by how loops nest, how many locals live
//! at once, how many targets a table jump has. Code on which it would explode is refused by its shape: the same answer on
//! every machine, before any work is done. What passes is compiled in a process of its own, where time and memory are
//! limited ([`crate::compile`]). The bounds leave room for an interpreter such as `CPython` (13,364 functions, one of
//! 427 KB, 271 locals in another). On the way every section and body is validated, so that what is wrong with a file is
//! said in the validator's words.

use portcullis_verdict::{Failure, FailureKind};
use wasmparser::{
    BinaryReaderError, FuncValidatorAllocations, FunctionBody, Operator, Parser, Payload, ValidPayload, Validator,
};

use crate::engine::FEATURES;

/// Functions, over all modules: 100,000 empty ones compile in 6 s and 600 MB.
const FUNCTIONS: u64 = 40_000;
/// Bytes of one function, and of all.
const BODY: u64 = 1 << 20;
const CODE: u64 = 48 << 20;
/// Locals of one function, and the sum of their squares over all functions: what is live grows with their number at
/// every place where it is asked. 5,000 compile in 10 s and 1 GB.
const LOCALS: u64 = 1_000;
const LOCALS_SQUARED: u64 = 100_000_000;
/// How deep loops nest in one function, and the sum of squares over all: 1,000 within each other compile in 9 s.
const LOOPS: u64 = 100;
const LOOPS_SQUARED: u64 = 2_000_000;
/// Targets of table jumps in one function, and in all: 970,000 in one compile in 2 s and 860 MB.
const TARGETS: u64 = 100_000;
const ALL_TARGETS: u64 = 1_000_000;
/// Data segments: 30,000 scattered ones take 8 s and 860 MB.
const SEGMENTS: u64 = 20_000;
/// Functions lifted and lowered between the component and the host: each is compiled into glue.
const CANONICAL: u64 = 10_000;
/// Modules and components in the file, within each other or beside: 10,000 within each other take 3 GB.
const PARTS: u64 = 1_000;
/// Types of components, each of which the glue may walk.
const TYPES: u64 = 50_000;

/// Fails on a component that is not valid, or that might not compile within reasonable time and memory.
pub(crate) fn scan(bytes: &[u8]) -> Result<(), Failure> {
    let mut validator = Validator::new_with_features(FEATURES);
    let mut allocations = FuncValidatorAllocations::default();
    let mut totals = Totals::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| invalid(&error))?;
        totals.section(&payload)?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(|error| invalid(&error))? {
            totals.body(&body)?;
            let mut function = function.into_validator(allocations);
            function.validate(&body).map_err(|error| invalid(&error))?;
            allocations = function.into_allocations();
        }
    }
    Ok(())
}

fn invalid(error: &BinaryReaderError) -> Failure {
    Failure::new(FailureKind::NotAComponent, format!("the component is not valid: {error}"))
}

/// Fails if there is more of something than there may be.
fn bound(what: &str, found: u64, most: u64) -> Result<(), Failure> {
    if found <= most {
        return Ok(());
    }
    Err(Failure::new(
        FailureKind::Compile,
        format!("it might take too long to compile: {what}: {found}, and it may have {most}"),
    ))
}

/// What the whole component has so far.
#[derive(Default)]
struct Totals {
    functions: u64,
    code: u64,
    locals_squared: u64,
    loops_squared: u64,
    targets: u64,
    segments: u64,
    canonical: u64,
    parts: u64,
    types: u64,
}

impl Totals {
    fn section(&mut self, payload: &Payload<'_>) -> Result<(), Failure> {
        match payload {
            Payload::FunctionSection(section) => {
                self.functions += u64::from(section.count());
                bound("functions", self.functions, FUNCTIONS)
            }
            Payload::DataSection(section) => {
                self.segments += u64::from(section.count());
                bound("data segments", self.segments, SEGMENTS)
            }
            Payload::ComponentCanonicalSection(section) => {
                self.canonical += u64::from(section.count());
                bound("functions lifted or lowered", self.canonical, CANONICAL)
            }
            Payload::ComponentSection { .. } | Payload::ModuleSection { .. } => {
                self.parts += 1;
                bound("modules and components in it", self.parts, PARTS)
            }
            Payload::ComponentTypeSection(section) => {
                self.types += u64::from(section.count());
                bound("types of the component", self.types, TYPES)
            }
            _ => Ok(()),
        }
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), Failure> {
        let length = body.range().len() as u64;
        self.code += length;
        bound("bytes of a function", length, BODY)?;
        bound("bytes of code", self.code, CODE)?;
        let shape = Shape::of(body).map_err(|error| invalid(&error))?;
        bound("locals of a function", shape.locals, LOCALS)?;
        bound("loops within each other", shape.loops, LOOPS)?;
        bound("targets of table jumps in a function", shape.targets, TARGETS)?;
        self.locals_squared += shape.locals * shape.locals;
        self.loops_squared += shape.loops * shape.loops;
        self.targets += shape.targets;
        bound("locals, squared and summed over all functions", self.locals_squared, LOCALS_SQUARED)?;
        bound("nested loops, squared and summed over all functions", self.loops_squared, LOOPS_SQUARED)?;
        bound("targets of table jumps", self.targets, ALL_TARGETS)
    }
}

/// What a function has that makes compiling it dear.
struct Shape {
    /// Declared locals; parameters are bounded by validation.
    locals: u64,
    /// The most loops within each other.
    loops: u64,
    /// Targets of table jumps.
    targets: u64,
}

impl Shape {
    fn of(body: &FunctionBody<'_>) -> wasmparser::Result<Self> {
        let mut shape = Self { locals: 0, loops: 0, targets: 0 };
        for group in body.get_locals_reader()? {
            shape.locals += u64::from(group?.0);
        }
        let mut open = Vec::new(); // whether each block that is open is a loop
        let mut loops = 0_u64;
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Loop { .. } => {
                    open.push(true);
                    loops += 1;
                    shape.loops = shape.loops.max(loops);
                }
                Operator::Block { .. } | Operator::If { .. } => open.push(false),
                Operator::End => loops -= u64::from(open.pop() == Some(true)),
                Operator::BrTable { targets } => shape.targets += u64::from(targets.len()),
                _ => {}
            }
        }
        Ok(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn scanned(module: &str) -> Result<(), Failure> {
        scan(&wat::parse_str(format!("(component (core module {module}))")).unwrap())
    }

    fn refused(module: &str, what: &str) {
        let failure = scanned(module).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Compile, "{failure}");
        assert!(failure.message.contains(what), "{failure}");
    }

    fn loops(depth: usize) -> String {
        format!("(func {} {})", "loop ".repeat(depth), "end ".repeat(depth))
    }

    #[test]
    fn loops_are_counted_within_each_other_only() {
        assert_eq!(scanned(&loops(100)), Ok(()));
        refused(&loops(101), "loops within each other: 101");
        let (beside, blocks) = ("loop end ".repeat(1_000), ("block ".repeat(500), "end ".repeat(500)));
        assert_eq!(scanned(&format!("(func {beside} {} {})", blocks.0, blocks.1)), Ok(()));
        refused(&loops(100).repeat(201), "nested loops, squared");
    }

    #[test]
    fn locals_targets_segments_and_functions_are_bounded() {
        let locals = |most: usize| format!("(func (local {}))", "i32 ".repeat(most));
        assert_eq!(scanned(&locals(1_000)), Ok(()));
        refused(&locals(1_001), "locals of a function: 1001");
        refused(&locals(1_000).repeat(101), "locals, squared");
        let jump = |most: usize| format!("(func (br_table {} (i32.const 0)))", "0 ".repeat(most));
        assert_eq!(scanned(&jump(100_001)), Ok(()), "the last is the default");
        refused(&jump(100_002), "in a function: 100001");
        let mut segments = "(memory 1)".to_owned();
        for place in 0..20_001 {
            let _ = write!(segments, "(data (i32.const {place}) \"x\")");
        }
        refused(&segments, "data segments: 20001");
        refused(&"(func)".repeat(40_001), "functions: 40001");
        let long = format!("(func {})", "nop ".repeat(1 << 20));
        refused(&long, "bytes of a function");
    }

    #[test]
    fn limits_hold_over_all_modules() {
        let module = format!("(core module {})", "(func)".repeat(15_000));
        let bytes = wat::parse_str(format!("(component {})", module.repeat(3))).unwrap();
        assert_eq!(scan(&bytes).unwrap_err().kind, FailureKind::Compile);
    }

    #[test]
    fn components_within_each_other_are_bounded() {
        let nested = |depth: usize| {
            scan(&wat::parse_str(format!("{}{}", "(component ".repeat(depth), ")".repeat(depth))).unwrap())
        };
        assert_eq!(nested(100), Ok(()));
        let beside = format!("(component {})", "(component)".repeat(1_001));
        let failure = scan(&wat::parse_str(beside).unwrap()).unwrap_err();
        assert!(failure.kind == FailureKind::Compile && failure.message.contains("in it: 1001"), "{failure}");
    }

    #[test]
    fn what_is_not_valid_says_so() {
        let failure = scanned("(func (result i32))").unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAComponent);
        let threads = scanned("(memory 1 1 shared)").unwrap_err();
        assert!(threads.message.contains("threads"), "{threads}");
        // A type that doubles with each definition, as large as no memory is.
        let mut types = "(type $t0 u8)".to_owned();
        for place in 0..64 {
            let _ = write!(types, "(type $t{} (tuple $t{place} $t{place}))", place + 1);
        }
        let bytes = wat::parse_str(format!("(component {types})")).unwrap();
        assert!(scan(&bytes).unwrap_err().message.contains("size"));
    }
}
