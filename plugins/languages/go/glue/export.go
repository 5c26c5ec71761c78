// What the bindings export is what the policy's package says.
package export_portcullis_policy_policy_kind

import (
	"fmt"
	"os"
	"runtime/debug"

	wit "go.bytecodealliance.org/pkg/wit/types"
	"policy"
	says "policy/build/bindings/portcullis_policy_types"
)

func Describe() says.Description {
	defer explain()
	return policy.Describe()
}

func Judge() wit.Result[says.Judgement, string] {
	defer explain()
	judgement, err := policy.Judge()
	if err != nil {
		return wit.Err[says.Judgement, string](err.Error())
	}
	return wit.Ok[says.Judgement, string](judgement)
}

// explain ends a panic as Go does, but says why at the end: the run record's failure quotes the last line of the log.
func explain() {
	if cause := recover(); cause != nil {
		fmt.Fprintf(os.Stderr, "%s\npanic: %v\n", debug.Stack(), cause)
		os.Exit(2)
	}
}
