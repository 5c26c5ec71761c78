package policy

import (
	"testing"

	says "policy/build/bindings/portcullis_policy_types"
)

func TestOnlyAFallIsWrong(t *testing.T) {
	for change, outcome := range map[float64]says.Outcome{
		0.1:  says.OutcomePass,
		0:    says.OutcomePass,
		-0.1: says.OutcomeFail,
	} {
		if got := judgeChange("income", change); got.Outcome != outcome {
			t.Errorf("%v: %v", change, got)
		}
	}
}
