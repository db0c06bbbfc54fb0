import type { GraphBuilder } from "./graph.ts";
import { pad, reshape, shrink } from "./lower-shape.ts";
import { sizeOf, transposeView, type View } from "./view.ts";

export interface ConvParams {
  vmapDims: number;
  strides: number[];
  padding: Border[];
  lhsDilation: number[];
  rhsDilation: number[];
}

/** Zeros between the elements of the spatial axes, as the gradient of a strided convolution needs them. */
function dilate(graph: GraphBuilder, view: View, dilation: readonly number[]): View {
  const spatial = view.shape.length - dilation.length;
  let result = view;
  dilation.forEach((step, i) => {
    if (step === 1) return;
    const axis = spatial + i;
    const size = result.shape[axis];
    const at = (s: readonly number[], ...middle: number[]) => [
      ...s.slice(0, axis),
      ...middle,
      ...s.slice(axis + 1),
    ];
    const columns = reshape(graph, result, at(result.shape, size, 1));
    const width = columns.shape.map((_, a): [number, number] => [0, a === axis + 1 ? step - 1 : 0]);
    const spread = reshape(graph, pad(graph, columns, width), at(result.shape, size * step));
    result = shrink(
      graph,
      spread,
      spread.shape.map((s, a): [number, number] => [0, a === axis ? (size - 1) * step + 1 : s]),
    );
  });
  return result;
}

type Border = [before: number, after: number];

/**
 * Negative padding, which gradients of padded convolutions ask for, cuts the border off. The rest, for Conv to pad,
 * is not negative.
 */
function crop(graph: GraphBuilder, view: View, padding: readonly Border[]): { x: View; pads: Border[] } {
  const spatial = view.shape.length - padding.length;
  const cut = padding.map(([before, after]): Border => [Math.max(0, -before), Math.max(0, -after)]);
  // Where the cut would take a whole axis, zeros have to come first.
  const early = padding.map(([before, after], i): Border => {
    const empties = cut[i][0] + cut[i][1] >= view.shape[spatial + i];
    return empties ? [Math.max(0, before), Math.max(0, after)] : [0, 0];
  });
  const padded = early.some(([before, after]) => before + after > 0)
    ? pad(
        graph,
        view,
        view.shape.map((_, axis) => early[axis - spatial] ?? [0, 0]),
      )
    : view;
  const x = shrink(
    graph,
    padded,
    padded.shape.map((size, axis): Border => {
      const [before, after] = cut[axis - spatial] ?? [0, 0];
      return [before, size - after];
    }),
  );
  const rest = (i: number, side: 0 | 1) => Math.max(0, padding[i][side]) - early[i][side];
  return { x, pads: padding.map((_, i): Border => [rest(i, 0), rest(i, 1)]) };
}

/**
 * Convolution of [batch..., N, C, spatial...] with [batch..., O, C, spatial...]. Convolutions with different
 * kernels for each batch element (from `vmap`) become one grouped convolution.
 */
export function convolution(graph: GraphBuilder, lhs: View, rhs: View, shape: number[], p: ConvParams): View {
  const v = p.vmapDims;
  const groups = sizeOf(shape.slice(0, v));
  const cropped = crop(graph, dilate(graph, lhs, p.lhsDilation), p.padding);
  let x = cropped.x;
  let kernel = rhs;
  const channels = x.shape[v + 1];
  const spatialIn = x.shape.slice(v + 2);
  if (v > 0) {
    const batch = Array.from({ length: v }, (_, i) => i);
    const rest = Array.from({ length: spatialIn.length }, (_, i) => v + 2 + i);
    x = transposeView(x, [v, ...batch, v + 1, ...rest]);
    x = reshape(graph, x, [x.shape[0], groups * channels, ...spatialIn]);
    kernel = reshape(graph, kernel, [groups * rhs.shape[v], ...rhs.shape.slice(v + 1)]);
  }
  graph.work += sizeOf(shape) * sizeOf(rhs.shape.slice(v + 1));
  const tensor = graph.emit("Conv", [graph.full(x), graph.full(kernel)], {
    group: groups,
    strides: p.strides,
    dilations: p.rhsDilation,
    pads: [...cropped.pads.map(([before]) => before), ...cropped.pads.map(([, after]) => after)],
  });
  if (v === 0) return graph.fromFull(tensor, lhs.type, shape);
  const [n, outChannels, ...spatial] = shape.slice(v);
  const grouped = graph.fromFull(tensor, lhs.type, [n, groups * outChannels, ...spatial]);
  const split = reshape(graph, grouped, [n, groups, outChannels, ...spatial]);
  const moved = transposeView(split, [1, 0, ...split.shape.map((_, i) => i).slice(2)]);
  return reshape(graph, moved, shape);
}
