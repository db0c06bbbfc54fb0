/**
 * Products with the Hessian of the mean loss of 2,000 images: their cost in gradients of the same loss, and Lanczos's
 * iteration.
 *
 *     npm run bench -- hessian
 */
import { subset } from "../src/data/index.ts";
import { loadDataset } from "../src/data/node.ts";
import { allocateVector, Rng } from "../src/engine/index.ts";
import { hessianAt, lanczos } from "../src/geometry/index.ts";
import { crossEntropy, Examples, NetworkLandscape } from "../src/landscape/index.ts";
import { initialise, mlp, type Network, simpleCnn } from "../src/model/index.ts";
import { sayer } from "./say.ts";

const IMAGES = 2000;
const STEPS = 200;
const NETWORKS: Record<string, Network> = {
  "mlp-784-512-10": mlp([784, 512, 10]),
  "simple-cnn": simpleCnn(),
};

/** Milliseconds of the fastest of several calls. */
async function best(call: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < 6; repetition++) {
    const start = performance.now();
    await call();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Prints one line for each measurement, or JSON. */
export async function benchHessian(json: boolean): Promise<void> {
  const say = sayer(json);
  const images = subset(await loadDataset("fashion-mnist-small"), { train: IMAGES });
  for (const [name, network] of Object.entries(NETWORKS)) {
    using examples = new Examples(images, images.train);
    using landscape = new NetworkLandscape(network, examples, crossEntropy);
    const [theta, vector, product] = [0, 0, 0].map(() => allocateVector(landscape.size));
    initialise(network, theta, "glorot-uniform", Rng.fromSeed(0));
    vector.set(Rng.fromSeed(1).normal(landscape.size));
    using hessian = await hessianAt(landscape, theta);
    const gradient = await best(() => landscape.gradient(theta, product));
    const one = await best(() => hessian.multiply([vector], [product]));
    const alone = await best(() => landscape.hessianProducts(theta, [vector], [product]));
    say(
      `${name} hessian_product`,
      one / gradient,
      "3 or less",
      `gradients (of ${gradient.toFixed(0)} ms), one of many at one point; alone ${(alone / gradient).toPrecision(3)}`,
    );
    if (name !== "simple-cnn") continue;
    const start = performance.now();
    await lanczos(hessian, Rng.fromSeed(2), { steps: STEPS });
    const seconds = (performance.now() - start) / 1000;
    say(`${name} lanczos`, seconds, "under 120", `seconds for ${STEPS} steps on ${IMAGES} images`);
  }
}
