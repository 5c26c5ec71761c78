//! Every parameter of every family, with its range, its default and a line of documentation.

use std::fmt;

use serde_json::{Value, json};

use crate::family::Family;

/// One parameter of a family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterSpec {
    /// The key in `[model]`.
    pub key: &'static str,
    /// What values it takes.
    pub accepts: Accepts,
    /// What holds where the configuration says nothing.
    pub default: Fallback,
    /// One line: what it does.
    pub help: &'static str,
}

/// What values a parameter takes. `Display` says it in words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accepts {
    /// A whole number between these, both included.
    Count(u32, u32),
    /// A whole number from this one on, or `"none"`.
    CountOrNone(u32),
    /// A finite number from this one on, which is included.
    AtLeast(f64),
    /// A finite number above this one.
    Above(f64),
    /// A number between these, both included.
    Within(f64, f64),
    /// A number between these, neither included.
    Between(f64, f64),
    /// A number above the first and at most the second.
    Share(f64, f64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Switch,
    /// A number of columns: a word, a count, or a share of them.
    Columns,
}

const COLUMN_WORDS: [&str; 4] = ["auto", "all", "sqrt", "log2"];

impl Accepts {
    /// Whether this value is one of them.
    pub fn takes(&self, value: &Value) -> bool {
        let count =
            |least: u32, most: u32| value.as_u64().is_some_and(|n| (u64::from(least)..=u64::from(most)).contains(&n));
        let number = |valid: &dyn Fn(f64) -> bool| value.as_f64().is_some_and(|x| x.is_finite() && valid(x));
        match *self {
            Self::Count(least, most) => count(least, most),
            Self::CountOrNone(least) => value.as_str() == Some("none") || count(least, u32::MAX),
            Self::AtLeast(least) => number(&|x| x >= least),
            Self::Above(least) => number(&|x| x > least),
            Self::Within(low, high) => number(&|x| (low..=high).contains(&x)),
            Self::Between(low, high) => number(&|x| low < x && x < high),
            Self::Share(low, high) => number(&|x| low < x && x <= high),
            Self::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Switch => value.is_boolean(),
            Self::Columns => {
                value.as_str().is_some_and(|word| COLUMN_WORDS.contains(&word))
                    || count(1, u32::MAX)
                    || (value.is_f64() && number(&|x| 0.0 < x && x <= 1.0))
            }
        }
    }
}

impl ParameterSpec {
    /// JSON Schema of its values, with its meaning and its default.
    pub fn schema(&self) -> Value {
        let mut schema = self.accepts.schema();
        schema["description"] = Value::from(self.help);
        schema["default"] = self.default.to_json();
        schema
    }
}

impl Accepts {
    /// JSON Schema of these values.
    fn schema(&self) -> Value {
        let none = json!({ "const": "none" });
        let whole = |least: u32| json!({ "type": "integer", "minimum": least, "maximum": u32::MAX });
        match *self {
            Self::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::CountOrNone(least) => json!({ "anyOf": [whole(least), none] }),
            Self::AtLeast(least) => json!({ "type": "number", "minimum": least }),
            Self::Above(least) => json!({ "type": "number", "exclusiveMinimum": least }),
            Self::Within(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
            Self::Between(low, high) => {
                json!({ "type": "number", "exclusiveMinimum": low, "exclusiveMaximum": high })
            }
            Self::Share(low, high) => json!({ "type": "number", "exclusiveMinimum": low, "maximum": high }),
            Self::Word(words) => json!({ "enum": words }),
            Self::Switch => json!({ "type": "boolean" }),
            Self::Columns => json!({
                "anyOf": [{ "enum": COLUMN_WORDS }, whole(1), { "type": "number", "exclusiveMinimum": 0, "maximum": 1 }]
            }),
        }
    }
}

impl fmt::Display for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Count(least, u32::MAX) => write!(f, "a whole number, {least} to 4294967295"),
            Self::Count(least, most) => write!(f, "a whole number, {least} to {most}"),
            Self::CountOrNone(least) => write!(f, "a whole number of at least {least}, or \"none\""),
            Self::AtLeast(least) => write!(f, "a number of at least {least}"),
            Self::Above(least) => write!(f, "a number above {least}"),
            Self::Within(low, high) => write!(f, "a number from {low} to {high}"),
            Self::Between(low, high) => write!(f, "a number above {low} and below {high}"),
            Self::Share(low, high) => write!(f, "a number above {low} and at most {high}"),
            Self::Word(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
                write!(f, "one of {}", quoted.join(", "))
            }
            Self::Switch => f.write_str("true or false"),
            Self::Columns => f.write_str(
                "\"auto\", \"all\", \"sqrt\", \"log2\", a whole number of columns, or a share above 0.0 and at most 1.0",
            ),
        }
    }
}

