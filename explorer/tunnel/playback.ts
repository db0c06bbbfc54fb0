/** The play of chains: a position among the draws 0 … count − 1 that moves with time. */
export class Playback {
  readonly count: number;
  /** Draws a second. */
  speed: number;
  playing = false;
  #position = 0;

  constructor(count: number, speed = 8) {
    this.count = count;
    this.speed = speed;
  }

  /** Between two draws while it moves. */
  get position(): number {
    return this.#position;
  }

  /** The draw that was reached last. */
  get draw(): number {
    return Math.floor(this.#position);
  }

  seek(position: number): void {
    this.#position = Math.min(this.count - 1, Math.max(0, position));
  }

  /** Starts to play, from the first draw where the last has been reached. */
  play(): void {
    if (this.#position >= this.count - 1) this.#position = 0;
    this.playing = this.count > 1;
  }

  /** Moves on by so much time; at the last draw the play ends. */
  advance(milliseconds: number): void {
    if (!this.playing) return;
    this.seek(this.#position + (this.speed * milliseconds) / 1000);
    if (this.#position >= this.count - 1) this.playing = false;
  }
}
