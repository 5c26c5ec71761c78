//! Files of predictions from elsewhere.

// What the tests share is not marked as a test, and need not be fast.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use portcullis_data::{
    ColumnKind, DataError, Frame, Predicted, PredictionFile, ReadOptions, Table, Target, TargetOptions, Values,
    predictions, read, read_predictions, write_parquet,
};
use portcullis_stats::Task;

fn from(text: &str, options: &TargetOptions) -> Result<PredictionFile, DataError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.csv"), text).unwrap();
    read_predictions(folder.path(), &["p.csv".into()], &ReadOptions::default(), options)
}

fn plain(text: &str) -> PredictionFile {
    from(text, &TargetOptions::default()).unwrap()
}

fn error(text: &str) -> String {
    from(text, &TargetOptions::default()).unwrap_err().to_string()
}

#[test]
fn a_binary_file_with_one_score() {
    let file = plain("id,label,prediction,score,sex\n7,1,1,0.75,F\n8,0,1,0.5,M\n9,0,0,0.25,F\n");
    assert_eq!(
        file.truth,
        Target::Classes { classes: vec!["0".into(), "1".into()], codes: vec![1, 0, 0], positive: Some(1) }
    );
    assert_eq!(file.predicted, Predicted::Classes(vec![1, 1, 0]));
    assert_eq!(file.scores, Some(vec![0.25, 0.75, 0.5, 0.5, 0.75, 0.25]));
    assert_eq!(file.rest.names(), ["id", "sex"]);
    assert_eq!(file.table.row_count(), 3);
}

