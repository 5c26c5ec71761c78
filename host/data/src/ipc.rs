//! What an Arrow IPC file states of its columns and their buffers, checked before polars allocates as much: an allocation that fails ends
//! the process, which nothing contains.

use std::io::{Read, Seek, SeekFrom};

use polars_arrow::io::ipc::read::read_file_metadata;
use polars_arrow_format::ipc::planus::ReadAsRoot as _;
use polars_arrow_format::ipc::{Block, MessageHeaderRef, MessageRef, RecordBatchRef};

use crate::parquet::reserved;

/// What stands before the length of a message since version 0.15 of the format.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Bytes that a value takes here, as it was read and as it is kept.
const CELL: u64 = 16;

/// Fails with what cannot be true of a buffer, or where there is no memory for what it holds when decompressed.
pub(crate) fn check<R: Read + Seek + ?Sized>(mut reader: &mut R) -> Result<(), String> {
    let size = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
    let mut first = [0; 4];
    if size >= 4 {
        at(reader, 0, &mut first)?;
    }
    if first == CONTINUATION {
        return Err("it is an Arrow stream; write it as a file (in pyarrow with `ipc.new_file`)".to_owned());
    }
    reader.rewind().map_err(|error| error.to_string())?;
    let metadata = read_file_metadata(&mut reader).map_err(|error| error.to_string())?;
    let dictionaries = metadata.dictionaries.iter().flatten();
    let mut unheld = 0_u64;
    for block in metadata.blocks.iter().chain(dictionaries) {
        unheld = unheld.saturating_add(message(reader, block, size)?);
    }
    reserved(unheld.saturating_mul(CELL))
}

/// Checks a batch, and tells how many of its values no byte of it holds: those of columns of nulls.
fn message<R: Read + Seek + ?Sized>(reader: &mut R, block: &Block, size: u64) -> Result<u64, String> {
    let start = u64::try_from(block.offset).map_err(|_| "a batch states an impossible place")?;
    let head = u64::try_from(block.meta_data_length).map_err(|_| "a batch states an impossible size")?;
    let mut length = [0; 4];
    at(reader, start, &mut length)?;
    if length == CONTINUATION {
        reader.read_exact(&mut length).map_err(|error| error.to_string())?;
    }
    let length = u64::try_from(i32::from_le_bytes(length)).map_err(|_| "a batch states an impossible size")?;
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let body = start.saturating_add(head);
    let damaged = |error: polars_arrow_format::ipc::planus::Error| error.to_string();
    let message = MessageRef::read_as_root(&bytes).map_err(damaged)?;
    match message.header().map_err(damaged)? {
        Some(MessageHeaderRef::RecordBatch(batch)) => buffers(reader, batch, body, size),
        Some(MessageHeaderRef::DictionaryBatch(batch)) => match batch.data().map_err(damaged)? {
            Some(batch) => buffers(reader, batch, body, size),
            None => Ok(0),
        },
        _ => Ok(0), // polars says what it misses
    }
}

/// Each buffer lies within the file, and what it says of its decompressed length can be had. Tells how many values there are
/// beyond those that the buffers could hold at a bit each.
fn buffers<R: Read + Seek + ?Sized>(
    reader: &mut R,
    batch: RecordBatchRef<'_>,
    body: u64,
    size: u64,
) -> Result<u64, String> {
    let damaged = |error: polars_arrow_format::ipc::planus::Error| error.to_string();
    let (mut values, mut bits) = (0_u64, 0_u64);
    for node in batch.nodes().map_err(damaged)?.into_iter().flatten() {
        let length = u64::try_from(node.length()).map_err(|_| "a column states an impossible length")?;
        values = values.saturating_add(length);
    }
    let compressed = batch.compression().map_err(damaged)?.is_some();
    for buffer in batch.buffers().map_err(damaged)?.into_iter().flatten() {
        let place = u64::try_from(buffer.offset()).ok().and_then(|offset| body.checked_add(offset));
        let length = u64::try_from(buffer.length()).ok();
        let inside =
            place.zip(length).filter(|(place, length)| place.checked_add(*length).is_some_and(|end| end <= size));
        let Some((place, length)) = inside else {
            return Err(format!("a buffer states {} bytes, and the file has {size}", buffer.length()));
        };
        let mut holds = length;
        if compressed && length >= 8 {
            let mut stated = [0; 8];
            at(reader, place, &mut stated)?;
            // -1: it is not compressed after all; polars refuses other negative lengths.
            if let Ok(stated) = u64::try_from(i64::from_le_bytes(stated)) {
                reserved(stated)?;
                holds = stated;
            }
        }
        bits = bits.saturating_add(holds.saturating_mul(8));
    }
    Ok(values.saturating_sub(bits))
}

fn at<R: Read + Seek + ?Sized>(reader: &mut R, place: u64, bytes: &mut [u8]) -> Result<(), String> {
    reader.seek(SeekFrom::Start(place)).and_then(|_| reader.read_exact(bytes)).map_err(|error| error.to_string())
}
