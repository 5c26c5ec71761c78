//! What an Arrow IPC file states of its columns and their buffers, checked before polars allocates as much: an allocation that fails ends
//! the process, which nothing contains.

use std::io::{Read, Seek, SeekFrom};

use polars_arrow::io::ipc::read::read_file_metadata;
use polars_arrow_format::ipc::planus::ReadAsRoot as _;
use polars_arrow_format::ipc::{Block, MessageHeaderRef, MessageRef, RecordBatchRef};

use crate::parquet::reserved;

/// What stands before the length of a message since version 0.15 of the format.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Bytes that a value takes here, at the least.
const CELL: u64 = 8;

/// Fails with what cannot be true of a buffer, or where there is no memory for what it holds when decompressed.
pub(crate) fn check<R: Read + Seek + ?Sized>(mut reader: &mut R) -> Result<(), String> {
    let size = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
    reader.rewind().map_err(|error| error.to_string())?;
    let metadata = read_file_metadata(&mut reader).map_err(|error| error.to_string())?;
    let dictionaries = metadata.dictionaries.iter().flatten();
    metadata.blocks.iter().chain(dictionaries).try_for_each(|block| message(reader, block, size))
}

fn message<R: Read + Seek + ?Sized>(reader: &mut R, block: &Block, size: u64) -> Result<(), String> {
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
            None => Ok(()),
        },
        _ => Ok(()), // polars says what it misses
    }
}

/// Each buffer lies within the file, and what it says of its decompressed length can be had; so can what the columns state of
/// theirs, because one of nulls has no buffer at all.
fn buffers<R: Read + Seek + ?Sized>(
    reader: &mut R,
    batch: RecordBatchRef<'_>,
    body: u64,
    size: u64,
) -> Result<(), String> {
    let damaged = |error: polars_arrow_format::ipc::planus::Error| error.to_string();
    for node in batch.nodes().map_err(damaged)?.into_iter().flatten() {
        let length = u64::try_from(node.length()).map_err(|_| "a column states an impossible length")?;
        reserved(length.saturating_mul(CELL))?;
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
        if compressed && length >= 8 {
            let mut stated = [0; 8];
            at(reader, place, &mut stated)?;
            // -1: it is not compressed after all; polars refuses other negative lengths.
            reserved(u64::try_from(i64::from_le_bytes(stated)).unwrap_or(0))?;
        }
    }
    Ok(())
}

fn at<R: Read + Seek + ?Sized>(reader: &mut R, place: u64, bytes: &mut [u8]) -> Result<(), String> {
    reader.seek(SeekFrom::Start(place)).and_then(|_| reader.read_exact(bytes)).map_err(|error| error.to_string())
}
