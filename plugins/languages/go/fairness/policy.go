// Package policy holds the worst group's metric to a bound.
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
		Name:       "worst-group",
		Version:    "0.1.0",
		Summary:    "Holds the worst group's metric to a bound",
		Parameters: schema,
	}
}

// A group is a part of the rows with the metric measured on it.
type group struct {
	name  string // as in `sex=F`
	rows  float64
	value float64
}

// Judge measures every group that is large enough. An error means that it could not decide.
func Judge() (says.Judgement, error) {
	metric := portcullis_policy_parameters.Text("metric")
	minValue := portcullis_policy_parameters.Number("min_value")
	minRows := portcullis_policy_parameters.Number("min_rows")

	columns := portcullis_model_metrics.Groups()
	if len(columns) == 0 {
		return says.Judgement{Outcome: says.OutcomeNotApplicable, Findings: []says.Finding{{
			Rule:     "no-groups",
			Severity: says.SeverityInfo,
			Message:  "no columns are configured as groups",
		}}}, nil
	}
	candidate := portcullis_model_metrics.Candidate()
	defer candidate.Drop() // the garbage collector may come too late: the host limits handles

	var groups []group
	for _, column := range columns {
		slices, err := answer(candidate.Slices([]string{column}))
		if err != nil {
			return says.Judgement{}, err
		}
		for _, slice := range slices {
			value, err := measure(slice, metric, minRows)
			if err != nil {
				return says.Judgement{}, err
			}
			if value.IsSome() {
				key := slice.Key()[0]
				groups = append(groups, group{key.Column + "=" + key.Value, slice.RowCount(), value.Some()})
			}
			slice.Drop()
		}
	}
	return judgeGroups(groups, metric, minValue), nil
}

// measure answers none for a group that is too small, and where the metric is undefined.
func measure(slice *portcullis_model_metrics.Evaluation, metric string, minRows float64) (wit.Option[float64], error) {
	if slice.RowCount() < minRows {
		return wit.None[float64](), nil
	}
	value, err := answer(slice.Metric(metric))
	if failedWith(err, "small-group") {
		return wit.None[float64](), nil
	}
	return value, err
}

// judgeGroups needs no host, so that it can be tested without one.
func judgeGroups(groups []group, metric string, minValue float64) says.Judgement {
	if len(groups) == 0 {
		return says.Judgement{Outcome: says.OutcomeInconclusive, Findings: []says.Finding{{
			Rule:     "no-rows",
			Severity: says.SeverityWarning,
			Message:  "no group has enough rows",
		}}}
	}
	judgement := says.Judgement{Outcome: says.OutcomePass}
	worst := groups[0]
	for _, group := range groups {
		judgement.Measures = append(judgement.Measures, says.Measure{
			Name:    metric,
			Value:   wit.Some(group.value),
			Subject: subject("slice", group.name),
			Extra:   rows(group),
		})
		if group.value < worst.value {
			worst = group
		}
	}
	if worst.value < minValue {
		judgement.Outcome = says.OutcomeFail
		judgement.Findings = []says.Finding{{
			Rule:     "low-metric",
			Severity: says.SeverityError,
			Message:  fmt.Sprintf("the lowest `%s` of all groups is that of %s", metric, worst.name),
			Subject:  subject("slice", worst.name),
			Observed: number(worst.value),
			Expected: number(minValue),
			Extra:    rows(worst),
		}}
	}
	return judgement
}

// rows is the name under which the host looks for what a number stands on.
func rows(group group) []says.NamedValue {
	return []says.NamedValue{{Name: "rows", Value: says.MakeValueNumber(group.rows)}}
}
