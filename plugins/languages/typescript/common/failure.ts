// How a policy says that it could not decide, and why.
import type { Failure } from "portcullis:data/types@0.1.0";
import { debug } from "portcullis:policy/log@0.1.0";
import type { Judgement } from "portcullis:policy/types@0.1.0";

/** The host's failure that was thrown; undefined if it was another error. */
export function hostFailure(error: unknown): Failure | undefined {
  // Where the contract has `result<_, failure>`, the function throws an error whose `payload` is the failure.
  return (error as { payload?: Failure } | undefined)?.payload;
}

/**
 * A `judge` whose errors can be read in the run record: whatever it throws becomes the text that the contract wants, and
 * the stack goes to the log.
 */
export function readable(judge: () => Judgement): () => Judgement {
  return () => {
    try {
      return judge();
    } catch (error) {
      if (error instanceof Error && error.stack) debug(error.stack);
      throw hostFailure(error)?.message ?? (error instanceof Error && error.name === "Error" ? error.message : String(error));
    }
  };
}
