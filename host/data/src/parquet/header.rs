//! The header of a page: Thrift's compact protocol, as far as it is asked for.

use super::shape;

/// How deep structures nest that are passed over.
pub(super) const DEEPEST: usize = 8;

/// What a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Dictionary,
}

/// What a page states of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub kind: Kind,
    /// Bytes behind the header.
    pub packed: u64,
    /// Bytes that they unpack to.
    pub unpacked: u64,
    pub values: u64,
    pub encoding: i32,
    /// Bytes of the levels, which are not packed in pages of the second version; none in the first.
    pub levels: Option<u64>,
    /// Whether the data is packed, in pages of the second version.
    pub is_packed: bool,
}

/// Why there is no header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// The bytes end within it.
    Short,
    Bad(String),
}

impl Header {
    /// Reads a header; with it comes its length in bytes.
    pub fn read(bytes: &[u8]) -> Result<(Self, usize), Wrong> {
        shape::page(bytes)?;
        let mut source = Source::new(bytes);
        let mut kind = None;
        let (mut unpacked, mut packed) = (None, None);
        let (mut values, mut encoding, mut levels, mut is_packed) = (None, 0, None, true);
        source.structure(DEEPEST, &mut |source, field, form, depth| {
            match (field, form) {
                (1, Form::Number) => kind = Some(source.number()?),
                (2, Form::Number) => unpacked = Some(source.number()?),
                (3, Form::Number) => packed = Some(source.number()?),
                // Data of the first version, and a dictionary: both begin with values and encoding.
                (5 | 7, Form::Structure) => source.structure(depth, &mut |source, field, form, depth| {
                    match (field, form) {
                        (1, Form::Number) => values = Some(source.number()?),
                        (2, Form::Number) => encoding = source.number()?,
                        _ => source.pass(form, depth)?,
                    }
                    Ok(())
                })?,
                (8, Form::Structure) => {
                    let (mut definitions, mut repetitions) = (0, 0);
                    source.structure(depth, &mut |source, field, form, depth| {
                        match (field, form) {
                            (1, Form::Number) => values = Some(source.number()?),
                            (4, Form::Number) => encoding = source.number()?,
                            (5, Form::Number) => definitions = source.number()?,
                            (6, Form::Number) => repetitions = source.number()?,
                            (7, Form::True) => is_packed = true,
                            (7, Form::False) => is_packed = false,
                            _ => source.pass(form, depth)?,
                        }
                        Ok(())
                    })?;
                    levels = Some(count(definitions)?.saturating_add(count(repetitions)?));
                }
                _ => source.pass(form, depth)?,
            }
            Ok(())
        })?;
        let stated = |number: Option<i64>, what: &str| number.ok_or_else(|| Wrong::Bad(format!("it has no {what}")));
        let kind = match stated(kind, "type")? {
            0 | 3 => Kind::Data,
            2 => Kind::Dictionary,
            other => return Err(Wrong::Bad(format!("there is no page of type {other}"))),
        };
        let header = Self {
            kind,
            packed: count(stated(packed, "size")?)?,
            unpacked: count(stated(unpacked, "unpacked size")?)?,
            values: count(stated(values, "number of values")?)?,
            encoding: encoding as i32,
            levels,
            is_packed,
        };
        Ok((header, source.at))
    }
}

/// A number that counts something: the format has 32 bits for it.
fn count(number: i64) -> Result<u64, Wrong> {
    match i32::try_from(number).map(u64::try_from) {
        Ok(Ok(count)) => Ok(count),
        _ => Err(Wrong::Bad(format!("{number} is no count"))),
    }
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    True,
    False,
    Byte,
    Number,
    Double,
    Bytes,
    List,
    Map,
    Structure,
}

