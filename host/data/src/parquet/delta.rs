//! Data in a delta encoding: blocks of differences, whose header says how many values there are.

/// Values of a block at most; writers use 128.
const LARGEST_BLOCK: u64 = 1 << 20;

/// Fails if the data states more integers than the page has, or than its bytes hold.
pub(super) fn integers(data: &[u8], most: u64) -> Result<(), String> {
    sequence(data, most, |_| {}).map(drop).ok_or_else(damaged)
}

/// The same for texts behind their lengths.
pub(super) fn texts(data: &[u8], most: u64) -> Result<(), String> {
    let mut total = Some(0_u64);
    let rest = sequence(data, most, |length| total = added(total, length)).ok_or_else(damaged)?;
    if total.is_some_and(|total| total <= rest.len() as u64) { Ok(()) } else { Err(damaged()) }
}

/// The same for texts of which each repeats the beginning of the one before.
pub(super) fn prefixed(data: &[u8], most: u64) -> Result<(), String> {
    let (mut prefixes, mut suffixes) = (Vec::new(), Vec::new());
    let rest = sequence(data, most, |length| prefixes.push(length)).ok_or_else(damaged)?;
    let rest = sequence(rest, most, |length| suffixes.push(length)).ok_or_else(damaged)?;
    let (mut last, mut total) = (0_u64, Some(0_u64));
    for (prefix, suffix) in prefixes.iter().zip(&suffixes) {
        total = added(total, *suffix);
        match (u64::try_from(*prefix), u64::try_from(*suffix)) {
            (Ok(prefix), Ok(suffix)) if prefix <= last => last = prefix.saturating_add(suffix),
            _ => return Err(damaged()),
        }
    }
    let fits = total.is_some_and(|total| total <= rest.len() as u64) && prefixes.len() == suffixes.len();
    if fits { Ok(()) } else { Err(damaged()) }
}

fn damaged() -> String {
    "a page in a delta encoding states lengths that cannot be".to_owned()
}

fn added(total: Option<u64>, length: i64) -> Option<u64> {
    total?.checked_add(u64::try_from(length).ok()?)
}

/// Walks one sequence, and answers with what is behind it.
fn sequence(data: &[u8], most: u64, mut each: impl FnMut(i64)) -> Option<&[u8]> {
    let (block, data) = unsigned(data)?;
    let (miniblocks, data) = unsigned(data)?;
    let (count, data) = unsigned(data)?;
    let (first, mut data) = zigzag(data)?;
    let sound = count <= most && block <= LARGEST_BLOCK && block % 128 == 0 && block > 0 && miniblocks > 0;
    if !sound || block % miniblocks != 0 || (block / miniblocks) % 32 != 0 {
        return None;
    }
    if count == 0 {
        return Some(data);
    }
    let (mut last, mut left) = (first, count - 1);
    each(last);
    let size = (block / miniblocks) as usize;
    while left > 0 {
        let (smallest, rest) = zigzag(data)?;
        let (widths, rest) = rest.split_at_checked(miniblocks as usize)?;
        data = rest;
        for width in widths {
            if left == 0 {
                break;
            }
            if *width > 64 {
                return None;
            }
            let (packed, rest) = data.split_at_checked((usize::from(*width) * size).div_ceil(8))?;
            data = rest;
            let here = left.min(size as u64);
            for place in 0..here as usize {
                last = last.wrapping_add(smallest).wrapping_add(bits(packed, place, usize::from(*width)).cast_signed());
                each(last);
            }
            left -= here;
        }
    }
    Some(data)
}

/// The number at a place among numbers of so many bits.
fn bits(packed: &[u8], place: usize, width: usize) -> u64 {
    let mut number = 0_u64;
    for bit in 0..width {
        let at = place * width + bit;
        let byte = packed.get(at / 8).copied().unwrap_or(0);
        number |= u64::from(byte >> (at % 8) & 1) << bit;
    }
    number
}

fn unsigned(data: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in data.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f).checked_shl(7 * place as u32)?;
        if byte & 0x80 == 0 {
            return Some((number, data.get(place + 1..)?));
        }
    }
    None
}

fn zigzag(data: &[u8]) -> Option<(i64, &[u8])> {
    let (number, rest) = unsigned(data)?;
    Some(((number >> 1).cast_signed() ^ -(number & 1).cast_signed(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Spark 3.1.1: prefix lengths 0, 0; then suffix lengths 5, 5; then `HelloWorld`.
    const PREFIXED: [u8; 30] = [
        128, 1, 4, 2, 0, 0, 0, 0, 0, 0, 128, 1, 4, 2, 10, 0, 0, 0, 0, 0, 72, 101, 108, 108, 111, 87, 111, 114, 108, 100,
    ];

    #[test]
    fn what_writers_write_is_fine() {
        assert_eq!(prefixed(&PREFIXED, 2), Ok(()));
        assert_eq!(texts(&PREFIXED[10..], 2), Ok(()));
        // 1 to 5: the first value, then four differences of 1 in no bits.
        assert_eq!(integers(&[128, 1, 4, 5, 2, 2, 0, 0, 0, 0], 5), Ok(()));
        // 1, 2, 4: differences 1 and 2 in one bit each beyond 1.
        let mut seen = Vec::new();
        let rest = sequence(&[128, 1, 4, 3, 2, 2, 1, 0, 0, 0, 2, 0, 0, 0, 7], 3, |value| seen.push(value));
        assert_eq!((seen, rest), (vec![1, 2, 4], Some(&[7][..])));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(integers(&[128, 1, 4, 6, 2, 2, 0, 0, 0, 0], 5).is_err(), "more than the page has");
        assert!(integers(&[128, 1, 4, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 2, 0, 0, 0, 0], u64::MAX).is_err(), "no blocks");
        assert!(integers(&[0x80, 0x80, 0x80, 0x80, 0x10, 4, 5, 2, 2, 0, 0, 0, 0], 5).is_err(), "a huge block");
        assert!(texts(&PREFIXED[10..29], 2).is_err(), "fewer bytes than the lengths say");
        assert!(texts(&[128, 1, 4, 1, 1], 1).is_err(), "a negative length");
        let mut long = PREFIXED;
        long[4] = 2;
        assert!(prefixed(&long, 2).is_err(), "a prefix of nothing");
        assert!(integers(&[], 1).is_err());
    }
}
