//! Markdown that never grows past a limit, and says what it left out.

use crate::figures::counted;

/// Bytes kept free for the notice and for what is still open.
const RESERVE: usize = 512;

/// A page under construction. Once a line does not fit, no later one is put on it: what stands is the whole report up
/// to a point.
pub struct Paper {
    out: String,
    limit: usize,
    /// Whether each fold that was asked for was put on the page.
    open: Vec<bool>,
    lines_cut: u64,
    bytes_cut: usize,
}

impl Paper {
    /// Of at most `limit` bytes of UTF-8, so at most as many characters by any count.
    pub fn new(limit: usize) -> Self {
        Self { out: String::new(), limit, open: vec![], lines_cut: 0, bytes_cut: 0 }
    }

    /// One line; answers whether it fitted.
    pub fn line(&mut self, line: &str) -> bool {
        if self.lines_cut > 0 || self.out.len() + line.len() + 1 + RESERVE > self.limit {
            self.lines_cut += u64::from(!line.is_empty());
            self.bytes_cut += line.len();
            return false;
        }
        self.out.push_str(line);
        self.out.push('\n');
        true
    }

    /// An empty line, unless there is one.
    pub fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.line("");
        }
    }

    /// A heading between empty lines.
    pub fn heading(&mut self, text: &str) {
        self.blank();
        self.line(text);
        self.blank();
    }

    /// A table between empty lines, at most `most` rows of it; the first column to the left, others as `right` says.
    /// Cells are Markdown.
    pub fn table(&mut self, head: &[String], right: bool, rows: &[Vec<String>], most: usize) {
        if rows.is_empty() {
            return;
        }
        self.blank();
        self.line(&row(head));
        let rule: String = (0..head.len()).map(|column| if right && column > 0 { "---:|" } else { "---|" }).collect();
        self.line(&format!("|{rule}"));
        for cells in rows.iter().take(most) {
            self.line(&row(cells));
        }
        let left = rows.len().saturating_sub(most);
        if left > 0 {
            self.blank();
            self.line(&format!("… and {} in the run record.", counted(left as u64, "more row")));
        }
        self.blank();
    }

    /// Opens a fold; the summary is HTML.
    pub fn fold(&mut self, summary: &str) {
        self.blank();
        let opened = self.line(&format!("<details><summary>{summary}</summary>"));
        self.open.push(opened);
        self.blank();
    }

    /// Closes the innermost fold.
    pub fn end_fold(&mut self) {
        if self.open.pop() == Some(true) {
            if !self.out.ends_with("\n\n") {
                self.out.push('\n');
            }
            self.out.push_str("</details>\n");
        }
    }

    /// The page, with a notice if anything was left out, which ends with where to find it (Markdown).
    pub fn finish(mut self, elsewhere: &str) -> String {
        while !self.open.is_empty() {
            self.end_fold();
        }
        if self.lines_cut > 0 {
            self.out.push_str(&format!(
                "\n> **Cut here**: {} ({}) did not fit. {elsewhere}\n",
                counted(self.lines_cut, "more line"),
                counted(self.bytes_cut as u64, "byte"),
            ));
        }
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        self.out
    }
}

fn row(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_folds_are_closed() {
        let mut paper = Paper::new(600);
        paper.line("first");
        paper.fold("more");
        for _ in 0..20 {
            paper.line("12345678");
        }
        paper.end_fold();
        paper.fold("never shown");
        paper.end_fold();
        let page = paper.finish("The rest is elsewhere.");
        assert!(page.len() <= 600, "{}", page.len());
        assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
        assert!(page.contains("**Cut here**: 16 more lines") && page.contains("The rest is elsewhere."), "{page}");
    }

    #[test]
    fn a_page_that_fits_has_no_notice() {
        let mut paper = Paper::new(1000);
        paper.table(&["a".into(), "b".into()], true, &[vec!["1".into(), "2".into()], vec!["3".into(), "4".into()]], 1);
        assert_eq!(paper.finish(""), "| a | b |\n|---|---:|\n| 1 | 2 |\n\n… and 1 more row in the run record.\n");
    }
}
