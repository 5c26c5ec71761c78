// Package policy adds up a column of numbers, row by row.
package policy

import (
	_ "embed"

	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy/build/bindings/portcullis_data_rows"
	says "policy/build/bindings/portcullis_policy_types"
)

//go:embed parameters.json
var schema string

func Describe() says.Description {
	return says.Description{Name: "sum", Version: "0.1.0", Summary: "Adds up a column of numbers, row by row", Parameters: schema}
}

func Judge() (says.Judgement, error) {
	reader, err := answer(portcullis_data_rows.Read("current", []string{"x"}))
	if err != nil {
		return says.Judgement{}, err
	}
	defer reader.Drop()
	sum := 0.0
	for {
		next, err := answer(reader.Next())
		if err != nil {
			return says.Judgement{}, err
		}
		if next.IsNone() {
			break
		}
		batch := next.Some()
		numbers, err := answer(batch.Numbers("x"))
		batch.Drop()
		if err != nil {
			return says.Judgement{}, err
		}
		for _, number := range numbers {
			sum += number
		}
	}
	measure := says.Measure{Name: "sum", Value: wit.Some(sum)}
	return says.Judgement{Outcome: says.OutcomePass, Measures: []says.Measure{measure}}, nil
}
