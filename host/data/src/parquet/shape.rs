//! The footer of a file and the header of a page, held against what the reader takes them for.
//!
//! polars reads a field as what its number says, whatever type is written before it, and allocates what a list states before
//! it reads it. So every field that it knows must be written as it takes it, and every list must have room for its elements.

use super::header::{DEEPEST, Form, Source, Wrong};

/// How a field is read.
enum Shape {
    Number,
    Byte,
    Boolean,
    Bytes,
    List(&'static Shape),
    Structure(Fields),
}

/// The fields of a structure that are read, by their numbers; others are passed over as they are written.
type Fields = &'static [(i64, Shape)];

use Shape::{Boolean, Byte, Bytes, List, Number, Structure};

const EMPTY: Shape = Structure(&[]);

const FILE: Fields = &[
    (1, Number),
    (2, List(&Structure(SCHEMA_ELEMENT))),
    (3, Number),
    (4, List(&Structure(ROW_GROUP))),
    (5, List(&Structure(&[(1, Bytes), (2, Bytes)]))),
    (6, Bytes),
    (7, List(&Structure(&[(1, EMPTY), (2, EMPTY)]))),
];

const SCHEMA_ELEMENT: Fields = &[
    (1, Number),
    (2, Number),
    (3, Number),
    (4, Bytes),
    (5, Number),
    (6, Number),
    (7, Number),
    (8, Number),
    (9, Number),
    (10, Structure(LOGICAL_TYPE)),
];

const LOGICAL_TYPE: Fields = &[
    (1, EMPTY),
    (2, EMPTY),
    (3, EMPTY),
    (4, EMPTY),
    (5, Structure(&[(1, Number), (2, Number)])),
    (6, EMPTY),
    (7, Structure(TIME)),
    (8, Structure(TIME)),
    (10, Structure(&[(1, Byte), (2, Boolean)])),
    (11, EMPTY),
    (12, EMPTY),
    (13, EMPTY),
    (14, EMPTY),
    (15, EMPTY),
];

const TIME: Fields = &[(1, Boolean), (2, Structure(&[(1, EMPTY), (2, EMPTY), (3, EMPTY)]))];

const ROW_GROUP: Fields = &[
    (1, List(&Structure(COLUMN_CHUNK))),
    (2, Number),
    (3, Number),
    (4, List(&Structure(&[(1, Number), (2, Boolean), (3, Boolean)]))),
    (5, Number),
    (6, Number),
    (7, Number),
];

const COLUMN_CHUNK: Fields =
    &[(1, Bytes), (2, Number), (3, Structure(COLUMN_METADATA)), (4, Number), (5, Number), (6, Number), (7, Number)];

const COLUMN_METADATA: Fields = &[
    (1, Number),
    (2, List(&Number)),
    (3, List(&Bytes)),
    (4, Number),
    (5, Number),
    (6, Number),
    (7, Number),
    (9, Number),
    (10, Number),
    (11, Number),
    (12, Structure(STATISTICS)),
    (14, Number),
    (15, Number),
];

const STATISTICS: Fields =
    &[(1, Bytes), (2, Bytes), (3, Number), (4, Number), (5, Bytes), (6, Bytes), (7, Boolean), (8, Boolean)];

const PAGE: Fields = &[
    (1, Number),
    (2, Number),
    (3, Number),
    (4, Number),
    (5, Structure(&[(1, Number), (2, Number), (3, Number), (4, Number), (5, Structure(STATISTICS))])),
    (6, EMPTY),
    (7, Structure(&[(1, Number), (2, Number), (3, Boolean)])),
    (8, Structure(DATA_PAGE_V2)),
];

const DATA_PAGE_V2: Fields = &[
    (1, Number),
    (2, Number),
    (3, Number),
    (4, Number),
    (5, Number),
    (6, Number),
    (7, Boolean),
    (8, Structure(STATISTICS)),
];

/// Fails on a footer that is read otherwise than it is written; how many elements its lists have in all.
pub(super) fn footer(bytes: &[u8]) -> Result<u64, Wrong> {
    elements(bytes, FILE)
}

/// Fails on the header of a page that is read otherwise than it is written.
pub(super) fn page(bytes: &[u8]) -> Result<(), Wrong> {
    elements(bytes, PAGE).map(drop)
}

fn elements(bytes: &[u8], fields: Fields) -> Result<u64, Wrong> {
    let mut elements = 0;
    structure(&mut Source::new(bytes), fields, DEEPEST, &mut elements)?;
    Ok(elements)
}

fn structure(source: &mut Source<'_>, fields: Fields, depth: usize, elements: &mut u64) -> Result<(), Wrong> {
    source.structure(
        depth,
        &mut |source, field, form, depth| match fields.iter().find(|(number, _)| *number == field) {
            Some((_, shape)) => value(source, field, shape, form, depth, elements),
            None => source.pass(form, depth),
        },
    )
}

/// What a field holds, or an element of its list.
fn value(
    source: &mut Source<'_>,
    field: i64,
    shape: &'static Shape,
    form: Form,
    depth: usize,
    elements: &mut u64,
) -> Result<(), Wrong> {
    match (shape, form) {
        (Structure(fields), Form::Structure) => structure(source, fields, depth, elements),
        (List(shape), Form::List) => {
            let (form, length) = source.list()?;
            *elements += length;
            (0..length).try_for_each(|_| value(source, field, shape, form, depth, elements))
        }
        (Number, Form::Number) | (Byte, Form::Byte) | (Boolean, Form::True | Form::False) | (Bytes, Form::Bytes) => {
            source.pass(form, depth)
        }
        _ => Err(Wrong::Bad(format!("field {field} is of another type"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(bytes: &[u8], says: &str) {
        assert!(matches!(footer(bytes), Err(Wrong::Bad(why)) if why.contains(says)), "{:?}", footer(bytes));
    }

    #[test]
    fn lists_are_as_long_as_the_bytes_allow() {
        // Field 2, a list of two structures, each of which has a number; and an empty list of no type.
        let bytes = [0x29, 0x2c, 0x15, 6, 0x00, 0x15, 8, 0x00, 0x29, 0x00, 0x00];
        assert_eq!(footer(&bytes), Ok(2));
        assert_eq!(footer(&bytes[..5]), Err(Wrong::Short));
        bad(&[0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x15, 6, 0x00, 0x00], "4294967295 elements");
    }

    #[test]
    fn fields_are_of_the_type_that_their_number_says() {
        bad(&[0x28, 0x01, 0xff, 0x00], "field 2 is of another type");
        // The same under the number 65,538, of which 16 bits are read.
        bad(&[0x08, 0x84, 0x80, 0x08, 0x01, 0xff, 0x00], "field 2 is of another type");
        bad(&[0x29, 0x15, 2, 0x00], "field 2 is of another type");
        // What nobody reads may be anything, but not nest without end.
        assert_eq!(footer(&[0xf9, 0x1c, 0x15, 6, 0x00, 0x00]), Ok(0));
        bad(&[&[0xf9, 0x1c][..], &[0x19, 0x1c].repeat(20)].concat(), "too deep");
    }

    #[test]
    fn a_page_is_read_as_it_is_written() {
        // A checksum, field 4, of two bytes: a reader that takes them for a number reads fields that nobody checked.
        assert_eq!(page(&[0x15, 0, 0x35, 2, 0x00]), Ok(()));
        assert!(matches!(page(&[0x15, 0, 0x38, 2, 0x15, 8, 0x00]), Err(Wrong::Bad(why)) if why.contains("field 4")));
        assert_eq!(page(&[0x15, 0, 0x35]), Err(Wrong::Short));
    }
}
