package policy

import (
	"testing"

	says "policy/build/bindings/portcullis_policy_types"
)

func TestAShareAtTheBoundIsFine(t *testing.T) {
	for nulls, findings := range map[float64]int{0: 0, 1: 0, 2: 1} {
		var judgement says.Judgement
		judgeShare(&judgement, "income", nulls, 20, 0.05)
		if len(judgement.Findings) != findings {
			t.Errorf("%v of 20 rows: %v", nulls, judgement.Findings)
		}
	}
}
