// Package policy holds the share of missing values in each column to a bound.
package policy

import (
	_ "embed"
	"fmt"

	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy/build/bindings/portcullis_data_dataset"
	"policy/build/bindings/portcullis_policy_parameters"
	says "policy/build/bindings/portcullis_policy_types"
)

//go:embed parameters.json
var schema string

// Describe says what the policy is. It may not ask the host for anything.
func Describe() says.Description {
	return says.Description{
		Name:       "missing-values",
		Version:    "0.1.0",
		Summary:    "Holds the share of missing values in each column to a bound",
		Parameters: schema,
	}
}

// Judge looks at each column. An error means that it could not decide.
func Judge() (says.Judgement, error) {
	maxShare := portcullis_policy_parameters.Number("max_share")
	names := portcullis_policy_parameters.Texts("columns")

	table := portcullis_data_dataset.Current()
	defer table.Drop() // the garbage collector may come too late: the host limits handles
	if len(names) == 0 {
		names = table.ColumnNames()
	}

	var judgement says.Judgement
	for _, name := range names {
		if err := judgeColumn(&judgement, table, name, maxShare); err != nil {
			return judgement, err
		}
	}
	judgement.Outcome = outcomeOf(judgement.Findings)
	return judgement, nil
}

// outcomeOf takes a warning for a column that could not be looked at: what holds for the others is not enough to pass.
func outcomeOf(findings []says.Finding) says.Outcome {
	outcome := says.OutcomePass
	for _, finding := range findings {
		switch finding.Severity {
		case says.SeverityError:
			return says.OutcomeFail
		case says.SeverityWarning:
			outcome = says.OutcomeInconclusive
		}
	}
	return outcome
}

func judgeColumn(judgement *says.Judgement, table *portcullis_data_dataset.Table, name string, maxShare float64) error {
	found := table.Column(name)
	if found.IsNone() {
		judgement.Findings = append(judgement.Findings, says.Finding{
			Rule:     "missing-column",
			Severity: says.SeverityError,
			Message:  fmt.Sprintf("there is no column `%s`", name),
			Subject:  subject("column", name),
		})
		return nil
	}
	column := found.Some()
	defer column.Drop()

	if column.Withheld() {
		judgement.Findings = append(judgement.Findings, says.Finding{
			Rule:     "withheld",
			Severity: says.SeverityWarning,
			Message:  fmt.Sprintf("the values of `%s` are withheld from this policy", name),
			Subject:  subject("column", name),
		})
		return nil
	}
	nulls, err := answer(column.NullCount())
	if err != nil {
		return err
	}
	judgeShare(judgement, name, nulls, table.RowCount(), maxShare)
	return nil
}

// judgeShare needs no host, so that it can be tested without one.
func judgeShare(judgement *says.Judgement, name string, nulls, rows, maxShare float64) {
	share := 0.0
	if rows > 0 {
		share = nulls / rows
	}
	judgement.Measures = append(judgement.Measures, says.Measure{
		Name:    "null_share",
		Value:   wit.Some(share),
		Subject: subject("column", name),
	})
	if share > maxShare {
		judgement.Findings = append(judgement.Findings, says.Finding{
			Rule:     "null-share",
			Severity: says.SeverityError,
			Message:  fmt.Sprintf("`%s` is missing in %.0f of %.0f rows", name, nulls, rows),
			Subject:  subject("column", name),
			Observed: number(share),
			Expected: number(maxShare),
		})
	}
}
