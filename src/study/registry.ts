import type { Study } from "./study.ts";

/** Every study by its name, loaded when it is asked for. */
export const STUDIES: Record<string, { title: string; load: () => Promise<Study> }> = {
  "subspaces/table-1": {
    title: "Intrinsic dimension of a learnt line and triangle",
    load: async () => (await import("./subspaces/table-1.ts")).tableOne,
  },
  "subspaces/figure-1": {
    title: "The landscape around a learnt line",
    load: async () => (await import("./subspaces/figure-1.ts")).figureOne,
  },
  "subspaces/figure-2": {
    title: "The landscape around a learnt triangle",
    load: async () => (await import("./subspaces/figure-2.ts")).figureTwo,
  },
  "subspaces/figure-3": {
    title: "Noise on the ends of a learnt line",
    load: async () => (await import("./subspaces/figure-3.ts")).figureThree,
  },
  "subspaces/figure-4": {
    title: "Curvature along neural curves",
    load: async () => (await import("./subspaces/figure-4.ts")).figureFour,
  },
  "subspaces/figure-5": {
    title: "Principal components of neural curves",
    load: async () => (await import("./subspaces/figure-5.ts")).figureFive,
  },
  "subspaces/linear-nonlinear": {
    title: "A neural curve against its chord",
    load: async () => (await import("./subspaces/linear-nonlinear.ts")).linearNonlinear,
  },
  "subspaces/skorokhodov": {
    title: "Pictures in the loss landscape",
    load: async () => (await import("./subspaces/skorokhodov.ts")).skorokhodov,
  },
  "subspaces/wortsman": {
    title: "What a learnt line is good for",
    load: async () => (await import("./subspaces/wortsman.ts")).wortsman,
  },
  "subspaces/benton": {
    title: "Simplexes grown from optima",
    load: async () => (await import("./subspaces/benton.ts")).benton,
  },
  "paths/length": {
    title: "Length of a path against its degree",
    load: async () => (await import("./paths/length.ts")).pathLengths,
  },
  "paths/figure-2": {
    title: "Spreading of paths against an effective time",
    load: async () => (await import("./paths/figure-2.ts")).figureTwo,
  },
  "paths/figure-5": {
    title: "How paths spread while they are trained",
    load: async () => (await import("./paths/figure-5.ts")).figureFive,
  },
  "paths/entropy-energy": {
    title: "Entropy and energy of a path in training",
    load: async () => (await import("./paths/entropy-energy.ts")).entropyEnergy,
  },
  "paths/toy": {
    title: "Tunnel and volume on toy data",
    load: async () => (await import("./paths/toy.ts")).toySpaces,
  },
  "paths/uci": {
    title: "Posteriors around paths on concrete",
    load: async () => (await import("./paths/uci.ts")).uciSpaces,
  },
  "paths/uci-table": {
    title: "Posteriors around paths on UCI data, five seeds each",
    load: async () => (await import("./paths/uci.ts")).uciTable,
  },
  "paths/full-space": {
    title: "Posteriors around a path and in the full space",
    load: async () => (await import("./paths/full-space.ts")).fullSpaceAgreement,
  },
  "paths/swa": {
    title: "The span of a path and averaged weights",
    load: async () => (await import("./paths/swa.ts")).averagedWeights,
  },
  "paths/figure-1": {
    title: "Loss along paths with free and with fixed ends",
    load: async () => (await import("./paths/figure-1.ts")).freeEnds,
  },
  "paths/mnist": {
    title: "Posteriors in tunnels on MNIST",
    load: async () => (await import("./paths/mnist.ts")).mnistTunnels,
  },
  "paths/figure-3": {
    title: "Frames along a path",
    load: async () => (await import("./paths/figure-3.ts")).framesAlongPaths,
  },
  "paths/figure-4": {
    title: "Priors around a path",
    load: async () => (await import("./paths/figure-4.ts")).priorsAroundPaths,
  },
  "paths/samplers": {
    title: "Samplers in tunnel and volume",
    load: async () => (await import("./paths/samplers.ts")).samplerComparison,
  },
  "paths/smoothness": {
    title: "Posteriors of smooth and of kinked networks",
    load: async () => (await import("./paths/smoothness.ts")).activationSmoothness,
  },
  "paths/bias-sorting": {
    title: "Paths without permutation symmetry",
    load: async () => (await import("./paths/bias-sorting.ts")).biasSorting,
  },
  "wedges/toy-connectors": {
    title: "Connectors in the toy model",
    load: async () => (await import("./wedges/toy-connectors.ts")).toyConnectors,
  },
  "wedges/figure-3": {
    title: "A connector of two networks",
    load: async () => (await import("./wedges/figure-3.ts")).figureThree,
  },
  "wedges/m-connectors": {
    title: "Connectors of several networks",
    load: async () => (await import("./wedges/m-connectors.ts")).mConnectors,
  },
  "wedges/comparison": {
    title: "Four connectors of one pair",
    load: async () => (await import("./wedges/comparison.ts")).connectorComparison,
  },
  "wedges/minima-graph": {
    title: "A graph of minima",
    load: async () => (await import("./wedges/minima-graph.ts")).minimaGraph,
  },
  "wedges/toy-wells": {
    title: "Wells in landscapes of wedges",
    load: async () => (await import("./wedges/toy-wells.ts")).toyWells,
  },
  "wedges/init-line": {
    title: "From the initialisation to the optimum",
    load: async () => (await import("./wedges/init-line.ts")).initLine,
  },
  "wedges/figure-1": {
    title: "A wall between two optima, and the way around it",
    load: async () => (await import("./wedges/figure-1.ts")).figureOne,
  },
  "wedges/figure-2": {
    title: "Tunnels through three optima",
    load: async () => (await import("./wedges/figure-2.ts")).figureTwo,
  },
  "wedges/figure-4": {
    title: "Short directions of connectors and optima",
    load: async () => (await import("./wedges/figure-4.ts")).figureFour,
  },
  "wedges/figure-5": {
    title: "Width of radial tunnels",
    load: async () => (await import("./wedges/figure-5.ts")).figureFive,
  },
  "wedges/figure-6": {
    title: "Averages of weights and of predictions",
    load: async () => (await import("./wedges/figure-6.ts")).figureSix,
  },
  "wedges/toy-averaging": {
    title: "Averages of snapshots in the toy model",
    load: async () => (await import("./wedges/toy-averaging.ts")).toyAveraging,
  },
  "wedges/diversity": {
    title: "Diversity of networks trained apart, and of networks around one",
    load: async () => (await import("./wedges/diversity.ts")).diversity,
  },
  "wedges/toy-hyperplanes": {
    title: "Random hyperplanes in a landscape of wedges",
    load: async () => (await import("./wedges/toy-hyperplanes.ts")).toyHyperplanes,
  },
  "wedges/intrinsic-dimension": {
    title: "Intrinsic dimension of networks",
    load: async () => (await import("./wedges/intrinsic-dimension.ts")).intrinsicDimension,
  },
  "wedges/goldilocks": {
    title: "The Goldilocks zone",
    load: async () => (await import("./wedges/goldilocks.ts")).goldilocks,
  },
};
