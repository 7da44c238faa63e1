// Results chosen for a ticket, with their quantities. Pure.

export interface Outcome {
  readonly code: string;
  readonly quantity: number;
}

export const QUANTITY_MAX = 99;

/** Chosen results in the order of choice; choosing again takes the choice back. */
export function toggle(chosen: readonly Outcome[], code: string): readonly Outcome[] {
  return chosen.some((one) => one.code === code)
    ? chosen.filter((one) => one.code !== code)
    : [...chosen, { code, quantity: 1 }];
}

/** Changes the quantity of a chosen result; it stays at least one, because none is not choosing it. */
export function change(chosen: readonly Outcome[], code: string, by: number): readonly Outcome[] {
  return chosen.map((one) =>
    one.code === code
      ? { code, quantity: Math.min(QUANTITY_MAX, Math.max(1, one.quantity + by)) }
      : one,
  );
}
