// Sends one file and tells how far it is. By XMLHttpRequest: `fetch` cannot tell. Must not judge the file; the server
// looks at its bytes.

import { Garbled, Unreachable, problemFrom, type MediaFile } from '@khiw/ui-kit/api';

export interface SendFile {
  (site: string, file: File, progress: (share: number) => void): Promise<MediaFile>;
}

export const sendFile: SendFile = (site, file, progress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/sites/${encodeURIComponent(site)}/media?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Accept', 'application/json, application/problem+json');
    request.setRequestHeader('Content-Type', file.type === '' ? 'application/octet-stream' : file.type);
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      try {
        const answer: unknown = JSON.parse(request.responseText);
        if (request.status === 201 || request.status === 200) resolve(answer as MediaFile);
        else reject(problemFrom(request.status, answer));
      } catch {
        reject(new Garbled(request.status));
      }
    };
    request.onerror = () => reject(new Unreachable('network'));
    request.ontimeout = () => reject(new Unreachable('timeout'));
    request.send(file);
  });
