/** Steps that are kept: more cannot be told apart in a chart. */
const KEPT = 600;

/** The losses of a training so far, of both networks and then of the curve, at even steps that become fewer as it goes on. */
export class TrainingPast {
  step: number[] = [];
  /** Of the first and the second network, and the mean on the curve; NaN where they do not train. */
  columns: [number[], number[], number[]] = [[], [], []];
  #stride = 1;

  /** @param losses of both networks, or one on the curve */
  add(step: number, losses: readonly number[]): void {
    if (step % this.#stride !== 0) return;
    this.step.push(step);
    const [first, second, curve] =
      losses.length === 2 ? [...losses, Number.NaN] : [Number.NaN, Number.NaN, losses[0]];
    [first, second, curve].forEach((loss, k) => {
      this.columns[k].push(loss);
    });
    if (this.step.length <= KEPT) return;
    this.#stride *= 2;
    const kept = this.step.map((number) => number % this.#stride === 0);
    this.step = this.step.filter((_, i) => kept[i]);
    this.columns = this.columns.map((column) => column.filter((_, i) => kept[i])) as typeof this.columns;
  }
}
