package policy

import (
	"testing"

	says "policy/build/bindings/portcullis_policy_types"
)

func TestTheWorstGroupDecides(t *testing.T) {
	groups := []group{{"sex=F", 40, 0.8}, {"sex=M", 60, 0.6}}
	for minValue, outcome := range map[float64]says.Outcome{
		0.6: says.OutcomePass,
		0.7: says.OutcomeFail,
	} {
		if got := judgeGroups(groups, "recall", minValue); got.Outcome != outcome {
			t.Errorf("%v: %v", minValue, got)
		}
	}
	if got := judgeGroups(nil, "recall", 0.7); got.Outcome != says.OutcomeInconclusive {
		t.Errorf("no groups: %v", got)
	}
}
