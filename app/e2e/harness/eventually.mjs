import assert from 'node:assert/strict';

/** Waits until the condition holds, which may take some tries: what a worker does, comes later. */
export async function eventually(what, condition, within = 20_000) {
  for (const end = Date.now() + within; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    if (await condition()) return;
    if (Date.now() > end) assert.fail(`not within ${within / 1000} s: ${what}`);
  }
}
