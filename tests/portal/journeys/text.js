import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const assets = fileURLToPath(new URL('../../../server/portal/assets/', import.meta.url));
// Not imported as a file: an older Node.js takes a .js file without a package.json for something else than a module.
const source = await readFile(join(assets, 'app/messages.js'), 'utf8');
const { messages } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

async function sources() {
    const folders = ['app', 'parts', 'pages'];
    const files = await Promise.all(folders.map(async (folder) =>
        (await readdir(join(assets, folder))).map((file) => join(assets, folder, file))));
    return Promise.all(files.flat().filter((file) => !file.endsWith('messages.js')).map((file) => readFile(file, 'utf8')));
}

// Keys as they stand in the code: 'home.title', or `state.${state}` as the pattern state.*
function keysIn(source) {
    const literal = [...source.matchAll(/'((?:[a-z][\w-]*\.)+[\w.-]+)'/gi)].map(([, key]) => key);
    const patterns = [...source.matchAll(/`((?:[\w-]+\.)+(?:[\w.-]|\$\{[^}]*\})*)`/g)].map(([, key]) => key);
    return { literal, patterns };
}

const asPattern = (key) => new RegExp(`^${key.replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[\\w.-]+')}$`);

test('every text the pages ask for exists', async () => {
    const asked = (await sources()).flatMap((source) => [...source.matchAll(/\b(?:t|tn)\('([^']+)'/g)].map(([, key]) => key));

    assert.ok(asked.length > 100);
    assert.deepEqual(asked.filter((key) => !(key in messages)), []);
});

test('every text is asked for by a page', async () => {
    const all = (await sources()).map(keysIn);
    const literal = new Set(all.flatMap((each) => each.literal));
    const patterns = all.flatMap((each) => each.patterns).map(asPattern);

    const unused = Object.keys(messages).filter((key) => !literal.has(key) && !patterns.some((pattern) => pattern.test(key)));
    assert.deepEqual(unused, []);
});

test('every text that depends on a number has the forms of its language', () => {
    for (const [key, message] of Object.entries(messages)) {
        if (typeof message === 'object')
            assert.deepEqual(Object.keys(message).sort(), ['one', 'other'], key);
    }
});
