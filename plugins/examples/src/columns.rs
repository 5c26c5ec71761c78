//! Cases turned into columns, as the model takes them: no host needed.

use portcullis_policy::Error;
use portcullis_policy::predictor::Input;
use portcullis_policy::text::list;

use crate::parameters::{Case, Scalar};

/// A column of inputs, one value for each case.
#[derive(Debug, PartialEq)]
pub enum Column {
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
    Booleans(Vec<Option<bool>>),
}

/// The column that an input of the model takes from the cases.
pub fn column(input: &Input, cases: &[Case]) -> Result<Column, Error> {
    let values = || cases.iter().enumerate().map(|(index, case)| (index, case, case.input.get(&input.name)));
    let wrong = |index: usize, case: &Case, value: &Scalar| {
        let title = case.title(index);
        Error::from(format!(
            "{title}: `{}` is `{value}`, but the model reads a column of type {}",
            input.name, input.kind
        ))
    };
    Ok(match input.kind.as_str() {
        "boolean" => Column::Booleans(
            values()
                .map(|(index, case, value)| match value {
                    None | Some(None) => Ok(None),
                    Some(Some(Scalar::Boolean(boolean))) => Ok(Some(*boolean)),
                    Some(Some(Scalar::Text(text))) if text == "true" || text == "false" => Ok(Some(text == "true")),
                    Some(Some(other)) => Err(wrong(index, case, other)),
                })
                .collect::<Result<_, _>>()?,
        ),
        "text" | "other" => {
            Column::Texts(values().map(|(_, _, value)| value?.as_ref().map(Scalar::to_string)).collect())
        }
        _ => Column::Numbers(
            values()
                .map(|(index, case, value)| match value {
                    None | Some(None) => Ok(None),
                    Some(Some(Scalar::Number(number))) => Ok(Some(*number)),
                    Some(Some(other)) => Err(wrong(index, case, other)),
                })
                .collect::<Result<_, _>>()?,
        ),
    })
}

/// Refuses a case that names a column which the model does not read and leaves out one which it does: that is a misspelt
/// name, and would pass for a missing value.
pub fn check_names(inputs: &[Input], cases: &[Case]) -> Result<(), Error> {
    for (index, case) in cases.iter().enumerate() {
        let unread: Vec<&str> = case
            .input
            .keys()
            .map(String::as_str)
            .filter(|name| inputs.iter().all(|input| input.name != *name))
            .collect();
        let absent: Vec<&str> =
            inputs.iter().map(|input| input.name.as_str()).filter(|name| !case.input.contains_key(*name)).collect();
        if !unread.is_empty() && !absent.is_empty() {
            return Err(format!(
                "{}: the model does not read {}, and {} left out; it reads {}",
                case.title(index),
                list(unread),
                if absent.len() == 1 { format!("{} is", list(absent)) } else { format!("{} are", list(absent)) },
                list(inputs.iter().map(|input| input.name.as_str()))
            )
            .into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use portcullis_policy::testing::parameters;

    use super::*;
    use crate::Examples;

    fn input(name: &str, kind: &str) -> Input {
        Input { name: name.into(), kind: kind.into() }
    }

    fn cases(inputs: &[&str]) -> Vec<Case> {
        let cases: Vec<String> = inputs.iter().map(|input| format!(r#"{{"input": {input}, "expect": 1}}"#)).collect();
        parameters::<Examples>(&format!(r#"{{"cases": [{}]}}"#, cases.join(", "))).unwrap().cases
    }

    #[test]
    fn values_become_columns_of_the_models_types() {
        let cases = cases(&[r#"{"a": 1, "zip": 8001, "ok": true}"#, r#"{"zip": "A1", "ok": "false"}"#]);
        assert_eq!(column(&input("a", "integer"), &cases).unwrap(), Column::Numbers(vec![Some(1.0), None]));
        let zips = vec![Some("8001".to_owned()), Some("A1".to_owned())];
        assert_eq!(column(&input("zip", "text"), &cases).unwrap(), Column::Texts(zips));
        assert_eq!(column(&input("ok", "boolean"), &cases).unwrap(), Column::Booleans(vec![Some(true), Some(false)]));
    }

    #[test]
    fn a_value_of_another_type_names_its_case() {
        let cases = cases(&[r#"{"a": 1}"#, r#"{"a": "one"}"#]);
        let error = column(&input("a", "number"), &cases).unwrap_err().to_string();
        assert_eq!(error, "case 2: `a` is `one`, but the model reads a column of type number");
        assert!(column(&input("a", "boolean"), &cases).is_err());
    }

    #[test]
    fn a_misspelt_name_is_no_missing_value() {
        let inputs = [input("sepal_length", "number"), input("sepal_width", "number")];
        let error =
            check_names(&inputs, &cases(&[r#"{"sepal_lenght": 5, "sepal_width": 3}"#])).unwrap_err().to_string();
        assert_eq!(
            error,
            "case 1: the model does not read `sepal_lenght`, and `sepal_length` is left out; it reads \
             `sepal_length`, `sepal_width`"
        );
        check_names(&inputs, &cases(&[r#"{"sepal_width": 3}"#])).unwrap();
        check_names(&inputs, &cases(&[r#"{"sepal_length": 5, "sepal_width": 3, "id": 7}"#])).unwrap();
    }
}
