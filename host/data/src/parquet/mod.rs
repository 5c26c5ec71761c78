//! What the pages of a Parquet file state, held against what can be, before polars decodes them.
//!
//! The reader allocates what a page states: its values, its unpacked size, the entries of its dictionary, the lengths in its
//! delta encodings. An allocation that fails ends the process, so whatever is stated must follow from the bytes that are
//! there, or from the number of rows, whose memory is asked for first in a way that may fail.

mod delta;
mod header;
mod shape;

use std::io::{Read, Seek, SeekFrom};

use polars_parquet::parquet::compression::{Compression, DecompressionContext, decompress};
use polars_parquet::parquet::metadata::ColumnChunkMetadata;
use polars_parquet::parquet::schema::types::PhysicalType;

use header::{Header, Kind, Wrong};

/// Bytes of a page's header that are read at first; statistics can make it longer.
const WINDOW: u64 = 1 << 12;
/// Bytes at the end of a file: the length of its footer, and the format's name.
const END: u64 = 8;
/// Bytes that what a list of the footer holds takes in memory, at most.
const ELEMENT: u64 = 512;
/// Bytes that a page may unpack to beyond what its codec could make of its length.
const SLACK: u64 = 1 << 16;

/// The encodings whose data states lengths of its own.
const DELTA_BINARY_PACKED: i32 = 5;
const DELTA_LENGTH_BYTE_ARRAY: i32 = 6;
const DELTA_BYTE_ARRAY: i32 = 7;

/// The pages of one column in one row group.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    start: u64,
    length: u64,
    values: u64,
    codec: Compression,
    physical: PhysicalType,
    has_definitions: bool,
    has_repetitions: bool,
}

impl Chunk {
    /// The column that it belongs to (the outermost, where columns nest), and the chunk.
    pub fn of(metadata: &ColumnChunkMetadata) -> Option<(String, Self)> {
        let range = metadata.byte_range();
        let descriptor = &metadata.descriptor().descriptor;
        let chunk = Self {
            start: range.start,
            length: range.end.checked_sub(range.start)?,
            values: u64::try_from(metadata.num_values()).ok()?,
            codec: metadata.compression(),
            physical: metadata.physical_type(),
            has_definitions: descriptor.max_def_level > 0,
            has_repetitions: descriptor.max_rep_level > 0,
        };
        Some((metadata.descriptor().path_in_schema.first()?.to_string(), chunk))
    }

    /// Bytes that a value takes once it is decoded, at least.
    fn width(&self) -> u64 {
        match self.physical {
            PhysicalType::Boolean => 1,
            PhysicalType::Int32 | PhysicalType::Float => 4,
            PhysicalType::Int64 | PhysicalType::Double | PhysicalType::Int96 => 8,
            PhysicalType::ByteArray | PhysicalType::FixedLenByteArray(_) => 16,
        }
    }

    /// Bytes that an entry of its dictionary takes in the file, at least.
    fn entry(&self) -> u64 {
        match self.physical {
            PhysicalType::Boolean => 1,
            PhysicalType::Int32 | PhysicalType::Float | PhysicalType::ByteArray => 4,
            PhysicalType::Int64 | PhysicalType::Double => 8,
            PhysicalType::Int96 => 12,
            PhysicalType::FixedLenByteArray(length) => length.max(1) as u64,
        }
    }
}

/// Fails with what cannot be true of a column, or where there is no memory for what is stated.
pub(crate) fn check<R: Read + Seek + ?Sized>(reader: &mut R, chunks: &[Chunk]) -> Result<(), String> {
    let decoded: u64 = chunks.iter().map(|chunk| chunk.values.saturating_mul(chunk.width())).sum();
    reserved(decoded)?;
    let mut context = DecompressionContext::Unset;
    chunks.iter().try_for_each(|chunk| pages(reader, chunk, &mut context))
}

/// Fails where the footer of a file states more than it can hold: polars allocates what its lists state, before it reads
/// them. A file that has no footer is left to polars, which says so.
pub(crate) fn footer<R: Read + Seek + ?Sized>(reader: &mut R) -> Result<(), String> {
    let length = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
    let Some(end) = length.checked_sub(END) else { return Ok(()) };
    let bytes = read(reader, end, END)?;
    let &[a, b, c, d, b'P', b'A', b'R', b'1'] = bytes.as_slice() else { return Ok(()) };
    let Some(start) = end.checked_sub(u64::from(u32::from_le_bytes([a, b, c, d]))) else { return Ok(()) };
    match shape::footer(&read(reader, start, end - start)?) {
        Ok(elements) => reserved(elements.saturating_mul(ELEMENT)),
        Err(Wrong::Short) => Err("its footer is cut off".to_owned()),
        Err(Wrong::Bad(why)) => Err(format!("its footer is damaged: {why}")),
    }
}

