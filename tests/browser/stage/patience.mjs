// Waiting for something to become true, never for time to pass. Every wait has an end and says what it waited for.

const ASK_EVERY_MS = 25;

/** The promise, or an error that says what did not happen. */
export async function within(ms, what, promise, more = () => '') {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}\n${more()}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is neither null, undefined nor false. */
export async function until(what, ask, ms = 10_000) {
  const end = performance.now() + ms;
  let last = null;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (problem) {
      last = problem;
    }
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
