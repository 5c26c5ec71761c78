// What the bindings export is what the policy's package says.
package export_portcullis_policy_policy_kind

import (
	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy"
	says "policy/build/bindings/portcullis_policy_types"
)

func Describe() says.Description {
	return policy.Describe()
}

func Judge() wit.Result[says.Judgement, string] {
	judgement, err := policy.Judge()
	if err != nil {
		return wit.Err[says.Judgement, string](err.Error())
	}
	return wit.Ok[says.Judgement, string](judgement)
}
