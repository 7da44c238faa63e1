// What runs inside a page to examine it, as plain functions that know only the document. `EYE` is their text: it is
// handed to the page as one script, past its content security policy, and changes nothing there.

function brief(element) {
  const text = (element.getAttribute('aria-label') ?? element.innerText ?? '').trim().replace(/\s+/g, ' ').slice(0, 48);
  return `<${element.tagName.toLowerCase()}${element.className ? `.${String(element.className.baseVal ?? element.className).replace(/svelte-\w+/g, '').trim().replace(/\s+/g, '.')}` : ''}> “${text}”`;
}

/** What is there for ears only is not looked at. */
function isShown(element) {
  return element.closest('.visually-hidden') === null && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

/** A question over the page hides the rest. */
function stage() {
  return document.querySelector('dialog[open]') ?? document.body;
}

function kin(one, other) {
  return one.contains(other) || other.contains(one);
}

// A line that ends in “…” on purpose: the whole text is in its title, or it only repeats the first language.
function shortened(element) {
  for (let around = element; around !== null; around = around.parentElement) {
    if (getComputedStyle(around).textOverflow === 'ellipsis') return around.matches('[title], .name, .second');
  }
  return false;
}

// Where the text may be seen: the screen's width, and every box around it that hides what overflows.
function cutOf(element, box) {
  if (shortened(element)) return null;
  if (box.left < -1 || box.right > innerWidth + 1) return 'runs out of the screen';
  let scrolls = false;
  for (let around = element; around !== null && around !== document.documentElement; around = around.parentElement) {
    const style = getComputedStyle(around);
    const frame = around.getBoundingClientRect();
    const hides = (how) => how === 'hidden' || how === 'clip';
    if (hides(style.overflowX) && (box.left < frame.left - 2 || box.right > frame.right + 2)) return 'is cut at the side';
    // What a scrolling box holds beyond its edge can be reached; only its width must do.
    scrolls ||= style.overflowY === 'auto' || style.overflowY === 'scroll';
    // The line box of Thai is taller than its ink: a third of the height hidden is a cut.
    const spare = box.height / 3;
    if (!scrolls && hides(style.overflowY) && (box.top < frame.top - spare || box.bottom > frame.bottom + spare)) return 'is cut above or below';
    if (around.matches('button, a') && (box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) return `leaves its ${around.tagName.toLowerCase()}`;
  }
  return null;
}

// A bar in the flow of the page that sticks to the screen's edge: what lies under it comes out by scrolling.
function isUnderBar(element, x, y) {
  let around = document.elementFromPoint(x, y);
  if (around === null || kin(around, element)) return false;
  while (around !== null && getComputedStyle(around).position !== 'sticky') around = around.parentElement;
  return around !== null && !kin(around, element);
}

function isScrolledAway(element, x, y) {
  for (let around = element; around !== null; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.overflowY === 'visible' && style.overflowX === 'visible') continue;
    const frame = around.getBoundingClientRect();
    if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return true;
  }
  return y < 0 || y > innerHeight || x < 0 || x > innerWidth || isUnderBar(element, x, y);
}

// The line box of a large figure reaches over its neighbours without hiding them; only paint hides.
function paints(element, other) {
  for (let around = element; around !== null && !around.contains(other); around = around.parentElement) {
    if (rgba(getComputedStyle(around).backgroundColor)[3] > 0) return true;
  }
  return false;
}

// Two things in one place: something lies over the text, or the text lies over something to press.
function collisionOf(element, box) {
  if (shortened(element)) return null;
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  if (isScrolledAway(element, x, y)) return null;
  const top = document.elementFromPoint(x, y);
  if (top !== null && !kin(top, element) && paints(top, element)) return `is covered by ${brief(top)}`;
  for (const target of stage().querySelectorAll('button, a[href], input, select')) {
    if (!isShown(target) || kin(target, element)) continue;
    const frame = target.getBoundingClientRect();
    const common = Math.min(box.bottom, frame.bottom) - Math.max(box.top, frame.top);
    const across = Math.min(box.right, frame.right) - Math.max(box.left, frame.left);
    const [cx, cy] = [(Math.max(box.left, frame.left) + Math.min(box.right, frame.right)) / 2, (Math.max(box.top, frame.top) + Math.min(box.bottom, frame.bottom)) / 2];
    if (common > box.height / 4 && across > 4 && !isScrolledAway(target, cx, cy)) return `lies over ${brief(target)}`;
  }
  return null;
}

function rgba(color) {
  const canvas = (window.look_canvas ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true }));
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}

