// Records what the ODK project's own engine makes of the expressions in cases.toml.
//
//   python -m tests.surveys.odk.forms FOLDER
//   (in a folder with node 20 or newer)  npm install @getodk/xforms-engine@0.22.0 jsdom@27
//   TZ=Europe/London node record.mjs FOLDER/forms.json recorded.json
//
// The packages are looked for beside this file: copy it into the folder of `npm install`.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JSDOM } from 'jsdom';

const [, , source, target] = process.argv;
const { now, cases } = JSON.parse(readFileSync(source, 'utf8'));

// The engine wants a browser. Its parser asks for node's version to know that it is not in one.
const { window } = new JSDOM('<!doctype html>', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
globalThis.window = window;
globalThis.document = window.document;
await (await fetch('data:,ready')).text();
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: undefined } });

// The clock stands still.
const moment = Date.parse(now);
Date.now = () => moment;

const { createInstance } = await import('@getodk/xforms-engine');

const fetchFormAttachment = async (url) => {
  const file = join(dirname(source), String(url).split('/').pop());
  return new Response(readFileSync(file, 'utf8'), { headers: { 'content-type': 'text/csv' } });
};

const find = (node, name) => {
  for (const child of node.currentState.children ?? []) {
    if (child.currentState.reference.endsWith(`/${name}`)) return child;
    const found = find(child, name);
    if (found) return found;
  }
  return null;
};

const READ = {
  value: (probe) => String(probe.currentState.value),
  truth: (probe) => String(probe.currentState.relevant),
  constraint: (probe) => String(probe.validationState.violation == null),
  filter: (probe) => probe.currentState.valueOptions.map((option) => option.value).join(' '),
};
READ.shuffle = READ.filter;

const recorded = {};
for (const { key, use, probe, xform } of cases) {
  try {
    const { root } = await createInstance(xform, { form: { fetchFormAttachment } });
    recorded[key] = READ[use](find(root, probe));
  } catch (error) {
    recorded[key] = null;
    if (process.env.WHY) console.error(key, '::', String(error.message).slice(0, 200));
  }
}
writeFileSync(target, `${JSON.stringify(recorded, null, 1)}\n`);
