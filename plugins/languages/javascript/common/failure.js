// How a policy says that it could not decide, and why.
import { debug } from "portcullis:policy/log@0.1.0";

/** The code of the host's failure that was thrown, `withheld` for instance; undefined for any other error. */
export function failureCode(error) {
  // Where the contract has `result<_, failure>`, the function throws an error whose `payload` is the failure.
  return error?.payload?.code;
}

/**
 * A `judge` whose errors can be read in the run record: whatever it throws becomes the text that the contract wants,
 * and the stack goes to the log.
 */
export function readable(judge) {
  return () => {
    try {
      return judge();
    } catch (error) {
      if (error?.stack) debug(error.stack);
      throw error?.payload?.message ?? (error?.name === "Error" ? error.message : String(error));
    }
  };
}
