import {
  BoxGeometry,
  CatmullRomCurve3,
  Color,
  DoubleSide,
  EdgesGeometry,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  TubeGeometry,
  Vector3,
  WebGLRenderer,
} from "three";

/** Of the straight line. */
const DASHES = 14;

/** Azimuth and elevation in degrees; a distance of 1 shows all. */
interface Camera {
  azimuth: number;
  elevation: number;
  distance: number;
}

/** Two optima on different wedges, and where the wedges meet: a point of the axis that both planes share. */
const FIRST = new Vector3(0.75, 0.15, 0);
const SECOND = new Vector3(0, 0.3, 0.8);
const MEETING = new Vector3(0, 0.62, 0);

/**
 * The low-loss set in three dimensions, with n = 2 long directions: three wedges along the coordinate planes, thin along one
 * direction each ("Large Scale Structure", figure 1). The straight line between two optima leaves the set; the path over the
 * axis that two wedges share stays in it.
 */
export class WedgeScene {
  readonly element: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(30, 1, 0.1, 20);
  #wanted = false;
  #looking: Camera = { azimuth: 32, elevation: 24, distance: 1 };

  /** @throws Error where there is no WebGL */
  constructor() {
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.element = this.#renderer.domElement;
    const thin = 0.05;
    for (const size of [
      [2, 2, thin],
      [2, thin, 2],
      [thin, 2, 2],
    ] as const) {
      const box = new BoxGeometry(...size);
      const material = new MeshBasicMaterial({
        color: new Color("#5ab4c4"),
        transparent: true,
        opacity: 0.2,
        depthWrite: false,
        side: DoubleSide,
      });
      const edges = new LineSegments(
        new EdgesGeometry(box),
        new LineBasicMaterial({ color: "#2f7f8f", transparent: true, opacity: 0.55 }),
      );
      this.#scene.add(new Mesh(box, material), edges);
    }
    // Dashes with a body: lines of one pixel are lost between the wedges.
    for (let i = 0; i < DASHES; i++) {
      const ends = [i / DASHES, (i + 0.55) / DASHES].map((share) => FIRST.clone().lerp(SECOND, share));
      const dash = new TubeGeometry(new CatmullRomCurve3(ends), 2, 0.007, 8);
      this.#scene.add(new Mesh(dash, new MeshBasicMaterial({ color: "#828a93" })));
    }
    // Two straight pieces; the curve through three points would round the corner off.
    for (const [from, to] of [
      [FIRST, MEETING],
      [MEETING, SECOND],
    ]) {
      const piece = new TubeGeometry(new CatmullRomCurve3([from, to]), 8, 0.014, 10);
      this.#scene.add(new Mesh(piece, new MeshBasicMaterial({ color: "#d9480f" })));
    }
    for (const [place, colour, size] of [
      [FIRST, "#1c2127", 0.034],
      [SECOND, "#1c2127", 0.034],
      [MEETING, "#d9480f", 0.028],
    ] as const) {
      const ball = new Mesh(new SphereGeometry(size, 24, 16), new MeshBasicMaterial({ color: colour }));
      ball.position.copy(place);
      this.#scene.add(ball);
    }
    this.look(this.#looking);
  }

  look(camera: Camera): void {
    this.#looking = camera;
    const [a, e] = [(camera.azimuth * Math.PI) / 180, (camera.elevation * Math.PI) / 180];
    const distance = 5.2 * camera.distance * Math.max(1, 1.1 / this.#camera.aspect);
    this.#camera.position.set(
      distance * Math.cos(e) * Math.sin(a),
      distance * Math.sin(e),
      distance * Math.cos(e) * Math.cos(a),
    );
    this.#camera.lookAt(0, 0, 0);
    this.#draw();
  }

  resize(width: number, height: number): void {
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / Math.max(1, height);
    this.#camera.updateProjectionMatrix();
    this.look(this.#looking);
  }

  #draw(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    requestAnimationFrame(this.#frame);
  }

  readonly #frame = (): void => {
    this.#wanted = false;
    this.#renderer.render(this.#scene, this.#camera);
  };

  dispose(): void {
    this.#renderer.dispose();
  }
}
