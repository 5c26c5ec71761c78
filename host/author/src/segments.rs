//! Joining a module's data segments.
//!
//! Go's linker begins another segment at every few zeros, thirty thousand of them, which is more than a host compiles: a
//! segment for each byte is a way to keep a compiler busy. Memory is zero to begin with, so a gap may be filled.

use wasm_encoder::{ConstExpr, DataSection, Module, RawSection};
use wasmparser::{BinaryReaderError, DataKind, DataSectionReader, Operator, Parser, Payload};

/// Zeros between two segments up to which they become one.
const GAP: u64 = 64;

/// The module with segments joined that lie next to each other; as it was where something may count on their number, or
/// where one writes over another.
pub(crate) fn joined(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::DataCountSection { .. } => return Ok(module.to_vec()),
            Payload::DataSection(section) => {
                let Some(blocks) = blocks(section)? else { return Ok(module.to_vec()) };
                let mut data = DataSection::new();
                for (start, block) in blocks {
                    data.active(0, &ConstExpr::i32_const(start.cast_signed()), block);
                }
                out.section(&data);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).unwrap_or_default();
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(out.finish())
}

/// Where bytes go in memory, and the bytes.
type Block = (u32, Vec<u8>);

/// The segments, joined, in the order of their places; none where that would change what the module does.
fn blocks(section: &DataSectionReader<'_>) -> Result<Option<Vec<Block>>, BinaryReaderError> {
    let mut segments = Vec::new();
    for segment in section.clone() {
        let segment = segment?;
        let DataKind::Active { memory_index: 0, offset_expr } = segment.kind else { return Ok(None) };
        let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else { return Ok(None) };
        segments.push((value.cast_unsigned(), segment.data));
    }
    segments.sort_by_key(|(at, _)| *at);
    let mut blocks: Vec<Block> = Vec::new();
    for (at, bytes) in segments {
        if let Some((start, block)) = blocks.last_mut() {
            let end = u64::from(*start) + block.len() as u64;
            match u64::from(at).checked_sub(end) {
                None => return Ok(None),
                Some(gap) if gap <= GAP => {
                    block.resize((at - *start) as usize, 0);
                    block.extend_from_slice(bytes);
                    continue;
                }
                Some(_) => {}
            }
        }
        blocks.push((at, bytes.to_vec()));
    }
    Ok(Some(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(module: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
            Payload::DataSection(section) => Some(section),
            _ => None,
        });
        sections
            .flat_map(|section| section.into_iter().map(Result::unwrap).collect::<Vec<_>>())
            .map(|segment| {
                let DataKind::Active { offset_expr, .. } = segment.kind else { panic!("not active") };
                let Operator::I32Const { value } = offset_expr.get_operators_reader().read().unwrap() else { panic!() };
                (value.cast_unsigned(), segment.data.to_vec())
            })
            .collect()
    }

    fn module(data: &str) -> Vec<u8> {
        wat::parse_str(format!(r#"(module (memory (export "m") 1) {data} (func (export "f")))"#)).unwrap()
    }

    #[test]
    fn neighbours_become_one_and_strangers_stay_apart() {
        let module = module(r#"(data (i32.const 10) "cd") (data (i32.const 0) "ab") (data (i32.const 500) "ef")"#);
        let joined = joined(&module).unwrap();
        assert_eq!(segments(&joined), [(0, b"ab\0\0\0\0\0\0\0\0cd".to_vec()), (500, b"ef".to_vec())]);
        wasmparser::validate(&joined).unwrap();
    }

    #[test]
    fn what_writes_over_another_stays_as_it_was() {
        let overlapping = module(r#"(data (i32.const 0) "abc") (data (i32.const 1) "x")"#);
        assert_eq!(joined(&overlapping).unwrap(), overlapping);
        let passive = module(r#"(data "abc") (data (i32.const 1) "x")"#);
        assert_eq!(joined(&passive).unwrap(), passive);
        assert!(joined(b"\0asm\x01\0\0\0\x0b").is_err());
    }
}
