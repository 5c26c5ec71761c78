//! What a misspelt word probably meant.

/// Abbreviations in common use, and what the metric is called here.
const ALIASES: [(&str, &str); 22] = [
    ("auc", "roc_auc"),
    ("auroc", "roc_auc"),
    ("ap", "average_precision"),
    ("pr_auc", "average_precision"),
    ("auprc", "average_precision"),
    ("tpr", "true_positive_rate"),
    ("sensitivity", "true_positive_rate"),
    ("fpr", "false_positive_rate"),
    ("tnr", "true_negative_rate"),
    ("specificity", "true_negative_rate"),
    ("fnr", "false_negative_rate"),
    ("ece", "expected_calibration_error"),
    ("brier_score", "brier"),
    ("cross_entropy", "log_loss"),
    ("matthews_corrcoef", "mcc"),
    ("f1_score", "f1"),
    ("r_squared", "r2"),
    ("mean_squared_error", "mse"),
    ("mean_absolute_error", "mae"),
    ("root_mean_squared_error", "rmse"),
    ("mean_absolute_percentage_error", "mape"),
    ("positive_rate", "selection_rate"),
];

/// How alike two words must be (Jaro-Winkler, 0 to 1) for one to be offered for the other.
const ALIKE: f64 = 0.8;

/// The option that the word was most likely meant to be; none if nothing is near.
pub(crate) fn nearest(word: &str, options: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase().replace(['-', ' '], "_");
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word).map(|&(_, name)| name);
    if let Some(name) = alias.filter(|name| options.contains(name)) {
        return Some(name);
    }
    options
        .iter()
        .map(|&option| (strsim::jaro_winkler(&word, option), option))
        .filter(|&(likeness, _)| likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, option)| option)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::METRICS;

    #[test]
    fn misspelt_and_abbreviated_names_are_recognised() {
        let names: Vec<&'static str> = METRICS.iter().map(|metric| metric.name).collect();
        for (word, meant) in [
            ("acuracy", Some("accuracy")),
            ("AUC", Some("roc_auc")),
            ("roc-auc", Some("roc_auc")),
            ("logloss", Some("log_loss")),
            ("F1", Some("f1")),
            ("f1_marco", Some("f1_macro")),
            ("ECE", Some("expected_calibration_error")),
            ("zebra", None),
        ] {
            assert_eq!(nearest(word, &names), meant, "{word}");
        }
        assert_eq!(nearest("auc", &["rmse"]), None, "a metric that is no option is not offered");
        for (alias, name) in ALIASES {
            assert!(names.contains(&name) && !names.contains(&alias), "{alias} {name}");
        }
    }
}
