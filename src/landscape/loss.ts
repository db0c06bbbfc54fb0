import {
  add,
  arange,
  castTo,
  divide,
  equal,
  exp,
  less,
  log,
  max,
  reshape,
  square,
  stopGradient,
  subtract,
  sum,
  type Value,
  where,
} from "../engine/index.ts";

/** What a landscape measures on each example. */
export interface Loss {
  name: string;
  task: "classification" | "regression";
  /** Loss of each example, [n], from outputs [n, outputs] and targets [n]. */
  perExample(outputs: Value, targets: Value): Value;
  /** Error of each example, [n]: 1 where the class is wrong, or the squared error. */
  errors(outputs: Value, targets: Value): Value;
}

/** Logits minus their maximum, and which of them are the labels', [n, classes] each. */
function shifted(logits: Value, labels: Value): { z: Value; hit: Value } {
  const [n, classes] = logits.shape;
  const z = subtract(logits, stopGradient(max(logits, -1, { keepdims: true })));
  return { z, hit: equal(reshape(labels, [n, 1]), arange(classes)) };
}

/**
 * Cross-entropy of logits with integer labels, in nats. An example counts as right if its class alone has the
 * highest logit.
 */
export const crossEntropy: Loss = {
  name: "cross-entropy",
  task: "classification",
  perExample: (logits, labels) => {
    const { z, hit } = shifted(logits, labels);
    return subtract(log(sum(exp(z), -1)), sum(where(hit, z, 0), -1));
  },
  errors: (logits, labels) => {
    const { z, hit } = shifted(logits, labels);
    const others = max(where(hit, -3e38, z), -1);
    return subtract(1, castTo(less(others, sum(where(hit, z, 0), -1)), "float32"));
  },
};

const squaredErrors = (outputs: Value, targets: Value): Value =>
  square(subtract(reshape(outputs, [outputs.shape[0]]), targets));

/** Squared error of one output. */
export const squaredError: Loss = {
  name: "squared-error",
  task: "regression",
  perExample: squaredErrors,
  errors: squaredErrors,
};

/** Negative log-likelihood of N(output, sigma²), constant included ("Paths and Ambient Spaces", section 1.4). */
export function gaussian(sigma: number): Loss {
  if (!(sigma > 0))
    throw new Error(`Standard deviation ${sigma} of the Gaussian likelihood is not positive.`);
  const constant = Math.log(sigma) + 0.5 * Math.log(2 * Math.PI);
  return {
    name: `gaussian(${sigma})`,
    task: "regression",
    perExample: (outputs, targets) =>
      add(divide(squaredErrors(outputs, targets), 2 * sigma * sigma), constant),
    errors: squaredErrors,
  };
}