/// A default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fallback {
    /// A whole number.
    Count(u32),
    /// A number.
    Number(f64),
    /// A word.
    Word(&'static str),
    /// True or false.
    Switch(bool),
}

impl Fallback {
    /// The default as the configuration would give it.
    pub fn to_json(self) -> Value {
        match self {
            Self::Count(n) => Value::from(n),
            Self::Number(x) => Value::from(x),
            Self::Word(word) => Value::from(word),
            Self::Switch(on) => Value::from(on),
        }
    }
}

const fn spec(key: &'static str, accepts: Accepts, default: Fallback, help: &'static str) -> ParameterSpec {
    ParameterSpec { key, accepts, default, help }
}

const INTERCEPT: ParameterSpec =
    spec("intercept", Accepts::Switch, Fallback::Switch(true), "Whether a constant is fitted besides the features.");

const LOGISTIC: [ParameterSpec; 4] = [
    spec(
        "l2",
        Accepts::AtLeast(0.0),
        Fallback::Number(1.0),
        "Strength of the L2 penalty, scikit-learn's 1/C; 0 for none.",
    ),
    INTERCEPT,
    spec("max-iterations", Accepts::Count(1, u32::MAX), Fallback::Count(100), "Steps of the solver (L-BFGS) at most."),
    spec(
        "tolerance",
        Accepts::Above(0.0),
        Fallback::Number(1e-4),
        "The solver stops when the gradient of the loss per row is shorter than this.",
    ),
];

const NAIVE_BAYES: [ParameterSpec; 1] = [spec(
    "var-smoothing",
    Accepts::AtLeast(0.0),
    Fallback::Number(1e-9),
    "Share of the largest feature variance that is added to every variance.",
)];

const ELASTIC_NET: [ParameterSpec; 5] = [
    spec("alpha", Accepts::AtLeast(0.0), Fallback::Number(1.0), "Strength of both penalties together."),
    spec(
        "l1-ratio",
        Accepts::Within(0.0, 1.0),
        Fallback::Number(0.5),
        "Share of the L1 penalty: 1 is the lasso, 0 ridge.",
    ),
    INTERCEPT,
    spec("max-iterations", Accepts::Count(1, u32::MAX), Fallback::Count(1000), "Passes over the features at most."),
    spec(
        "tolerance",
        Accepts::Above(0.0),
        Fallback::Number(1e-4),
        "Duality gap to stop at, as a share of the target's squares.",
    ),
];

const fn growth(max_features: &'static str) -> [ParameterSpec; 5] {
    [
        spec(
            "criterion",
            Accepts::Word(&["gini", "entropy"]),
            Fallback::Word("gini"),
            "What splits make small (classes only).",
        ),
        spec("max-depth", Accepts::CountOrNone(1), Fallback::Word("none"), "Longest path from the root to a leaf."),
        spec(
            "min-samples-split",
            Accepts::Count(2, u32::MAX),
            Fallback::Count(2),
            "Rows that a node needs to be split.",
        ),
        spec("min-samples-leaf", Accepts::Count(1, u32::MAX), Fallback::Count(1), "Rows that a leaf has at least."),
        spec(
            "max-features",
            Accepts::Columns,
            Fallback::Word(max_features),
            "Columns that compete for a split; auto: in a forest for classes sqrt, else all.",
        ),
    ]
}

const FOREST: [ParameterSpec; 3] = [
    spec("trees", Accepts::Count(1, 100_000), Fallback::Count(100), "How many trees."),
    spec("bootstrap", Accepts::Switch, Fallback::Switch(true), "Whether each tree sees rows drawn with replacement."),
    spec("samples", Accepts::Share(0.0, 1.0), Fallback::Number(1.0), "Rows drawn for each tree, as a share of all."),
];

