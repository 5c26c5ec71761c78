// Package policy lets a candidate pass that is not worse than the champion by more than a margin.
package policy

import (
	_ "embed"
	"fmt"

	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy/build/bindings/portcullis_model_metrics"
	"policy/build/bindings/portcullis_policy_parameters"
	says "policy/build/bindings/portcullis_policy_types"
)

//go:embed parameters.json
var schema string

// Describe says what the policy is. It may not ask the host for anything.
func Describe() says.Description {
	return says.Description{
		Name:       "champion-margin",
		Version:    "0.1.0",
		Summary:    "Lets a candidate pass that is not worse than the champion by more than a margin",
		Parameters: schema,
	}
}

// Judge compares candidate and champion. An error means that it could not decide.
func Judge() (says.Judgement, error) {
	metric := portcullis_policy_parameters.Text("metric")
	margin := portcullis_policy_parameters.Number("margin")

	compared := portcullis_model_metrics.Compare()
	if compared.IsNone() {
		return says.Judgement{Outcome: says.OutcomeNotApplicable, Findings: []says.Finding{{
			Rule:     "no-champion",
			Severity: says.SeverityInfo,
			Message:  "there is no champion to compare with",
		}}}, nil
	}
	comparison := compared.Some()
	defer comparison.Drop() // the garbage collector may come too late: the host limits handles

	difference, err := answer(comparison.Difference(metric))
	if err != nil {
		return says.Judgement{}, err
	}
	if difference.IsNone() {
		return says.Judgement{Outcome: says.OutcomeInconclusive, Findings: []says.Finding{{
			Rule:     "undefined",
			Severity: says.SeverityWarning,
			Message:  fmt.Sprintf("`%s` is undefined for the candidate or the champion", metric),
			Subject:  subject("metric", metric),
		}}}, nil
	}
	higherIsBetter, err := answer(portcullis_model_metrics.HigherIsBetter(metric))
	if err != nil {
		return says.Judgement{}, err
	}
	if higherIsBetter.IsNone() {
		return says.Judgement{}, fmt.Errorf("`%s` has no direction: neither more nor less is better", metric)
	}
	change := difference.Some()
	if !higherIsBetter.Some() {
		change = -change
	}
	return judgeChange(metric, change, margin), nil
}

// judgeChange needs no host, so that it can be tested without one.
func judgeChange(metric string, change, margin float64) says.Judgement {
	judgement := says.Judgement{Outcome: says.OutcomePass, Measures: []says.Measure{{
		Name:    "change",
		Value:   wit.Some(change),
		Subject: subject("metric", metric),
	}}}
	if change < -margin {
		judgement.Outcome = says.OutcomeFail
		judgement.Findings = []says.Finding{{
			Rule:     "worse",
			Severity: says.SeverityError,
			Message:  fmt.Sprintf("the candidate's `%s` is worse than the champion's by more than the margin", metric),
			Subject:  subject("metric", metric),
			Observed: number(change),
			Expected: number(0 - margin),
		}}
	}
	return judgement
}
