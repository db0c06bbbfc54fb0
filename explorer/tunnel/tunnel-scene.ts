import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  CatmullRomCurve3,
  Color,
  ConeGeometry,
  DirectionalLight,
  DoubleSide,
  DynamicDrawUsage,
  Group,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  SphereGeometry,
  SRGBColorSpace,
  TubeGeometry,
  Vector3,
  WebGLRenderer,
} from "three";
import { h } from "../dom.ts";
import { colourAt } from "../landscape/colours.ts";
import type { Scaling } from "../landscape/field.ts";
import { chainColour } from "./chain-colours.ts";
import { AROUND, normalOf, type SeenStrand, tubePositions, tubeTriangles } from "./tube.ts";
import type { NormalPair, SectionLoss, TunnelDraws, TunnelPicture } from "./tunnel-protocol.ts";

/** Half of the size of the picture, in units of the scene. */
const SIZE = 0.68;
/** Degrees by which the camera of the page is turned: where it stands at first, the first component goes across. */
const TURN = 200;
/** Places that have arrows of the frame. */
const ARROWS = 7;
/** Draws that are shown as points at most; more would be a cloud that hides the tube. */
const POINTS = 3000;
/** Draws behind each chain that are joined by a line while it plays. */
const TRAIL = 5;
/** Milliseconds that a frame may take, and how many in a row may take longer. */
const SLOW_FRAME = 60;
const LATE_FRAMES = 5;
const ACCENT = "#d9480f";

/** A path with its tube, frame, cross-section, draws and playing chains in three dimensions; draws when something has changed. */
export class TunnelScene {
  readonly element: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(32, 1, 0.05, 20);
  readonly #path = new Group();
  readonly #arrows = new Group();
  readonly #drawn = new Group();
  readonly #picture: TunnelPicture;
  /** From coordinates of the picture to those of the scene. */
  readonly #scale: number;
  readonly #middle = new Vector3();
  readonly #tube: Mesh<BufferGeometry, MeshLambertMaterial>;
  readonly #section: Mesh<BufferGeometry, MeshBasicMaterial>;
  readonly #outline: LineSegments<BufferGeometry, LineBasicMaterial>;
  #strand: SeenStrand;
  #markers: InstancedMesh | undefined;
  #trails: LineSegments<BufferGeometry, LineBasicMaterial> | undefined;
  #draws: TunnelDraws | undefined;
  #looking = { azimuth: 0, elevation: 0, distance: 1 };
  #wanted = false;
  #asked = 0;
  #fine = true;
  #slow = 0;
  readonly #matrix = new Matrix4();
  readonly #vector = new Vector3();
  readonly #colour = new Color();