const BOOSTING: [ParameterSpec; 9] = [
    spec(
        "rounds",
        Accepts::Count(1, 100_000),
        Fallback::Count(100),
        "Rounds; each adds a tree (one per class beyond two classes).",
    ),
    spec(
        "learning-rate",
        Accepts::Above(0.0),
        Fallback::Number(0.1),
        "What the leaves of each tree are multiplied with.",
    ),
    spec("max-leaves", Accepts::CountOrNone(2), Fallback::Count(31), "Leaves of a tree at most."),
    spec("max-depth", Accepts::CountOrNone(1), Fallback::Word("none"), "Longest path from the root to a leaf."),
    spec("min-samples-leaf", Accepts::Count(1, u32::MAX), Fallback::Count(20), "Rows that a leaf has at least."),
    spec("l2", Accepts::AtLeast(0.0), Fallback::Number(0.0), "Penalty on the square of the leaves' values."),
    spec("bins", Accepts::Count(2, 255), Fallback::Count(255), "Bins per column at most, missing values apart."),
    spec(
        "early-stopping",
        Accepts::CountOrNone(1),
        Fallback::Word("none"),
        "Stop after so many rounds without a better loss on rows held out for it.",
    ),
    spec("validation", Accepts::Between(0.0, 1.0), Fallback::Number(0.1), "Share of rows held out for early stopping."),
];

/// The parameters that decide how columns become numbers, with the family's own defaults.
fn encoding(family: Family) -> [ParameterSpec; 4] {
    let (encoding, scaling, imputation) = match family {
        Family::LogisticRegression | Family::LinearRegression | Family::ElasticNet => ("one-hot", "standard", "median"),
        Family::NaiveBayes => ("one-hot", "none", "median"),
        Family::DecisionTree | Family::RandomForest | Family::GradientBoosting => ("ordinal", "none", "none"),
    };
    let imputations: &[&str] = if family.is_tree() {
        &["none", "median", "mean", "most-frequent"]
    } else {
        &["median", "mean", "most-frequent"]
    };
    [
        spec(
            "encoding",
            Accepts::Word(&["one-hot", "ordinal"]),
            Fallback::Word(encoding),
            "How categories become numbers.",
        ),
        spec(
            "scaling",
            Accepts::Word(&["standard", "min-max", "none"]),
            Fallback::Word(scaling),
            "How numbers are scaled.",
        ),
        spec("imputation", Accepts::Word(imputations), Fallback::Word(imputation), "What replaces missing numbers."),
        spec(
            "max-levels",
            Accepts::Count(1, u32::MAX),
            Fallback::Count(256),
            "Distinct values of a column that one-hot encoding takes at most.",
        ),
    ]
}

/// Every parameter of a family, its own first, then those of the encoding.
pub fn describe(family: Family) -> Vec<ParameterSpec> {
    let mut specs = match family {
        Family::LogisticRegression => LOGISTIC.to_vec(),
        Family::NaiveBayes => NAIVE_BAYES.to_vec(),
        Family::LinearRegression => vec![INTERCEPT],
        Family::ElasticNet => ELASTIC_NET.to_vec(),
        Family::DecisionTree => growth("all").to_vec(),
        Family::RandomForest => [&FOREST[..], &growth("auto")].concat(),
        Family::GradientBoosting => BOOSTING.to_vec(),
    };
    specs.extend(encoding(family));
    specs
}

/// A hint for a key that other libraries use for one of the family's parameters.
pub(super) fn foreign(family: Family, key: &str) -> Option<String> {
    let ours = match (family, key) {
        (Family::LogisticRegression, "C" | "c") => return Some(" (`l2` is 1/C)".to_owned()),
        (Family::LogisticRegression, "alpha" | "penalty")
        | (Family::GradientBoosting, "l2_regularization" | "l2-regularization") => "l2",
        (Family::RandomForest, "n_estimators" | "n-estimators" | "rounds") => "trees",
        (Family::RandomForest, "max_samples" | "max-samples") => "samples",
        (Family::GradientBoosting, "n_estimators" | "n-estimators" | "max_iter" | "max-iter" | "trees") => "rounds",
        (Family::GradientBoosting, "max_leaf_nodes" | "num_leaves" | "max-leaf-nodes") => "max-leaves",
        (Family::GradientBoosting, "max_bins" | "max-bins") => "bins",
        (Family::LogisticRegression | Family::ElasticNet, "max_iter" | "max-iter") => "max-iterations",
        (Family::LogisticRegression | Family::ElasticNet, "tol") => "tolerance",
        (_, "fit_intercept" | "fit-intercept") => "intercept",
        _ => return None,
    };
    describe(family).iter().any(|spec| spec.key == ours).then(|| format!(" (did you mean `{ours}`?)"))
}
