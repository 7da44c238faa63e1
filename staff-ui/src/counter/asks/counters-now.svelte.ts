// The site's counters as they are when a question opens; what the site's card said stands until the answer comes.

import { createApi, type CounterView, type SiteView } from '@khiw/ui-kit/api';

const api = createApi();

export function countersNow(site: SiteView): { readonly counters: readonly CounterView[] } {
  let counters = $state.raw<readonly CounterView[]>(site.counters);
  api.counters(site.id).then(
    (fresh) => (counters = fresh),
    () => undefined,
  );
  return {
    get counters() {
      return counters;
    },
  };
}
