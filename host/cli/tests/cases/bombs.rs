//! Guests that are too large to be written down: what they are made of is written down instead.

use std::fmt::Write as _;

/// How a guest is put together.
pub enum Bomb {
    /// Fields of a core module, to stand behind the shared ones. Its `judge` passes.
    Fields(String),
    /// A whole component.
    Component(Vec<u8>),
    /// Another guest with something around it or behind it.
    Around(&'static str, fn(Vec<u8>) -> Vec<u8>),
}

/// A `judge` that passes, so that what such a guest is refused for is its shape.
const PASSES: &str = "(data (i32.const 256) \"\\00\\00\\00\\00\" \"\\01\\00\\00\\00\")
(func (export \"portcullis:policy/gate@0.1.0#judge\") (result i32) (i32.const 256))\n";

/// The bytes that a component begins with.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// The guest of a name, if it is one of these.
pub fn find(name: &str) -> Option<Bomb> {
    let fields = match name {
        "live-locals" => locals(5_000, 30),
        "scattered-data" => repeated(30_000, |place| format!("(data (i32.const {}) \"x\")", 300 + place * 2)),
        "huge-br-table" => format!("(func (block (br_table {} (i32.const 0))))", "0 ".repeat(970_000)),
        "many-functions" => "(func)\n".repeat(100_000),
        "ten-megabytes" => {
            format!("(memory $data 200)(data (memory $data) (i32.const 0) \"{}\")", "portcullis".repeat(1 << 20))
        }
        "nested-blocks" => nested("block ", 10_000),
        "nested-ifs" => nested("i32.const 1 if ", 10_000),
        "most-locals" => locals(1_000, 100),
        "most-parameters" => parameters(1_000, 300),
        "nested-loops" => nested("loop ", 1_000),
        "most-loops" => nested("loop ", 100).repeat(200),
        "many-instances" => return Some(Bomb::Component(parsed(&instances(900)))),
        "nested-components" => return Some(Bomb::Component(boxed(10_000))),
        "deep-types" => return Some(Bomb::Component(parsed(&types(10_000)))),
        "many-types" => return Some(Bomb::Component(parsed(&types(60)))),
        "large-section" => return Some(Bomb::Around("harmless", |bytes| padded(bytes, 63 << 20))),
        "too-large-section" => return Some(Bomb::Around("harmless", |bytes| padded(bytes, 65 << 20))),
        _ => return None,
    };
    Some(Bomb::Fields(format!("{PASSES}{fields}")))
}

fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn repeated(times: usize, make: impl Fn(usize) -> String) -> String {
    (0..times).map(make).collect()
}

/// Functions whose locals are all alive at once: each is set from the one before, and all are summed at the end.
fn locals(count: usize, functions: usize) -> String {
    let mut body = String::new();
    for place in 1..count {
        let _ = writeln!(body, "(local.set {place} (i32.mul (local.get {}) (i32.const {place})))", place - 1);
    }
    for place in 1..count {
        let _ = writeln!(body, "(local.set 0 (i32.add (local.get 0) (local.get {place})))");
    }
    format!("(func (result i32) (local {}) {body} (local.get 0))\n", "i32 ".repeat(count)).repeat(functions)
}

/// Functions with as many parameters and results as there may be, each of which hands all of them to itself.
fn parameters(count: usize, functions: usize) -> String {
    let kinds = "i64 ".repeat(count);
    let gets = repeated(count, |place| format!("(local.get {place})"));
    repeated(functions, |place| format!("(func $f{place} (param {kinds}) (result {kinds}) {gets} (call $f{place}))\n"))
}

fn nested(opens: &str, depth: usize) -> String {
    format!("(func {}{})", opens.repeat(depth), "end ".repeat(depth))
}

/// One module, instantiated so often.
fn instances(count: usize) -> String {
    let instances = "(core instance (instantiate $module))\n".repeat(count);
    format!(
        "(component (core module $module) {instances}
         (instance $gate) (export \"portcullis:policy/gate@0.1.0\" (instance $gate)))"
    )
}

/// A type that holds itself so often: a list of lists, and the function that has it as its result.
fn types(depth: usize) -> String {
    let lists = repeated(depth, |place| format!("(type $t{} (list $t{place}))\n", place + 1));
    format!(
        "(component (type $t0 u8) {lists}
         (core module $module
           (memory (export \"memory\") 1)
           (func (export \"judge\") (result i32) (i32.const 0)))
         (core instance $instance (instantiate $module))
         (func $judge (result $t{depth})
           (canon lift (core func $instance \"judge\") (memory (core memory $instance \"memory\"))))
         (instance $gate (export \"describe\" (func $judge)) (export \"judge\" (func $judge)))
         (export \"portcullis:policy/gate@0.1.0\" (instance $gate)))"
    )
}

/// A component in a component, and so on, the outermost of which exports a gate.
fn boxed(depth: usize) -> Vec<u8> {
    let mut inner = COMPONENT.to_vec();
    for level in 0..depth {
        let mut outer = COMPONENT.to_vec();
        section(&mut outer, 4, &inner);
        if level + 1 == depth {
            let gate =
                parsed("(component (instance $gate) (export \"portcullis:policy/gate@0.1.0\" (instance $gate)))");
            outer.extend_from_slice(&gate[COMPONENT.len()..]);
        }
        inner = outer;
    }
    inner
}

/// A component with so many bytes behind it that mean nothing.
fn padded(mut component: Vec<u8>, bytes: usize) -> Vec<u8> {
    let mut content = b"\x07padding".to_vec();
    content.resize(bytes, b'x');
    section(&mut component, 0, &content);
    component
}

fn section(to: &mut Vec<u8>, id: u8, content: &[u8]) {
    to.push(id);
    let mut length = content.len();
    while length > 0x7f {
        to.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    to.push(length as u8);
    to.extend_from_slice(content);
}