/// Asks for so much memory, and gives it back.
pub(crate) fn reserved(bytes: u64) -> Result<(), String> {
    let asked = usize::try_from(bytes).ok().is_some_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    let why = || {
        format!(
            "it states so many values that they take {bytes} bytes of memory, which cannot be had: it is damaged, or needs a \
             larger machine"
        )
    };
    if asked { Ok(()) } else { Err(why()) }
}

fn pages<R: Read + Seek + ?Sized>(
    reader: &mut R,
    chunk: &Chunk,
    context: &mut DecompressionContext,
) -> Result<(), String> {
    let end = chunk.start.checked_add(chunk.length).ok_or("a column states an impossible place")?;
    let (mut at, mut seen) = (chunk.start, 0_u64);
    while seen < chunk.values {
        if at >= end {
            return Err(format!("its pages have {seen} values where {} are stated", chunk.values));
        }
        let (header, length) = header_at(reader, at, end)?;
        let body = header.packed.min(end - at);
        if length + header.packed > end - at {
            return Err(format!(
                "a page states that it has {} bytes, and {} are left",
                header.packed,
                end - at - length
            ));
        }
        let unpacked = if chunk.codec == Compression::Uncompressed { body } else { unpacked(&header, chunk.codec)? };
        if header.kind == Kind::Dictionary {
            if header.values.saturating_mul(chunk.entry()) > unpacked {
                return Err(format!("a dictionary states {} entries in {unpacked} bytes", header.values));
            }
        } else {
            seen = seen.saturating_add(header.values);
            if seen > chunk.values {
                return Err(format!("its pages have {seen} values where {} are stated", chunk.values));
            }
            if matches!(header.encoding, DELTA_BINARY_PACKED | DELTA_LENGTH_BYTE_ARRAY | DELTA_BYTE_ARRAY) {
                let bytes = read(reader, at + length, body)?;
                deltas(&bytes, &header, chunk, context)?;
            }
        }
        at += length + body;
    }
    Ok(())
}

/// The header of the page at `at`, and its own length.
fn header_at<R: Read + Seek + ?Sized>(reader: &mut R, at: u64, end: u64) -> Result<(Header, u64), String> {
    let mut window = WINDOW.min(end - at);
    loop {
        let bytes = read(reader, at, window)?;
        match Header::read(&bytes) {
            Ok((header, length)) => return Ok((header, length as u64)),
            Err(Wrong::Short) if window < end - at && bytes.len() as u64 == window => {
                window = (window * 4).min(end - at);
            }
            Err(Wrong::Short) => return Err("the header of a page is cut off".to_owned()),
            Err(Wrong::Bad(why)) => return Err(format!("the header of a page is damaged: {why}")),
        }
    }
}