  /** @throws Error where there is no WebGL */
  constructor(picture: TunnelPicture) {
    this.#picture = picture;
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.element = this.#renderer.domElement;
    const { centres, scale, priorScale } = picture;
    const low = [0, 1, 2].map((d) => smallest(centres, d));
    const high = [0, 1, 2].map((d) => -smallest(centres, d, -1));
    this.#middle.set((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2);
    let reach = 0;
    for (let i = 0; i < centres.length; i += 3) {
      this.#vector.set(centres[i], centres[i + 1], centres[i + 2]);
      reach = Math.max(reach, this.#vector.distanceTo(this.#middle));
    }
    this.#scale = SIZE / (reach + scale * priorScale);
    const sun = new DirectionalLight(0xffffff, 1.5);
    sun.position.set(-0.5, 1, 0.6);
    const fill = new DirectionalLight(0xffffff, 0.5);
    fill.position.set(0.7, -0.3, -0.8);
    this.#tube = new Mesh(
      new BufferGeometry(),
      new MeshLambertMaterial({ transparent: true, opacity: 0.62, side: DoubleSide, depthWrite: false }),
    );
    this.#section = new Mesh(
      new BufferGeometry(),
      new MeshBasicMaterial({ vertexColors: true, side: DoubleSide, transparent: true, opacity: 0.94 }),
    );
    this.#section.visible = false;
    this.#outline = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ color: ACCENT }));
    this.#scene.add(new AmbientLight(0xffffff, 1.5), sun, fill, this.#path, this.#arrows, this.#drawn);
    this.#scene.add(this.#tube, this.#section, this.#outline);
    this.#strand = this.#strandOf(picture.widest);
    this.#makePath();
  }

  /** Centres and the two normals in units of the scene. */
  #strandOf(pair: NormalPair): SeenStrand {
    const { normals, dimension, centres } = this.#picture;
    const { x, y, z } = this.#middle;
    const inScene = (number: number) =>
      normalOf(normals, dimension - 1, number).map((v) => v * this.#picture.scale * this.#scale);
    const middle = [x, y, z];
    return {
      centres: centres.map((v, at) => (v - middle[at % 3]) * this.#scale),
      first: inScene(pair[0]),
      second: pair.length === 2 ? inScene(pair[1]) : undefined,
    };
  }

  #makePath(): void {
    const { t } = this.#picture;
    const { centres } = this.#strand;
    const places = [...t].map((at, i) => ({ at, place: new Vector3().fromArray(centres, 3 * i) }));
    const inside = places.filter(({ at }) => at >= -1e-9 && at <= 1 + 1e-9).map(({ place }) => place);
    const whole = places.map(({ place }) => place);
    const line = (points: Vector3[], radius: number, colour: string) =>
      new Mesh(
        new TubeGeometry(new CatmullRomCurve3(points), 3 * points.length, radius, 8),
        new MeshBasicMaterial({ color: colour }),
      );
    // Beyond its ends the path goes on, thinner: the priors have mass there.
    this.#path.add(line(inside, 0.006, ACCENT), line(whole, 0.0028, "#8a9199"));
    const start = new Mesh(new SphereGeometry(0.015, 20, 14), new MeshBasicMaterial({ color: ACCENT }));
    start.position.copy(inside[0]);
    const end = new Mesh(new ConeGeometry(0.019, 0.05, 20), new MeshBasicMaterial({ color: ACCENT }));
    const [before, last] = inside.slice(-2);
    end.position.copy(last);
    end.quaternion.setFromUnitVectors(new Vector3(0, 1, 0), last.clone().sub(before).normalize());
    this.#path.add(start, end);
  }

  /** The tube of a radius in units of ξ, without colours until its losses are known; the frame has the same length. */
  showTube(pair: NormalPair, radius: number): void {
    this.#strand = this.#strandOf(pair);
    const n = this.#strand.centres.length / 3;
    const geometry = this.#tube.geometry;
    const positions = geometry.getAttribute("position") as BufferAttribute | undefined;
    const array = (positions?.array as Float32Array | undefined) ?? new Float32Array(3 * n * AROUND);
    tubePositions(this.#strand, radius, AROUND, array);
    if (positions) positions.needsUpdate = true;
    else {
      geometry.setAttribute("position", new BufferAttribute(array, 3));
      geometry.setAttribute("color", new BufferAttribute(new Float32Array(3 * n * AROUND).fill(0.45), 3));
      geometry.setIndex(new BufferAttribute(tubeTriangles(n, AROUND), 1));
      this.#tube.material.vertexColors = true;
    }
    geometry.computeVertexNormals();
    geometry.computeBoundingSphere();
    this.#makeArrows(radius);
    this.draw();
  }

  /** Colours of the tube. @param values losses, places × around */
  colourTube(values: Float64Array, scaling: Scaling): void {
    const colours = this.#tube.geometry.getAttribute("color") as BufferAttribute;
    this.#fill(colours.array as Float32Array, values, scaling);
    colours.needsUpdate = true;
    this.draw();
  }

  #fill(out: Float32Array, values: Float64Array, scaling: Scaling): void {
    for (let i = 0; i < values.length; i++) {
      const [r, g, b] = colourAt(scaling(values[i]));
      this.#colour.setRGB(r / 255, g / 255, b / 255, SRGBColorSpace).toArray(out, 3 * i);
    }
  }

  #makeArrows(radius: number): void {
    for (const child of [...this.#arrows.children] as Mesh[]) {
      child.geometry.dispose();
      this.#arrows.remove(child);
    }
    const { centres, first, second } = this.#strand;
    const n = centres.length / 3;
    for (const [normal, colour] of [
      [first, "#0072b2"],
      [second, "#b0508f"],
    ] as const) {
      if (!normal) continue;
      const lines = new Float32Array(6 * ARROWS);
      for (let a = 0; a < ARROWS; a++) {
        const i = Math.round(((a + 0.5) / ARROWS) * (n - 1));
        const from = new Vector3().fromArray(centres, 3 * i);
        // A little longer than the tube is wide, so that the heads are seen.
        const along = new Vector3().fromArray(normal, 3 * i).multiplyScalar(1.25 * Math.max(radius, 0.1));
        const to = from.clone().add(along);
        from.toArray(lines, 6 * a);
        to.toArray(lines, 6 * a + 3);
        if (along.length() < 1e-9) continue;
        const head = new Mesh(new ConeGeometry(0.006, 0.02, 10), new MeshBasicMaterial({ color: colour }));
        head.position.copy(to);
        head.quaternion.setFromUnitVectors(new Vector3(0, 1, 0), along.normalize());
        this.#arrows.add(head);
      }
      const geometry = new BufferGeometry().setAttribute("position", new BufferAttribute(lines, 3));
      this.#arrows.add(new LineSegments(geometry, new LineBasicMaterial({ color: colour })) as never);
    }
  }

  /** Where the cross-section lies: a frame of ±extent in ξ around the path at t. */
  moveSection(t: number, extent: number): void {
    const corners = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ];
    const points = new Float32Array(24);
    corners.forEach(([a, b], k) => {
      this.#across(t, extent * a, extent * b).toArray(points, 6 * k);
      const [c, d] = corners[(k + 1) % 4];
      this.#across(t, extent * c, extent * d).toArray(points, 6 * k + 3);
    });
    this.#outline.geometry.setAttribute("position", new BufferAttribute(points, 3));
    this.#section.visible = false;
    this.draw();
  }

  /** The losses on the cross-section, in the picture. */
  showSection({ t, nodes, normals, values }: SectionLoss, scaling: Scaling): void {
    if (normals.length < 2) return;
    const n = nodes.length;
    const positions = new Float32Array(3 * n * n);
    nodes.forEach((b, row) => {
      nodes.forEach((a, column) => {
        this.#across(t, a, b).toArray(positions, 3 * (row * n + column));
      });
    });
    const colours = new Float32Array(3 * n * n);
    this.#fill(colours, values, scaling);
    const { geometry } = this.#section;
    geometry.setAttribute("position", new BufferAttribute(positions, 3));
    geometry.setAttribute("color", new BufferAttribute(colours, 3));
    if (geometry.index?.count !== 6 * (n - 1) * (n - 1)) {
      const index: number[] = [];
      for (let i = 0; i < n - 1; i++) {
        for (let j = 0; j < n - 1; j++) {
          const at = i * n + j;
          index.push(at, at + 1, at + n, at + 1, at + n + 1, at + n);
        }
      }
      geometry.setIndex(index);
    }
    this.#section.visible = true;
    this.draw();
  }

  /** The place (t, a, b) in the scene, a and b along the two normals. The vector is overwritten by the next call. */
  #across(t: number, a: number, b: number): Vector3 {
    const { range } = this.#picture;
    const { centres, first, second } = this.#strand;
    const last = centres.length / 3 - 1;
    const at = Math.min(last, Math.max(0, ((t - range[0]) / (range[1] - range[0])) * last));
    const i = Math.min(Math.floor(at), last - 1);
    const share = at - i;
    const mix = (values: Float32Array, d: number) =>
      values[3 * i + d] + share * (values[3 * i + 3 + d] - values[3 * i + d]);
    const along = (d: number) => mix(centres, d) + a * mix(first, d) + (second ? b * mix(second, d) : 0);
    return this.#vector.set(along(0), along(1), along(2));
  }

  /** The draws as points, and a ball for each chain that plays. */
  showDraws(draws: TunnelDraws): void {
    for (const child of [...this.#drawn.children] as Mesh[]) {
      child.geometry.dispose();
      this.#drawn.remove(child);
    }
    const { x, y, z } = this.#middle;
    const middle = [x, y, z];
    const places = draws.places.map((v, at) => (v - middle[at % 3]) * this.#scale);
    this.#draws = { ...draws, places };
    const n = draws.chains * draws.draws;
    const stride = Math.ceil(n / POINTS);
    const shown = Math.ceil(n / stride);
    const positions = new Float32Array(3 * shown);
    const colours = new Float32Array(3 * shown);
    for (let k = 0; k < shown; k++) {
      const i = k * stride;
      positions.set(places.subarray(3 * i, 3 * i + 3), 3 * k);
      this.#colour.set(chainColour(Math.floor(i / draws.draws))).toArray(colours, 3 * k);
    }
    const cloud = new BufferGeometry();
    cloud.setAttribute("position", new BufferAttribute(positions, 3));
    cloud.setAttribute("color", new BufferAttribute(colours, 3));
    const dots = new PointsMaterial({
      size: 3.4 * Math.min(2, devicePixelRatio),
      sizeAttenuation: false,
      vertexColors: true,
      map: disc(),
      alphaTest: 0.4,
      transparent: true,
      opacity: 0.8,
    });
    const markers = new InstancedMesh(
      new SphereGeometry(0.013, 16, 12),
      new MeshLambertMaterial({ depthTest: false, transparent: true }),
      draws.chains,
    );
    markers.renderOrder = 3;
    markers.frustumCulled = false;
    markers.instanceMatrix.setUsage(DynamicDrawUsage);
    for (let c = 0; c < draws.chains; c++) markers.setColorAt(c, this.#colour.set(chainColour(c)));
    const trail = new BufferGeometry();
    const trailColours = new Float32Array(6 * TRAIL * draws.chains);
    for (let k = 0; k < 2 * TRAIL * draws.chains; k++) {
      this.#colour.set(chainColour(Math.floor(k / (2 * TRAIL)))).toArray(trailColours, 3 * k);
    }
    const line = new BufferAttribute(new Float32Array(6 * TRAIL * draws.chains), 3);
    line.setUsage(DynamicDrawUsage);
    trail.setAttribute("position", line);
    trail.setAttribute("color", new BufferAttribute(trailColours, 3));
    const trails = new LineSegments(
      trail,
      new LineBasicMaterial({ vertexColors: true, transparent: true, opacity: 0.7, depthTest: false }),
    );
    trails.frustumCulled = false;
    trails.renderOrder = 2;
    this.#markers = markers;
    this.#trails = trails;
    this.#drawn.add(new Points(cloud, dots) as never, trails as never, markers);
    this.play(0);
  }

  /** Moves the chains to a place of the play, between draws. Allocates nothing: it is called at every frame. */
  play(position: number): void {
    const draws = this.#draws;
    if (!draws || !this.#markers || !this.#trails) return;
    const { places } = draws;
    const s = Math.min(Math.floor(position), draws.draws - 1);
    const share = position - s;
    const trail = this.#trails.geometry.getAttribute("position") as BufferAttribute;
    const line = trail.array as Float32Array;
    for (let c = 0; c < draws.chains; c++) {
      const first = 3 * c * draws.draws;
      const at = first + 3 * s;
      const next = first + 3 * Math.min(s + 1, draws.draws - 1);
      const x = places[at] + share * (places[next] - places[at]);
      const y = places[at + 1] + share * (places[next + 1] - places[at + 1]);
      const z = places[at + 2] + share * (places[next + 2] - places[at + 2]);
      this.#markers.setMatrixAt(c, this.#matrix.makeTranslation(x, y, z));
      for (let k = 0; k < TRAIL; k++) {
        const to = 6 * (c * TRAIL + k);
        const newer = first + 3 * Math.max(0, s - k);
        const older = first + 3 * Math.max(0, s - k - 1);
        for (let d = 0; d < 3; d++) line[to + d] = places[newer + d];
        for (let d = 0; d < 3; d++) line[to + 3 + d] = places[older + d];
        // The newest piece starts at the ball, via the draw that it has left.
        if (k === 0) {
          line[to] = x;
          line[to + 1] = y;
          line[to + 2] = z;
          for (let d = 0; d < 3; d++) line[to + 3 + d] = places[at + d];
        }
      }
    }
    trail.needsUpdate = true;
    this.#markers.instanceMatrix.needsUpdate = true;
    this.draw();
  }

  look(camera: { azimuth: number; elevation: number; distance: number }): void {
    this.#looking = camera;
    // A narrow picture is looked at from further away, so that the path fits.
    const distance = camera.distance * Math.max(1, 1.1 / this.#camera.aspect);
    const [a, e] = [((camera.azimuth - TURN) * Math.PI) / 180, (camera.elevation * Math.PI) / 180];
    this.#camera.position.set(
      distance * Math.cos(e) * Math.sin(a),
      distance * Math.sin(e),
      distance * Math.cos(e) * Math.cos(a),
    );
    this.#camera.lookAt(0, 0, 0);
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#renderer.setPixelRatio(this.#fine ? Math.min(2, devicePixelRatio) : 0.6);
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / Math.max(1, height);
    this.#camera.updateProjectionMatrix();
    this.look(this.#looking);
  }

  /**
   * The t whose place is seen nearest to a pointer at (px, py) in [0, 1]² of the canvas from the top left, and how far that is,
   * in heights of the canvas.
   */
  nearest(px: number, py: number): { t: number; distance: number } {
    const { t } = this.#picture;
    let best = { t: t[0], distance: Number.POSITIVE_INFINITY };
    for (const at of t) {
      const distance = this.distanceTo(at, px, py);
      if (distance < best.distance) best = { t: at, distance };
    }
    return best;
  }

  /** How far a pointer is from the place of the path at t, in heights of the canvas. */
  distanceTo(t: number, px: number, py: number): number {
    const seen = this.#across(t, 0, 0).project(this.#camera);
    return Math.hypot(((seen.x + 1) / 2 - px) * this.#camera.aspect, (1 - seen.y) / 2 - py);
  }

  /** Draws in the next frame, once however often it is asked for. */
  draw(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#asked = performance.now();
    requestAnimationFrame(this.#frame);
  }

  readonly #frame = (): void => {
    this.#wanted = false;
    // Without a graphics card frames come late, since the browser still paints the last one.
    const late = performance.now() - this.#asked > SLOW_FRAME;
    this.#renderer.render(this.#scene, this.#camera);
    if (this.#fine) this.#adapt(late);
  };

  /** Pixels are dear there: after some late frames there are fewer. */
  #adapt(late: boolean): void {
    this.#slow = late ? this.#slow + 1 : 0;
    if (this.#slow < LATE_FRAMES) return;
    this.#fine = false;
    const { width, height } = this.element;
    const ratio = this.#renderer.getPixelRatio();
    this.resize(width / ratio, height / ratio);
  }

  dispose(): void {
    for (const group of [this.#path, this.#arrows, this.#drawn]) {
      for (const child of group.children as Mesh[]) child.geometry.dispose();
    }
    for (const { geometry } of [this.#tube, this.#section, this.#outline]) geometry.dispose();
    this.#renderer.dispose();
  }
}

/** The smallest of every third number (with a sign of −1 minus the largest). */
function smallest(values: Float32Array, from: number, sign = 1): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = from; i < values.length; i += 3) least = Math.min(least, sign * values[i]);
  return least;
}

/** A round point. */
function disc(): CanvasTexture {
  const canvas = h("canvas", { width: 32, height: 32 });
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#ffffff";
  context.beginPath();
  context.arc(16, 16, 14, 0, 2 * Math.PI);
  context.fill();
  return new CanvasTexture(canvas);
}