pub(super) struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Takes one field: its number, how it is written, and how deep structures in it may nest.
pub(super) type Take<'t, 'a> = &'t mut dyn FnMut(&mut Source<'a>, i64, Form, usize) -> Result<(), Wrong>;

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn byte(&mut self) -> Result<u8, Wrong> {
        let byte = *self.bytes.get(self.at).ok_or(Wrong::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, length: u64) -> Result<(), Wrong> {
        let left = self.bytes.len() - self.at;
        match usize::try_from(length) {
            Ok(length) if length <= left => self.at += length,
            _ => return Err(Wrong::Short),
        }
        Ok(())
    }

    fn unsigned(&mut self) -> Result<u64, Wrong> {
        let mut number = 0_u64;
        for place in 0..10 {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Wrong::Bad("a number is too long".to_owned()))
    }

    fn number(&mut self) -> Result<i64, Wrong> {
        let number = self.unsigned()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub fn structure(&mut self, depth: usize, take: Take<'_, 'a>) -> Result<(), Wrong> {
        let depth = depth.checked_sub(1).ok_or_else(|| Wrong::Bad("it nests too deep".to_owned()))?;
        let mut field = 0_i64;
        loop {
            let first = self.byte()?;
            if first == 0 {
                return Ok(());
            }
            // 16 bits, as others read it: 65,538 is 2 to them.
            field = match first >> 4 {
                0 => self.number()? & 0xffff,
                step => field + i64::from(step),
            };
            if field > i64::from(i16::MAX) {
                return Err(Wrong::Bad(format!("there is no field {field}")));
            }
            take(self, field, form(first & 0x0f)?, depth)?;
        }
    }

    /// How the elements of a list are written, and how many there are: no more than bytes are left.
    pub fn list(&mut self) -> Result<(Form, u64), Wrong> {
        let first = self.byte()?;
        let length = match first >> 4 {
            15 => self.unsigned()?,
            short => u64::from(short),
        };
        if length == 0 {
            return Ok((Form::Byte, 0)); // fastparquet gives an empty list no type
        }
        let left = self.bytes.len() - self.at;
        if length > left as u64 {
            return Err(Wrong::Bad(format!("a list states {length} elements, and {left} bytes are left")));
        }
        // A boolean among others takes a byte, which one in a field does not.
        let element = match form(first & 0x0f)? {
            Form::True | Form::False => Form::Byte,
            other => other,
        };
        Ok((element, length))
    }

    /// Passes over a value.
    pub fn pass(&mut self, written: Form, depth: usize) -> Result<(), Wrong> {
        match written {
            Form::True | Form::False => Ok(()),
            Form::Byte => self.skip(1),
            Form::Number => self.number().map(drop),
            Form::Double => self.skip(8),
            Form::Bytes => {
                let length = self.unsigned()?;
                self.skip(length)
            }
            Form::Structure => self.structure(depth, &mut |source, _, form, depth| source.pass(form, depth)),
            Form::List => {
                let (element, length) = self.list()?;
                (0..length).try_for_each(|_| self.pass(element, depth))
            }
            // The format has none.
            Form::Map => Err(Wrong::Bad("it has a map".to_owned())),
        }
    }
}

fn form(code: u8) -> Result<Form, Wrong> {
    Ok(match code {
        1 => Form::True,
        2 => Form::False,
        3 => Form::Byte,
        4..=6 => Form::Number,
        7 => Form::Double,
        8 => Form::Bytes,
        9 | 10 => Form::List,
        11 => Form::Map,
        12 => Form::Structure,
        other => return Err(Wrong::Bad(format!("there is no type {other}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data page of the first version: type 0, sizes 10 and 8, 5 values in the encoding 3, with statistics.
    const PAGE: [u8; 20] =
        [0x15, 0x00, 0x15, 20, 0x15, 16, 0x2c, 0x15, 10, 0x15, 6, 0x15, 6, 0x15, 6, 0x1c, 0x36, 2, 0x00, 0x00];

    #[test]
    fn what_a_page_states_is_read() {
        let bytes = [&PAGE[..], &[0x00, 0xff]].concat();
        let (header, length) = Header::read(&bytes).unwrap();
        assert_eq!(length, PAGE.len() + 1);
        assert_eq!((header.kind, header.unpacked, header.packed), (Kind::Data, 10, 8));
        assert_eq!((header.values, header.encoding, header.levels), (5, 3, None));
    }

    #[test]
    fn a_cut_header_is_short_and_a_damaged_one_is_told() {
        for end in 0..PAGE.len() {
            assert_eq!(Header::read(&PAGE[..end]).unwrap_err(), Wrong::Short, "{end}");
        }
        let error = |bytes: &[u8]| match Header::read(bytes).unwrap_err() {
            Wrong::Bad(why) => why,
            Wrong::Short => "short".to_owned(),
        };
        assert!(error(&[0x15, 0x00, 0x00]).contains("no size"));
        assert!(error(&[0x15, 0x00, 0x15, 0x01, 0x15, 16, 0x2c, 0x15, 10, 0x00, 0x00]).contains("-1 is no count"));
        assert!(error(&[0x1d]).contains("no type 13"));
        assert!(error(&[0x1c; 40]).contains("field 1 is of another type"));
        // Field 15, which nobody reads.
        assert!(error(&[&[0xfc][..], &[0x1c; 40]].concat()).contains("too deep"));
        assert_eq!(error(&[0xf8, 0xff, 0xff, 0xff, 0xff, 0x0f]), "short", "a text as long as no file");
    }
}
