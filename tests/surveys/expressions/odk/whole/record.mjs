// Records what the ODK project's own engine makes of the forms beside this file, step by step.
//
//   python -m tests.surveys.expressions.odk.whole.forms FOLDER
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

const rowsOf = (node) =>
  (node.currentState.children ?? []).flatMap((child) => [child, ...rowsOf(child)]);
const nameOf = (node) => node.currentState.reference.split('/').pop();
const isOurs = (node) => !node.currentState.reference.startsWith('/data/meta');

// The text as the engine would send it, without the element around it.
const text = (node) => {
  const { body } = new window.DOMParser().parseFromString(
    `<html xmlns="http://www.w3.org/1999/xhtml"><body>${node.instanceState.instanceXML}</body></html>`,
    'application/xhtml+xml',
  );
  return body.textContent;
};

const state = (root) => {
  const found = { hidden: [], values: {}, offered: {} };
  for (const node of rowsOf(root).filter(isOurs)) {
    const { relevant, valueOptions } = node.currentState;
    if (!relevant) found.hidden.push(nameOf(node));
    else found.values[nameOf(node)] = node.nodeType === 'group' ? '' : text(node);
    if (relevant && valueOptions) found.offered[nameOf(node)] = valueOptions.map((o) => o.value);
  }
  found.hidden.sort();
  return found;
};

const words = (value) => (value === '' ? [] : value.split(' '));
const SET = {
  select: (node, value) => node.selectValues(words(value)),
  rank: (node, value) => node.setValues(words(value)),
  trigger: (node, value) => node.setValue(value === 'OK'),
};
const set = (node, value) => {
  const plain = (other) => other.setValue(value === '' && other.valueType !== 'string' ? null : value);
  (SET[node.nodeType] ?? plain)(node, value);
};

const recorded = {};
for (const { key, xform, steps } of cases) {
  const { root } = await createInstance(xform, { form: { fetchFormAttachment } });
  recorded[key] = [state(root)];
  for (const [name, value] of steps) {
    set(rowsOf(root).find((node) => nameOf(node) === name), value);
    recorded[key].push(state(root));
  }
}
const written = Object.entries(recorded).map(([key, states]) => {
  const lines = states.map((found) => `  ${JSON.stringify(found)}`).join(',\n');
  return ` ${JSON.stringify(key)}: [\n${lines}\n ]`;
});
writeFileSync(target, `{\n${written.join(',\n')}\n}\n`);