#[test]
fn a_multiclass_file_with_a_score_per_class_and_a_guess_that_is_no_label() {
    let file = plain("label,prediction,score_c,score_a,score_b\na,b,0.1,0.2,0.7\nb,b,0,0,1\na,c,1,0,0\n");
    assert_eq!(file.truth.classes(), ["a", "b", "c"]);
    assert_eq!(file.predicted, Predicted::Classes(vec![1, 1, 2]));
    assert_eq!(file.scores.unwrap(), [0.2, 0.7, 0.1, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert!(file.rest.names().is_empty());
    assert_eq!(file.rest.row_count(), 3);
}

#[test]
fn score_columns_as_python_names_them() {
    let booleans = plain("label,prediction,score_False,score_True\nTrue,False,0.5,0.5\nFalse,False,1,0\n");
    assert_eq!(booleans.truth.classes(), ["false", "true"]);
    assert_eq!(booleans.scores, Some(vec![0.5, 0.5, 1.0, 0.0]));
    let floats = plain("label,prediction,score_1.0\n1,0,0.5\n0,0,0\n");
    assert_eq!(floats.scores, Some(vec![0.5, 0.5, 1.0, 0.0]));
    // Classes that are numbers are sorted as such.
    let many = plain(&format!("label,prediction\n{}", "10,9\n9,9\n2,10\n".repeat(5)));
    assert_eq!(many.truth.classes(), ["2", "9", "10"]);
}

#[test]
fn booleans_and_the_numbers_that_stand_for_them_are_the_same_classes() {
    for (text, classes, codes) in [
        ("label,prediction\ntrue,1\nfalse,1\nfalse,0\n", ["false", "true"], [1, 1, 0]),
        ("label,prediction\nTrue,1.0\nFalse,1.0\nFalse,0.0\n", ["false", "true"], [1, 1, 0]),
        ("label,prediction\n1,TRUE\n0,TRUE\n0,FALSE\n", ["0", "1"], [1, 1, 0]),
        ("label,prediction\n1.0,true\n0.0,true\n0.0,false\n", ["0", "1"], [1, 1, 0]),
        ("label,prediction\ntrue,1\ntrue,1\ntrue,0\n", ["false", "true"], [1, 1, 0]),
    ] {
        let file = plain(text);
        assert_eq!(file.truth.classes(), classes, "{text}");
        assert!(matches!(file.truth, Target::Classes { positive: Some(1), .. }), "{text}");
        assert_eq!(file.predicted, Predicted::Classes(codes.to_vec()), "{text}");
    }
    let scored = plain("label,prediction,score_0,score_1\ntrue,1,0.25,0.75\nfalse,0,1,0\n");
    assert_eq!(scored.scores, Some(vec![0.25, 0.75, 1.0, 0.0]));
    let asked = |positive: &str| TargetOptions { task: None, positive: Some(positive.to_owned()) };
    let first = from("label,prediction\ntrue,1\nfalse,0\n", &asked("0")).unwrap();
    assert!(matches!(first.truth, Target::Classes { positive: Some(0), .. }));
}

#[test]
fn spellings_that_cannot_be_told_apart_are_refused_with_both_columns() {
    let mixed = error("label,prediction\ntrue,1\nfalse,true\n");
    assert!(mixed.contains("`label` has the values false, true and `prediction` 1, true"), "{mixed}");
    let more = error("label,prediction\ntrue,1\nfalse,2\n");
    assert!(more.contains("false, true") && more.contains("1, 2"), "{more}");
    let other = error("label,prediction\ntrue,yes\nfalse,no\n");
    assert!(other.contains("no predicted class (no, yes) is among the labels (false, true)"), "{other}");
    // Three classes of numbers are no booleans.
    let several = TargetOptions { task: Some(Task::Multiclass), positive: None };
    let file = from("label,prediction\n0,0\n1,2\n0,1\n", &several).unwrap();
    assert_eq!(file.truth.classes(), ["0", "1", "2"]);
    let stray = error("label,prediction\n0,0\n1,2\n0,1\n");
    assert!(stray.contains("`label` has the two classes 0, 1 and `prediction` another: 2"), "{stray}");
}

#[test]
fn a_regression() {
    let file = plain("label,prediction,score\n1.5,1\n".replace("1.5,1\n", "1.5,1,a\n2.5,3,b\n").as_str());
    assert_eq!(file.truth, Target::Numbers(vec![1.5, 2.5]));
    assert_eq!(file.predicted, Predicted::Numbers(vec![1.0, 3.0]));
    assert_eq!(file.rest.names(), ["score"]);
    let asked = TargetOptions { task: Some(Task::Regression), positive: None };
    assert_eq!(from("label,prediction\n0,0.25\n1,0.5\n", &asked).unwrap().truth.task(), Task::Regression);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let missing = error("y_true,y_pred\n1,1\n");
    assert!(missing.contains("no column `label`") && missing.contains("y_true, y_pred"), "{missing}");
    assert!(error("label,prediction\n1,1\n0,\n").contains("the first in row 2"));
    assert!(error("label,prediction\n1,1\n,1\n").contains("1 row has no label"));
    assert!(error("label,prediction\n0.5,1\n0.7,inf\n").contains("row 2 is not a finite number"));
    assert!(error("label,prediction,score\n1,1,0.5\n0,0,1.5\n").contains("`score` is 1.5 in row 2"));
    assert!(error("label,prediction,score\n1,1,0.5\n0,0,\n").contains("no score in row 2"));
    assert!(error("label,prediction,score\n1,1,high\n0,0,low\n").contains("of type text"));
    let some = error("label,prediction,score_a,score_b\na,a,0.5,0.5\nb,c,0.5,0.5\n");
    assert!(some.contains("missing: score_c"), "{some}");
    assert!(
        error("label,prediction,score_a,score_b,score_c\na,a,0.5,0.5,0.5\nb,c,1,0,0\n").contains("row 1 add up to 1.5")
    );
    let scores = error("label,prediction\n1,0.75\n0,0.25\n");
    assert!(scores.contains("row 1 of `prediction` is a fraction") && scores.contains("`score`"), "{scores}");
    let strange = error("label,prediction\n1,7\n0,8\n");
    assert!(strange.contains("no predicted class (7, 8)"), "{strange}");
    assert!(error("label,prediction\nx,x\nx,x\n").contains("every label and prediction is `x`"));
    assert!(error("label,prediction\ngood,bad\nbad,bad\n").contains("positive = \"good\""));
}

#[test]
fn what_the_host_writes_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("d.csv"),
        "id,when,label,flag\n1,2024-01-02,no,true\n2,,yes,\n18446744073709551615,2024-01-04,no,false\n",
    )
    .unwrap();
    let table = read(folder.path(), &["d.csv".into()], &ReadOptions::default()).unwrap();
    let prediction = table.categories("label").unwrap();
    let frame = Frame::new(vec![
        ("prediction".into(), Values::Categories(prediction)),
        ("score".into(), Values::Numbers(vec![0.25, 0.5, 0.1])),
    ])
    .unwrap();
    let whole = table.beside(&Table::from_frame(&frame)).unwrap();
    let path = folder.path().join("predictions.parquet");
    write_parquet(&path, &whole).unwrap();
    let first = std::fs::read(&path).unwrap();
    write_parquet(&path, &whole.take(&[0, 1, 2])).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), first, "the same table is the same bytes");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no part file is left");

    let back = read(folder.path(), &["predictions.parquet".into()], &ReadOptions::default()).unwrap();
    assert_eq!(back.columns(), whole.columns());
    for column in back.names() {
        assert_eq!(back.categories(&column).unwrap(), whole.categories(&column).unwrap(), "{column}");
    }
    let file = predictions(&back, &TargetOptions::default()).unwrap();
    assert_eq!(file.truth.task(), Task::Binary);
    assert_eq!(file.scores.unwrap(), [0.75, 0.25, 0.5, 0.5, 0.9, 0.1]);
    assert_eq!(file.rest.names(), ["id", "when", "flag"]);
    assert_eq!(file.rest.columns()[1].kind, ColumnKind::Date);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let frame = Frame::new(vec![("a".into(), Values::Numbers(vec![1.0]))]).unwrap();
    let path = folder.path().join("missing/p.parquet");
    let error = write_parquet(&path, &Table::from_frame(&frame)).unwrap_err().to_string();
    assert!(error.contains("missing/p.parquet") && error.contains("nothing was left behind"), "{error}");
}

#[test]
fn probabilities_are_no_classes() {
    let wrong = error("label,prediction\n1,1.0\n0,0.25\n1,0.75\n");
    assert!(wrong.contains("row 2") && wrong.contains("`score`"), "{wrong}");
    // Classes written as whole numbers with a point are classes all the same.
    assert_eq!(plain("label,prediction\n1,1.0\n0,0.0\n").predicted, Predicted::Classes(vec![1, 0]));
}
