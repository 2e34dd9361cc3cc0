/**
 * A number of cpus as the docker provider reads it back (nanoInt64ToDecimalString of kreuzwerker/docker 4.5.0): `1.0`
 * for 1, `10.` for 10. With another text, every plan would replace the container.
 *
 * @throws for a number that is not read back as itself, such as 0.05, and for a number that is not more than 0
 */
export function cpusText(cpus: number): string {
  if (!(cpus > 0)) throw new Error(`'cpus' (${cpus}) must be more than 0`);
  const nano = cpus.toFixed(9);
  const text = nano.split("0").length - 1 === 9 ? cpus.toFixed(1) : nano.replace(/0+$/, "");
  if (Number(text) === cpus) return text;
  throw new Error(
    `'cpus' (${cpus}) is read back by the docker provider as ${text}, and every plan would replace the container. Did you mean ${text}?`,
  );
}
