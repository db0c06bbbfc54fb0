import { h } from "../dom.ts";
import { Playback } from "./playback.ts";

/** Draws a second, on a slider of powers of two. */
const SLOWEST = 0;
const FASTEST = 7;

/** The controls of a play of chains, and its clock: play, pause, speed and the draw. */
export class PlayBar {
  readonly element: HTMLElement;
  readonly #button = h("button", { type: "button", class: "primary" }, "play");
  readonly #slider = h("input", { type: "range", min: 1, max: 1, step: 1, "aria-label": "draw" });
  readonly #number = h("output", {}, "1");
  readonly #onMove: (position: number) => void;
  readonly #onRest: (draw: number) => void;
  // A person who wants no motion gets steps from draw to draw, and slow ones unless asked otherwise.
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  #playback = new Playback(1);
  #last = 0;

  /**
   * @param onMove called with the place of the play at every frame
   * @param onRest called with the draw where the play rests
   */
  constructor(onMove: (position: number) => void, onRest: (draw: number) => void, signal: AbortSignal) {
    this.#onMove = onMove;
    this.#onRest = onRest;
    const start = this.#still.matches ? 1 : 3;
    const speed = h("input", {
      type: "range",
      min: SLOWEST,
      max: FASTEST,
      step: 1,
      value: start,
      "aria-label": "speed in draws a second",
    });
    const rate = h("output", {}, `${2 ** start} draws / s`);
    speed.addEventListener("input", () => {
      this.#playback.speed = 2 ** Number(speed.value);
      rate.textContent = `${this.#playback.speed} draws / s`;
    });
    this.#speed = () => 2 ** Number(speed.value);
    this.#button.addEventListener("click", () => this.#toggle());
    this.#slider.addEventListener("input", () => this.seek(Number(this.#slider.value) - 1));
    this.element = h(
      "div",
      { class: "bar play" },
      this.#button,
      h("label", { class: "wide" }, "draw ", this.#slider, this.#number),
      h("label", {}, "speed ", speed, rate),
    );
    signal.addEventListener("abort", () => {
      this.#playback.playing = false;
    });
  }

  readonly #speed: () => number;

  /** Starts with other chains. */
  load(draws: number, at: number): void {
    this.#playback = new Playback(draws, this.#speed());
    this.#slider.max = String(draws);
    this.#button.textContent = "play";
    this.#playback.seek(at);
    this.#show();
  }

  /** Moves to a draw and rests there. */
  seek(draw: number): void {
    const { playing } = this.#playback;
    this.#playback.seek(Math.round(draw));
    this.#show();
    if (!playing) this.#onRest(this.#playback.draw);
  }

  #toggle(): void {
    if (this.#playback.playing) {
      this.#playback.playing = false;
      this.#rest();
      return;
    }
    this.#playback.play();
    if (!this.#playback.playing) return;
    this.#button.textContent = "pause";
    this.#last = performance.now();
    requestAnimationFrame(this.#frame);
  }

  #rest(): void {
    this.#button.textContent = "play";
    this.#playback.seek(this.#playback.draw);
    this.#show();
    this.#onRest(this.#playback.draw);
  }

  readonly #frame = (now: number): void => {
    const playback = this.#playback;
    if (!playback.playing) return;
    // A page that was hidden does not leap ahead.
    playback.advance(Math.min(200, Math.max(0, now - this.#last)));
    this.#last = now;
    this.#show();
    if (playback.playing) requestAnimationFrame(this.#frame);
    else this.#rest();
  };

  #show(): void {
    const { draw, position } = this.#playback;
    if (Number(this.#slider.value) !== draw + 1) this.#slider.value = String(draw + 1);
    this.#number.textContent = String(draw + 1);
    this.#onMove(this.#still.matches ? draw : position);
  }
}
