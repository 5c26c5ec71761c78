//! Lines and tables that fit a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns between two columns of a table.
const GAP: usize = 2;

/// The text in lines of at most `width` columns; the first line has `first` of them taken already, the others `rest`.
/// Breaks between words, and inside a word only if it fits no line. What stands between backticks is one word as long as
/// it fits a line: a command that is broken cannot be pasted.
pub fn wrap(text: &str, first: usize, rest: usize, width: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    let mut free = width.saturating_sub(first);
    let full = width.saturating_sub(rest).max(1);
    for word in unbroken(text, full) {
        let gap = usize::from(!line.is_empty());
        if gap + word.width() <= free {
            line.push_str(&" "[..gap]);
            line.push_str(&word);
            free -= gap + word.width();
            continue;
        }
        if !line.is_empty() || free < full {
            lines.push(std::mem::take(&mut line));
            free = full;
        }
        for character in word.chars() {
            let wide = character.width().unwrap_or(0);
            if wide > free && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                free = full;
            }
            line.push(character);
            free = free.saturating_sub(wide);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text, those between a pair of backticks as one if together they take at most `most` columns.
fn unbroken(text: &str, most: usize) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    // Where the words of an open pair of backticks begin.
    let mut open: Option<usize> = None;
    for word in text.split_whitespace() {
        words.push(word.to_owned());
        if word.matches('`').count() % 2 == 0 {
            continue;
        }
        open = match open {
            None => Some(words.len() - 1),
            Some(first) => {
                let together = words.get(first..).unwrap_or_default().join(" ");
                if together.width() <= most {
                    words.truncate(first);
                    words.push(together);
                }
                None
            }
        };
    }
    words
}

/// The text cut to `width` columns, with `…` at its end if anything was cut.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(character);
    }
    out + "…"
}

/// The text, padded with spaces to `width` columns, to the right if `right`.
pub fn padded(text: &str, width: usize, right: bool) -> String {
    let pad = " ".repeat(width.saturating_sub(text.width()));
    if right { pad + text } else { text.to_owned() + &pad }
}

/// Lines of a table whose first column is aligned to the left and the others to the right. Where it is wider than
/// `width` it goes on below, the first column repeated.
pub fn table(head: &[String], rows: &[Vec<String>], width: usize) -> Vec<String> {
    let widest = (width / 2).max(8);
    let cell = |row: &[String], column: usize| cut(row.get(column).map_or("", String::as_str), widest);
    let widths: Vec<usize> = (0..head.len())
        .map(|column| rows.iter().map(|row| cell(row, column).width()).fold(cell(head, column).width(), usize::max))
        .collect();
    let Some((&key, others)) = widths.split_first() else { return vec![] };
    let mut lines = vec![];
    let mut start = 0;
    while start < others.len() || (lines.is_empty() && others.is_empty()) {
        let mut used = key;
        let fit = others.iter().skip(start).take_while(|column| {
            used += GAP + **column;
            used <= width
        });
        let end = start + fit.count().max(1);
        for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
            let mut line = padded(&cell(row, 0), key, false);
            for (offset, column) in others.iter().enumerate().take(end).skip(start) {
                line.push_str(&" ".repeat(GAP));
                line.push_str(&padded(&cell(row, offset + 1), *column, true));
            }
            lines.push(line.trim_end().to_owned());
        }
        start = end;
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owned(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn words_move_to_the_next_line_whole() {
        assert_eq!(wrap("one two three", 0, 2, 8), ["one two", "three"]);
        assert_eq!(wrap("one two", 6, 0, 8), ["", "one two"]);
        assert_eq!(wrap("abcdefgh", 0, 0, 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("日本語", 0, 0, 4), ["日本", "語"]);
        assert_eq!(wrap("", 0, 0, 4), [""]);
    }

    #[test]
    fn what_stands_between_backticks_stays_on_a_line_if_it_fits() {
        assert_eq!(wrap("say (`a b c`) twice", 0, 0, 12), ["say", "(`a b c`)", "twice"]);
        assert_eq!(wrap("say `a b` and `c d`", 0, 0, 13), ["say `a b` and", "`c d`"]);
        assert_eq!(wrap("say `a b c d`", 0, 0, 8), ["say `a b", "c d`"]);
        assert_eq!(wrap("a lone ` does nothing", 0, 0, 8), ["a lone `", "does", "nothing"]);
    }

    #[test]
    fn tables_align_and_go_on_below() {
        let rows = [owned(&["sex=F", "1,200", "0.25"]), owned(&["sex=M", "9", "0.5"])];
        assert_eq!(
            table(&owned(&["group", "rows", "rate"]), &rows, 40),
            ["group   rows  rate", "sex=F  1,200  0.25", "sex=M      9   0.5"]
        );
        assert_eq!(
            table(&owned(&["group", "rows", "rate"]), &rows, 14),
            ["group   rows", "sex=F  1,200", "sex=M      9", "group  rate", "sex=F  0.25", "sex=M   0.5"]
        );
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_and_fits(text in "[a-z日` ]{0,80}", first in 0_usize..30, width in 8_usize..40) {
            let lines = wrap(&text, first, 2, width);
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
            for (index, line) in lines.iter().enumerate() {
                prop_assert!(line.width() <= width.saturating_sub(if index == 0 { first } else { 2 }), "{line:?}");
            }
        }
    }
}
