package policy

import (
	"testing"

	says "policy/build/bindings/portcullis_policy_types"
)

func TestAChangeOfTheMarginIsFine(t *testing.T) {
	for change, outcome := range map[float64]says.Outcome{
		0.1:   says.OutcomePass,
		-0.25: says.OutcomePass,
		-0.26: says.OutcomeFail,
	} {
		if got := judgeChange("accuracy", change, 0.25); got.Outcome != outcome {
			t.Errorf("%v: %v", change, got)
		}
	}
}