function over(top, below) {
  return [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
}

function behind(element) {
  const layers = [];
  for (let around = element; around !== null; around = around.parentElement) {
    const color = rgba(getComputedStyle(around).backgroundColor);
    if (color[3] > 0) layers.push(color);
    if (color[3] >= 1) break;
  }
  return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
}

function light(color) {
  const [r, g, b] = color.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(element) {
  const ground = behind(element);
  const ink = over(rgba(getComputedStyle(element).color), ground);
  const [bright, dark] = [light(ink), light(ground)].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

/** One piece of text: where it stands, and whether it stands out. `seen` holds the elements already weighed. */
function complaintsOfText(node, seen, { contrast_min }) {
  const element = node.parentElement;
  if (node.data.trim() === '' || element === null || !isShown(element) || element.closest('option, script, style')) return [];
  const complaints = [];
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
  const wrong = boxes.map((box) => cutOf(element, box) ?? collisionOf(element, box)).find((one) => one !== null);
  if (wrong) complaints.push(`${brief(element)} ${wrong}`);
  else if (!shortened(element) && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
    complaints.push(`${brief(element)} is wider than its box`);
  }
  if (seen.has(element) || element.closest(':disabled, [aria-hidden=true]')) return complaints;
  seen.add(element);
  const ratio = contrast(element);
  if (ratio < contrast_min - 0.05) complaints.push(`${brief(element)} has contrast ${ratio.toFixed(1)}, needs ${contrast_min}`);
  return complaints;
}

/** Something else to press that takes part of this one's place. */
function rivalOf(target, { left, top, right, bottom }) {
  return [...stage().querySelectorAll('button, a[href], input, select')].find((other) => {
    if (!isShown(other) || kin(other, target)) return false;
    const frame = other.getBoundingClientRect();
    const [wide, high] = [Math.min(right, frame.right) - Math.max(left, frame.left), Math.min(bottom, frame.bottom) - Math.max(top, frame.top)];
    if (wide < 4 || high < 4) return false;
    const [x, y] = [Math.max(left, frame.left) + wide / 2, Math.max(top, frame.top) + high / 2];
    return !isScrolledAway(target, x, y) && !isScrolledAway(other, x, y);
  });
}

/** Something to press: large enough, and under nothing else. */
function complaintsOfTarget(target, { target_min, primary_min }) {
  const complaints = [];
  const { left, top, width, height } = target.getBoundingClientRect();
  const min = target.matches('.primary') && target.closest('dialog') === null ? primary_min : target_min;
  if (height < min - 0.5) complaints.push(`${brief(target)} is ${Math.round(height)} px high, needs ${min}`);
  if (width < target_min - 0.5) complaints.push(`${brief(target)} is ${Math.round(width)} px wide, needs ${target_min}`);
  const [x, y] = [left + width / 2, top + height / 2];
  const touched = isScrolledAway(target, x, y) ? null : document.elementFromPoint(x, y);
  if (touched !== null && !kin(touched, target)) complaints.push(`${brief(target)} cannot be pressed: ${brief(touched)} lies over it`);
  const rival = rivalOf(target, target.getBoundingClientRect());
  if (rival !== undefined) complaints.push(`${brief(target)} and ${brief(rival)} take the same place`);
  return complaints;
}

/** Everything that is wrong with what is shown now. */
function examine(rules) {
  const complaints = [];
  if (document.documentElement.scrollWidth > innerWidth) {
    complaints.push(`the page is ${document.documentElement.scrollWidth} px wide, the screen ${innerWidth}`);
  }
  const seen = new Set();
  const walker = document.createTreeWalker(stage(), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) complaints.push(...complaintsOfText(walker.currentNode, seen, rules));
  for (const target of stage().querySelectorAll('button:enabled, a[href], input, select')) {
    if (isShown(target)) complaints.push(...complaintsOfTarget(target, rules));
  }
  return [...new Set(complaints)];
}

const PARTS = [
  brief, isShown, stage, kin, shortened, cutOf, isUnderBar, isScrolledAway, paints, collisionOf, rgba, over, behind, light, contrast,
  complaintsOfText, rivalOf, complaintsOfTarget, examine,
];

/** Defines `examine(rules)`, which answers complaints in words. */
export const EYE = PARTS.map(String).join('\n');
