//! What the configuration lets a policy see.

use crate::capability;
use crate::ports::{Answer, Failure};

/// The grant of one policy. The default withholds nothing and grants no interface beyond what the kind has by nature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Interfaces beyond those that the kind has by nature, by their short names.
    pub interfaces: Vec<String>,
    /// The columns whose values it may use; none means all. Name and kind of the others stay visible.
    pub columns: Option<Vec<String>>,
    /// Without a grant that reveals rows, statistics over fewer rows than this are refused.
    pub smallest_group: u64,
}

impl Default for Grant {
    fn default() -> Self {
        Self { interfaces: Vec::new(), columns: None, smallest_group: 10 }
    }
}

impl Grant {
    /// Every interface there is: for who asks a policy what it is, while there is nothing to be seen.
    pub fn every_interface() -> Self {
        let interfaces = capability::grantable().into_iter().map(str::to_owned).collect();
        Self { interfaces, ..Self::default() }
    }

    /// Fails if the values of a column are withheld.
    pub(crate) fn column(&self, name: &str) -> Answer<()> {
        match &self.columns {
            Some(granted) if !granted.iter().any(|column| column == name) => Err(Failure::new(
                "withheld",
                format!(
                    "the values of column `{name}` are withheld from this policy; add it to `grant = {{ columns = […] }}` to show them"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Fails if any of the columns is withheld.
    pub(crate) fn columns(&self, names: &[String]) -> Answer<()> {
        names.iter().try_for_each(|name| self.column(name))
    }

    /// Whether it may see single rows anyway: then nothing is won by keeping small groups from it.
    fn reveals_rows(&self) -> bool {
        ["rows", "sql"].iter().any(|word| self.has(word))
    }

    /// Whether an interface was granted, by its short name or its full one.
    pub(crate) fn has(&self, word: &str) -> bool {
        let full = capability::granting(word).map(|capability| capability.interface);
        self.interfaces.iter().any(|granted| granted == word || Some(granted.as_str()) == full)
    }

    /// The fewest rows of which it may have statistics.
    pub(crate) fn fewest(&self) -> u64 {
        if self.reveals_rows() { 0 } else { self.smallest_group }
    }

    /// The fewest rows on which it may have a model measured. Whoever sees rows may not see the target in them: where that is
    /// withheld, a metric of one row would be its value.
    pub(crate) fn fewest_measured(&self, target: Option<&str>) -> u64 {
        let withheld = target.is_some_and(|target| self.column(target).is_err());
        if withheld { self.smallest_group } else { self.fewest() }
    }

    /// Fails on statistics over so few rows that they would give single people away.
    pub(crate) fn group(&self, rows: u64) -> Answer<()> {
        self.at_least(self.fewest(), rows)
    }

    /// Fails on fewer rows than so many.
    pub(crate) fn at_least(&self, fewest: u64, rows: u64) -> Answer<()> {
        if rows < fewest {
            return Err(Failure::new(
                "small-group",
                format!(
                    "{rows} rows are fewer than `smallest-group` ({}); statistics over so few rows are not given to policies",
                    self.smallest_group
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_list_withholds_every_other_column() {
        let all = Grant::default();
        assert_eq!(all.column("income"), Ok(()));
        let some = Grant { columns: Some(vec!["age".into()]), ..Grant::default() };
        assert_eq!(some.columns(&["age".into()]), Ok(()));
        assert_eq!(some.columns(&["age".into(), "income".into()]).unwrap_err().code, "withheld");
    }

    #[test]
    fn whoever_sees_rows_may_count_them() {
        let granted = |word: &str| Grant { interfaces: vec![word.into()], ..Grant::default() };
        assert_eq!(granted("rows").group(1), Ok(()));
        assert_eq!(granted("portcullis:data/sql").group(1), Ok(()));
        assert_eq!(granted("predictor").group(1).unwrap_err().code, "small-group");
    }

    #[test]
    fn groups_are_refused_below_the_limit_and_not_at_it() {
        let grant = Grant::default();
        assert_eq!(grant.group(9).unwrap_err().code, "small-group");
        assert_eq!(grant.group(10), Ok(()));
    }
}
