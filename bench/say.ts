/** Prints a measurement that has no peer: as a sentence, or as a line of JSON. */
export const sayer = (json: boolean) => (workload: string, value: number, wanted: string, what: string) =>
  console.log(
    json
      ? JSON.stringify({ workload, value, wanted })
      : `${workload}: ${value.toPrecision(3)} (wanted: ${wanted}), ${what}`,
  );
