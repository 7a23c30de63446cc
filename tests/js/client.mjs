// fal's own JavaScript client, unmodified, as a program for LineCaller.
//
// node client.mjs WAY URL [MEDIA]
//
// WAY "middleware": its request middleware leads fal's hosts to URL.
// WAY "proxy": its proxyUrl is URL. What it puts to fal's media host goes to MEDIA, since that is
// sent past the proxy, and node's fetch knows no other way to lead it.

import { createInterface } from "node:readline";
import { createFalClient } from "@fal-ai/client";

const [way, url, media] = process.argv.slice(2);
const leads = { "queue.fal.run": "", "rest.fal.ai": "", "fal.run": "/_run" };
// Fast enough for a test that looks at every step.
const pollInterval = 20;

async function lead(request) {
  const asked = new URL(request.url);
  const headers = { ...request.headers, "x-asked-host": asked.hostname };
  return { ...request, url: url + leads[asked.hostname] + asked.pathname + asked.search, headers };
}

function fetchMedia(where, options) {
  return fetch(where.replace("https://v3.fal.media", media), options);
}

const fal = createFalClient(
  way === "proxy"
    ? { proxyUrl: { url, when: "always" }, ...(media && { fetch: fetchMedia }) }
    : { credentials: process.env.FAL_KEY, requestMiddleware: lead },
);

function blob({ size, text, type, name }) {
  const content = text ?? filled(size);
  return name ? new File([content], name, { type }) : new Blob([content], { type });
}

// Each part of 10 MiB begins with its number, so that their order shows.
function filled(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0, number = 1; at < size; at += 10 << 20, number += 1) bytes[at] = number;
  return bytes;
}

// By listeners: its iterator leaves a failed stream's `done` rejected with nobody to hear it.
async function streamed(stream) {
  const events = [];
  stream.on("data", (event) => events.push(event));
  return { events, last: await stream.done() };
}

const calls = {
  submit: ({ endpoint, ...options }) => fal.queue.submit(endpoint, options),
  status: ({ endpoint, ...options }) => fal.queue.status(endpoint, options),
  result: ({ endpoint, ...options }) => fal.queue.result(endpoint, options),
  cancel: async ({ endpoint, ...options }) => (await fal.queue.cancel(endpoint, options)) ?? null,
  run: ({ endpoint, ...options }) => fal.run(endpoint, options),
  stream: async ({ endpoint, ...options }) => streamed(await fal.stream(endpoint, options)),
  streamStatus: async ({ endpoint, ...options }) =>
    streamed(await fal.queue.streamStatus(endpoint, options)),
  subscribeToStatus: ({ endpoint, ...options }) => fal.queue.subscribeToStatus(endpoint, options),
  upload: ({ lifecycle, ...file }) => fal.storage.upload(blob(file), { lifecycle }),
  async subscribe({ endpoint, file, ...options }) {
    const seen = [];
    const enqueued = [];
    // A file in the input goes up by itself.
    const input = file ? { ...options.input, [file.field]: blob(file) } : options.input;
    const result = await fal.subscribe(endpoint, {
      pollInterval,
      ...options,
      input,
      onEnqueue: (id) => enqueued.push(id),
      onQueueUpdate: (status) => seen.push(structuredClone(status)),
    });
    return { ...result, seen, enqueued };
  },
};

function raised(error) {
  const { status, body, requestId, timeoutType } = error;
  return { kind: error.name, text: String(error.message), status, body, requestId, timeoutType };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { call, given } = JSON.parse(line);
  const outcome = await calls[call](given).then(
    (returned) => ({ returned }),
    (error) => ({ raised: raised(error) }),
  );
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
