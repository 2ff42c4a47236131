import { Problem } from './problem.js';

const base = '/api/v1';
const patience = 20_000; // ms until a request without an answer counts as failed

// A file, as a Blob.
export async function fetchFile(path, { query = {}, token } = {}) {
    const url = new URL(base + path, location.origin);
    for (const [name, value] of Object.entries(query))
        url.searchParams.set(name, value);
    const response = await send(url, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
    if (!response.ok)
        throw await Problem.from(response);
    try {
        return await response.blob();
    } catch {
        throw new Problem(); // it broke off half way
    }
}

// One request: { value, date } of a good answer, or a Problem thrown. `date` is the server's clock. `version` goes along as
// If-Match; with `keepalive` the request is finished although the page goes.
export async function fetchJson(method, path, { query = {}, body, token, idempotencyKey, version, keepalive, signal } = {}) {
    const url = new URL(base + path, location.origin);
    for (const [name, value] of Object.entries(query)) {
        if (value !== undefined && value !== null && value !== '')
            url.searchParams.set(name, value);
    }
    const headers = { accept: 'application/json' };
    if (body !== undefined)
        headers['content-type'] = 'application/json';
    if (token)
        headers.authorization = `Bearer ${token}`;
    if (idempotencyKey)
        headers['idempotency-key'] = idempotencyKey;
    if (version)
        headers['if-match'] = `"${version}"`;
    const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body), keepalive };
    const response = await send(url, init, signal);
    if (!response.ok)
        throw await Problem.from(response);
    return {
        value: response.status === 204 ? null : await read(response),
        date: Date.parse(response.headers.get('date')) || Date.now(),
    };
}

async function send(url, init, signal) {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), patience);
    const stop = () => giveUp.abort();
    signal?.addEventListener('abort', stop);
    try {
        return await fetch(url, { ...init, signal: giveUp.signal, cache: 'no-store', credentials: 'omit' });
    } catch (error) {
        if (signal?.aborted)
            throw error; // the caller is no longer interested, and knows
        throw new Problem();
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
    }
}

// An answer that breaks off half way is no answer.
async function read(response) {
    try {
        return await response.json();
    } catch {
        throw new Problem();
    }
}
