import {
  BufferAttribute,
  BufferGeometry,
  CatmullRomCurve3,
  Color,
  DataTexture,
  Group,
  LinearFilter,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  Raycaster,
  RGBAFormat,
  Scene,
  ShaderMaterial,
  SphereGeometry,
  TubeGeometry,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { colourTable } from "./colours.ts";
import { type GridField, type Scaling, valueAt } from "./field.ts";
import type { PlanePath, PlanePoint } from "./landscape-model.ts";

/** Height of the highest place, in widths of the plane. */
const HEIGHT = 0.42;
/** Levels between which a thin line is drawn. */
const LEVELS = 12;
/** Milliseconds that a frame may take. */
const SLOW_FRAME = 40;

const VERTEX = /* glsl */ `
attribute float level;
varying float vLevel;
varying vec3 vNormal;
void main() {
  vLevel = level;
  vNormal = normal;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

// Lit from the north-west above; level lines one pixel wide, whatever the slope.
const FRAGMENT = /* glsl */ `
uniform sampler2D colours;
uniform float levels;
uniform bool plateau;
varying float vLevel;
varying vec3 vNormal;
void main() {
  // The slope ends where the scale does, and a plateau begins; they overlap by a hair, so that no gap is seen.
  if (plateau ? vLevel < 0.999 : vLevel > 1.001) discard;
  vec3 base = texture2D(colours, vec2(clamp(vLevel, 0.002, 0.998), 0.5)).rgb;
  vec3 n = normalize(vNormal);
  float diffuse = max(dot(n, normalize(vec3(-0.45, 0.8, -0.4))), 0.0);
  float fill = max(dot(n, normalize(vec3(0.6, 0.5, 0.7))), 0.0);
  vec3 lit = base * (0.42 + 0.52 * diffuse + 0.16 * fill);
  float at = vLevel * levels;
  float width = fwidth(at);
  float line = 1.0 - smoothstep(0.6, 1.6, abs(fract(at - 0.5) - 0.5) / max(width, 1e-5));
  lit = mix(lit, lit * 0.62, line * step(0.002, vLevel) * step(vLevel, 0.998));
  gl_FragColor = vec4(lit, 1.0);
}`;

export interface SurfaceContent {
  field: GridField;
  scaling: Scaling;
  paths: readonly PlanePath[];
  points: readonly PlanePoint[];
}

export interface Camera {
  azimuth: number;
  elevation: number;
  distance: number;
}

/** The plane as a lit surface in three dimensions, with paths and points on it. Draws only when something has changed. */
export class SurfaceView {
  readonly element: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(32, 1, 0.05, 20);
  readonly #group = new Group();
  readonly #materials: { slope: ShaderMaterial; plateau: ShaderMaterial };
  #slope: Mesh | undefined;
  #plateau: Mesh | undefined;
  #marker: Mesh;
  #content: SurfaceContent | undefined;
  #scaleX = (x: number) => x;
  #scaleY = (y: number) => y;
  #looking: Camera | undefined;
  #wanted = false;
  #fine = true;
  #slow = 0;
  readonly #ray = new Raycaster();
  readonly #pointer = new Vector2();
  readonly #target = new Vector3(0, HEIGHT * 0.3, 0);

  /** @throws Error where there is no WebGL */
  constructor() {
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.element = this.#renderer.domElement;
    const table = new DataTexture(colourTable(), 256, 1, RGBAFormat);
    table.minFilter = LinearFilter;
    table.magFilter = LinearFilter;
    table.needsUpdate = true;
    const material = (plateau: boolean) =>
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: { colours: { value: table }, levels: { value: LEVELS }, plateau: { value: plateau } },
        side: 2,
      });
    this.#materials = { slope: material(false), plateau: material(true) };
    this.#marker = new Mesh(new SphereGeometry(0.016, 24, 16), new MeshBasicMaterial({ color: 0xffffff }));
    this.#marker.visible = false;
    this.#scene.add(this.#group, this.#marker);
  }

  /** Sets what is drawn. */
  show(content: SurfaceContent): void {
    this.#content = content;
    const { xs, ys, values } = content.field;
    const width = xs[xs.length - 1] - xs[0];
    const depth = ys[ys.length - 1] - ys[0];
    const size = Math.max(width, depth);
    this.#scaleX = (x) => (x - xs[0] - width / 2) / size;
    // y points away from the viewer.
    this.#scaleY = (y) => -(y - ys[0] - depth / 2) / size;
    for (const child of [...this.#group.children] as Mesh[]) {
      child.geometry.dispose();
      this.#group.remove(child);
    }
    const [nx, ny] = [xs.length, ys.length];
    const positions = new Float32Array(3 * nx * ny);
    const flat = new Float32Array(3 * nx * ny);
    const levels = new Float32Array(nx * ny);
    for (let iy = 0; iy < ny; iy++) {
      for (let ix = 0; ix < nx; ix++) {
        const i = iy * nx + ix;
        levels[i] = content.scaling.open(values[i]);
        positions.set([this.#scaleX(xs[ix]), HEIGHT * levels[i], this.#scaleY(ys[iy])], 3 * i);
        flat.set([this.#scaleX(xs[ix]), HEIGHT, this.#scaleY(ys[iy])], 3 * i);
      }
    }
    const index = new Uint32Array(6 * (nx - 1) * (ny - 1));
    let k = 0;
    for (let iy = 0; iy < ny - 1; iy++) {
      for (let ix = 0; ix < nx - 1; ix++) {
        const a = iy * nx + ix;
        index.set([a, a + 1, a + nx, a + 1, a + nx + 1, a + nx], k);
        k += 6;
      }
    }
    const meshOf = (places: Float32Array, material: ShaderMaterial) => {
      const geometry = new BufferGeometry();
      geometry.setAttribute("position", new BufferAttribute(places, 3));
      geometry.setAttribute("level", new BufferAttribute(levels, 1));
      geometry.setIndex(new BufferAttribute(index, 1));
      geometry.computeVertexNormals();
      return new Mesh(geometry, material);
    };
    this.#slope = meshOf(positions, this.#materials.slope);
    this.#group.add(this.#slope);
    this.#plateau = levels.some((level) => level > 1) ? meshOf(flat, this.#materials.plateau) : undefined;
    if (this.#plateau) this.#group.add(this.#plateau);
    for (const path of content.paths) this.#addPath(path);
    for (const point of content.points) {
      const ball = new Mesh(new SphereGeometry(0.014, 24, 16), new MeshBasicMaterial({ color: 0x1c2127 }));
      ball.position.copy(this.#place(point.x, point.y, 0.006));
      this.#group.add(ball);
    }
    this.draw();
  }

  #addPath({ x, y, dashed }: PlanePath): void {
    // The pen is lifted where x is not a number.
    let run: Vector3[] = [];
    const finish = () => {
      if (run.length > 1) {
        const curve = new CatmullRomCurve3(run);
        const tube = new TubeGeometry(curve, Math.min(400, 4 * run.length), dashed ? 0.004 : 0.0075, 10);
        const colour = new Color(dashed ? "#3b4148" : "#d9480f");
        this.#group.add(new Mesh(tube, new MeshBasicMaterial({ color: colour })));
      }
      run = [];
    };
    for (let i = 0; i < x.length; i++) {
      const place = x[i] === null || !Number.isFinite(x[i]) ? undefined : this.#place(x[i], y[i], 0.008);
      if (place && Number.isFinite(place.y)) run.push(place);
      else finish();
    }
    finish();
  }

  /** The place of (x, y) on the surface, lifted a little. */
  #place(x: number, y: number, lift: number): Vector3 {
    const { field, scaling } = this.#content!;
    const value = valueAt(field, x, y);
    const height = Number.isNaN(value) ? Number.NaN : HEIGHT * scaling(value) + lift;
    return new Vector3(this.#scaleX(x), height, this.#scaleY(y));
  }

  /** Marks a place, or none. */
  mark(place: { x: number; y: number } | undefined): void {
    this.#marker.visible = place !== undefined;
    if (place) {
      const at = this.#place(place.x, place.y, 0.01);
      this.#marker.visible = Number.isFinite(at.y);
      this.#marker.position.copy(at);
    }
    this.draw();
  }

  look(camera: Camera): void {
    this.#looking = camera;
    const { azimuth, elevation } = camera;
    // A narrow picture is looked at from further away, so that the plane fits.
    const distance = camera.distance * Math.max(1, 1.25 / this.#camera.aspect);
    const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
    const { x, y, z } = this.#target;
    this.#camera.position.set(
      x + distance * Math.cos(e) * Math.sin(a),
      y + distance * Math.sin(e),
      z + distance * Math.cos(e) * Math.cos(a),
    );
    this.#camera.lookAt(this.#target);
    this.draw();
  }

  resize(width: number, height: number): void {
    this.#renderer.setPixelRatio(this.#fine ? Math.min(2, devicePixelRatio) : 0.5);
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / Math.max(1, height);
    this.#camera.updateProjectionMatrix();
    if (this.#looking) this.look(this.#looking);
    this.draw();
  }

  /** The coordinates under a pointer at (px, py) in [0, 1]² of the canvas, from the top left; undefined beside the surface. */
  pick(px: number, py: number): { x: number; y: number } | undefined {
    const content = this.#content;
    if (!this.#slope || !content) return undefined;
    this.#pointer.set(2 * px - 1, 1 - 2 * py);
    this.#ray.setFromCamera(this.#pointer, this.#camera);
    const { xs, ys } = content.field;
    const size = Math.max(xs[xs.length - 1] - xs[0], ys[ys.length - 1] - ys[0]);
    const meshes = this.#plateau ? [this.#slope, this.#plateau] : [this.#slope];
    for (const { point, object } of this.#ray.intersectObjects(meshes)) {
      const x = point.x * size + (xs[0] + xs[xs.length - 1]) / 2;
      const y = -point.z * size + (ys[0] + ys[ys.length - 1]) / 2;
      const above = content.scaling.open(valueAt(content.field, x, y)) > 1;
      // Of both meshes only what is drawn counts.
      if (above === (object === this.#plateau)) return { x, y };
    }
    return undefined;
  }

  /** Draws in the next frame, once however often it is asked for. */
  draw(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    requestAnimationFrame(this.#frame);
  }

  readonly #frame = (): void => {
    this.#wanted = false;
    const start = performance.now();
    this.#renderer.render(this.#scene, this.#camera);
    if (this.#fine) this.#adapt(performance.now() - start);
  };

  /** Without a graphics card pixels are dear: after a few slow frames there are a quarter as many. */
  #adapt(milliseconds: number): void {
    this.#slow = milliseconds > SLOW_FRAME ? this.#slow + 1 : 0;
    if (this.#slow < 3) return;
    this.#fine = false;
    const { width, height } = this.element;
    const ratio = this.#renderer.getPixelRatio();
    this.resize(width / ratio, height / ratio);
  }

  dispose(): void {
    for (const child of this.#group.children as Mesh[]) child.geometry.dispose();
    this.#renderer.dispose();
  }
}