/// At most so many bytes from a place.
fn read<R: Read + Seek + ?Sized>(reader: &mut R, at: u64, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader
        .seek(SeekFrom::Start(at))
        .and_then(|_| reader.take(most).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// The unpacked size that a header states, if the codec can make so much of so few bytes.
fn unpacked(header: &Header, codec: Compression) -> Result<u64, String> {
    // Bytes that one byte can stand for at most: the longest copy, match or block over the bytes that write it.
    let most = match codec {
        Compression::Snappy => Some(32),
        Compression::Lz4 | Compression::Lz4Raw | Compression::Lzo => Some(256),
        Compression::Gzip => Some(1_040),
        Compression::Zstd => Some(1 << 16),
        Compression::Brotli | Compression::Uncompressed => None,
    };
    let (packed, unpacked) = (header.packed, header.unpacked);
    if most.is_some_and(|most| unpacked > packed * most + SLACK) {
        return Err(format!("a page states that its {packed} bytes unpack to {unpacked}"));
    }
    reserved(unpacked)?;
    Ok(unpacked)
}

/// Holds what a page in a delta encoding states against its bytes.
fn deltas(bytes: &[u8], header: &Header, chunk: &Chunk, context: &mut DecompressionContext) -> Result<(), String> {
    let damaged = || "a page in a delta encoding is damaged".to_owned();
    let levels = header.levels.unwrap_or(0) as usize;
    let (own, packed) = bytes.split_at_checked(levels).ok_or_else(damaged)?;
    let mut plain = Vec::new();
    let mut data = packed;
    if chunk.codec != Compression::Uncompressed && header.is_packed && !packed.is_empty() {
        let room = (header.unpacked as usize).checked_sub(own.len()).ok_or_else(damaged)?;
        plain.resize(room, 0);
        decompress(chunk.codec, packed, &mut plain, context).map_err(|error| error.to_string())?;
        data = &plain;
    }
    if header.levels.is_none() {
        for _ in [chunk.has_repetitions, chunk.has_definitions].into_iter().filter(|has| *has) {
            let (length, rest) = data.split_at_checked(4).ok_or_else(damaged)?;
            let length = length.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            data = rest.get(length..).ok_or_else(damaged)?;
        }
    }
    match header.encoding {
        DELTA_BINARY_PACKED => delta::integers(data, header.values),
        DELTA_LENGTH_BYTE_ARRAY => delta::texts(data, header.values),
        _ => delta::prefixed(data, header.values),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn number(value: i64) -> Vec<u8> {
        let mut left = (value << 1 ^ value >> 63).cast_unsigned();
        let mut bytes = vec![];
        while left > 0x7f {
            bytes.push((left & 0x7f) as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        bytes
    }

    /// A page of the first version, or a dictionary, with a body of zeros.
    fn page(dictionary: bool, values: i64, encoding: i64, packed: usize, unpacked: i64) -> Vec<u8> {
        let (kind, field) = if dictionary { (2, 0x4c) } else { (0, 0x2c) };
        let parts: [(u8, i64); 3] = [(0x15, kind), (0x15, unpacked), (0x15, i64::try_from(packed).unwrap())];
        let mut bytes: Vec<u8> = parts.iter().flat_map(|(tag, value)| [vec![*tag], number(*value)].concat()).collect();
        bytes.push(field);
        bytes.extend([vec![0x15], number(values), vec![0x15], number(encoding), vec![0, 0]].concat());
        bytes.extend(vec![0; packed]);
        bytes
    }

    fn checked(pages: &[Vec<u8>], values: u64, codec: Compression, physical: PhysicalType) -> Result<(), String> {
        let bytes = pages.concat();
        let length = bytes.len() as u64;
        let chunk = Chunk { start: 0, length, values, codec, physical, has_definitions: false, has_repetitions: false };
        check(&mut Cursor::new(bytes), &[chunk])
    }

    #[test]
    fn what_pages_state_must_follow_from_what_is_there() {
        use Compression::{Snappy, Uncompressed, Zstd};
        use PhysicalType::{ByteArray, Int32, Int64};

        let told = |pages: &[Vec<u8>], values, codec, physical| checked(pages, values, codec, physical).unwrap_err();
        let data = |values, packed| page(false, values, 0, packed, i64::try_from(packed).unwrap());
        assert_eq!(checked(&[data(5, 40), data(3, 24)], 8, Uncompressed, Int64), Ok(()));
        assert_eq!(checked(&[page(true, 5, 0, 40, 40), data(8, 2)], 8, Uncompressed, Int64), Ok(()));
        assert!(told(&[data(5, 40)], 8, Uncompressed, Int64).contains("have 5 values where 8 are stated"));
        let most = i64::from(i32::MAX);
        assert!(told(&[data(most, 40)], 8, Uncompressed, Int64).contains("have 2147483647 values where 8"));
        assert!(told(&[page(true, most, 0, 40, 40), data(8, 2)], 8, Uncompressed, Int64).contains("a dictionary"));
        assert!(told(&[page(true, 11, 0, 40, 40), data(8, 2)], 8, Uncompressed, Int32).contains("11 entries in 40"));
        assert!(told(&[page(true, 11, 0, 40, 40), data(8, 2)], 8, Uncompressed, ByteArray).contains("11 entries"));
        assert!(told(&[page(false, 8, 0, 40, most)], 8, Snappy, Int64).contains("40 bytes unpack to 2147483647"));
        assert!(told(&[page(false, 8, 0, 40, most)], 8, Zstd, Int64).contains("unpack to"));
        assert_eq!(checked(&[page(false, 8, 0, 40, 64)], 8, Snappy, Int64), Ok(()));
        assert!(told(&[data(8, 40)[..30].to_vec()], 8, Uncompressed, Int64).contains("40 bytes, and"));
        assert!(told(&[data(-1, 40)], 8, Uncompressed, Int64).contains("-1 is no count"));
        assert!(told(&[page(false, 8, 5, 40, 40)], 8, Uncompressed, Int64).contains("delta encoding"));
    }

    #[test]
    fn more_values_than_memory_are_refused() {
        let told = checked(&[], u64::MAX / 8, Compression::Uncompressed, PhysicalType::Int64).unwrap_err();
        assert!(told.contains("bytes of memory"), "{told}");
    }
}
