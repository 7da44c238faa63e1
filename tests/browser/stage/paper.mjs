// Looks at the pictures of the paper tray: reads the QR code as a phone's camera would.

import jsqr from 'jsqr';

const readQr = jsqr.default ?? jsqr;

/** The text of the QR code on this picture of the page's own server; null when there is none. */
export async function qrOf(page, url) {
  const { width, height, pixels } = await page.evaluate(async (source) => {
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.naturalWidth;
    canvas.height = picture.naturalHeight;
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    // One letter a pixel travels faster than four numbers.
    let pixels = '';
    for (let at = 0; at < data.length; at += 4) pixels += data[at] < 128 ? '#' : ' ';
    return { width: canvas.width, height: canvas.height, pixels };
  }, url);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < pixels.length; at += 1) {
    const shade = pixels[at] === '#' ? 0 : 255;
    rgba.set([shade, shade, shade, 255], at * 4);
  }
  return readQr(rgba, width, height)?.data ?? null;
}

/** Addresses of the pictures in the tray of the start page, newest first. */
export function picturesOf(page) {
  return page.locator('img[src^="/paper/"]').evaluateAll((pictures) => pictures.map((one) => one.getAttribute('src')));
}
