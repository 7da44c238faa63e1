// What assistive technology is told of a control: which text is about it, and whether it may stay as it is.

export const CONTROLS = 'input, select, textarea';

type Told = Pick<Element, 'setAttribute' | 'removeAttribute'>;

/** `text`: the id of what is said below the control; null: nothing is. */
export function isAbout(control: Told | null, text: string | null, is_wrong: boolean): void {
  if (control === null) return;
  if (text === null) control.removeAttribute('aria-describedby');
  else control.setAttribute('aria-describedby', text);
  if (is_wrong) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}
