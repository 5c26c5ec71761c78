// Package policy expects the prediction not to fall when a column rises.
package policy

import (
	_ "embed"
	"errors"
	"fmt"

	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy/build/bindings/portcullis_model_predictor"
	"policy/build/bindings/portcullis_policy_parameters"
	says "policy/build/bindings/portcullis_policy_types"
)

//go:embed parameters.json
var schema string

// Describe says what the policy is. It may not ask the host for anything.
func Describe() says.Description {
	return says.Description{
		Name:       "expected-direction",
		Version:    "0.1.0",
		Summary:    "Expects the prediction not to fall when a column rises",
		Parameters: schema,
	}
}

// Judge predicts two rows that differ in the column alone. An error means that it could not decide.
func Judge() (says.Judgement, error) {
	column := portcullis_policy_parameters.Text("column")
	low := portcullis_policy_parameters.Number("low")
	high := portcullis_policy_parameters.Number("high")

	inputs, err := answer(portcullis_model_predictor.Inputs())
	if err != nil {
		return says.Judgement{}, err
	}
	if err := checkColumn(inputs, column); err != nil {
		return says.Judgement{}, err
	}

	// Two rows, in which everything but the column is missing: nothing else is set.
	batch := portcullis_model_predictor.MakeBatch(2)
	defer batch.Drop() // the garbage collector may come too late: the host limits handles
	batch.SetNumbers(column, []wit.Option[float64]{wit.Some(low), wit.Some(high)})

	values, err := predict(batch)
	if err != nil {
		return says.Judgement{}, err
	}
	return judgeChange(column, values[1]-values[0]), nil
}

func checkColumn(inputs []portcullis_model_predictor.Input, column string) error {
	for _, input := range inputs {
		if input.Name != column {
			continue
		}
		if input.Kind != "integer" && input.Kind != "number" {
			return fmt.Errorf("`%s` is no column of numbers", column)
		}
		return nil
	}
	return fmt.Errorf("the model does not read `%s`", column)
}

// predict answers with numbers: those that the model predicts, or the scores of the class.
func predict(batch *portcullis_model_predictor.Batch) ([]float64, error) {
	predictions, err := answer(batch.Predict())
	if err != nil {
		return nil, err
	}
	defer predictions.Drop()
	if numbers := predictions.Numbers(); len(numbers) > 0 {
		return numbers, nil
	}
	class := portcullis_policy_parameters.GetText("class")
	if class.IsNone() {
		return nil, errors.New("`class` is needed: the model predicts classes")
	}
	return answer(predictions.Scores(class.Some()))
}

// judgeChange needs no host, so that it can be tested without one.
func judgeChange(column string, change float64) says.Judgement {
	judgement := says.Judgement{Outcome: says.OutcomePass, Measures: []says.Measure{{
		Name:    "change",
		Value:   wit.Some(change),
		Subject: subject("column", column),
	}}}
	if change < 0 {
		judgement.Outcome = says.OutcomeFail
		judgement.Findings = []says.Finding{{
			Rule:     "wrong-direction",
			Severity: says.SeverityError,
			Message:  fmt.Sprintf("the prediction falls when `%s` rises", column),
			Subject:  subject("column", column),
			Observed: number(change),
			Expected: text(">= 0"),
		}}
	}
	return judgement
}
