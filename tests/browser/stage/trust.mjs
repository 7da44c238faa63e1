// Trust in the local authority. The certificate is checked in full against the exported authority (chain, name, time)
// by Node; Chromium, whose trust store only tools outside of this repository can fill, is then told exactly this key.

import { createHash, X509Certificate } from 'node:crypto';
import tls from 'node:tls';

/** The server's certificate, if it holds for this name under this authority and no other; else an error. */
export async function checkedCertificate({ port, name, ca }) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, servername: name, ca, minVersion: 'TLSv1.2' }, () => {
      const raw = socket.getPeerCertificate().raw;
      socket.destroy();
      resolve(new X509Certificate(raw));
    });
    socket.once('error', reject);
  });
}

/** As Chromium's `--ignore-certificate-errors-spki-list` wants it. */
export function keyFingerprint(certificate) {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}
