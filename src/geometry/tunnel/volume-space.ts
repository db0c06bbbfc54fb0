import { place } from "../embedding.ts";
import type { AffineSpan } from "./affine-span.ts";
import { type AmbientSpace, checkLength, positionCount } from "./ambient-space.ts";
import { rowProducts } from "./products.ts";

/** The affine span itself: positions are coordinates φ (`varphi` of the published code), K of them. */
export function volumeSpace(span: AffineSpan): AmbientSpace {
  const { dimension: K } = span.places;
  const m = span.map.anchors;
  const space = { kind: "volume", dimension: K } as const;
  const axes = { dimension: m, points: span.axes };
  return {
    ...space,
    span,
    lifting() {
      const [phi, c] = [new Float64Array(K), new Float64Array(m)];
      const [g, gradient] = [new Float64Array(m), new Float64Array(K)];
      return {
        lift(positions, coefficients) {
          const n = positionCount(space, positions);
          checkLength("coefficients", coefficients, n * m);
          for (let i = 0; i < n; i++) {
            for (let d = 0; d < K; d++) phi[d] = positions[i * K + d];
            place(axes, phi, c);
            for (let j = 0; j < m; j++) coefficients[i * m + j] = 1 / m + c[j];
          }
        },
        pullBack(coefficientGradients, gradients) {
          const n = positionCount(space, gradients);
          checkLength("gradients of coefficients", coefficientGradients, n * m);
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < m; j++) g[j] = coefficientGradients[i * m + j];
            rowProducts(span.axes, g, gradient);
            gradients.set(gradient, i * K);
          }
        },
        addLogVolume() {},
        addLogArcDensity() {},
      };
    },
  };
}
