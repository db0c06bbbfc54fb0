import type { GraphBuilder } from "./graph.ts";
import { pad, reshape, shrink } from "./lower-shape.ts";
import { sizeOf, transposeView, type View } from "./view.ts";

export interface ConvParams {
  vmapDims: number;
  strides: number[];
  padding: [number, number][];
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

/** Negative padding, which gradients of padded convolutions ask for, cuts the border off. */
function crop(graph: GraphBuilder, view: View, padding: readonly (readonly [number, number])[]): View {
  const spatial = view.shape.length - padding.length;
  const slice = view.shape.map((size, axis): [number, number] => {
    const [before, after] = padding[axis - spatial] ?? [0, 0];
    return [Math.max(0, -before), size - Math.max(0, -after)];
  });
  return shrink(graph, view, slice);
}

/**
 * Convolution of [batch..., N, C, spatial...] with [batch..., O, C, spatial...]. Convolutions with different
 * kernels for each batch element (from `vmap`) become one grouped convolution.
 */
export function convolution(graph: GraphBuilder, lhs: View, rhs: View, shape: number[], p: ConvParams): View {
  const v = p.vmapDims;
  const groups = sizeOf(shape.slice(0, v));
  let x = crop(graph, dilate(graph, lhs, p.lhsDilation), p.padding);
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
    pads: [
      ...p.padding.map(([before]) => Math.max(0, before)),
      ...p.padding.map(([, after]) => Math.max(0, after)),
    ],
  });
  if (v === 0) return graph.fromFull(tensor, lhs.type, shape);
  const [n, outChannels, ...spatial] = shape.slice(v);
  const grouped = graph.fromFull(tensor, lhs.type, [n, groups * outChannels, ...spatial]);
  const split = reshape(graph, grouped, [n, groups, outChannels, ...spatial]);
  const moved = transposeView(split, [1, 0, ...split.shape.map((_, i) => i).slice(2)]);
  return reshape(graph, moved, shape);
}
