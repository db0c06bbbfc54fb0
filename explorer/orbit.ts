import type { State } from "./state.ts";

/** What a stage offers beside turning and zooming: something to drag, found where the pointer goes down. */
export interface Draggable {
  /** Whether the pointer at (px, py) in [0, 1]² takes hold of it. */
  holds(px: number, py: number): boolean;
  drag(px: number, py: number): void;
}

export interface OrbitOptions {
  signal: AbortSignal;
  draggable?: Draggable;
  /** The lowest elevation in degrees: a surface is not to be seen from below. Default -89. */
  lowest?: number;
}

/** Turns and zooms the camera of the state by mouse, touch, wheel and keys on a stage. */
export function orbit(
  stage: HTMLElement,
  state: State,
  { signal, draggable, lowest = -89 }: OrbitOptions,
): void {
  const touches = new Map<number, { x: number; y: number }>();
  let held = false;
  const turn = (azimuth: number, elevation: number) =>
    state.set({
      azimuth: ((azimuth % 360) + 360) % 360,
      elevation: Math.min(89, Math.max(lowest, elevation)),
    });
  const zoom = (distance: number) => state.set({ distance: Math.min(5, Math.max(0.6, distance)) });
  const share = (event: PointerEvent): [number, number] => {
    const box = stage.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    held = touches.size === 1 && (draggable?.holds(...share(event)) ?? false);
  });
  const lift = (event: PointerEvent) => {
    touches.delete(event.pointerId);
    held = false;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  const spread = () => {
    const [a, b] = [...touches.values()];
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  stage.addEventListener("pointermove", (event) => {
    const last = touches.get(event.pointerId);
    if (!last) {
      stage.style.cursor = draggable?.holds(...share(event)) ? "move" : "";
      return;
    }
    if (held) {
      draggable?.drag(...share(event));
      return;
    }
    const before = spread();
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    last.x = event.clientX;
    last.y = event.clientY;
    const { azimuth, elevation, distance } = state.now;
    if (touches.size > 1) zoom((distance * before) / Math.max(1, spread()));
    else turn(azimuth - 0.4 * dx, elevation + 0.3 * dy);
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(state.now.distance * Math.exp(0.0012 * event.deltaY));
    },
    { passive: false, signal },
  );
  stage.addEventListener("keydown", (event) => {
    const { azimuth, elevation, distance } = state.now;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => turn(azimuth - 5, elevation),
      ArrowRight: () => turn(azimuth + 5, elevation),
      ArrowUp: () => turn(azimuth, elevation + 5),
      ArrowDown: () => turn(azimuth, elevation - 5),
      "+": () => zoom(distance / 1.1),
      "-": () => zoom(distance * 1.1),
    };
    if (!moves[event.key]) return;
    moves[event.key]();
    event.preventDefault();
  });
}
