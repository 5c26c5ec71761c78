// How a policy says that it could not decide, and why.
import type { Failure } from "portcullis:data/answers@0.1.0";
import { debug } from "portcullis:policy/log@0.1.0";
import type { Judgement } from "portcullis:policy/types@0.1.0";

/** The host's failure that was thrown; undefined for any other error. */
export function hostFailure(error: unknown): Failure | undefined {
  // Where the contract has `result<_, failure>`, the function throws an error whose `payload` is the failure.
  return (error as { payload?: Failure } | undefined)?.payload;
}

/**
 * A `judge` whose errors can be read in the run record: whatever it throws becomes the text that the contract wants,
 * and the stack goes to the log.
 */
export function readable(judge: () => Judgement): () => Judgement {
  return () => {
    try {
      return judge();
    } catch (error) {
      const { name, message, stack } = error as Partial<Error>;
      if (stack) debug(stack);
      throw hostFailure(error)?.message ?? (name === "Error" ? message : String(error));
    }
  };
}
