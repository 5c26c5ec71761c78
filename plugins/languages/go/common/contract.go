package policy

import (
	"errors"

	wit "go.bytecodealliance.org/pkg/wit/types"
	data "policy/build/bindings/portcullis_data_answers"
	says "policy/build/bindings/portcullis_policy_types"
)

// This file writes the contract's results, options and values in the manner of Go.

// A failure is why the host did not answer. Its message names the column or metric and the valid options.
type failure data.Failure

func (f failure) Error() string { return f.Message }

// failedWith says whether the host failed with this code: `withheld`, `small-group`, …
func failedWith(err error, code string) bool {
	var f failure
	return errors.As(err, &f) && f.Code == code
}

// answer is what the host answered, or its failure.
func answer[T any](result wit.Result[T, data.Failure]) (T, error) {
	if result.IsErr() {
		var nothing T
		return nothing, failure(result.Err())
	}
	return result.Ok(), nil
}

// subject says what a finding or a measure is about.
func subject(kind, name string) wit.Option[says.Subject] {
	return wit.Some(says.Subject{Kind: kind, Name: name})
}

// number is something observed or expected.
func number(value float64) wit.Option[says.Value] {
	return wit.Some(says.MakeValueNumber(value))
}

// text is something observed or expected.
func text(value string) wit.Option[says.Value] {
	return wit.Some(says.MakeValueText(value))
}
